// The panels. Each is a function of the scene and of what the user has opened, typed or scrolled to; it draws, and says
// what it wants done. One file each.
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
    std::string (*hint)(const Scene&);  // at the right of the title
};
std::span<const Panel> panels();
const Panel* find_panel(std::string_view id);

void lesson_panel(const Scene&, PanelState&, Intents&, Look&);
void disassembly_panel(const Scene&, PanelState&, Intents&, Look&);
void registers_panel(const Scene&, PanelState&, Intents&, Look&);
void gdt_panel(const Scene&, PanelState&, Intents&, Look&);
void walk_panel(const Scene&, PanelState&, Intents&, Look&);
void micro_panel(const Scene&, PanelState&, Intents&, Look&);
void console_panel(const Scene&, PanelState&, Intents&, Look&);
void answers_panel(const Scene&, PanelState&, Intents&, Look&);
}  // namespace ring::gui
