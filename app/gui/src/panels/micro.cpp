// The player of micro-steps: the last step's transitions as a ribbon and as a list, and one micro-step at a time,
// large. The rule: it shows what has happened; playing never touches the machine. Time is the window's own (DeltaTime),
// and a frame is wanted only while something moves.
#include <fmt/format.h>
#include <imgui.h>
#include <imgui_internal.h>

#include <algorithm>

#include "base/text.hpp"
#include "panels/micro_stage.hpp"
#include "panels/panels.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
constexpr float walking_seconds = 1.2f;  // a micro-step at speed 1
constexpr float moving_share = 0.75f;    // of it, the bits move; then they stand
constexpr float longest_frame = 0.1f;    // after a pause the window's clock has jumped
constexpr float speeds[] = {0.5f, 1, 2, 4};
constexpr std::size_t most_places = 256;

struct Shown {
    const view::MicroTransition* transition;
    const view::MicroRow* row;
};

// What the player walks through: page walks inside only when wanted, but never without what failed.
std::vector<Shown> shown_rows(const view::Micro& micro, bool inner) {
    std::vector<Shown> out;
    for (const view::MicroTransition& transition : micro.transitions)
        for (const view::MicroRow& row : transition.rows)
            if (inner || row.depth == 0 || row.failed()) out.push_back({&transition, &row});
    return out;
}

std::size_t all_rows(const view::Micro& micro) {
    std::size_t out = 0;
    for (const view::MicroTransition& transition : micro.transitions) out += transition.rows.size();
    return out;
}

std::size_t place_of(const std::vector<Shown>& rows, unsigned number) {
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i].row->number >= number) return i;
    return rows.size() - 1;
}

void show(MicroState& state, const std::vector<Shown>& rows, std::size_t place, float moved) {
    state.number = rows[place].row->number;
    state.moved = moved;
    state.rested = 0;
    state.seek = true;
    if (state.places.size() >= most_places) state.places.erase(state.places.begin());
    state.places[state.step] = state.number;
}

// A step that was seen before is shown where it was left; a new one at the check that failed, or at its beginning.
void follow(MicroState& state, const view::Micro& micro, const std::vector<Shown>& rows) {
    const std::size_t count = all_rows(micro);
    if (state.step == micro.step && state.count == count) return;
    state.step = micro.step;
    state.count = count;
    state.playing = false;
    const auto seen = state.places.find(micro.step);
    const auto failed = std::ranges::find_if(rows, [](const Shown& one) { return one.row->failed(); });
    std::size_t place = failed == rows.end() ? 0 : static_cast<std::size_t>(failed - rows.begin());
    if (seen != state.places.end()) place = place_of(rows, seen->second);
    show(state, rows, place, 1);
}

void forward(MicroState& state, const std::vector<Shown>& rows) {
    const std::size_t place = place_of(rows, state.number);
    if (place + 1 < rows.size()) show(state, rows, place + 1, 0);
}

void backward(MicroState& state, const std::vector<Shown>& rows) {
    const std::size_t place = place_of(rows, state.number);
    if (place > 0) show(state, rows, place - 1, 1);
}

// From the end it begins again.
void toggle(MicroState& state, const std::vector<Shown>& rows) {
    state.playing = !state.playing;
    if (state.playing && place_of(rows, state.number) + 1 == rows.size()) show(state, rows, 0, 0);
}

void pass_time(MicroState& state, const std::vector<Shown>& rows, Look& look) {
    const float passed = std::min(ImGui::GetIO().DeltaTime, longest_frame) * state.speed / walking_seconds;
    if (state.moved < 1) {
        state.moved = std::min(1.0f, state.moved + passed / moving_share);
    } else if (state.playing) {
        state.rested += passed;
        if (state.rested >= 1 - moving_share) {
            if (place_of(rows, state.number) + 1 == rows.size())
                state.playing = false;
            else
                forward(state, rows);
        }
    }
    if (state.moved < 1 || state.playing) look.wants_frame = true;
}

// The arrows and the space bar are the player's while its pane has the focus; a button that has it keeps the space bar.
void keys(MicroState& state, const std::vector<Shown>& rows) {
    if (!ImGui::IsWindowFocused(ImGuiFocusedFlags_ChildWindows) || ImGui::GetIO().WantTextInput) return;
    const ImGuiID owner = ImGui::GetID("player");
    const auto pressed = [&](ImGuiKey key) {
        ImGui::SetKeyOwner(key, owner);
        return ImGui::IsKeyPressed(key, owner, ImGuiInputFlags_Repeat);
    };
    if (pressed(ImGuiKey_RightArrow)) forward(state, rows);
    if (pressed(ImGuiKey_LeftArrow)) backward(state, rows);
    if (pressed(ImGuiKey_Home)) show(state, rows, 0, 1);
    if (pressed(ImGuiKey_End)) show(state, rows, rows.size() - 1, 1);
    if (!ImGui::GetIO().NavVisible && pressed(ImGuiKey_Space)) toggle(state, rows);
}

