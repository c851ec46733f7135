#include <fmt/ostream.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/text.hpp"
#include "elf/symbols.hpp"
#include "inspect_parts.hpp"
#include "view/disassembly.hpp"

namespace ring::cli {
namespace {
using Json = nlohmann::ordered_json;
using text::hex;

struct Code {
    std::string name;
    VirtAddr start;
    ByteSpan bytes;
};

struct Listing {
    view::Disassembler disassembler;
    std::optional<elf::Symbols> symbols;
    std::vector<Code> parts;

    std::string label(VirtAddr at) const { return symbols ? symbols->label(at) : ""; }
    std::string target(const view::CodeLine& line) const { return line.target ? label(*line.target) : std::string(); }
    std::string source(VirtAddr at) const {
        const std::optional<elf::SourceLine> line = symbols ? symbols->line(at) : std::nullopt;
        return line ? fmt::format("{}:{}", text::printable(line->file), line->line) : "";
    }
};

Result<Listing> listing(const elf::File& file) {
    const u64 machine = file.machine();
    if (machine != elf::em::x86_64 && machine != elf::em::riscv)
        return error("code for {} cannot be disassembled here: x86-64 and RISC-V can",
                     elf::find(elf::machine_names, machine) ? std::string(elf::find(elf::machine_names, machine)->name)
                                                            : "machine " + hex(machine));
    Listing out{.disassembler =
                    view::Disassembler(machine == elf::em::riscv ? view::CodeKind::Riscv64 : view::CodeKind::X86_64),
                .symbols = {},
                .parts = {}};
    // A file that is too damaged for elfutils is still disassembled, without names.
    if (Result<elf::Symbols> symbols = elf::Symbols::read(file)) out.symbols = std::move(*symbols);
    for (const elf::Section& section : file.sections()) {
        if (!(section.flags() & elf::shf::execinstr) || !section.has_bytes()) continue;
        const bool laid_out = file.header().type() == elf::et::rel && out.symbols;
        out.parts.push_back({"section " + text::printable(file.name(section)),
                             laid_out ? out.symbols->section_start(section.index) : VirtAddr{section.addr()},
                             file.contents(section)});
    }
    if (file.sections().empty())
        for (const elf::Segment& segment : file.segments())
            if (segment.is_load() && (segment.flags() & elf::pf::x))
                out.parts.push_back(
                    {fmt::format("segment {}", segment.index), {segment.vaddr()}, file.contents(segment)});
    return out;
}

// Calls `each` for the lines of a part, one at a time: a large file's listing is never held whole.
void walk(const Listing& listing, const Code& part, const std::function<void(const view::CodeLine&)>& each) {
    VirtAddr at = part.start;
    for (ByteSpan left = part.bytes; !left.empty();) {
        const view::CodeLine line = listing.disassembler.line(at, left);
        each(line);
        left = left.subspan(line.bytes.size());
        at = line.next();
    }
}
}  // namespace

Status print_disassembly(const elf::File& file, std::ostream& out) {
    const Result<Listing> all = listing(file);
    if (!all) return all.error();
    for (const Code& part : all->parts) {
        fmt::print(out, "\nDisassembly of {}\n", part.name);
        std::string last_source;
        walk(*all, part, [&](const view::CodeLine& line) {
            const std::string label = all->label(line.address), source = all->source(line.address);
            if (!label.empty() && label.find('+') == std::string::npos)
                fmt::print(out, "\n{} <{}>:\n", hex(line.address), label);
            if (!source.empty() && source != last_source) fmt::print(out, "  ; {}\n", source);
            if (!source.empty()) last_source = source;
            const std::string target = all->target(line);
            fmt::print(out, "  {:>16}  {:<30} {:<{}}{}{}\n", hex(line.address), text::bytes(line.bytes), line.mnemonic,
                       line.operands.empty() ? 0 : 9, line.operands, target.empty() ? "" : "  <" + target + ">");
        });
    }
    return Ok{};
}

Result<Json> disassembly_json(const elf::File& file) {
    const Result<Listing> all = listing(file);
    if (!all) return all.error();
    Json out = Json::array();
    for (const Code& part : all->parts) {
        Json lines = Json::array();
        walk(*all, part, [&](const view::CodeLine& line) {
            Json each = {{"address", hex(line.address)},
                         {"bytes", text::bytes(line.bytes)},
                         {"mnemonic", line.mnemonic},
                         {"operands", line.operands}};
            if (line.target) each["target"] = hex(*line.target);
            if (const std::string name = all->label(line.address); !name.empty()) each["symbol"] = name;
            if (const std::string name = all->target(line); !name.empty()) each["target_symbol"] = name;
            if (const std::string source = all->source(line.address); !source.empty()) each["line"] = source;
            lines.push_back(std::move(each));
        });
        out.push_back({{"part", part.name}, {"start", hex(part.start)}, {"lines", std::move(lines)}});
    }
    return out;
}
}  // namespace ring::cli
