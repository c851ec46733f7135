// The instructions around the next one, with the source lines that they come from and the jumps between them. A click
// in the gutter sets a breakpoint or takes it away; a click on a row selects its bytes in every panel; Enter or a
// double click on a jump shows where it leads.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/text.hpp"
#include "panels/code_parts.hpp"
#include "panels/panels.hpp"
#include "panels/selecting.hpp"
#include "session/sights.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
constexpr unsigned most_lanes = 4;

struct Columns {
    float lanes, gutter, address, bytes, mnemonic, operands, note;
    unsigned address_digits, lane_count;
    std::size_t bytes_shown;
};

Columns measure(const Scene& scene, const Look& look, float width) {
    const float letter = text_size(look.fonts.code, "0").x;
    const float small = text_size(look.fonts.code_small, "0").x;
    Columns out{};
    out.address_digits = 8;
    for (const view::CodeRow& row : scene.code.rows)
        if (row.line.address.value >> 32 != 0) out.address_digits = 16;
    out.lanes = look.px(20);  // breakpoints are left of it
    out.lane_count = width < look.px(560) ? most_lanes / 2 : most_lanes;
    out.gutter = out.lanes + look.px(9) * static_cast<float>(out.lane_count) + look.px(26);
    out.address = out.gutter;
    out.bytes = out.address + letter * static_cast<float>(out.address_digits) + look.px(14);
    for (std::size_t bytes : {8u, 5u, 3u, 0u}) {  // as many as leave room for what matters more
        out.bytes_shown = bytes;
        out.mnemonic = out.bytes + (bytes ? small * static_cast<float>(3 * bytes) + look.px(10) : 0);
        out.operands = out.mnemonic + letter * 8.5f;
        if (out.operands + letter * 24 <= width) break;
    }
    out.note = out.operands + letter * 22;
    return out;
}

ImU32 operand_colour(const Theme& t, std::string_view word) {
    constexpr std::string_view sizes[] = {"ptr", "byte", "word", "dword", "qword", "xmmword", "tbyte"};
    if (std::isdigit(static_cast<unsigned char>(word.front()))) return t.number;
    if (std::ranges::find(sizes, word) != std::end(sizes)) return t.muted;
    return t.reg;
}

// Registers, numbers and the rest in colours of their own. Gives where the text ends.
float put_operands(ImDrawList& list, const Look& look, ImVec2 at, std::string_view operands) {
    const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
    while (!operands.empty()) {
        const bool word = is_word(operands.front());
        std::size_t end = 1;
        while (end < operands.size() && is_word(operands[end]) == word) ++end;
        const std::string_view part = operands.substr(0, end);
        put_text(list, look.fonts.code, at, word ? operand_colour(look.colours(), part) : look.colours().muted, part);
        at.x += text_size(look.fonts.code, part).x;
        operands.remove_prefix(end);
    }
    return at.x;
}

// Inside one function the distance says enough: "+0x29".
std::string short_target(const view::CodeRow& row) {
    const std::size_t plus = row.target_symbol.rfind("+0x"), own = row.symbol.rfind("+0x");
    const bool same = plus != std::string::npos && row.target_symbol.substr(0, plus) == row.symbol.substr(0, own);
    return same ? row.target_symbol.substr(plus) : row.target_symbol;
}

// What one step does here, where the registers decide it: "F11 enters syscall_entry", "taken".
std::string what_next(const view::Code& code, const view::CodeRow& row) {
    const view::Flow& flow = code.flow;
    const std::string target =
        row.target_symbol.empty() && row.line.target ? text::hex(*row.line.target) : row.target_symbol;
    if (flow.branches) return *flow.branches ? "taken → " + target : "not taken";
    if (!flow.enters) return "";
    const std::string name = flow.enters_symbol.empty() ? text::hex(*flow.enters) : flow.enters_symbol;
    return (flow.returns ? "F11 returns to " : "F11 enters ") + name;
}

