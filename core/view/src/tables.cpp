#include "view/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/text.hpp"
#include "columns.hpp"
#include "to_json.hpp"

namespace ring::view {
namespace {
bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b,
                              [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::string field_text(const arch::TableField& field) {
    return fmt::format("{}={}", field.name, field.value < 10 ? std::to_string(field.value) : text::hex(field.value));
}

// "P DPL=3 L": one-bit fields by name when they are set, wide ones with their value; derived ones last.
std::string fields_text(const Tables& tables, const arch::TableEntry& entry) {
    std::vector<std::string> out;
    for (const arch::TableField& field : entry.fields) {
        if (field.width == 1 && field.value == 1)
            out.push_back(field.name);
        else if (field.width != 1 && (field.width == 0 || field.value != 0))
            out.push_back(field_text(field));
        const auto symbol = tables.symbols.find(field.value);
        if (field.width == 0 && symbol != tables.symbols.end()) out.push_back("<" + symbol->second + ">");
    }
    return joined(out, " ");
}

std::string raw_text(const Bytes& raw) {
    std::string out;
    for (std::size_t i = 0; i + 8 <= raw.size(); i += 8) {
        u64 word = 0;
        for (std::size_t byte = 8; byte-- > 0;) word = word << 8 | raw[i + byte];
        if (!out.empty()) out += ' ';
        out += text::hex_padded(word, 16);
    }
    return out.empty() ? text::bytes(raw) : out;
}

std::string title_text(const arch::TableEntry& entry) {
    std::string out = entry.title;
    if (!entry.in_use.empty()) out += "  <- " + entry.in_use;
    return out;
}

std::string table_text(const Tables& tables, const arch::SystemTable& table) {
    const bool all = tables.all_entries;
    if (!table.unavailable.empty()) return wrapped(table.name + ": ", table.unavailable, 2);
    std::string out =
        table.in_memory ? fmt::format("{} at {}, limit {}\n", table.name, text::hex(table.base), text::hex(table.limit))
                        : table.name + "\n";
    std::size_t skipped = 0;
    const auto say_skipped = [&] {
        if (skipped) out += fmt::format("         ... {} more that are not present ...\n", skipped);
        skipped = 0;
    };
    for (const arch::TableEntry& entry : table.entries) {
        // What is kept in registers need not have bytes, and is never empty.
        const bool empty = !entry.raw.empty() && std::ranges::all_of(entry.raw, [](u8 byte) { return byte == 0; });
        if (!all && empty && entry.in_use.empty() && entry.index != 0 && !entry.raw.empty()) {
            ++skipped;
            continue;
        }
        say_skipped();
        const std::string first =
            fmt::format("{} {:>3} {:>6}  ", entry.valid ? " " : "x", entry.index, text::hex(entry.offset));
        out += wrapped(first, title_text(entry), first.size());
        const std::string indent(first.size(), ' ');
        if (!empty && !entry.raw.empty()) out += wrapped(indent, raw_text(entry.raw), first.size());
        if (!empty) out += wrapped(indent, fields_text(tables, entry), first.size());
        if (!entry.problem.empty()) out += wrapped(indent + "problem: ", entry.problem, first.size());
    }
    say_skipped();
    return out;
}
}  // namespace

const arch::SystemTable* Tables::find(std::string_view name) const {
    for (const arch::SystemTable& table : tables)
        if (same_name(table.name, name)) return &table;
    return nullptr;
}

Tables tables_view(const target::Snapshot& snapshot, std::string_view name, bool all_entries,
                   const Symbolizer& symbolizer) {
    Tables out;
    out.all_entries = all_entries;
    std::vector<std::string> names;
    std::vector<arch::SystemTable> all = snapshot.arch->tables(snapshot.registers, snapshot.memory);
    all.insert(all.end(), snapshot.devices.begin(), snapshot.devices.end());
    for (arch::SystemTable& table : all) {
        names.push_back(table.name);
        if (name.empty() || same_name(table.name, name)) out.tables.push_back(std::move(table));
    }
    // Only derived addresses: a part of one in a raw field is none, and the top of a stack belongs to what lies above.
    for (const arch::SystemTable& table : out.tables)
        for (const arch::TableEntry& entry : table.entries)
            for (const arch::TableField& field : entry.fields) {
                if (field.width != 0 || field.value == 0 || field.name == "limit") continue;
                std::string said = symbol(symbolizer, VirtAddr{field.value});
                if (!said.empty()) out.symbols.emplace(field.value, std::move(said));
            }
    if (out.tables.empty())
        out.unavailable = names.empty() ? fmt::format("{} has no tables that this target tells", snapshot.arch->name)
                                        : fmt::format("{} has no table named {}: it has {}", snapshot.arch->name,
                                                      text::printable(name), joined(names));
    return out;
}

std::string text(const Tables& tables) {
    if (!tables.unavailable.empty()) return tables.unavailable + '\n';
    std::string out;
    for (const arch::SystemTable& table : tables.tables) {
        if (!out.empty()) out += '\n';
        out += table_text(tables, table);
    }
    return out;
}

std::string json(const Tables& tables) {
    Json out = Json::array();
    for (const arch::SystemTable& table : tables.tables) {
        Json one{{"name", table.name}, {"base", number(table.base)}, {"limit", number(table.limit)}};
        if (!table.unavailable.empty()) one["unavailable"] = table.unavailable;
        one["entries"] = array(table.entries, [](const arch::TableEntry& entry) {
            Json row{{"index", number(u64{entry.index})},
                     {"offset", number(entry.offset)},
                     {"address", number(entry.address)},
                     {"raw", text::bytes(entry.raw)},
                     {"title", entry.title},
                     {"valid", entry.valid}};
            if (!entry.in_use.empty()) row["in_use"] = entry.in_use;
            if (!entry.problem.empty()) row["problem"] = entry.problem;
            row["fields"] = array(entry.fields, [](const arch::TableField& field) {
                return Json{{"name", field.name},
                            {"value", number(field.value)},
                            {"low", number(u64{field.low})},
                            {"width", number(u64{field.width})},
                            {"meaning", field.meaning}};
            });
            return row;
        });
        out.push_back(std::move(one));
    }
    Json whole{{"tables", std::move(out)}};
    if (!tables.unavailable.empty()) whole["unavailable"] = tables.unavailable;
    return line(whole);
}
}  // namespace ring::view
