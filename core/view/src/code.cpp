#include "view/code.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "arch/code_flow.hpp"
#include "base/text.hpp"
#include "code_kind.hpp"
#include "columns.hpp"
#include "to_json.hpp"

namespace ring::view {
namespace {
constexpr u64 longest_instruction = 15;    // x86; no other is longer
constexpr u64 furthest_start = 16 * 1024;  // a function's start further away than this is not decoded from
constexpr u64 page = 4096;
}  // namespace

CodeKind kind_of(arch::Instructions instructions) {
    switch (instructions) {
        case arch::Instructions::X86_16:
            return CodeKind::X86_16;
        case arch::Instructions::X86_32:
            return CodeKind::X86_32;
        case arch::Instructions::X86_64:
            return CodeKind::X86_64;
        case arch::Instructions::RiscV64:
            return CodeKind::Riscv64;
    }
    return CodeKind::X86_64;
}

Bytes readable(const target::Snapshot& snapshot, VirtAddr from, VirtAddr end) {
    Bytes out;
    while (from < end) {
        const u64 count = std::min(end.value - from.value, page - (from.value & (page - 1)));
        const std::optional<Bytes> part = snapshot.read(from, count);
        if (!part) break;
        out.insert(out.end(), part->begin(), part->end());
        from.value += count;
    }
    return out;
}

std::optional<VirtAddr> symbol_start(const Symbolizer& symbolizer, VirtAddr at) {
    const std::string label = symbol(symbolizer, at);
    if (label.empty()) return std::nullopt;
    const std::size_t plus = label.rfind("+0x");
    if (plus == label.npos) return at;
    u64 offset = 0;
    const char* const end = label.data() + label.size();
    if (std::from_chars(label.data() + plus + 3, end, offset, 16).ptr != end || offset > at.value) return std::nullopt;
    return VirtAddr{at.value - offset};
}

namespace {

// The lines from `start` that end exactly before `at`; nothing when decoding from there does not meet `at`.
std::optional<std::vector<CodeLine>> lines_between(const target::Snapshot& snapshot, const Disassembler& disassembler,
                                                   VirtAddr start, VirtAddr at) {
    const Bytes bytes = readable(snapshot, start, at);
    if (bytes.size() != at.value - start.value) return std::nullopt;
    std::vector<CodeLine> out = disassembler.lines(start, bytes);
    if (out.empty() || out.back().next() != at || !out.back().is_instruction) return std::nullopt;
    return out;
}

// A guess, for code without symbols: the furthest start whose every line is an instruction and that meets `at`.
std::vector<CodeLine> guessed_before(const target::Snapshot& snapshot, const Disassembler& disassembler, VirtAddr at,
                                     unsigned wanted) {
    for (u64 distance = std::min(wanted * longest_instruction / 2, at.value); distance > 0; --distance) {
        auto lines = lines_between(snapshot, disassembler, VirtAddr{at.value - distance}, at);
        if (lines && std::ranges::all_of(*lines, &CodeLine::is_instruction)) return std::move(*lines);
    }
    return {};
}

std::optional<VirtAddr> word_at(const target::Snapshot& snapshot, VirtAddr at) {
    const std::optional<Bytes> raw = snapshot.read(at, 8);
    if (!raw) return std::nullopt;
    u64 value = 0;
    for (std::size_t i = raw->size(); i-- > 0;) value = value << 8 | (*raw)[i];
    return VirtAddr{value};
}

std::vector<CodeLine> lines_before(const target::Snapshot& snapshot, const Disassembler& disassembler,
                                   const Symbolizer& symbolizer, VirtAddr at, unsigned wanted,
                                   std::optional<VirtAddr> start) {
    std::vector<CodeLine> out;
    VirtAddr meet = at;
    while (out.size() < wanted && meet.value > 0) {
        std::optional<VirtAddr> from = start;
        if (!from || *from >= meet) {
            from = symbol_start(symbolizer, meet);
            if (from && *from == meet) from = symbol_start(symbolizer, VirtAddr{meet.value - 1});
        }
        if (!from || *from >= meet || meet.value - from->value > furthest_start) break;
        const auto lines = lines_between(snapshot, disassembler, *from, meet);
        if (!lines) break;
        out.insert(out.begin(), lines->begin(), lines->end());
        meet = *from;
    }
    if (out.empty()) out = guessed_before(snapshot, disassembler, at, wanted);
    if (out.size() > wanted) out.erase(out.begin(), out.end() - wanted);
    return out;
}

std::vector<CodeLine> lines_from(const target::Snapshot& snapshot, const Disassembler& disassembler, VirtAddr at,
                                 unsigned wanted) {
    const u64 room = ~u64{0} - at.value;
    const Bytes bytes = readable(snapshot, at, VirtAddr{at.value + std::min(room, wanted * longest_instruction)});
    std::vector<CodeLine> out;
    u64 done = 0;
    while (out.size() < wanted && done < bytes.size()) {
        CodeLine line = disassembler.line(VirtAddr{at.value + done}, ByteSpan(bytes).subspan(done));
        done += line.bytes.size();
        out.push_back(std::move(line));
    }
    return out;
}

// Where a call through a register or through memory leads: "rax", "qword ptr [rip + 0x2fe2]", "qword ptr [rax +
// 8*rbx]".
std::optional<VirtAddr> through_operand(const target::Snapshot& snapshot, const CodeLine& line) {
    const auto value_of = [&](std::string_view name) -> std::optional<u64> {
        const auto id = arch::find_register(*snapshot.arch, name);
        return id ? snapshot.registers.get(*id) : std::nullopt;
    };
    std::string_view operand = line.operands;
    const std::size_t open = operand.find('['), close = operand.find(']');
    if (open == operand.npos) {
        const std::optional<u64> value = value_of(operand);
        return value ? std::optional(VirtAddr{*value}) : std::nullopt;
    }
    if (close == operand.npos || !operand.starts_with("qword ptr [")) return std::nullopt;
    operand = operand.substr(open + 1, close - open - 1);
    u64 address = 0;
    bool minus = false;
    while (!operand.empty()) {
        const std::size_t end = std::min(operand.find(' '), operand.size());
        std::string_view word = operand.substr(0, end);
        operand.remove_prefix(std::min(end + 1, operand.size()));
        if (word == "+" || word == "-") {
            minus = word == "-";
            continue;
        }
        u64 scale = 1, value = 0;
        if (const std::size_t star = word.find('*'); star != word.npos) {
            scale = static_cast<u64>(word[star + 1] - '0');
            word = word.substr(0, star);
        }
        const bool hex = word.starts_with("0x");
        const char* const last = word.data() + word.size();
        if (std::from_chars(word.data() + (hex ? 2 : 0), last, value, hex ? 16 : 10).ptr != last) {
            const std::optional<u64> reg = word == "rip" ? line.next().value : value_of(word);
            if (!reg) return std::nullopt;
            value = *reg;
        }
        address += minus ? u64{0} - value * scale : value * scale;
    }
    return word_at(snapshot, VirtAddr{address});
}

Flow flow_of(const target::Snapshot& snapshot, const CodeLine& line, const Symbolizer& symbolizer) {
    Flow out;
    const arch::Arch& arch = *snapshot.arch;
    out.branches = arch::branches(arch, line.mnemonic, line.operands, snapshot.registers);
    out.enters = arch::system_call_entry(arch, line.mnemonic, snapshot.registers);
    if (line.mnemonic == "call") {
        out.enters = line.target ? line.target : through_operand(snapshot, line);
    } else if (line.mnemonic == "ret" && arch.instructions(snapshot.registers) == arch::Instructions::X86_64) {
        out.enters = word_at(snapshot, VirtAddr{snapshot.registers.get(arch.sp).value_or(0)});
        out.returns = out.enters.has_value();
    }
    if (out.enters) out.enters_symbol = symbol(symbolizer, *out.enters);
    return out;
}
}  // namespace

Code code_view(const target::Snapshot& snapshot, const Symbolizer& symbolizer, std::optional<VirtAddr> at,
               unsigned before, unsigned after, std::optional<VirtAddr> start) {
    Code out;
    const VirtAddr pc = snapshot.pc();
    out.at = at.value_or(pc);
    out.follows = !at.has_value();
    const Disassembler disassembler(kind_of(snapshot.arch->instructions(snapshot.registers)));
    std::vector<CodeLine> lines = lines_from(snapshot, disassembler, out.at, after + 1);
    if (lines.empty()) {
        out.unavailable = fmt::format("{} is not mapped", text::hex(out.at));
        return out;
    }
    std::vector<CodeLine> earlier = lines_before(snapshot, disassembler, symbolizer, out.at, before, start);
    lines.insert(lines.begin(), std::make_move_iterator(earlier.begin()), std::make_move_iterator(earlier.end()));
    for (CodeLine& line : lines) {
        CodeRow row;
        row.symbol = symbol(symbolizer, line.address);
        row.heading = !row.symbol.empty() && row.symbol.rfind("+0x") == row.symbol.npos;
        row.current = line.address == pc;
        if (row.current) out.flow = flow_of(snapshot, line, symbolizer);
        if (line.target) row.target_symbol = symbol(symbolizer, *line.target);
        row.breakpoint = std::ranges::any_of(snapshot.breakpoints, [&](const auto& one) {
            return one.second.kind == target::BreakKind::Address && one.second.address == line.address;
        });
        row.line = std::move(line);
        out.rows.push_back(std::move(row));
    }
    return out;
}

void put_sources(Code& code, const SourceNamer& name, const SourceOpener& open) {
    SourcePlace before;
    for (CodeRow& row : code.rows) {
        if (const std::optional<SourcePlace> place = name(row.line.address)) row.source = *place;
        row.source_heading =
            row.source.line != 0 && (row.source.line != before.line || row.source.file != before.file || row.heading);
        before = row.source;
        if (!row.source_heading) continue;
        const std::shared_ptr<const SourceFile> file = open(row.source);
        if (const std::string* line = file ? file->line(row.source.line) : nullptr) row.source_text = *line;
    }
}

std::string text(const Code& code) {
    if (!code.unavailable.empty()) return "no instructions: " + code.unavailable + '\n';
    std::size_t address_width = 0, bytes_width = 0;
    for (const CodeRow& row : code.rows) {
        address_width = std::max(address_width, text::hex(row.line.address).size());
        bytes_width = std::max(bytes_width, 3 * row.line.bytes.size());
    }
    std::string out;
    bool first = true;
    for (const CodeRow& row : code.rows) {
        if (row.heading || (first && !row.symbol.empty())) out += row.symbol + ":\n";
        first = false;
        if (row.source_heading) {
            const std::size_t text = std::min(row.source_text.find_first_not_of(' '), row.source_text.size());
            out += fmt::format("   {}{}{}\n", row.source.text(), text == row.source_text.size() ? "" : "  ",
                               row.source_text.substr(text));
        }
        const std::string note = row.target_symbol.empty() ? "" : "  ; " + row.target_symbol;
        std::string line = fmt::format("{}{} {:>{}}  {:<{}} {}{}", row.current ? '>' : ' ', row.breakpoint ? 'b' : ' ',
                                       text::hex(row.line.address), address_width, text::bytes(row.line.bytes),
                                       bytes_width, text::printable(row.line.text()), note);
        (out += line) += '\n';
    }
    return out;
}

std::string json(const Code& code) {
    Json out{{"at", number(code.at)}};
    if (!code.unavailable.empty()) out["unavailable"] = code.unavailable;
    out["lines"] = array(code.rows, [](const CodeRow& row) {
        Json one{{"address", number(row.line.address)},
                 {"bytes", text::bytes(row.line.bytes)},
                 {"text", row.line.text()},
                 {"symbol", row.symbol}};
        if (row.line.target) one["target"] = number(row.line.target);
        if (!row.target_symbol.empty()) one["target_symbol"] = row.target_symbol;
        if (row.source.line != 0) one["source"] = row.source.text();
        if (row.current) one["current"] = true;
        if (row.breakpoint) one["breakpoint"] = true;
        return one;
    });
    if (code.flow.branches) out["branches"] = *code.flow.branches;
    if (code.flow.enters) out["enters"] = number(*code.flow.enters);
    return line(Json{{"disassembly", std::move(out)}});
}
}  // namespace ring::view
