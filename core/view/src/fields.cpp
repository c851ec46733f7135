#include <fmt/format.h>

#include <cctype>

#include "base/text.hpp"
#include "view/registers.hpp"

namespace ring::view {
namespace {
// A field that is the same for ever ("always 1") tells nothing.
bool constant(const Field& field) {
    return field.reserved() || std::isdigit(static_cast<unsigned char>(field.name.front()));
}
}  // namespace

std::vector<FieldValue> field_values(std::span<const Field> layout, u64 value, std::optional<u64> before) {
    std::vector<FieldValue> out;
    for (const Field& field : layout) {
        const u64 now = field.get(value);
        if (constant(field) && !(field.reserved() && now != 0)) continue;
        FieldValue one;
        one.name = field.reserved() ? fmt::format("reserved[{}:{}]", field.low + field.width - 1, field.low)
                                    : std::string(field.name);
        one.meaning = field.meaning;
        one.low = field.low;
        one.width = field.width;
        one.value = now;
        if (before && field.get(*before) != now) {
            one.before = field.get(*before);
            one.changed = true;
        }
        out.push_back(std::move(one));
    }
    return out;
}

std::string set_fields(std::span<const Field> layout, u64 value) {
    std::string out;
    for (const Field& field : layout) {
        if (constant(field) || !field.set(value) || field.width > 1) continue;
        if (!out.empty()) out += ' ';
        out += field.name;
    }
    return out;
}
}  // namespace ring::view
