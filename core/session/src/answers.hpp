// The two forms of an answer, made from one value: text for people, a JSON object for programs.
#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "session/session.hpp"

namespace ring::session {
using Json = nlohmann::ordered_json;

// `fields` is an object; JSON text never fails on foreign bytes.
lesson::Answer answer(std::string text, const Json& fields);
// A view's own JSON object under the name of its topic.
lesson::Answer view_answer(std::string_view topic, std::string text, const std::string& json);
// Where the machine stands after a movement, why, and what happened in the last step.
lesson::Answer where_it_stands(Session& session);
std::string address_text(const Session& session, VirtAddr at);  // "0x201120 (entry_point)"
}  // namespace ring::session