void put_line(ImDrawList& list, Look& look, const Columns& columns, const Scene& scene, const view::CodeRow& row,
              ImVec2 at, float width, float height) {
    const Theme& t = look.colours();
    const float middle = at.y + height / 2;
    if (row.current)
        draw_icon(list, Icon::Current, {at.x + columns.gutter - look.px(14), middle}, look.px(16), t.accent);
    const float y = std::floor(middle - look.fonts.code->FontSize / 2);
    const float small_y = std::floor(middle - look.fonts.code_small->FontSize / 2);
    put_hex(list, look, look.fonts.code, {at.x + columns.address, y}, row.current ? t.text : t.muted,
            text::digits(row.line.address.value, columns.address_digits));
    if (columns.bytes_shown) {
        const ByteSpan bytes = ByteSpan(row.line.bytes).first(std::min(row.line.bytes.size(), columns.bytes_shown));
        put_text(list, look.fonts.code_small, {at.x + columns.bytes, small_y}, t.dim,
                 text::bytes(bytes) + (bytes.size() < row.line.bytes.size() ? "…" : ""));
    }
    const bool jumps = row.line.target.has_value();
    put_text(list, row.current ? look.fonts.code_strong : look.fonts.code, {at.x + columns.mnemonic, y},
             jumps ? t.jump : t.mnemonic, row.line.mnemonic);
    const float end = put_operands(list, look, {at.x + columns.operands, y}, row.line.operands);
    const std::string next = row.current ? what_next(scene.code, row) : "";
    if (row.current) look.texts["code/next"] = next;
    if (row.target_symbol.empty() && next.empty()) return;
    const std::string said = next.empty() ? "→ " + short_target(row) : next;
    const float right = at.x + width - look.px(8), wanted = text_size(look.fonts.code_small, said).x;
    const float note = std::max(end + look.px(14), std::min(at.x + columns.note, right - wanted));
    put_text(list, look.fonts.code_small, {note, small_y}, next.empty() ? t.muted : t.text,
             fitted(look.fonts.code_small, said, right - note));
}

// Lines as they are drawn: a symbol and a source line take one of their own.
struct Drawn {
    enum class Kind { Symbol, Source, Instruction } kind;
    const view::CodeRow* row;
};

std::vector<Drawn> drawn_lines(const Scene& scene) {
    std::vector<Drawn> out;
    for (const view::CodeRow& row : scene.code.rows) {
        if (row.heading) out.push_back({Drawn::Kind::Symbol, &row});
        if (row.source_heading) out.push_back({Drawn::Kind::Source, &row});
        out.push_back({Drawn::Kind::Instruction, &row});
    }
    return out;
}

void put_heading(ImDrawList& list, const Look& look, const Columns& columns, const Drawn& line, ImVec2 at, float width,
                 float height) {
    const Theme& t = look.colours();
    const float left = at.x + columns.gutter, room = width - columns.gutter - look.px(8);
    if (line.kind == Drawn::Kind::Symbol)
        return put_text(list, look.fonts.strong, {left, at.y + look.px(3)}, t.accent,
                        fitted(look.fonts.strong, line.row->symbol, room));
    const float y = std::floor(at.y + (height - look.fonts.code_small->FontSize) / 2);
    std::string text;  // what stands in columns in the file is drawn together
    for (const char c : line.row->source_text)
        if (c != ' ' || (!text.empty() && !text.ends_with("  "))) text += c;
    const std::string& file = line.row->source.file;
    const std::string place =
        fmt::format("{}:{}", file.substr(std::min(file.rfind('/') + 1, file.size())), line.row->source.line);
    const std::string shown = fitted(look.fonts.code_small, place, room * (text.empty() ? 1.0f : 0.5f));
    put_text(list, look.fonts.code_small, {left, y}, t.muted, shown);
    const float x = left + text_size(look.fonts.code_small, shown).x + look.px(14);
    put_source_text(list, look, look.fonts.code_small, {x, y}, text, at.x + width - look.px(8) - x);
}

bool is_call(const view::CodeLine& line) {
    return line.mnemonic.starts_with("call") || line.mnemonic.starts_with("jal");
}

