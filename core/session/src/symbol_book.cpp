#include "session/symbol_book.hpp"

#include <cxxabi.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "base/text.hpp"

namespace ring::session {
namespace {
// A label this far from its address says nothing any more.
constexpr u64 farthest_label = 1_MiB;

// "_ZN3foo3barEi" as a reader says it: "foo::bar". Other names stay as they are.
std::string spoken(std::string_view name) {
    if (!name.starts_with("_Z") || name.size() > 1000) return std::string(name);
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> whole(
        abi::__cxa_demangle(std::string(name).c_str(), nullptr, nullptr, &status), &std::free);
    if (status != 0 || !whole) return std::string(name);
    std::string out = whole.get();
    constexpr std::string_view nowhere = "(anonymous namespace)::";
    for (std::size_t at = out.find(nowhere); at != std::string::npos; at = out.find(nowhere))
        out.erase(at, nowhere.size());
    return out.substr(0, out.find('('));
}

const elf::Symbol* find_in(const elf::Symbols& symbols, std::string_view name) {
    if (const elf::Symbol* exact = symbols.find(name)) return exact;
    for (const elf::Symbol& one : symbols.all())
        if (one.name.starts_with("_Z") && spoken(one.name) == name) return &one;
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
    const std::string name = text::printable(spoken(found->symbol->name));
    return found->offset == 0 ? name : fmt::format("{}+{}", name, text::hex(found->offset));
}

std::string SymbolBook::source(VirtAddr at) const {
    const elf::Symbols* owner = owner_of(programs_, at);
    const std::optional<elf::SourceLine> line = owner ? owner->line(at) : std::nullopt;
    return line ? fmt::format("{}:{}", text::printable(line->file), line->line) : "";
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
