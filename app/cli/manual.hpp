// The manual page, made from the tables that the program itself reads: it cannot be out of date.
#pragma once
#include <string>

namespace ring::cli {
std::string manual();  // for man(1), in its macros
}  // namespace ring::cli
