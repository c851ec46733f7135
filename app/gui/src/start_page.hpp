// The page to start from: lessons with how far each is, recent files, how to open one.
#pragma once
#include <functional>
#include <string>

#include "look.hpp"
#include "scene.hpp"
#include "settings.hpp"

namespace ring::gui {
struct StartChoice {
    std::string what, variant;  // to be opened; empty: nothing yet
    bool browse = false;        // a file is to be looked for
};
StartChoice start_page(const Scene& scene, const Settings& settings, Look& look);
}  // namespace ring::gui
