#include "panels/micro_stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/text.hpp"
#include "bits.hpp"
#include "widgets.hpp"

namespace ring::gui {

Icon icon_of(const view::MicroRow& row) {
    if (row.failed()) return Icon::Cross;
    switch (row.kind) {
        case arch::Kind::Read:
            return Icon::Read;
        case arch::Kind::Check:
            return Icon::Tick;
        case arch::Kind::Write:
            return Icon::Write;
    }
    return Icon::Read;
}

ImU32 colour_of(const Theme& t, const view::MicroRow& row) {
    if (row.failed()) return t.bad;
    switch (row.kind) {
        case arch::Kind::Read:
            return t.accent;
        case arch::Kind::Check:
            return t.good;
        case arch::Kind::Write:
            return t.changed;
    }
    return t.text;
}

std::string word_of(const view::MicroRow& row) {
    return std::string(name(row.kind)) + (row.failed() ? row.kind == arch::Kind::Check ? " failed" : " stopped" : "");
}

std::string with_arrows(std::string said) {
    for (std::size_t at = 0; (at = said.find(" <- ", at)) != said.npos;) said.replace(at, 4, " ← ");
    return said;
}

namespace {
// The three parts of a movement: the source shows itself, the value travels, the destination takes it.
constexpr float leaves = 0.2f, arrives = 0.8f;

float smooth(float x) {
    x = std::clamp(x, 0.0f, 1.0f);
    return x * x * (3 - 2 * x);
}

// A register or a place in memory, whichever an end of a move is.
struct Word {
    std::string name, where;
    unsigned bits = 64;
    u64 before = 0, after = 0;
    bool written = false;
};

Word word_at(const view::MicroRow& row, const view::MoveEnd& end) {
    if (end.memory) {
        const arch::MemoryNote& note = row.memory[end.index].note;
        return {end.name,
                "at " + (note.virtual_address ? text::hex(*note.virtual_address) : text::hex(note.physical)),
                8u * std::max<unsigned>(note.size, 1),
                note.before,
                note.after,
                note.written};
    }
    const view::MicroRegister& reg = row.registers[end.index];
    return {reg.name, "", reg.bits, reg.before, reg.after, reg.written};
}

std::string range_text(const view::MoveEnd& end, unsigned bits) {
    if (end.width == bits) return "";
    if (end.width == 1) return fmt::format("bit {}", end.low);
    return fmt::format("bits {}:{}", end.low + end.width - 1, end.low);
}

float line_height(const Look& look) { return look.fonts.code->FontSize + look.px(6); }

// A label line and a strip below it. `value` is what it shows; `old` stands before an arrow when it is different.
StripPlace put_word(Look& look, ImVec2 at, float width, const Word& word, const view::MoveEnd& end, u64 value,
                    bool arrived, ImU32 colour) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const bool part = end.width < word.bits;
    put_text(list, look.fonts.code_strong, at, t.text, part ? end.name : word.name);
    float x = at.x + text_size(look.fonts.code_strong, part ? end.name : word.name).x + look.px(10);
    const std::string beside =
        part ? fmt::format("{} of {} = {}", range_text(end, word.bits), word.name, text::hex(word.before)) : word.where;
    const float small = at.y + look.px(2);
    put_text(list, look.fonts.code_small, {x, small}, end.width < word.bits ? colour : t.muted, beside);
    x += beside.empty() ? 0 : text_size(look.fonts.code_small, beside).x + look.px(10);
    const bool moved = arrived && word.written && word.before != word.after;
    std::string said = text::hex(end.width < word.bits ? end.value : value);
    if (moved) said = text::hex(word.before) + " → " + said;
    const ImVec2 size = text_size(look.fonts.code_strong, said);
    put_text(list, look.fonts.code_strong, {std::max(x, at.x + width - size.x), at.y}, moved ? t.changed : t.text,
             said);
    Strip strip;
    strip.bits = word.bits;
    strip.value = value;
    strip.changed = moved ? word.before ^ word.after : 0;
    if (end.width > 0) strip.marks.push_back({end.low, end.width, colour});
    strip.only_marks = end.width < word.bits;
    return put_strip(look, {at.x, at.y + line_height(look)}, width, strip);
}

float word_height(const Look& look) { return line_height(look) + strip_height(look) + look.px(2); }

ImVec2 along(ImVec2 from, ImVec2 to, float bend, float t) {
    const float u = 1 - t, a = u * u * u, b = 3 * u * u * t, c = 3 * u * t * t, d = t * t * t;
    return {a * from.x + b * from.x + c * to.x + d * to.x,
            a * from.y + b * (from.y + bend) + c * (to.y - bend) + d * to.y};
}

void put_pill(Look& look, ImVec2 centre, std::string_view said, ImU32 colour, float left, float right) {
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const ImVec2 size = text_size(look.fonts.code_strong, said);
    const float half = size.x / 2 + look.px(10), tall = size.y / 2 + look.px(4);
    centre.x = std::clamp(centre.x, left + half, std::max(left + half, right - half));
    const ImVec2 from{centre.x - half, centre.y - tall}, to{centre.x + half, centre.y + tall};
    list.AddRectFilled(from, to, look.colours().panel, tall);
    list.AddRectFilled(from, to, faded(colour, 0.22f), tall);
    list.AddRect(from, to, colour, tall, 0, look.px(1.5f));
    put_centred(list, look.fonts.code_strong, from, to, look.colours().text, said);
}

// Sources above, destination below, and the value between them.
void put_move(Look& look, const view::MicroRow& row, const view::Move& move, float width, float moved) {
    const Theme& t = look.colours();
    ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 start = at;
    std::vector<ImVec2> feet;
    const bool shown = moved >= leaves / 2;  // the source's bits are marked first
    for (const view::MoveEnd& end : move.from) {
        const Word word = word_at(row, end);
        const StripPlace place = put_word(look, at, width, word, end, word.before, false, shown ? t.accent : t.muted);
        if (end.width < word.bits) put_bracket(look, place, end.low, end.width, t.accent, false);
        ImVec2 foot = place.bottom(end.low, end.width);
        feet.push_back({foot.x, foot.y + look.px(6)});
        at.y += word_height(look);
    }
    const float between = look.px(56);
    const Word word = word_at(row, move.to);
    const bool arrived = moved >= arrives;
    at.y += between;
    const StripPlace place = put_word(look, at, width, word, move.to, arrived ? word.after : word.before, arrived,
                                      arrived ? t.changed : t.muted);
    const ImVec2 head{place.left(move.to.width - 1) + (place.end() - place.left(move.to.width - 1)) / 2,
                      at.y - look.px(3)};
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const float travelled = smooth((moved - leaves) / (arrives - leaves));
    for (std::size_t i = 0; i < feet.size(); ++i) {
        const float bend = (head.y - feet[i].y) * 0.55f;
        put_arrow(list, look, feet[i], head, faded(t.accent, 0.65f), true);
        if (moved >= 1) continue;
        const bool computed = travelled > 0.5f;
        put_pill(look, along(feet[i], head, bend, travelled), text::hex(computed ? move.to.value : move.from[i].value),
                 computed ? t.changed : t.accent, start.x, start.x + width);
    }
    if (moved >= 1 && !feet.empty()) {
        const std::string said = move.formula.empty() ? text::hex(move.to.value) : move.formula;
        put_pill(look, along(feet.front(), head, (head.y - feet.front().y) * 0.55f, 0.5f), said, t.changed, start.x,
                 start.x + width);
    }
    at.y += word_height(look);
    ImGui::Dummy({width, at.y - start.y});
    look.reg("micro/move/" + move.to.name);
    look.texts["micro/move/" + move.to.name] = arrived ? view::text(move) : "";
}

void put_moved_fields(Look& look, const view::MicroRow& row, const view::MoveEnd& end, float width, bool arrived) {
    if (end.memory) return;
    const view::MicroRegister& reg = row.registers[end.index];
    if (reg.written) put_field_chips(look, "micro/field/" + reg.name, reg.fields, width, false, !arrived);
}

// A constant that is written, a word that is only read: a line each.
void put_line(Look& look, std::string_view name, const std::string& said, bool changed) {
    const Theme& t = look.colours();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, indent = look.px(14);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    if (changed)
        list.AddTriangleFilled({at.x, at.y + look.px(5)}, {at.x + look.px(7), at.y + look.px(10)},
                               {at.x, at.y + look.px(15)}, t.changed);
    put_text(list, changed ? look.fonts.code_strong : look.fonts.code, {at.x + indent, at.y}, t.muted, name);
    const float x = std::max(text_size(look.fonts.code, name).x + look.px(14), look.px(128));
    put_text(list, changed ? look.fonts.code_strong : look.fonts.code, {at.x + indent + x, at.y},
             changed ? t.changed : t.text, fitted(look.fonts.code, said, width - indent - x));
    ImGui::Dummy({width, line_height(look)});
}

void put_constant(Look& look, const view::MicroRow& row, const view::Move& move, float width, float moved) {
    const Word word = word_at(row, move.to);
    const bool arrived = moved >= arrives;
    put_line(look, word.name + (word.where.empty() ? "" : " " + word.where),
             arrived && word.before != word.after ? text::hex(word.before) + " → " + text::hex(word.after)
                                                  : text::hex(word.before),
             arrived && word.before != word.after);
    if (!move.to.memory) {
        ImGui::Indent(look.px(14));
        put_moved_fields(look, row, move.to, width - look.px(14), arrived);
        ImGui::Unindent(look.px(14));
    }
}

bool in_moves(const view::MicroRow& row, bool memory, std::size_t index) {
    const auto here = [&](const view::MoveEnd& end) { return end.memory == memory && end.index == index; };
    return std::ranges::any_of(row.moves,
                               [&](const view::Move& m) { return here(m.to) || std::ranges::any_of(m.from, here); }) ||
           std::ranges::any_of(row.looked, here);
}

void put_looked(Look& look, const view::MicroRow& row, float width) {
    const Theme& t = look.colours();
    for (const view::MoveEnd& end : row.looked) {
        const bool in_a_move = std::ranges::any_of(row.moves, [&](const view::Move& move) {
            return std::ranges::any_of(move.from, [&](const view::MoveEnd& one) { return one.name == end.name; });
        });
        if (in_a_move) continue;
        const Word word = word_at(row, end);
        const ImVec2 at = ImGui::GetCursorScreenPos();
        // Of a check that failed, only the bits that this time's numbers speak of are to blame.
        const bool blamed = row.failed() && row.detail.find(end.name) != std::string::npos;
        const ImU32 colour = blamed ? t.bad : row.kind == arch::Kind::Check && !row.failed() ? t.good : t.accent;
        const StripPlace place = put_word(look, at, width, word, end, word.before, false, colour);
        if (end.width < word.bits) put_bracket(look, place, end.low, end.width, colour, false);
        ImGui::Dummy({width, word_height(look)});
        look.reg("micro/looked/" + end.name);
    }
}

void put_rest(Look& look, const view::MicroRow& row) {
    for (std::size_t i = 0; i < row.registers.size(); ++i) {
        const view::MicroRegister& reg = row.registers[i];
        if (in_moves(row, false, i)) continue;
        put_line(look, reg.name, reg.written ? "stays " + text::hex(reg.after) : text::hex(reg.after), false);
    }
    for (std::size_t i = 0; i < row.memory.size(); ++i) {
        const arch::MemoryNote& note = row.memory[i].note;
        if (in_moves(row, true, i)) continue;
        const std::string where = note.virtual_address ? text::hex(*note.virtual_address) : text::hex(note.physical);
        put_line(look, note.what.empty() ? "memory" : note.what, fmt::format("{}  at {}", text::hex(note.after), where),
                 false);
    }
}

void put_heading(Look& look, const view::MicroTransition& transition, const view::MicroRow& row, float width) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const ImU32 colour = colour_of(t, row);
    std::string word = word_of(row);
    for (char& c : word) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    const ImVec2 size = text_size(look.fonts.strong, word);
    const ImVec2 to{at.x + size.x + look.px(40), at.y + size.y + look.px(8)};
    list.AddRectFilled(at, to, faded(colour, row.failed() ? 0.3f : 0.16f), look.px(6));
    list.AddRect(at, to, colour, look.px(6), 0, look.px(row.failed() ? 2 : 1));
    draw_icon(list, icon_of(row), {at.x + look.px(16), (at.y + to.y) / 2}, look.px(15), colour);
    put_text(list, look.fonts.strong, {at.x + look.px(30), at.y + look.px(4)}, t.text, word);
    const std::string said = fmt::format("{} · {}", transition.name, row.number);
    const ImVec2 right = text_size(look.fonts.small, said);
    if (to.x + look.px(12) + right.x < at.x + width)
        put_text(list, look.fonts.small, {at.x + width - right.x, at.y + look.px(6)}, t.muted, said);
    ImGui::Dummy({width, to.y - at.y + look.px(2)});
}
}  // namespace

