#include "file_dialog.hpp"

#include <imgui.h>
#include <imgui_stdlib.h>

#include <algorithm>
#include <fstream>

#include "base/text.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
namespace fs = std::filesystem;
constexpr std::size_t most_entries = 4000;

bool is_elf(const fs::path& path) {
    char magic[4] = {};
    std::ifstream file(path, std::ios::binary);
    return file.read(magic, 4) && std::string_view(magic, 4) ==
                                      "\x7f"
                                      "ELF";
}
}  // namespace

void FileDialog::open(const fs::path& folder) {
    open_ = fresh_ = true;
    enter(folder);
}

void FileDialog::enter(const fs::path& folder) {
    std::error_code failed;
    fs::path whole = fs::weakly_canonical(fs::absolute(folder, failed), failed);
    if (failed) whole = folder;
    fs::directory_iterator at(whole, fs::directory_options::skip_permission_denied, failed);
    if (failed) {
        trouble_ = text::printable(whole.string()) + " cannot be read: " + failed.message();
        return;
    }
    trouble_.clear();
    entries_.clear();
    folder_ = std::move(whole);
    typed_ = folder_.string();
    if (!typed_.ends_with('/')) typed_ += '/';
    for (; at != fs::directory_iterator() && entries_.size() < most_entries; at.increment(failed)) {
        if (failed) break;
        std::error_code ignored;
        Entry entry{at->path().filename().string()};
        if (entry.name.starts_with('.')) continue;
        entry.folder = at->is_directory(ignored);
        entry.lesson = entry.folder && fs::is_regular_file(at->path() / "lesson.yaml", ignored);
        entry.elf = !entry.folder && at->is_regular_file(ignored) && is_elf(at->path());
        entries_.push_back(std::move(entry));
    }
    std::ranges::sort(entries_, {},
                      [](const Entry& one) { return std::tuple(!one.lesson, !one.elf, !one.folder, one.name); });
}

std::optional<std::string> FileDialog::choose(const fs::path& path) {
    std::error_code failed;
    if (fs::is_regular_file(path, failed) || fs::is_regular_file(path / "lesson.yaml", failed)) {
        open_ = false;
        return path.string();
    }
    if (fs::is_directory(path, failed))
        enter(path);
    else
        trouble_ = text::printable(path.string()) + ": there is no such file";
    return std::nullopt;
}

std::optional<std::string> FileDialog::draw(Look& look) {
    if (!open_) return std::nullopt;
    const Theme& t = look.colours();
    std::optional<std::string> out;
    const ImVec2 size = ImGui::GetIO().DisplaySize;
    ImGui::SetNextWindowPos({size.x / 2, size.y / 2}, ImGuiCond_Always, {0.5f, 0.5f});
    ImGui::SetNextWindowSize({std::min(look.px(820), size.x * 0.92f), std::min(look.px(640), size.y * 0.9f)});
    if (fresh_) ImGui::SetNextWindowFocus();
    ImGui::PushStyleColor(ImGuiCol_WindowBg, t.raised);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(look.px(24), look.px(20)));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, look.px(10));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 1);
    ImGui::Begin("open a file", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings);
    look.reg("dialog");
    paragraph(look, look.fonts.title, t.text, "Open an ELF file or a lesson's folder");
    ImGui::SetNextItemWidth(-1);
    if (fresh_) ImGui::SetKeyboardFocusHere();
    if (ImGui::InputTextWithHint("##path", "path of a file or folder", &typed_, ImGuiInputTextFlags_EnterReturnsTrue))
        out = choose(typed_);
    look.reg("dialog/path");
    fresh_ = false;
    if (!trouble_.empty()) paragraph(look, look.fonts.small, t.bad, trouble_ + ".");
    ImGui::BeginChild("entries", {0, -look.px(48)}, true);
    std::string entered;
    if (folder_.has_parent_path() && folder_ != folder_.root_path() && ImGui::Selectable("..")) entered = "..";
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(entries_.size()));
    while (clipper.Step())
        for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
            const Entry& entry = entries_[static_cast<std::size_t>(i)];
            const std::string shown =
                text::printable(entry.name) + (entry.folder ? "/" : "") + "##" + std::to_string(i);
            const ImVec2 at = ImGui::GetCursorScreenPos();
            ImGui::PushStyleColor(ImGuiCol_Text, entry.folder || entry.elf ? t.text : t.dim);
            if (ImGui::Selectable(shown.c_str())) entered = entry.name;
            ImGui::PopStyleColor();
            look.reg("dialog/" + text::printable(entry.name));
            const std::string_view kind = entry.lesson ? "lesson" : entry.elf ? "ELF" : "";
            const ImVec2 wide = text_size(look.fonts.small, kind);
            put_text(*ImGui::GetWindowDrawList(), look.fonts.small,
                     {ImGui::GetWindowPos().x + ImGui::GetWindowWidth() - wide.x - look.px(28), at.y}, t.accent, kind);
        }
    ImGui::EndChild();
    if (entries_.empty()) paragraph(look, look.fonts.small, t.muted, "There is nothing in this folder.");
    if (!entered.empty()) out = choose(folder_ / entered);
    if (button(look, {"dialog/cancel", Icon::Cross, false, "Cancel", "Esc"})) open_ = false;
    ImGui::End();
    ImGui::PopStyleVar(3);
    ImGui::PopStyleColor();
    return out;
}
}  // namespace ring::gui
