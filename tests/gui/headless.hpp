// The window without a window: frames are run, widgets are clicked by id, keys are pressed; nothing is drawn.
#pragma once
#include <doctest/doctest.h>
#include <imgui.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/text.hpp"
#include "session/commands.hpp"
#include "session/telling.hpp"
#include "ui.hpp"

namespace ring::test {

inline gui::Worker::Open open_program(std::string file) {
    return [file](const gui::OpenFile&) -> Result<std::unique_ptr<session::Session>> {
        session::Spec spec;
        spec.file = file;
        return session::Session::open(spec);
    };
}

inline gui::Worker::Open open_lesson(std::string id) {
    return [id](const gui::OpenFile&) -> Result<std::unique_ptr<session::Session>> {
        Result<lesson::Lesson> lesson = session::load_lesson(id);
        if (!lesson) return lesson.error();
        return session::Session::open_lesson(std::move(*lesson));
    };
}

inline std::string teaching(const std::string& program) {
    return std::string(RING_BINARY_DIR) + "/kernels/x86_64/user/" + program + ".elf";
}

class Headless {
  public:
    explicit Headless(gui::Worker::Open open, ImVec2 size = {1920, 1080}, float scale = 1,
                      gui::OpenFile first = {"test", ""}, gui::Settings settings = {})
        : context_(ImGui::CreateContext()),
          worker_(std::move(open), std::move(first), [] {}),
          ui_(worker_, look_, std::move(settings)) {
        ImGuiIO& io = ImGui::GetIO();
        io.IniFilename = nullptr;
        io.DisplaySize = size;
        io.DeltaTime = 1.0f / 60;
        load(scale);
        settle();
    }
    ~Headless() { ImGui::DestroyContext(context_); }
    Headless(const Headless&) = delete;
    Headless& operator=(const Headless&) = delete;

    void frame() {
        if (ui_.wanted_scale() != 0 && ui_.wanted_scale() != look_.scale) load(ui_.wanted_scale());
        ui_.frame();
    }
    // Until the machine stands still and the window shows it.
    void settle() {
        for (int i = 0; i < 4; ++i) {
            frame();
            worker_.wait();
        }
        frame();
    }
    void click(const std::string& id) {
        REQUIRE_MESSAGE(look_.rects.count(id) == 1, "there is no widget ", id);
        REQUIRE_MESSAGE(look_.rects.at(id).enabled, id, " cannot be clicked now");
        const ImVec2 at = look_.rects.at(id).centre();
        ImGui::GetIO().AddMousePosEvent(at.x, at.y);
        ImGui::GetIO().AddMouseButtonEvent(0, true);
        frame();
        frame();
        ImGui::GetIO().AddMouseButtonEvent(0, false);
        frame();
        settle();
    }
    void key(std::string_view chord) {
        const std::optional<gui::Chord> parsed = gui::parse_chord(chord);
        REQUIRE(parsed);
        ui_.key(*parsed);
    }
    // Into the field that has the focus, with Enter.
    void type(const char* text) {
        ImGui::GetIO().AddInputCharactersUTF8(text);
        frame();
        ImGui::GetIO().AddKeyEvent(ImGuiKey_Enter, true);
        frame();
        ImGui::GetIO().AddKeyEvent(ImGuiKey_Enter, false);
        settle();
    }
    const gui::Scene& scene() const { return ui_.scene(); }
    gui::Look& look() { return look_; }
    gui::Ui& ui() { return ui_; }
    gui::Worker& worker() { return worker_; }
    bool shows(const std::string& id) const { return look_.rects.count(id) == 1; }
    std::string text(const std::string& id) const {
        const auto place = look_.texts.find(id);
        return place == look_.texts.end() ? "" : place->second;
    }

  private:
    void load(float scale) {
        look_.scale = scale;
        look_.fonts = gui::load_fonts(scale);
        gui::apply(look_.colours(), scale);
        ImGui::GetIO().Fonts->SetTexID(nullptr);
    }

    ImGuiContext* context_;
    gui::Look look_;
    gui::Worker worker_;
    gui::Ui ui_;
};
}  // namespace ring::test