void put_micro_stage(Look& look, const view::MicroTransition& transition, const view::MicroRow& row, float moved) {
    const Theme& t = look.colours();
    const float width = ImGui::GetContentRegionAvail().x;
    put_heading(look, transition, row, width);
    paragraph(look, look.fonts.title, t.text, with_arrows(row.text));
    look.texts["micro/now"] = row.text;
    if (!row.detail.empty())
        paragraph(look, look.fonts.code_strong, row.failed() ? t.bad : colour_of(t, row), row.detail);
    if (row.failed()) {
        const std::string leads = transition.fault.empty() ? "" : " It raises " + transition.fault + ".";
        paragraph(look, look.fonts.strong, t.bad, "This does not hold." + leads);
        look.texts["micro/failed"] = row.text;
    }
    ImGui::Dummy({0, look.px(2)});
    put_looked(look, row, width);
    for (const view::Move& move : row.moves)
        if (!move.from.empty()) {
            put_move(look, row, move, width, moved);
            put_moved_fields(look, row, move.to, width, moved >= arrives);
        }
    for (const view::Move& move : row.moves)
        if (move.from.empty()) put_constant(look, row, move, width, moved);
    put_rest(look, row);
    ImGui::Dummy({0, look.px(2)});
    if (!row.rule.empty()) paragraph(look, look.fonts.small, t.muted, row.rule);
    if (!transition.citation.empty()) paragraph(look, look.fonts.small, t.dim, transition.citation);
}
}  // namespace ring::gui
