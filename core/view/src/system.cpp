#include <fmt/format.h>

#include "base/text.hpp"
#include "columns.hpp"
#include "rows_json.hpp"
#include "view/registers.hpp"

namespace ring::view {
namespace {
std::string bit_numbers(const FieldValue& field) {
    if (field.width == 1) return std::to_string(field.low);
    return fmt::format("{}:{}", field.low + field.width - 1, field.low);
}

// What is set, a line each with its meaning; what is clear, by name.
std::string fields_text(const RegisterRow& row) {
    Columns set(8);
    std::vector<std::string> clear;
    for (auto field = row.fields.rbegin(); field != row.fields.rend(); ++field) {
        if (field->value == 0 && !field->changed) {
            clear.push_back(field->name);
            continue;
        }
        std::string value = field->width == 1 ? std::to_string(field->value) : text::hex(field->value);
        if (field->changed)
            value +=
                fmt::format(" was {}", field->width == 1 ? std::to_string(field->before) : text::hex(field->before));
        set.row({bit_numbers(*field), field->name, value, field->meaning});
        const std::vector<Derived> derived = derived_values(*field);
        for (const Derived& one : derived)
            set.row({"", "", "", fmt::format("{}: {} = {} = {}", one.by, one.name, one.formula, text::hex(one.value))});
    }
    std::string out = set.text();
    if (!clear.empty()) out += wrapped("        0: ", joined(clear, " "), 11);
    return out;
}

std::string row_text(const RegisterRow& row, std::size_t name_width) {
    const std::string first = fmt::format("{} {:<{}}  ", row.changed ? '*' : ' ', row.name, name_width);
    std::vector<std::string> parts{row.hex(), row.symbol};
    for (const RegisterRow& part : row.parts)
        parts.push_back(fmt::format("{} {}{}", part.name, part.hex(),
                                    part.changed ? " was " + text::hex(*part.before) : std::string()));
    if (row.changed) parts.push_back("was " + text::hex(*row.before));
    parts.push_back(row.meaning);
    return wrapped(first, joined(parts, "  "), first.size()) + fields_text(row);
}
}  // namespace

System system_view(const target::Snapshot& snapshot, const Symbolizer& symbolizer) {
    return {registers_view(snapshot, symbolizer, system_groups)};
}

std::string text(const System& system) {
    std::string out = fmt::format("{}, {}\n", system.registers.privilege, system.registers.mode);
    for (const RegisterGroup& group : system.registers.groups) {
        out += '\n' + group.name + '\n';
        std::size_t width = 0;
        for (const RegisterRow& row : group.rows) width = std::max(width, row.name.size());
        for (const RegisterRow& row : group.rows) out += row_text(row, width);
    }
    return out;
}

std::string json(const System& system) { return line(Json{{"system", to_json(system.registers)}}); }
}  // namespace ring::view