// ---- controls -----------------------------------------------------------------------------------------------------

void put_speeds(MicroState& state, Look& look, float right) {
    const Theme& t = look.colours();
    ImVec2 at = ImGui::GetCursorScreenPos();
    const float height = look.px(36);
    for (float speed : speeds) {
        const std::string said = speed < 1 ? "½×" : fmt::format("{:.0f}×", speed);
        const ImVec2 size{text_size(look.fonts.code_small, said).x + look.px(14), height};
        if (at.x + size.x > right) return;
        const std::string id = fmt::format("micro/speed/{}", speed);
        ImGui::SetCursorScreenPos(at);
        if (ImGui::InvisibleButton(id.c_str(), size)) state.speed = speed;
        look.reg(id);
        tooltip(look, "speed of playing; 1× is walking speed, about 1.2 s a micro-step");
        const bool chosen = state.speed == speed;
        ImDrawList& list = *ImGui::GetWindowDrawList();
        put_centred(list, look.fonts.code_small, at, {at.x + size.x, at.y + height}, chosen ? t.text : t.muted, said);
        if (chosen)
            list.AddRectFilled({at.x + look.px(4), at.y + height - look.px(7)},
                               {at.x + size.x - look.px(4), at.y + height - look.px(4)}, t.accent, look.px(1));
        at.x += size.x;
    }
}

void put_controls(MicroState& state, const std::vector<Shown>& rows, Look& look) {
    const Theme& t = look.colours();
    const std::size_t place = place_of(rows, state.number);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, gap = look.px(6);
    const bool wide = width > look.px(430);
    if (button(look, {"micro/previous", Icon::StepBack, true, "", "", false, place > 0})) backward(state, rows);
    tooltip(look, "previous micro-step (Left)");
    ImGui::SameLine(0, gap);
    Button play{"micro/play", state.playing ? Icon::Pause : Icon::Continue, true, wide ? "Pause" : "", "", true};
    play.width = button_width(look, play);  // of the longer word: what stands beside it does not jump
    if (wide && !state.playing) play.label = "Play";
    if (button(look, play)) toggle(state, rows);
    tooltip(look, "play at walking speed, or pause (Space)");
    ImGui::SameLine(0, gap);
    if (button(look, {"micro/next", Icon::Step, true, "", "", false, place + 1 < rows.size()})) forward(state, rows);
    tooltip(look, "next micro-step (Right)");
    ImGui::SameLine(0, gap);
    const std::string said = fmt::format("{} of {}", place + 1, rows.size());
    const ImVec2 size = text_size(look.fonts.strong, said);
    put_speeds(state, look, at.x + width - size.x - look.px(12));
    put_text(*ImGui::GetWindowDrawList(), look.fonts.strong,
             {at.x + width - size.x, std::floor(at.y + (look.px(36) - size.y) / 2)}, t.text, said);
    look.texts["micro/place"] = said;
    look.texts["micro/speed"] = fmt::format("{}", state.speed);
    ImGui::SetCursorScreenPos({at.x, at.y + look.px(36) + look.px(6)});
}

