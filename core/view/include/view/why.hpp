// Why did it fault: one sentence, the rule, and the smallest change that would have let it pass. The core tells it.
#pragma once
#include <string>
#include <vector>

#include "target/target.hpp"
#include "view/symbolizer.hpp"

namespace ring::view {

struct WhyRow {
    target::FaultStory story;
    std::string symbol;  // of the instruction
};

struct Why {
    std::vector<WhyRow> rows;  // outermost first; each later one happened while the one before was delivered
    bool past = false;         // the rows are of an earlier step
    std::string nothing;       // said when there are no rows
};
Why why_view(const target::Snapshot& snapshot, const Symbolizer& symbolizer = {});
std::string text(const Why& why);
std::string json(const Why& why);
}  // namespace ring::view
