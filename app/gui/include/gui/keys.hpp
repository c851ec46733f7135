// What can be done in the window, and by which keys: for the manual page.
#pragma once
#include <string>
#include <vector>

namespace ring::gui {
struct KeyRow {
    std::string menu, title, keys, help;  // keys: empty when it is found by its name only
};
std::vector<KeyRow> keys();  // by menus
}  // namespace ring::gui
