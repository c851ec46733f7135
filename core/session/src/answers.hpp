// The two forms of an answer, made from one value: text for people, a JSON object for programs. Numbers of the machine
// are strings "0x..." there, as in the views; only what counts steps of a lesson is a number.
#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "session/session.hpp"

namespace ring::session {
using Json = nlohmann::ordered_json;

// `fields` is an object; JSON text never fails on foreign bytes.
lesson::Answer answer(std::string text, const Json& fields);
// Where the machine stands after a movement, why, and what happened in the last step.
lesson::Answer where_it_stands(Session& session);
std::string address_text(const Session& session, VirtAddr at);  // "0x201120 (entry_point)"
}  // namespace ring::session
