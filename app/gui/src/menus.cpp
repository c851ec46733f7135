// The menus, and the page with every key and command: both are the list of actions.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "actions.hpp"
#include "presets.hpp"
#include "ui.hpp"
#include "widgets.hpp"

namespace ring::gui {

void Ui::menu_bar() {
    if (!ImGui::BeginMenuBar()) return;
    const bool machine = !scene_->start && !scene_->loading && scene_->trouble.empty();
    for (std::string_view menu : menus) {
        const bool open = ImGui::BeginMenu(std::string(menu).c_str());
        look_.reg("menu/" + std::string(menu));
        if (!open) continue;
        for (const Action& action : actions()) {
            if (action.menu != menu) continue;
            const bool enabled = machine || action.run || menu == "Help" || action.id == "quit";
            if (ImGui::MenuItem(action.title.c_str(), std::string(action.shortcut).c_str(), false, enabled))
                perform(action.id);
            look_.reg("menu/" + std::string(action.id), enabled);
            tooltip(look_, action.help);
        }
        if (menu == "View") {
            ImGui::Separator();
            for (const Panel* panel : panels()) {
                if (!is_for(*panel, *scene_)) continue;
                if (ImGui::MenuItem(std::string(panel->title).c_str(), nullptr, desk_.is_open(panel->id), machine))
                    desk_.show(panel->id);
                look_.reg("menu/panel/" + std::string(panel->id), machine);
            }
        }
        ImGui::EndMenu();
    }
    ImGui::EndMenuBar();
}

void Ui::help() {
    const Theme& t = look_.colours();
    const ImVec2 size = ImGui::GetIO().DisplaySize;
    const ImVec2 wanted{std::min(look_.px(900), size.x * 0.92f), std::min(look_.px(760), size.y * 0.9f)};
    ImGui::SetNextWindowPos({size.x / 2, size.y / 2}, ImGuiCond_Always, {0.5f, 0.5f});
    ImGui::SetNextWindowSize(wanted);
    ImGui::SetNextWindowFocus();
    ImGui::PushStyleColor(ImGuiCol_WindowBg, t.raised);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(look_.px(24), look_.px(20)));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, look_.px(10));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 1);
    ImGui::Begin("help", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_AlwaysVerticalScrollbar);
    look_.reg("help");
    paragraph(look_, look_.fonts.title, t.text, "Keys and commands");
    paragraph(look_, look_.fonts.small, t.muted,
              "Every command can be typed in the field at the top (Ctrl+P), and after “ringscope debug -x”. Esc closes "
              "this.");
    ImGui::Dummy({0, look_.px(6)});
    const auto row = [&](std::string_view keys, std::string_view name, std::string_view said) {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        ImDrawList& list = *ImGui::GetWindowDrawList();
        if (!keys.empty()) put_chip(list, look_, look_.fonts.code_small, at, keys, t.accent, true);
        put_text(list, look_.fonts.code, {at.x + look_.px(150), at.y + look_.px(1)}, t.accent, name);
        ImGui::Indent(look_.px(370));
        paragraph(look_, look_.fonts.text, t.text, said);
        ImGui::Unindent(look_.px(370));
        ImGui::Dummy({0, look_.px(2)});
    };
    for (std::string_view menu : menus) {
        ImGui::Dummy({0, look_.px(4)});
        paragraph(look_, look_.fonts.strong, t.text, menu);
        for (const Action& action : actions())
            if (action.menu == menu) row(action.shortcut, action.run ? action.title : action.id, action.help);
    }
    ImGui::Dummy({0, look_.px(4)});
    paragraph(look_, look_.fonts.strong, t.text, "What `show` can show");
    for (const session::Command& topic : session::topics()) row("", topic.name, topic.help);
    ImGui::End();
    ImGui::PopStyleVar(3);
    ImGui::PopStyleColor();
}
}  // namespace ring::gui