// Every micro-step as a small sign in a row; what failed is told by a cross.
void put_ribbon(MicroState& state, const std::vector<Shown>& rows, Look& look) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, height = look.px(28);
    const std::size_t place = place_of(rows, state.number);
    const float cell = std::clamp(width / static_cast<float>(rows.size()), look.px(14), look.px(56));
    const auto fit = static_cast<std::size_t>(std::max(1.0f, width / cell));
    const std::size_t first =
        rows.size() <= fit ? 0 : std::min(place > fit / 2 ? place - fit / 2 : 0, rows.size() - fit);
    const std::size_t last = std::min(rows.size(), first + fit);
    if (cell > look.px(22))
        list.AddLine({at.x, at.y + height / 2}, {at.x + cell * static_cast<float>(last - first), at.y + height / 2},
                     t.border, look.px(2));
    for (std::size_t i = first; i < last; ++i) {
        const view::MicroRow& row = *rows[i].row;
        const ImVec2 from{at.x + cell * static_cast<float>(i - first), at.y};
        const ImVec2 centre{from.x + cell / 2, from.y + height / 2};
        const std::string id = fmt::format("micro/node/{}", row.number);
        ImGui::SetCursorScreenPos(from);
        if (ImGui::InvisibleButton(id.c_str(), {cell, height})) show(state, rows, i, i > place ? 0.0f : 1.0f);
        look.reg(id);
        if (ImGui::IsItemHovered()) tooltip(look, fmt::format("{} {}: {}", row.number, word_of(row), row.text));
        const bool begins = i > first && rows[i].transition != rows[i - 1].transition;
        if (begins) list.AddLine({from.x, from.y}, {from.x, from.y + height}, t.muted, look.px(1));
        const float radius = i == place ? look.px(12) : std::min(look.px(9), cell / 2 - 1);
        list.AddCircleFilled(centre, radius, t.panel);
        if (i == place || row.failed())
            list.AddCircleFilled(centre, radius, faded(row.failed() ? t.bad : t.accent, i == place ? 0.35f : 0.2f));
        if (i == place) list.AddCircle(centre, radius, row.failed() ? t.bad : t.accent, 0, look.px(2));
        const ImU32 colour = i <= place || row.failed() ? colour_of(t, row) : t.dim;
        draw_icon(list, icon_of(row), centre, std::min(look.px(i == place ? 14 : 12), cell - 2), colour);
    }
    ImGui::SetCursorScreenPos({at.x, at.y + height + look.px(4)});
}

// ---- the list -----------------------------------------------------------------------------------------------------

void put_list_row(MicroState& state, const std::vector<Shown>& rows, std::size_t i, std::size_t place, Look& look) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const view::MicroRow& row = *rows[i].row;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, height = look.px(26);
    const ImVec2 to{at.x + width, at.y + height};
    const std::string id = fmt::format("micro/{}", row.number);
    if (ImGui::InvisibleButton(id.c_str(), {width, height})) show(state, rows, i, i > place ? 0.0f : 1.0f);
    look.reg(id);
    if (i == place && state.seek) {
        ImGui::SetScrollHereY(0.5f);
        state.seek = false;
    }
    if (!ImGui::IsRectVisible(at, to)) return;
    const bool hovered = ImGui::IsItemHovered();
    if (hovered) tooltip(look, row.text + (row.detail.empty() ? "" : "\n" + row.detail) + "\n" + row.rule);
    if (i == place)
        list.AddRectFilled(at, to, t.current, look.px(5));
    else if (row.failed())
        list.AddRectFilled(at, to, faded(t.bad, 0.14f), look.px(5));
    else if (hovered)
        list.AddRectFilled(at, to, t.header, look.px(5));
    if (i == place) list.AddRectFilled(at, {at.x + look.px(3), to.y}, row.failed() ? t.bad : t.accent);
    const float indent = look.px(14) * static_cast<float>(row.depth), middle = (at.y + to.y) / 2;
    const std::string number = fmt::format("{:>3}", row.number);
    const float text_y = std::floor(middle - look.fonts.code_small->FontSize / 2);
    put_text(list, look.fonts.code_small, {at.x + look.px(6), text_y}, t.dim, number);
    float x = at.x + look.px(14) + text_size(look.fonts.code_small, number).x + indent;
    draw_icon(list, icon_of(row), {x + look.px(7), middle}, look.px(13), colour_of(t, row));
    x += look.px(20);
    float right = to.x - look.px(6);
    if (row.failed()) {
        const ImVec2 size = text_size(look.fonts.strong, "fails");
        right -= size.x;
        put_text(list, look.fonts.strong, {right, std::floor(middle - size.y / 2)}, t.bad, "fails");
        right -= look.px(6);
    }
    ImFont* const font = row.failed() || i == place ? look.fonts.strong : look.fonts.text;
    put_text(list, font, {x, std::floor(middle - font->FontSize / 2)}, row.failed() ? t.bad : t.text,
             fitted(font, with_arrows(row.text), right - x));
}

void put_list(MicroState& state, const std::vector<Shown>& rows, Look& look) {
    const Theme& t = look.colours();
    const std::size_t place = place_of(rows, state.number);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, look.px(2)));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const view::MicroTransition& transition = *rows[i].transition;
        if (i == 0 || rows[i - 1].transition != &transition) {
            ImGui::Dummy({0, look.px(2)});
            paragraph(look, look.fonts.strong, transition.faulted ? t.bad : t.accent,
                      transition.name + (transition.faulted ? " — stopped by a fault" : ""));
            paragraph(look, look.fonts.small, t.muted, transition.title);
        }
        put_list_row(state, rows, i, place, look);
    }
    ImGui::PopStyleVar();
}