// The direct jumps of which both ends are among the lines, and at least a part is on the screen.
std::vector<Jump> jumps_between(const Scene& scene, const std::vector<Drawn>& lines, std::size_t first,
                                std::size_t last, unsigned lanes) {
    std::vector<Jump> out;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const view::CodeRow& row = *lines[i].row;
        if (lines[i].kind != Drawn::Kind::Instruction || !row.line.target || is_call(row.line)) continue;
        const auto to = std::ranges::find_if(lines, [&](const Drawn& line) {
            return line.kind == Drawn::Kind::Instruction && line.row->line.address == *row.line.target;
        });
        if (to == lines.end()) continue;
        Jump jump{i, static_cast<std::size_t>(to - lines.begin()), false, 0};
        jump.next = row.current && scene.code.flow.branches.value_or(true);
        if (jump.low() <= last && jump.high() >= first) out.push_back(jump);
    }
    return in_lanes(std::move(out), lanes);
}

void put_jumps(ImDrawList& list, Look& look, const Columns& columns, const std::vector<Jump>& jumps, ImVec2 origin,
               float height) {
    const Theme& t = look.colours();
    for (const Jump& jump : jumps) {
        look.texts[fmt::format("code/jump/{}-{}", jump.from, jump.to)] =
            fmt::format("lane {}{}", jump.lane, jump.next ? ", next" : "");
        const auto line_at = [&](std::size_t line) { return origin.y + (static_cast<float>(line) + 0.5f) * height; };
        const float right = origin.x + columns.gutter - look.px(29);
        const float x = std::floor(right - look.px(6) - look.px(9) * static_cast<float>(jump.lane)) + 0.5f;
        // The two ends of one line are kept apart: what leaves is above, what arrives is below.
        const float from = std::floor(line_at(jump.from) - look.px(3)) + 0.5f,
                    to = std::floor(line_at(jump.to) + look.px(3)) + 0.5f;
        const ImU32 colour = jump.next ? t.accent : blended(faded(t.jump, 0.75f), t.panel);
        const float thick = look.px(jump.next ? 2.5f : 1.25f), bend = look.px(4) * (to > from ? 1.0f : -1.0f);
        list.PathLineTo({right + look.px(3), from});
        list.PathLineTo({x + look.px(4), from});
        list.PathBezierQuadraticCurveTo({x, from}, {x, from + bend});
        list.PathLineTo({x, to - bend});
        list.PathBezierQuadraticCurveTo({x, to}, {x + look.px(4), to});
        list.PathLineTo({right - look.px(1), to});
        list.PathStroke(colour, 0, thick);
        const float head = look.px(jump.next ? 5.0f : 4.0f);
        list.AddTriangleFilled({right + look.px(3), to}, {right + look.px(3) - head * 1.3f, to - head},
                               {right + look.px(3) - head * 1.3f, to + head}, colour);
    }
}

// The next instruction, or the place that was asked for, is kept in sight, with more of what follows than of what was.
void follow(const Scene& scene, const std::vector<Drawn>& lines, float height) {
    const auto wanted = std::ranges::find_if(lines, [&](const Drawn& line) {
        return line.kind == Drawn::Kind::Instruction &&
               (scene.code.follows ? line.row->current : line.row->line.address == scene.code.at);
    });
    if (wanted == lines.end()) return;
    const float y = static_cast<float>(wanted - lines.begin()) * height, view = ImGui::GetWindowHeight();
    if (y < ImGui::GetScrollY() + 2 * height || y > ImGui::GetScrollY() + view * 0.75f)
        ImGui::SetScrollY(std::max(0.0f, y - view * 0.3f));
}

void put_surface(ImDrawList& list, const Look& look, const Columns& columns, const view::CodeRow& row, ImVec2 at,
                 float width, float height, bool pointed_at, bool for_keys, bool marked) {
    const Theme& t = look.colours();
    const ImVec2 from{at.x + columns.gutter - look.px(4), at.y}, to{at.x + width - look.px(4), at.y + height};
    if (row.current)
        list.AddRectFilled(from, to, t.current, look.px(5));
    else if (pointed_at)
        list.AddRectFilled(from, to, t.header, look.px(5));
    if (for_keys) list.AddRect(from, to, t.border, look.px(5));
    if (marked) put_selected(list, look, from, to);
}

