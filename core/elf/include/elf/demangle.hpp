// Names as people write them: C++ and Rust symbols without their mangling, parameters and hashes.
// The rule: what is no mangled name, or would be longer than 4 KiB said or unsaid, stays as it is. A mangled name can
// be made to unfold without end, so unfolding stops where the bound is.
#pragma once
#include <string>
#include <string_view>

namespace ring::elf {
inline constexpr std::size_t longest_name = 4096;

// "_ZN3foo3barEi" -> "foo::bar", "_RNvC3foo3bar" -> "foo::bar", "main" -> "main". Not made printable.
std::string spoken(std::string_view name);
}  // namespace ring::elf
