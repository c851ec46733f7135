// The window: start page, lessons, and every view of a machine.
// The rule: nothing is shown that core/view does not know; each panel has its twin in `show`.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "session/session.hpp"

namespace ring::gui {

struct GuiOptions {
    // Makes a session of a file, of a lesson's id or of a lesson's folder; called on the machine's own thread, so it
    // may take its time. Errors are shown in the window.
    std::function<Result<std::unique_ptr<session::Session>>(const std::string& what, const std::string& variant)> open;
    std::string what, variant;          // to begin with; empty: the start page
    int width = 0, height = 0;          // of the window, in pixels at 100 %; 0: as it was left
    float scale = 0;                    // of text and controls; 0: what the display asks for
    std::string layout;                 // of panels; empty: as it was left
    std::string theme;                  // empty: as it was left
    bool remember = true;               // settings are read and written
    std::string map;                    // what was drawn where is written here, for tests that use real keys and clicks
    std::string screenshot;             // a PNG is written here once the session is there and its commands are done
    std::vector<std::string> commands;  // carried out first, in the words of the command table
};

// Can a window be opened at all? Errors: one sentence why not.
Status display_available();
// Until the window is closed. Errors: the window cannot be opened.
Status run_gui(const GuiOptions& options);
}  // namespace ring::gui
