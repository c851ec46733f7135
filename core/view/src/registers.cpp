#include "view/registers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "columns.hpp"
#include "rows_json.hpp"

namespace ring::view {
namespace {
RegisterRow make_row(const target::Snapshot& snapshot, arch::RegisterId id, std::string_view name,
                     const Symbolizer& symbolizer) {
    const arch::Register& shape = snapshot.arch->registers[id];
    RegisterRow row;
    row.id = id;
    row.name = name;
    row.meaning = shape.meaning;
    row.bits = shape.bits;
    row.value = snapshot.registers.get(id);
    const std::optional<u64> before = snapshot.before.get(id);
    if (row.value && before && *before != *row.value) {
        row.changed = true;
        row.before = before;
    }
    if (row.value) {
        row.fields = field_values(shape.fields, *row.value, before);
        if (shape.fields.empty() && shape.bits == 64 && *row.value != 0)
            row.symbol = symbol(symbolizer, VirtAddr{*row.value});
    }
    return row;
}

// "cs.base" goes below "cs", which is made when the table has none.
void put_part(std::vector<RegisterRow>& rows, std::string_view head, RegisterRow part) {
    auto place = std::ranges::find(rows, head, &RegisterRow::name);
    if (place == rows.end()) {
        RegisterRow made;
        made.id = part.id;
        made.name = head;
        made.bits = 0;
        rows.push_back(std::move(made));
        place = rows.end() - 1;
    }
    place->parts.push_back(std::move(part));
}

std::string was(const RegisterRow& row) {
    if (!row.changed) return "";
    std::string out = "was " + text::hex_padded(*row.before, (row.bits + 3) / 4);
    std::vector<std::string> moved;
    for (const FieldValue& field : row.fields)
        if (field.changed) moved.push_back(fmt::format("{} {} -> {}", field.name, field.before, field.value));
    return moved.empty() || moved.size() > 4 ? out : out + ": " + joined(moved);
}

std::string part_text(const RegisterRow& part) {
    std::string out = part.name + ' ' + (part.value ? text::hex(*part.value) : part.hex());
    if (!part.bits_text().empty()) out += " (" + part.bits_text() + ')';
    if (part.changed) out += " was " + text::hex(*part.before);
    return out;
}

std::string notes(const RegisterRow& row) {
    std::vector<std::string> out{row.bits_text(), row.symbol};
    for (const RegisterRow& part : row.parts) out.push_back(part_text(part));
    out.push_back(was(row));
    return joined(out, "  ");
}

bool marked(const RegisterRow& row) {
    return row.changed || std::ranges::any_of(row.parts, [](const RegisterRow& part) { return part.changed; });
}
}  // namespace

std::string RegisterRow::hex() const {
    if (!value) return parts.empty() ? "unavailable" : "";
    return text::hex_padded(*value, (bits + 3) / 4);
}

std::string RegisterRow::bits_text() const {
    std::string out;
    for (auto field = fields.rbegin(); field != fields.rend(); ++field) {
        if (field->value == 0) continue;
        if (!out.empty()) out += ' ';
        out += field->name;
        if (field->width > 1) out += '=' + (field->value < 10 ? std::to_string(field->value) : text::hex(field->value));
    }
    return out;
}

const RegisterRow* Registers::find(std::string_view name) const {
    for (const RegisterGroup& group : groups)
        for (const RegisterRow& row : group.rows)
            if (row.name == name) return &row;
    return nullptr;
}

Registers registers_view(const target::Snapshot& snapshot, const Symbolizer& symbolizer,
                         std::span<const arch::Group> groups) {
    const arch::Arch& arch = *snapshot.arch;
    Registers out;
    const arch::Privilege privilege = arch.privilege(snapshot.registers);
    out.privilege = privilege.name;
    out.mode = privilege.mode;
    out.level = privilege.level;
    out.kernel = arch::is_kernel_level(arch, privilege.level);
    for (arch::Group wanted : groups) {
        RegisterGroup group{wanted, std::string(name(wanted)), {}};
        for (arch::RegisterId id = 0; id < arch.registers.size(); ++id) {
            if (arch.registers[id].group != wanted) continue;
            const std::string_view full = arch.registers[id].name;
            const std::size_t dot = full.find('.');
            RegisterRow row = make_row(snapshot, id, dot == full.npos ? full : full.substr(dot + 1), symbolizer);
            out.changed += row.changed;
            if (dot == full.npos)
                group.rows.push_back(std::move(row));
            else
                put_part(group.rows, full.substr(0, dot), std::move(row));
        }
        if (!group.rows.empty()) out.groups.push_back(std::move(group));
    }
    return out;
}

std::string text(const Registers& registers) {
    std::string out = fmt::format("{}, {}; {} changed (*)\n", registers.privilege, registers.mode,
                                  registers.changed == 0 ? "nothing" : std::to_string(registers.changed));
    for (const RegisterGroup& group : registers.groups) {
        out += '\n' + group.name + '\n';
        std::size_t name_width = 0, value_width = 0;
        for (const RegisterRow& row : group.rows) {
            name_width = std::max(name_width, row.name.size());
            value_width = std::max(value_width, row.hex().size());
        }
        for (const RegisterRow& row : group.rows) {
            const std::string first = fmt::format("{} {:<{}}  {:<{}}  ", marked(row) ? '*' : ' ', row.name, name_width,
                                                  row.hex(), value_width);
            out += wrapped(first, notes(row), first.size());
        }
    }
    return out;
}

Json to_json(const FieldValue& field) {
    Json out{{"name", field.name},
             {"value", number(field.value)},
             {"low", number(u64{field.low})},
             {"width", number(u64{field.width})},
             {"meaning", field.meaning}};
    if (field.changed) out["before"] = number(field.before);
    return out;
}

Json to_json(const RegisterRow& row) {
    Json out{{"name", row.name}, {"value", number(row.value)}, {"bits", number(u64{row.bits})}};
    if (row.changed) out["before"] = number(row.before);
    if (!row.symbol.empty()) out["symbol"] = row.symbol;
    if (!row.meaning.empty()) out["meaning"] = row.meaning;
    const auto each = [](const auto& one) { return to_json(one); };
    if (!row.fields.empty()) out["fields"] = array(row.fields, each);
    if (!row.parts.empty()) out["parts"] = array(row.parts, each);
    return out;
}

Json to_json(const Registers& registers) {
    Json out{{"privilege", registers.privilege},
             {"level", number(u64{registers.level})},
             {"mode", registers.mode},
             {"changed", number(u64{registers.changed})}};
    out["groups"] = array(registers.groups, [](const RegisterGroup& group) {
        return Json{{"name", group.name},
                    {"registers", array(group.rows, [](const RegisterRow& row) { return to_json(row); })}};
    });
    return out;
}

std::string json(const Registers& registers) { return line(Json{{"registers", to_json(registers)}}); }
}  // namespace ring::view
