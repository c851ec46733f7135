// The source of the next instruction, or of a place that was asked for. A click in the gutter sets a breakpoint where
// the line has instructions; what was merged into this place by the compiler is listed above the text.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "base/text.hpp"
#include "panels/code_parts.hpp"
#include "panels/panels.hpp"
#include "panels/selecting.hpp"
#include "session/sights.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
void put_inlined(const Scene& scene, Intents& out, Look& look) {
    const Theme& t = look.colours();
    std::size_t number = 0;
    for (const view::InlinedRow& row : scene.source.inlined) {
        const std::string id = fmt::format("source/inlined/{}", number++);
        const std::string said = fmt::format("{}, merged into its caller at {}",
                                             row.function.empty() ? "a function" : row.function, row.call.text());
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float width = ImGui::GetContentRegionAvail().x, height = look.px(24);
        const bool clicked = ImGui::InvisibleButton(id.c_str(), {width, height});
        look.reg(id);
        ImDrawList& list = *ImGui::GetWindowDrawList();
        if (ImGui::IsItemHovered()) list.AddRectFilled(at, {at.x + width, at.y + height}, t.header, look.px(5));
        put_text(list, look.fonts.small, {at.x + look.px(6), at.y + look.px(4)}, t.muted, "inlined");
        const float x = at.x + look.px(12) + text_size(look.fonts.small, "inlined").x;
        put_text(list, look.fonts.code_small, {x, at.y + look.px(4)}, t.text,
                 fitted(look.fonts.code_small, said, at.x + width - x));
        if (clicked && row.call.line != 0) out.emplace_back(Ask{"source", row.call.text()});
        tooltip(look, "Show the call");
    }
}

struct Columns {
    float height, number, text;
};

void put_line(const Scene& scene, PanelState& state, Intents& out, Look& look, const Columns& columns, int number,
              ImVec2 at, float width) {
    const Theme& t = look.colours();
    const view::Source& source = scene.source;
    const std::optional<VirtAddr> address = source.file->address(number);
    const std::optional<target::BreakpointId> breakpoint = source.breakpoint(number);
    const bool current = number == source.place.line;
    const float middle = at.y + columns.height / 2;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const std::string id = fmt::format("source/{}", number);

    ImGui::SetCursorScreenPos(at);
    const bool toggled = ImGui::InvisibleButton((id + "/break").c_str(), {columns.number, columns.height});
    const bool pointed_at = ImGui::IsItemHovered();
    look.reg(id + "/break", address || breakpoint);
    if (toggled && breakpoint)
        out.emplace_back(RunCommand{fmt::format("delete {}", *breakpoint)});
    else if (toggled && address)
        out.emplace_back(RunCommand{fmt::format("break {}:{}", source.place.file, number)});
    if (pointed_at) tooltip(look, address ? "Stop before this line" : "No instructions belong to this line");
    ImGui::SetCursorScreenPos({at.x + columns.number, at.y});
    if (ImGui::InvisibleButton(id.c_str(), {width - columns.number, columns.height})) {
        state.code_row = address;
        if (address) select(out, *address);
    }
    look.reg(id);
    if (current) {
        list.AddRectFilled({at.x + columns.number - look.px(4), at.y}, {at.x + width, at.y + columns.height}, t.current,
                           look.px(5));
        if (source.next)
            draw_icon(list, Icon::Current, {at.x + look.px(26), middle}, look.px(14), t.accent);
        else
            list.AddRect({at.x + columns.number - look.px(4), at.y}, {at.x + width, at.y + columns.height}, t.border,
                         look.px(5));
    }
    if (address && state.code_row == address)
        list.AddRect({at.x + columns.number - look.px(4), at.y}, {at.x + width, at.y + columns.height}, t.border,
                     look.px(5));
    if (std::ranges::binary_search(scene.source_selected, number)) {
        put_selected(list, look, {at.x + columns.number - look.px(4), at.y}, {at.x + width, at.y + columns.height});
        look.texts[id + "/selected"] = "selected";
    }
    put_breakpoint(list, look, {at.x + look.px(9), middle}, breakpoint.has_value(), pointed_at && address);
    if (address && !breakpoint && !pointed_at) list.AddCircleFilled({at.x + look.px(9), middle}, look.px(1.8f), t.dim);
    const float y = std::floor(middle - look.fonts.code->FontSize / 2);
    const std::string digits = std::to_string(number);
    const float right = at.x + columns.text - look.px(12);
    put_text(
        list, look.fonts.code_small,
        {right - text_size(look.fonts.code_small, digits).x, std::floor(middle - look.fonts.code_small->FontSize / 2)},
        current ? t.text : t.dim, digits);
    put_source_text(list, look, look.fonts.code, {at.x + columns.text, y}, *source.file->line(number),
                    width - columns.text);
}