void put_instruction(const Scene& scene, PanelState& state, Intents& out, Look& look, const Columns& columns,
                     const view::CodeRow& row, ImVec2 at, float width, float height) {
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const VirtAddr address = row.line.address;
    const std::string id = "code/" + text::hex(address);
    ImGui::SetCursorScreenPos(at);
    if (ImGui::InvisibleButton((id + "/break").c_str(), {columns.gutter - look.px(4), height}))
        out.push_back(toggle_breakpoint(scene, address));
    const bool gutter = ImGui::IsItemHovered();
    look.reg(id + "/break");
    tooltip(look, row.breakpoint ? "Remove the breakpoint (F9)" : "Stop before this instruction (F9)");
    ImGui::SetCursorScreenPos({at.x + columns.gutter - look.px(4), at.y});
    const bool pressed = ImGui::InvisibleButton(id.c_str(), {width - columns.gutter, height});
    const u64 size = std::max<u64>(1, row.line.bytes.size());
    if (pressed) select(out, address, size);
    if (pressed || (ImGui::IsItemFocused() && ImGui::GetIO().NavVisible)) state.code_row = address;
    const bool by_keys = pressed && !ImGui::IsMouseReleased(0);
    const bool twice = ImGui::IsItemHovered() && ImGui::IsMouseDoubleClicked(0);
    if ((by_keys || twice) && row.line.target) out.emplace_back(Ask{"disassembly", text::hex(*row.line.target)});
    const bool marked = selected(scene, address, size);
    put_surface(list, look, columns, row, at, width, height, ImGui::IsItemHovered(), state.code_row == address, marked);
    look.reg(id);
    if (marked) look.texts[id + "/selected"] = "selected";
    put_breakpoint(list, look, {at.x + look.px(9), at.y + height / 2}, row.breakpoint, gutter);
    put_line(list, look, columns, scene, row, at, width, height);
}

void draw(const Scene& scene, PanelState& state, Intents& out, Look& look) {
    put_place_field("disassembly", state.code_place, scene, !scene.code.follows, scene.code_trouble, out, look);
    if (scene.code.rows.empty()) {
        empty_state(look, "No instructions: " + scene.code.unavailable + ".",
                    "The page walk shows where the translation stops.");
        return;
    }
    ImGui::BeginChild("rows", {0, 0}, false);
    const float height = look.px(23), width = ImGui::GetContentRegionAvail().x;
    const Columns columns = measure(scene, look, width);
    const std::vector<Drawn> lines = drawn_lines(scene);
    if (state.code_seen != scene.number) {
        follow(scene, lines, height);
        state.code_seen = scene.number;
    }
    const ImVec2 origin = ImGui::GetCursorScreenPos();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    std::size_t first = lines.size(), last = 0;
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(lines.size()), height);
    while (clipper.Step())
        for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
            const auto index = static_cast<std::size_t>(i);
            const Drawn& line = lines[index];
            first = std::min(first, index);
            last = std::max(last, index);
            const ImVec2 at{origin.x, origin.y + static_cast<float>(i) * height};
            if (line.kind == Drawn::Kind::Instruction)
                put_instruction(scene, state, out, look, columns, *line.row, at, width, height);
            else
                put_heading(list, look, columns, line, at, width, height);
        }
    clipper.End();
    put_jumps(list, look, columns, jumps_between(scene, lines, first, last, columns.lane_count), origin, height);
    ImGui::EndChild();
}

void look_at(Scene& scene, const Moment& moment) {
    constexpr unsigned lines_before = 40, lines_after = 120;
    const std::string& words = moment.wishes.asked("disassembly");
    std::optional<VirtAddr> at;
    scene.code_trouble.clear();
    if (!words.empty()) {
        const Result<VirtAddr> asked = moment.session.place(words);
        if (asked)
            at = *asked;
        else
            scene.code_trouble = asked.error().sentence();
    }
    scene.code = session::code_sight(moment.session, moment.names, at, lines_before, lines_after);
    look_at_selection(scene, moment);
}

std::string hint(const Scene& scene) {
    if (!scene.code.follows) return "away from the next instruction";
    for (const view::CodeRow& row : scene.code.rows)
        if (row.current) return row.symbol;
    return "";
}

std::string twin(const Scene& scene) {
    return scene.code.follows ? "show disassembly" : "show disassembly " + text::hex(scene.code.at);
}
}  // namespace

const Panel disassembly_panel{"disassembly", "Disassembly", draw, hint, look_at, twin};
}  // namespace ring::gui
