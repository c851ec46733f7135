// Where the entries of tables lead, by the names of their fields.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "view/tables.hpp"

namespace ring::view {
namespace {
const arch::TableField* find_field(const arch::TableEntry& entry, std::string_view name) {
    const auto place = std::ranges::find(entry.fields, name, &arch::TableField::name);
    return place == entry.fields.end() ? nullptr : &*place;
}

EntryLink to_descriptor(const Tables& tables, u64 selector) {
    EntryLink out{"selector " + text::hex(selector), selector & 4 ? "LDT" : "GDT", 0, false, false};
    const arch::SystemTable* const table = tables.find(out.table);
    for (std::size_t i = 0; table && i < table->entries.size(); ++i)
        if (table->entries[i].offset == (selector & ~u64{7})) {
            out.entry = i;
            out.found = true;
        }
    return out;
}

EntryLink to_stack(const Tables& tables, u64 chosen) {
    const std::string wanted = chosen == 0 ? "RSP0" : fmt::format("IST{}", chosen);
    EntryLink out{chosen == 0 ? "no IST: RSP0 if the ring changes" : fmt::format("IST {}", chosen), "TSS", 0, false,
                  false};
    const arch::SystemTable* const table = tables.find(out.table);
    for (std::size_t i = 0; table && i < table->entries.size(); ++i)
        if (table->entries[i].title == wanted) {
            out.entry = i;
            out.found = true;
        }
    return out;
}
}  // namespace

std::vector<std::string> registers_using(const arch::TableEntry& entry) {
    std::vector<std::string> out;
    std::string_view rest = entry.in_use;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(' '), rest.size());
        if (end > 0) out.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return out;
}

std::vector<EntryLink> links_of(const Tables& tables, const arch::SystemTable& table, const arch::TableEntry& entry) {
    std::vector<EntryLink> out;
    const arch::TableField* const present = find_field(entry, "P");
    if (present && present->value == 0) return out;
    if (const arch::TableField* const selector = find_field(entry, "selector")) {
        out.push_back(to_descriptor(tables, selector->value));
        if (const arch::TableField* const stack = find_field(entry, "IST"); stack && table.name == "IDT")
            out.push_back(to_stack(tables, stack->value));
    }
    const std::vector<std::string> users = registers_using(entry);
    if (std::ranges::find(users, "TR") != users.end())
        out.push_back({"TR", "TSS", 0, true, tables.find("TSS") != nullptr});
    if (std::ranges::find(users, "LDTR") != users.end())
        out.push_back({"LDTR", "LDT", 0, true, tables.find("LDT") != nullptr});
    return out;
}

std::vector<std::string> users_of_stack(const Tables& tables, const arch::TableEntry& stack) {
    std::vector<std::string> out;
    const arch::SystemTable* const gates = tables.find("IDT");
    if (!gates || !stack.title.starts_with("IST")) return out;
    for (const arch::TableEntry& gate : gates->entries) {
        const arch::TableField* const chosen = find_field(gate, "IST");
        if (chosen && chosen->value != 0 && stack.title == fmt::format("IST{}", chosen->value))
            out.push_back(gate.title.substr(0, gate.title.find(':')));
    }
    return out;
}
}  // namespace ring::view
