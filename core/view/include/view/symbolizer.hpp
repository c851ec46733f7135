// How a view names an address. The session knows the symbols; a view only asks.
#pragma once
#include <functional>
#include <string>

#include "base/types.hpp"

namespace ring::view {
// "user_main+0x12", safe to print; empty when nothing is known. An empty function means that nothing is known at all.
using Symbolizer = std::function<std::string(VirtAddr)>;

inline std::string symbol(const Symbolizer& symbolizer, VirtAddr at) { return symbolizer ? symbolizer(at) : ""; }
}  // namespace ring::view
