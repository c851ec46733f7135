// Rows that several views put into their JSON.
#pragma once
#include "to_json.hpp"
#include "view/registers.hpp"

namespace ring::view {
Json to_json(const FieldValue& field);
Json to_json(const RegisterRow& row);
Json to_json(const Registers& registers);
}  // namespace ring::view
