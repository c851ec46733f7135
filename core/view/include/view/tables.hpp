// The architecture's tables in memory (GDT, IDT, TSS), decoded field by field.
// The rule: the decoding is Arch::tables'; this is its shape on a line and in JSON.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "target/target.hpp"
#include "view/symbolizer.hpp"

namespace ring::view {

struct Tables {
    std::vector<arch::SystemTable> tables;
    std::string
        unavailable;  // "x86-64 has no table of the name xyz: it has GDT, IDT, TSS"; empty when something is shown
    bool all_entries = false;  // text: the runs of equal entries too
};
// `name`: "gdt", in any case; empty: every table.
Tables tables_view(const target::Snapshot& snapshot, std::string_view name = {}, bool all_entries = false);
std::string text(const Tables& tables);
std::string json(const Tables& tables);
}  // namespace ring::view