void put_lines(const Scene& scene, PanelState& state, Intents& out, Look& look) {
    ImGui::BeginChild("lines", {0, 0}, false, ImGuiWindowFlags_HorizontalScrollbar);
    const std::vector<std::string>& lines = scene.source.file->lines;
    const int count = static_cast<int>(lines.size());
    if (state.source_file != scene.source.file) {
        state.source_file = scene.source.file;
        state.source_columns = 0;
        for (const std::string& line : lines) state.source_columns = std::max(state.source_columns, line.size());
    }
    Columns columns{};
    columns.height = look.px(23);
    columns.number = look.px(38);
    columns.text =
        columns.number + text_size(look.fonts.code_small, std::to_string(count)).x + look.px(12) + look.px(6);
    const float widest =
        columns.text + text_size(look.fonts.code, "0").x * static_cast<float>(state.source_columns + 1);
    const float width = std::max(ImGui::GetContentRegionAvail().x, widest);
    if (state.source_seen != scene.number) {
        state.source_seen = scene.number;
        const float y = static_cast<float>(scene.source.place.line - 1) * columns.height;
        const float view = ImGui::GetWindowHeight();
        if (y < ImGui::GetScrollY() + columns.height || y > ImGui::GetScrollY() + view * 0.75f)
            ImGui::SetScrollY(std::max(0.0f, y - view * 0.35f));
    }
    const ImVec2 origin = ImGui::GetCursorScreenPos();
    ImGuiListClipper clipper;
    clipper.Begin(count, columns.height);
    while (clipper.Step())
        for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i)
            put_line(scene, state, out, look, columns, i + 1,
                     {origin.x, origin.y + static_cast<float>(i) * columns.height}, width);
    clipper.End();
    ImGui::EndChild();
}

void draw(const Scene& scene, PanelState& state, Intents& out, Look& look) {
    put_place_field("source", state.source_place, scene, scene.source_away, scene.source_trouble, out, look);
    put_inlined(scene, out, look);
    look.texts["source/place"] = scene.source.place.text();
    if (!scene.source.unavailable.empty()) {
        std::string said = scene.source.unavailable;
        said.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(said.front())));
        look.texts["source/unavailable"] = said;
        const std::string recorded = scene.source.place.text();
        empty_state(look, said + ".", recorded.empty() ? "" : "Recorded: " + recorded);
        return;
    }
    const int last = static_cast<int>(scene.source.file->lines.size());
    if (scene.source.place.line > last)
        paragraph(look, look.fonts.small, look.colours().bad,
                  fmt::format("Line {} was recorded, but this file has only {} lines: it is not the one that was "
                              "compiled.",
                              scene.source.place.line, last));
    put_lines(scene, state, out, look);
}

// The lines of this file that the selection came from: those whose first instruction it holds, and that of its first
// byte, which may lie in the middle of a line's instructions.
std::vector<int> selected_lines(const Scene& scene, const session::Session& session) {
    std::vector<int> out;
    if (!scene.source.file || scene.lenses.pages.empty()) return out;
    for (const auto& [line, at] : scene.source.file->code)
        if (selected(scene, at)) out.push_back(line);
    for (const view::LensPages& one : scene.lenses.pages)
        if (const std::optional<view::SourcePlace> place = session.source_place(one.start))
            if (place->file == scene.source.place.file) out.push_back(place->line);
    std::ranges::sort(out);
    return out;
}

void look_at(Scene& scene, const Moment& moment) {
    const std::string& words = moment.wishes.asked("source");
    Result<view::Source> source = session::source_sight(moment.session, moment.names, words);
    scene.source_trouble = source ? "" : source.error().sentence();
    scene.source_away = source && !words.empty();
    if (!source) source = session::source_sight(moment.session, moment.names, "");
    if (source) scene.source = std::move(*source);
    look_at_selection(scene, moment);
    scene.source_selected = selected_lines(scene, moment.session);
}

std::string hint(const Scene& scene) { return scene.source.place.line == 0 ? "" : scene.source.place.text(); }

std::string twin(const Scene& scene) {
    if (!scene.source_away) return "show source";
    return scene.source.at ? "show source " + text::hex(*scene.source.at) : "show source " + scene.source.place.text();
}
}  // namespace

const Panel source_panel{"source", "Source", draw, hint, look_at, twin};
}  // namespace ring::gui
