// The lesson that a newcomer sees: the first one that there is.
#pragma once
#include <iosfwd>
#include <string>

#include "base/result.hpp"

namespace ring::cli {
Result<std::string> first_lesson();  // its id
int play_first_lesson(std::ostream& out, std::ostream& err);
}  // namespace ring::cli
