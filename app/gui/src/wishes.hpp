// What the user wants to see beyond the present moment: which panels are open, what each of them is asked about, and
// the one thing that is selected everywhere. The rule: the window says its wishes to the machine's thread by intents;
// what no open panel shows is not made.
#pragma once
#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/types.hpp"

namespace ring::gui {

// Four lenses on one thing: bytes of a file, a segment's or page's virtual addresses, a frame.
struct Selection {
    enum class Kind : u8 { None, File, Virtual, Physical } kind = Kind::None;
    std::string part;  // File: the role of the program, "kernel" or "user"
    u64 at = 0;        // file offset, linear address or physical address
    u64 size = 1;      // bytes
    bool operator==(const Selection&) const = default;
};

struct Wishes {
    std::vector<std::string> open;  // ids of the panels that are in front
    // Panel -> what it is asked about, in words that its topic of `show` takes: "walk" -> "$rsp w ring 3".
    std::map<std::string, std::string, std::less<>> words;
    Selection selection;

    bool shows(std::string_view panel) const { return std::ranges::find(open, panel) != open.end(); }
    const std::string& asked(std::string_view panel) const {
        static const std::string nothing;
        const auto place = words.find(panel);
        return place == words.end() ? nothing : place->second;
    }
};
}  // namespace ring::gui
