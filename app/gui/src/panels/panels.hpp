// The panels. Each is a function of the scene and of what the user has opened, typed or scrolled to; it draws, and says
// what it wants done. One file each: how it is drawn, what it is made from, and its twin as text.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "intents.hpp"
#include "look.hpp"
#include "scene.hpp"

namespace ring::gui {

struct LessonState {
    std::optional<std::size_t> choice;  // picked, not yet played
    std::string typed;                  // the value predicted
    std::size_t read = 0;               // steps whose outcome was read: the next one may be shown
    bool wants_next = false;            // the key of "next" was pressed
};

struct PanelState {
    LessonState lesson;
    std::string walk_words;    // as typed
    std::string console_line;  // as typed
    u64 code_seen = 0;         // the scene for which the panel has scrolled already
    u64 micro_seen = 0;
    u64 registers_seen = 0;
    std::size_t console_seen = 0, answers_seen = 0;  // lines, answers
};

struct Panel {
    std::string_view id;
    std::string_view title;
    void (*draw)(const Scene&, PanelState&, Intents&, Look&);
    std::string (*hint)(const Scene&);  // at the right of the title; null: none
    // Makes the panel's part of the scene, on the machine's thread; null: it shows what every scene has.
    void (*look)(Scene&, const Moment&);
    // The line whose answer is this panel as text: what the command line prints, and what is copied.
    std::string (*twin)(const Scene&);
};
// In the order of the menu. A panel is a value in a file of its own, and a line here and in panels.cpp.
extern const Panel lesson_panel, disassembly_panel, registers_panel, gdt_panel, walk_panel, micro_panel, console_panel,
    answers_panel;
std::span<const Panel* const> panels();
const Panel* find_panel(std::string_view id);
}  // namespace ring::gui
