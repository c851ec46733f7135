// The lesson that a newcomer sees: the first one that there is.
#pragma once
#include <string>

#include "base/result.hpp"

namespace ring::cli {
Result<std::string> first_lesson();  // its folder
}
