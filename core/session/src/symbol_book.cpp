#include "session/symbol_book.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "elf/demangle.hpp"

namespace ring::session {
namespace {
// A label this far from its address says nothing any more.
constexpr u64 farthest_label = 1_MiB;

const elf::Symbol* find_in(const elf::Symbols& symbols, std::string_view name) {
    if (const elf::Symbol* exact = symbols.find(name)) return exact;
    for (const elf::Symbol& one : symbols.all())
        if ((one.name.starts_with("_Z") || one.name.starts_with("_R")) && elf::spoken(one.name) == name) return &one;
    return nullptr;
}

const elf::Symbols* owner_of(const std::vector<SymbolBook::Program>& programs, VirtAddr at) {
    const elf::Symbols* best = nullptr;
    u64 distance = farthest_label;
    for (const SymbolBook::Program& program : programs) {
        const std::optional<elf::SymbolAt> found = program.symbols.at(at);
        if (!found || found->offset >= distance) continue;
        best = &program.symbols;
        distance = found->offset;
    }
    return best;
}
}  // namespace

void SymbolBook::add(std::string program, elf::Symbols symbols) {
    programs_.push_back({std::move(program), std::move(symbols)});
}

Result<VirtAddr> SymbolBook::find(std::string_view name) const {
    std::string_view only, symbol = name;
    const std::size_t colon = name.find(':');
    if (colon != std::string_view::npos && name.substr(colon, 2) != "::") {
        only = name.substr(0, colon);
        symbol = name.substr(colon + 1);
        if (std::ranges::none_of(programs_, [&](const Program& one) { return one.name == only; }))
            return error("there is no program '{}'", text::printable(only));
    }
    const Program* owner = nullptr;
    const elf::Symbol* found = nullptr;
    for (const Program& program : programs_) {
        if (!only.empty() && program.name != only) continue;
        const elf::Symbol* one = find_in(program.symbols, symbol);
        if (!one) continue;
        if (found)
            return error("'{0}' is in more than one program: write {1}:{0} or {2}:{0}", text::printable(symbol),
                         owner->name, program.name);
        owner = &program;
        found = one;
    }
    if (!found) return error("there is no symbol '{}'", text::printable(name));
    return found->address;
}

std::string SymbolBook::label(VirtAddr at) const {
    const elf::Symbols* owner = owner_of(programs_, at);
    const std::optional<elf::SymbolAt> found = owner ? owner->at(at) : std::nullopt;
    if (!found) return "";
    const std::string name = text::printable(elf::spoken(found->symbol->name));
    return found->offset == 0 ? name : fmt::format("{}+{}", name, text::hex(found->offset));
}

std::string SymbolBook::source(VirtAddr at) const {
    const std::optional<elf::SourceLine> line = this->line(at);
    return line ? fmt::format("{}:{}", text::printable(line->file), line->line) : "";
}

// A program without symbols may have lines, so all are asked; two programs seldom share an address.
std::optional<elf::SourceLine> SymbolBook::line(VirtAddr at) const {
    if (const elf::Symbols* owner = owner_of(programs_, at))
        if (std::optional<elf::SourceLine> line = owner->line(at)) return line;
    for (const Program& program : programs_)
        if (std::optional<elf::SourceLine> line = program.symbols.line(at)) return line;
    return std::nullopt;
}

Result<std::vector<VirtAddr>> SymbolBook::find_line(std::string_view file_and_line) const {
    constexpr int most_further = 20;
    const std::size_t colon = file_and_line.rfind(':');
    int line = 0;
    if (colon != std::string_view::npos) {
        const std::string_view number = file_and_line.substr(colon + 1);
        const auto [end, wrong] = std::from_chars(number.data(), number.data() + number.size(), line);
        if (wrong != std::errc() || end != number.data() + number.size()) line = 0;
    }
    if (line <= 0 || colon == 0) return error("'{}' is not FILE:LINE", text::printable(file_and_line));
    const std::string_view file = file_and_line.substr(0, colon);
    for (int further = 0; further <= most_further && line <= (1 << 24); ++further) {
        std::vector<VirtAddr> found;
        for (const Program& program : programs_)
            for (const VirtAddr at : program.symbols.addresses(file, line + further)) found.push_back(at);
        if (!found.empty()) return found;
    }
    return error("no program has instructions of {}", text::printable(file_and_line));
}

std::vector<std::pair<int, VirtAddr>> SymbolBook::lines_of(std::string_view file) const {
    for (const Program& program : programs_)
        if (auto out = program.symbols.lines_of(file); !out.empty()) return out;
    return {};
}

std::vector<elf::InlinedCall> SymbolBook::inlined(VirtAddr at) const {
    for (const Program& program : programs_)
        if (auto out = program.symbols.inlined(at); !out.empty()) return out;
    return {};
}

std::optional<Result<elf::Caller>> SymbolBook::caller(VirtAddr at, const elf::Frame& frame,
                                                      const elf::FrameMemory& memory) const {
    for (const Program& program : programs_)
        if (auto out = program.symbols.caller(at, frame, memory)) return out;
    return std::nullopt;
}

std::vector<std::string> SymbolBook::starting_with(std::string_view prefix, std::size_t most) const {
    std::vector<std::string> out;
    for (const Program& program : programs_)
        for (const elf::Symbol& symbol : program.symbols.all())
            if (out.size() < most && symbol.name.starts_with(prefix)) out.push_back(text::printable(symbol.name));
    std::ranges::sort(out);
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}
}  // namespace ring::session
