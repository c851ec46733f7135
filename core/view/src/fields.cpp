#include <fmt/format.h>

#include <cctype>

#include "base/text.hpp"
#include "expression.hpp"
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

std::vector<Derived> derived_values(const FieldValue& field) {
    std::vector<Derived> out;
    const std::string_view meaning = field.meaning;
    const std::size_t colon = meaning.find(": ");
    if (colon == meaning.npos) return out;
    const Lookup itself = [&](std::string_view name) {
        return name == "this" ? std::optional(field.value) : std::nullopt;
    };
    std::string_view rest = meaning.substr(colon + 2);
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(", "), rest.size());
        const std::string_view part = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 2, rest.size()));
        const std::size_t equals = part.find(" = ");
        if (equals == part.npos) continue;
        const std::optional<Formula> said = formula(part.substr(equals + 3), itself);
        if (said && !said->mentions.empty())
            out.push_back(
                {std::string(meaning.substr(0, colon)), std::string(part.substr(0, equals)), said->shown, said->value});
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
