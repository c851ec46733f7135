// What a guest has printed, as far as it is kept: a guest may print for ever. The rule: it is only ever appended to, so
// that an offset into it keeps its meaning.
#pragma once
#include <string>
#include <string_view>

#include "base/types.hpp"

namespace ring::machine {

inline constexpr std::size_t most_console = 64_MiB;

inline void keep_console(std::string& console, std::string_view printed) {
    constexpr std::string_view end = "\n[what the guest printed behind this is not kept]\n";
    if (console.size() >= most_console) return;
    console += printed.substr(0, most_console - console.size());
    if (console.size() == most_console) console += end;
}
}  // namespace ring::machine
