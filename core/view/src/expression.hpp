// The few formulas that the manuals' words hold: "(STAR[63:48] + 16) | 3", "RFLAGS and not FMASK", "this & FFFCh".
// The rule: what is not understood to its end is no formula; nothing is guessed.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/types.hpp"

namespace ring::view {

// A name in a formula: "STAR[63:48]" is {"STAR", 48, 16}; without brackets the width is 0: the whole.
struct Mention {
    std::string_view name;
    unsigned low = 0, width = 0;
    std::size_t begin = 0, end = 0;  // in the text given
};
// The value of the whole name; absent: nobody knows it.
using Lookup = std::function<std::optional<u64>(std::string_view name)>;

struct Formula {
    u64 value = 0;
    std::string shown;  // with numbers in place of names: "(0x20 + 16) | 3"
    bool plain = true;  // one name or number, nothing is computed
    std::vector<Mention> mentions;
};
// The formula at the start of `text`, which ends there or goes on with ',', ':', ';' or '('.
std::optional<Formula> formula(std::string_view text, const Lookup& lookup);

// Every name in a text, with its brackets: for sentences that are no formulas.
std::vector<Mention> mentions(std::string_view text);
}  // namespace ring::view
