#include "start_page.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <filesystem>

#include "base/text.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
// A surface that can be clicked; what is on it is drawn by the caller.
bool card(Look& look, const std::string& id, float width, float height) {
    const Theme& t = look.colours();
    const ImVec2 from = ImGui::GetCursorScreenPos(), to{from.x + width, from.y + height};
    ImGui::PushID(id.c_str());
    const bool clicked = ImGui::InvisibleButton("card", {width, height});
    const bool hovered = ImGui::IsItemHovered(), focused = ImGui::IsItemFocused() && ImGui::GetIO().NavVisible;
    ImGui::PopID();
    look.reg(id);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled(from, to, hovered || focused ? t.header : t.raised, look.px(8));
    list.AddRect(from, to, focused || hovered ? t.accent : t.border, look.px(8), 0, focused ? look.px(2) : 1);
    return clicked;
}

void progress(Look& look, ImVec2 at, float width, unsigned done, std::size_t count) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const float part = count == 0 ? 0 : std::min(1.0f, static_cast<float>(done) / static_cast<float>(count));
    list.AddRectFilled(at, {at.x + width, at.y + look.px(5)}, t.border, look.px(3));
    if (part > 0) list.AddRectFilled(at, {at.x + width * part, at.y + look.px(5)}, t.good, look.px(3));
}

void lesson_card(const LessonEntry& lesson, const Settings& settings, float width, Look& look, StartChoice& out) {
    const Theme& t = look.colours();
    const float pad = look.px(16);
    const auto place = settings.lessons.find(lesson.id);
    const unsigned done = place == settings.lessons.end() ? 0 : place->second;
    const float inner = width - 2 * pad;
    const float summary =
        look.fonts.text->CalcTextSizeA(look.fonts.text->FontSize, FLT_MAX, inner, lesson.summary.c_str()).y;
    const float height = look.px(40) + summary + look.px(46);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    if (card(look, "start/" + lesson.id, width, height)) out.what = lesson.id;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    put_text(list, look.fonts.title, {at.x + pad, at.y + look.px(9)}, t.text,
             fitted(look.fonts.title, lesson.title, inner));
    list.AddText(look.fonts.text, look.fonts.text->FontSize, {at.x + pad, at.y + look.px(40)}, t.muted,
                 lesson.summary.c_str(), nullptr, inner);
    const float line = at.y + look.px(40) + summary + look.px(10);
    const bool finished = lesson.steps != 0 && done >= lesson.steps;
    const std::string said = done == 0  ? fmt::format("{} steps", lesson.steps)
                             : finished ? fmt::format("done: {} steps", lesson.steps)
                                        : fmt::format("{} of {} steps done", done, lesson.steps);
    if (finished) draw_icon(list, Icon::Tick, {at.x + pad + look.px(7), line + look.px(9)}, look.px(14), t.good);
    const float x = at.x + pad + (finished ? look.px(20) : 0);
    put_text(list, look.fonts.small, {x, line}, finished ? t.good : t.muted, said);
    const float from = x + text_size(look.fonts.small, said).x + look.px(14);
    if (from + look.px(40) < at.x + width - pad)
        progress(look, {from, line + look.px(6)}, at.x + width - pad - from, done, lesson.steps);
    if (lesson.variants.empty()) return;
    ImGui::Indent(look.px(16));
    const std::string id = "variants of " + lesson.id;
    ImGui::PushStyleColor(ImGuiCol_Text, ImGui::ColorConvertU32ToFloat4(t.muted));
    ImGui::PushFont(look.fonts.small);
    const std::string label = fmt::format("{} ways to break it##{}", lesson.variants.size(), id);
    const bool open = ImGui::TreeNodeEx(label.c_str());
    ImGui::PopFont();
    ImGui::PopStyleColor();
    look.reg("start/" + lesson.id + "/variants");
    if (open) {
        for (const LessonEntry::Variant& variant : lesson.variants) {
            const float room = width - ImGui::GetTreeNodeToLabelSpacing() - look.px(16);
            if (ImGui::Selectable((variant.title + "##" + variant.id).c_str(), false, 0, {room, 0})) {
                out.what = lesson.id;
                out.variant = variant.id;
            }
            look.reg("start/" + lesson.id + "/" + variant.id);
        }
        ImGui::TreePop();
    }
    ImGui::Unindent(look.px(16));
}

