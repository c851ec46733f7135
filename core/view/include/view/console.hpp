// What the guest has printed, made safe for a terminal.
#pragma once
#include <string>
#include <vector>

#include "target/target.hpp"

namespace ring::view {

struct Console {
    std::vector<std::string> lines;  // printable; the last one is not ended yet when `open`
    bool open = false;
    std::size_t left_out = 0;  // older lines that are not shown
    std::string unavailable;
};
Console console_view(const target::Snapshot& snapshot, std::size_t most = 500);
std::string text(const Console& console);
std::string json(const Console& console);
}  // namespace ring::view
