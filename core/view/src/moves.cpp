#include "view/moves.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

#include "base/text.hpp"
#include "columns.hpp"
#include "expression.hpp"
#include "view/micro.hpp"

namespace ring::view {
namespace {
bool same(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b,
                              [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}
std::string_view head(std::string_view name) { return name.substr(0, name.find('.')); }

u64 cut(u64 value, unsigned low, unsigned width) {
    value >>= low;
    return width < 64 ? value & ((u64{1} << width) - 1) : value;
}

// The manual calls the visible part of a segment register "CS.selector"; the register table calls it "cs".
bool names(std::string_view said, const MicroRegister& reg) {
    return same(said, reg.name) || (said.ends_with(".selector") && same(head(said), reg.name));
}

MoveEnd whole(const MicroRow& row, std::size_t index, bool after) {
    const MicroRegister& reg = row.registers[index];
    return {false, index, 0, reg.bits, after ? reg.after : reg.before, reg.name};
}

MoveEnd memory_end(const MicroRow& row, std::size_t index, bool after) {
    const arch::MemoryNote& note = row.memory[index].note;
    return {true,
            index,
            0,
            8u * note.size,
            after ? note.after : note.before,
            note.what.empty() ? fmt::format("{} bytes of memory", note.size) : note.what};
}

// The bits that a name means: "STAR[63:48]", "EFER.SCE", "CS.L" (in the hidden attributes of CS), "RCX".
std::optional<MoveEnd> find(const MicroRow& row, const Mention& mention) {
    for (std::size_t i = 0; i < row.registers.size(); ++i) {
        const MicroRegister& reg = row.registers[i];
        if (names(mention.name, reg)) {
            MoveEnd out = whole(row, i, false);
            if (mention.width == 0 || mention.low + mention.width > reg.bits) return out;
            out.low = mention.low;
            out.width = mention.width;
            out.value = cut(reg.before, out.low, out.width);
            out.name = fmt::format("{}[{}:{}]", reg.name, out.low + out.width - 1, out.low);
            return out;
        }
        const std::size_t dot = mention.name.find('.');
        if (dot == mention.name.npos || !same(mention.name.substr(0, dot), head(reg.name))) continue;
        for (const Field& field : reg.layout)
            if (field.name == mention.name.substr(dot + 1))
                return MoveEnd{false,
                               i,
                               field.low,
                               field.width,
                               field.get(reg.before),
                               fmt::format("{}.{}", head(reg.name), field.name)};
    }
    return std::nullopt;
}

// "CS <- …; CPL <- …" in pieces: what stands left of an arrow, and what stands right of it.
struct Piece {
    std::string_view left, right;
};
std::vector<Piece> pieces(std::string_view text) {
    std::vector<Piece> out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(';'), text.size());
        const std::string_view part = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        constexpr std::string_view arrow = " <- ";
        const std::size_t at = part.find(arrow);
        if (at != part.npos) out.push_back({part.substr(0, at), part.substr(at + arrow.size())});
    }
    return out;
}

bool mentioned(std::string_view text, const MicroRegister& reg) {
    return std::ranges::any_of(mentions(text), [&](const Mention& one) { return names(one.name, reg); });
}

// From the words right of the arrow; the value that was written decides whether the formula is told.
void read_words(const MicroRow& row, std::string_view right, Move& move) {
    const Lookup lookup = [&](std::string_view name) -> std::optional<u64> {
        const std::optional<MoveEnd> found = find(row, Mention{name});
        return found ? std::optional(found->value) : std::nullopt;
    };
    if (const std::optional<Formula> said = formula(right, lookup)) {
        if (cut(said->value, 0, move.to.width) != move.to.value) return;
        for (const Mention& mention : said->mentions)
            if (std::optional<MoveEnd> end = find(row, mention)) move.from.push_back(std::move(*end));
        if (!said->plain && !said->mentions.empty())
            move.formula = fmt::format("{} = {}", said->shown, text::hex(move.to.value));
    }
}

// Where words tell nothing, an equal value that was read does; 0 and 1 are too common to tell anything.
void read_values(const MicroRow& row, Move& move) {
    if (move.to.value < 2) return;
    for (std::size_t i = 0; i < row.memory.size(); ++i)
        if (!row.memory[i].note.written && row.memory[i].note.after == move.to.value)
            return move.from.push_back(memory_end(row, i, false));
    for (std::size_t i = 0; i < row.registers.size(); ++i) {
        const bool itself = !move.to.memory && i == move.to.index;
        if (!itself && row.registers[i].before == move.to.value) return move.from.push_back(whole(row, i, false));
    }
}
}  // namespace

std::vector<Move> moves_of(const MicroRow& row) {
    std::vector<Move> out;
    const std::vector<Piece> said = pieces(row.text);
    for (std::size_t i = 0; i < row.registers.size(); ++i) {
        const MicroRegister& reg = row.registers[i];
        if (!reg.written) continue;
        Move move{whole(row, i, true), {}, {}};
        for (const Piece& piece : said)
            if (move.from.empty() && mentioned(piece.left, reg)) read_words(row, piece.right, move);
        if (move.from.empty()) read_values(row, move);
        if (reg.before != reg.after || !move.from.empty()) out.push_back(std::move(move));
    }
    for (std::size_t i = 0; i < row.memory.size(); ++i) {
        const arch::MemoryNote& note = row.memory[i].note;
        if (!note.written) continue;
        Move move{memory_end(row, i, true), {}, {}};
        for (std::size_t r = 0; r < row.registers.size(); ++r)
            if (move.from.empty() && same(row.registers[r].name, note.what) && row.registers[r].before == note.after)
                move.from.push_back(whole(row, r, false));
        if (move.from.empty()) read_values(row, move);
        out.push_back(std::move(move));
    }
    return out;
}

std::vector<MoveEnd> looked_at(const MicroRow& row) {
    std::vector<MoveEnd> out;
    for (const Mention& mention : mentions(row.text)) {
        std::optional<MoveEnd> end = find(row, mention);
        const auto equal = [&](const MoveEnd& one) { return one.name == end->name; };
        if (end && !row.registers[end->index].written && std::ranges::none_of(out, equal))
            out.push_back(std::move(*end));
    }
    return out;
}

std::string text(const Move& move) {
    std::vector<std::string> from;
    for (const MoveEnd& end : move.from) from.push_back(end.name);
    std::string out = from.empty() ? "-> " + move.to.name : joined(from) + " -> " + move.to.name;
    if (!move.formula.empty()) out += ": " + move.formula;
    return out;
}
}  // namespace ring::view
