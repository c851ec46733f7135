// The instructions around the next one. A click on a line sets a breakpoint there or takes it away.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/text.hpp"
#include "panels/panels.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
struct Columns {
    float gutter, address, bytes, mnemonic, operands, note;
    unsigned address_digits;
    std::size_t bytes_shown;
};

Columns measure(const Scene& scene, const Look& look, float width) {
    const float letter = text_size(look.fonts.code, "0").x;
    const float small = text_size(look.fonts.code_small, "0").x;
    Columns out{};
    out.address_digits = 8;
    for (const view::CodeRow& row : scene.code.rows)
        if (row.line.address.value >> 32 != 0) out.address_digits = 16;
    out.gutter = look.px(38);
    out.address = out.gutter;
    out.bytes = out.address + letter * static_cast<float>(out.address_digits) + look.px(14);
    for (std::size_t bytes : {8u, 5u, 3u, 0u}) {  // as many as leave room for what matters more
        out.bytes_shown = bytes;
        out.mnemonic = out.bytes + (bytes ? small * static_cast<float>(3 * bytes) + look.px(10) : 0);
        out.operands = out.mnemonic + letter * 8.5f;
        if (out.operands + letter * 16 <= width) break;
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

void put_line(ImDrawList& list, const Look& look, const Columns& columns, const view::CodeRow& row, ImVec2 at,
              float width, float height) {
    const Theme& t = look.colours();
    const float middle = at.y + height / 2;
    if (row.current) {
        list.AddRectFilled({at.x + columns.gutter - look.px(6), at.y}, {at.x + width - look.px(4), at.y + height},
                           t.current, look.px(5));
        draw_icon(list, Icon::Current, {at.x + look.px(22), middle}, look.px(16), t.accent);
    }
    if (row.breakpoint) {
        list.AddCircleFilled({at.x + look.px(9), middle}, look.px(6), t.bad);
        list.AddCircleFilled({at.x + look.px(9), middle}, look.px(2.5f), t.panel);
    }
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
    if (row.target_symbol.empty()) return;
    const std::string said = "→ " + row.target_symbol;
    const float right = at.x + width - look.px(8), wanted = text_size(look.fonts.code_small, said).x;
    const float note = std::max(end + look.px(14), std::min(at.x + columns.note, right - wanted));
    put_text(list, look.fonts.code_small, {note, small_y}, t.muted, fitted(look.fonts.code_small, said, right - note));
}

Intent toggle(const Scene& scene, VirtAddr at) {
    const auto place = std::ranges::find(scene.breakpoint_addresses, at);
    if (place == scene.breakpoint_addresses.end()) return RunCommand{"break " + text::hex(at)};
    const auto index = static_cast<std::size_t>(place - scene.breakpoint_addresses.begin());
    return RunCommand{fmt::format("delete {}", scene.breakpoint_ids[index])};
}

// Lines as they are drawn: a symbol's heading takes one of its own.
struct Drawn {
    const view::CodeRow* row;
    bool heading;
};

std::vector<Drawn> drawn_lines(const Scene& scene) {
    std::vector<Drawn> out;
    for (const view::CodeRow& row : scene.code.rows) {
        if (row.heading) out.push_back({&row, true});
        out.push_back({&row, false});
    }
    return out;
}

// The next instruction is kept in sight, with more of what follows than of what was.
void follow(const std::vector<Drawn>& lines, float height) {
    const auto current =
        std::ranges::find_if(lines, [](const Drawn& line) { return line.row->current && !line.heading; });
    if (current == lines.end()) return;
    const float y = static_cast<float>(current - lines.begin()) * height, view = ImGui::GetWindowHeight();
    if (y < ImGui::GetScrollY() + height || y > ImGui::GetScrollY() + view * 0.75f) ImGui::SetScrollY(y - view * 0.3f);
}

void draw(const Scene& scene, PanelState& state, Intents& out, Look& look) {
    if (scene.code.rows.empty()) {
        empty_state(look, "No instructions: " + scene.code.unavailable + ".",
                    "The page walk shows where the translation stops.");
        return;
    }
    const float height = look.px(23), width = ImGui::GetContentRegionAvail().x;
    const Columns columns = measure(scene, look, width);
    const std::vector<Drawn> lines = drawn_lines(scene);
    if (state.code_seen != scene.number) {
        follow(lines, height);
        state.code_seen = scene.number;
    }
    const ImVec2 origin = ImGui::GetCursorScreenPos();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(lines.size()), height);
    while (clipper.Step())
        for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
            const Drawn& line = lines[static_cast<std::size_t>(i)];
            const ImVec2 at{origin.x, origin.y + static_cast<float>(i) * height};
            if (line.heading) {
                put_text(list, look.fonts.strong, {at.x + columns.gutter, at.y + look.px(3)}, look.colours().accent,
                         fitted(look.fonts.strong, line.row->symbol, width - columns.gutter));
                continue;
            }
            const std::string id = "code/" + text::hex(line.row->line.address);
            ImGui::SetCursorScreenPos(at);
            if (ImGui::InvisibleButton(id.c_str(), {width, height}))
                out.emplace_back(toggle(scene, line.row->line.address));
            if (ImGui::IsItemHovered() && !line.row->current)
                list.AddRectFilled({at.x + columns.gutter - look.px(6), at.y},
                                   {at.x + width - look.px(4), at.y + height}, look.colours().header, look.px(5));
            look.reg(id);
            put_line(list, look, columns, *line.row, at, width, height);
        }
    clipper.End();
}

void look_at(Scene& scene, const Moment& moment) {
    constexpr unsigned lines_before = 40, lines_after = 120;
    scene.code = view::code_view(moment.now, moment.names, {}, lines_before, lines_after);
}

std::string hint(const Scene& scene) {
    for (const view::CodeRow& row : scene.code.rows)
        if (row.current) return row.symbol;
    return "";
}

std::string twin(const Scene&) { return "show disassembly"; }
}  // namespace

const Panel disassembly_panel{"disassembly", "Disassembly", draw, hint, look_at, twin};
}  // namespace ring::gui
