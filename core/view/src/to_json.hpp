// JSON of views: one object a line, members in the order in which they were put, numbers as "0x…" strings (JSON's own
// numbers lose bits above 2^53 in most readers).
#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "base/types.hpp"

namespace ring::view {
using Json = nlohmann::ordered_json;

inline Json number(u64 value) { return text::hex(value); }
inline Json number(VirtAddr address) { return text::hex(address.value); }
inline Json number(PhysAddr address) { return text::hex(address.value); }
template <class T>
Json number(const std::optional<T>& value) {
    return value ? number(*value) : Json(nullptr);
}

template <class Rows, class Each>
Json array(const Rows& rows, Each each) {
    Json out = Json::array();
    for (const auto& row : rows) out.push_back(each(row));
    return out;
}

inline std::string line(const Json& object) {
    return object.dump(-1, ' ', false, nlohmann::detail::error_handler_t::replace);
}
}  // namespace ring::view