// A column for each architecture, side by side where there is room, else one below the other.
void lessons(const Scene& scene, const Settings& settings, Look& look, StartChoice& out) {
    std::vector<std::string_view> archs;
    for (const LessonEntry& lesson : scene.lessons)
        if (std::ranges::find(archs, lesson.arch) == archs.end()) archs.push_back(lesson.arch);
    const float room = ImGui::GetContentRegionAvail().x, gap = look.px(18);
    const auto count = static_cast<float>(archs.size());
    const bool beside = archs.size() > 1 && (room - gap * (count - 1)) / count > look.px(320);
    const float width = beside ? std::floor((room - gap * (count - 1)) / count) : room;
    for (const std::string_view arch : archs) {
        if (beside && arch != archs.front()) ImGui::SameLine(0, gap);
        ImGui::BeginGroup();
        paragraph(look, look.fonts.strong, look.colours().text, fmt::format("Lessons: {}", arch));
        for (const LessonEntry& lesson : scene.lessons)
            if (lesson.arch == arch) lesson_card(lesson, settings, width, look, out);
        ImGui::EndGroup();
    }
}

void recent_files(const Settings& settings, Look& look, StartChoice& out) {
    const Theme& t = look.colours();
    const float width = ImGui::GetContentRegionAvail().x;
    for (std::size_t i = 0; i < settings.recent.size(); ++i) {
        const std::string& path = settings.recent[i];
        const ImVec2 at = ImGui::GetCursorScreenPos();
        if (card(look, fmt::format("start/recent/{}", i), width, look.px(50))) out.what = path;
        ImDrawList& list = *ImGui::GetWindowDrawList();
        const std::filesystem::path whole(path);
        put_text(list, look.fonts.text, {at.x + look.px(14), at.y + look.px(6)}, t.text,
                 fitted(look.fonts.text, text::printable(whole.filename().string()), width - look.px(28)));
        put_text(list, look.fonts.small, {at.x + look.px(14), at.y + look.px(27)}, t.muted,
                 fitted(look.fonts.small, text::printable(whole.parent_path().string()), width - look.px(28)));
    }
    if (settings.recent.empty())
        paragraph(look, look.fonts.text, t.muted, "Nothing yet. What you open is listed here.");
}
}  // namespace

StartChoice start_page(const Scene& scene, const Settings& settings, Look& look) {
    const Theme& t = look.colours();
    StartChoice out;
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const float page = std::min(room.x - look.px(48), look.px(1400)), left = std::floor((room.x - page) / 2);
    const bool two = page > look.px(760);
    const float first = two ? std::floor(page * 0.68f) : page;
    ImGui::SetCursorPosX(ImGui::GetCursorPosX() + left);
    ImGui::BeginGroup();
    ImGui::Dummy({0, look.px(20)});
    const ImVec2 at = ImGui::GetCursorScreenPos();
    put_text(*ImGui::GetWindowDrawList(), look.fonts.title, at, t.text, "Ringscope");
    put_text(*ImGui::GetWindowDrawList(), look.fonts.text, {at.x, at.y + look.px(32)}, t.muted,
             fitted(look.fonts.text, "What the CPU really checks when the privilege changes, one micro-step at a time.",
                    page));
    ImGui::Dummy({0, look.px(70)});
    ImGui::BeginGroup();
    ImGui::BeginChild("lessons", {first - (two ? look.px(28) : 0), two ? 0 : room.y * 0.55f}, false);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(look.px(8), look.px(10)));
    lessons(scene, settings, look, out);
    if (scene.lessons.empty())
        empty_state(look, "There are no lessons where Ringscope looks for its data.",
                    "Set RINGSCOPE_DATA to the folder that holds lessons and kernels.");
    ImGui::PopStyleVar();
    ImGui::EndChild();
    ImGui::EndGroup();
    if (two) ImGui::SameLine(0, look.px(28));
    ImGui::BeginGroup();
    ImGui::BeginChild("files", {two ? page - first : page, 0}, false);
    paragraph(look, look.fonts.strong, t.text, "Your own program or kernel");
    ImGui::Dummy({0, look.px(2)});
    out.browse = button(look, {"start/open", Icon::Current, true, "Open an ELF file", "Ctrl+O", true});
    paragraph(look, look.fonts.small, t.muted, "Or drop an ELF file or a lesson's folder on this window.");
    ImGui::Dummy({0, look.px(12)});
    paragraph(look, look.fonts.strong, t.text, "Recent");
    recent_files(settings, look, out);
    ImGui::Dummy({0, look.px(12)});
    paragraph(look, look.fonts.small, t.dim,
              "Arrows and Enter choose. F1 lists every key, Ctrl+P finds every command, F12 is for the projector.");
    ImGui::EndChild();
    ImGui::EndGroup();
    ImGui::EndGroup();
    return out;
}
}  // namespace ring::gui
