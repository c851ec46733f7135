// The architecture's tables in memory (GDT, IDT, TSS), decoded field by field.
// The rule: the decoding is Arch::tables'; this is its shape on a line and in JSON.
#pragma once
#include <map>
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
    bool all_entries = false;                                    // text: the runs of equal entries too
    std::map<u64, std::string> symbols;                          // of the addresses in the entries
    const arch::SystemTable* find(std::string_view name) const;  // in any case; null: not among them
};

// Where an entry leads: a gate by its selector to a descriptor, by its IST to a stack; the descriptor that TR names to
// the TSS. Told by the names that Arch::tables gives its fields.
struct EntryLink {
    std::string by;         // "selector", "IST 1", "no IST: RSP0, if the ring changes"
    std::string table;      // "GDT"
    std::size_t entry = 0;  // place in its entries, when `found`
    bool whole = false;     // it leads to the table, not to an entry
    bool found = true;      // false: there is no such entry
};
std::vector<EntryLink> links_of(const Tables& tables, const arch::SystemTable& table, const arch::TableEntry& entry);
// The gates that use a stack of the TSS: "#DF Double Fault".
std::vector<std::string> users_of_stack(const Tables& tables, const arch::TableEntry& stack);
// The registers that point at an entry: "CS SS" -> {"CS", "SS"}.
std::vector<std::string> registers_using(const arch::TableEntry& entry);
// `name`: "gdt", in any case; empty: every table.
Tables tables_view(const target::Snapshot& snapshot, std::string_view name = {}, bool all_entries = false,
                   const Symbolizer& symbolizer = {});
std::string text(const Tables& tables);
std::string json(const Tables& tables);
}  // namespace ring::view