// What failed, and where it leads: one press away from everywhere in the step.
void put_banner(MicroState& state, const std::vector<Shown>& rows, Intents& out, Look& look) {
    const auto failed = std::ranges::find_if(rows, [](const Shown& one) { return one.row->failed(); });
    if (failed == rows.end()) return;
    const Theme& t = look.colours();
    const auto index = static_cast<std::size_t>(failed - rows.begin());
    std::size_t next = index;
    while (next < rows.size() && rows[next].transition == failed->transition) ++next;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, height = look.px(44);
    const ImVec2 to{at.x + width, at.y + height};
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled(at, to, faded(t.bad, 0.16f), look.px(7));
    list.AddRect(at, to, t.bad, look.px(7), 0, look.px(1.5f));
    draw_icon(list, Icon::Warning, {at.x + look.px(20), at.y + height / 2}, look.px(18), t.bad);
    const Button why{"micro/why", Icon::Hint, false, "Why", "", false, true};
    const Button leads{"micro/fault", Icon::Step,        true, width > look.px(440) ? "The fault" : "", "",
                       false,         next < rows.size()};
    float right = to.x - look.px(4) - button_width(look, leads);
    ImGui::SetCursorScreenPos({right, at.y + look.px(4)});
    if (button(look, leads)) show(state, rows, next, 0);
    tooltip(look, "to the first micro-step of the fault's delivery");
    right -= button_width(look, why) + look.px(4);
    ImGui::SetCursorScreenPos({right, at.y + look.px(4)});
    if (button(look, why)) out.emplace_back(ShowPanel{"why"});
    const std::string& fault = failed->transition->fault;
    const std::string said =
        fmt::format("Micro-step {} fails{}", failed->row->number, fault.empty() ? "" : ": " + fault);
    const float x = at.x + look.px(38);
    put_text(list, look.fonts.strong, {x, std::floor(at.y + (height - look.fonts.strong->FontSize) / 2)}, t.bad,
             fitted(look.fonts.strong, said, right - x - look.px(6)));
    look.texts["micro/banner"] = said;
    ImGui::SetCursorScreenPos(at);
    if (ImGui::InvisibleButton("banner", {right - at.x - look.px(4), height})) show(state, rows, index, 1);
    look.reg("micro/banner");
    ImGui::SetCursorScreenPos({at.x, to.y + look.px(6)});
}

void put_inner(MicroState& state, const view::Micro& micro, Look& look) {
    const std::size_t all = all_rows(micro), outer = shown_rows(micro, false).size();
    if (all == outer) return;
    const std::string said =
        state.inner ? "Hide the page walks inside" : fmt::format("Show {} more of page walks inside", all - outer);
    if (button(look, {"micro/inner", Icon::Step, false, said, "", false, true})) state.inner = !state.inner;
}

void draw(const Scene& scene, PanelState& panels, Intents& out, Look& look) {
    if (scene.micro.transitions.empty()) {
        empty_state(look, "No micro-steps: " + scene.micro.unavailable + ".",
                    scene.arch ? fmt::format("Step over {} to see them.", scene.arch->privileged) : std::string());
        return;
    }
    MicroState& state = panels.micro;
    const std::vector<Shown> rows = shown_rows(scene.micro, state.inner);
    follow(state, scene.micro, rows);
    keys(state, rows);
    put_controls(state, rows, look);
    put_ribbon(state, rows, look);
    put_banner(state, rows, out, look);
    pass_time(state, rows, look);
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const bool wide = room.x > look.px(880);
    const float list_width = std::floor(room.x * 0.36f), gap = look.px(14);
    ImGui::PushStyleColor(ImGuiCol_ChildBg, 0);
    if (wide) {
        ImGui::BeginChild("list", {list_width, 0}, false);
        put_list(state, rows, look);
        put_inner(state, scene.micro, look);
        ImGui::EndChild();
        ImGui::SameLine(0, gap);
    }
    ImGui::BeginChild("stage", {0, 0}, false);
    const Shown now = rows[place_of(rows, state.number)];
    put_micro_stage(look, *now.transition, *now.row, state.moved);
    if (!wide) {
        ImGui::Dummy({0, look.px(6)});
        ImGui::Separator();
        state.seek = false;  // the stage stays in sight
        put_list(state, rows, look);
        put_inner(state, scene.micro, look);
    }
    ImGui::EndChild();
    ImGui::PopStyleColor();
}

std::string hint(const Scene& scene) {
    if (scene.micro.transitions.empty()) return "";
    return fmt::format("step {}", scene.micro.step);
}

std::string twin(const Scene&) { return "show micro"; }
}  // namespace

const Panel micro_panel{"micro", "Micro-steps", draw, hint, nullptr, twin};
}  // namespace ring::gui
