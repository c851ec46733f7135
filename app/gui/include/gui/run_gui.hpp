// The window on a machine: toolbar, lesson, disassembly, registers, GDT, page walk, micro-steps, console.
// The rule: nothing is shown that core/view does not know; each panel has its twin in `show`.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "session/session.hpp"

namespace ring::gui {

struct GuiOptions {
    // Makes the session; called once, on the machine's own thread, so it may take its time. Errors are shown in the
    // window.
    std::function<Result<std::unique_ptr<session::Session>>()> open;
    std::string name;                   // what is being opened, for the title until it is there
    int width = 1600, height = 960;     // of the window, in pixels at 100 %
    float scale = 0;                    // of text and controls; 0: what the display asks for
    std::string layout;                 // of panels; empty: the usual one for the window's size
    std::string screenshot;             // a PNG is written here once the session is there and its commands are done
    std::vector<std::string> commands;  // carried out first, in the words of the command table
};

// Can a window be opened at all? Errors: one sentence why not.
Status display_available();
// Until the window is closed. Errors: the window cannot be opened.
Status run_gui(const GuiOptions& options);
}  // namespace ring::gui
