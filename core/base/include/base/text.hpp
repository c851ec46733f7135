// Numbers and foreign text as a reader sees them: one home for hexadecimal, sizes, and the stripping of escapes.
#pragma once
#include <string>
#include <string_view>

#include "base/types.hpp"

namespace ring::text {
std::string hex(u64 value);                          // "0x1f"
std::string hex(VirtAddr address);                   // "0x201120"
std::string hex(PhysAddr address);                   // "0x1000"
std::string hex_padded(u64 value, unsigned digits);  // "0x0000001f" for (0x1f, 8)
std::string digits(u64 value, unsigned count);       // "0000001f": without the prefix
std::string bytes(ByteSpan data);                    // "f3 90"
std::string size(u64 count);                         // "4 KiB", "1.5 MiB", "17 bytes"

// Foreign text made safe for a terminal: control bytes (terminal escapes among them) become visible "\xNN"; newline
// and tab stay when `lines` is true. Bytes that are not UTF-8 become "\xNN" too.
std::string printable(std::string_view foreign, bool lines = false);
}  // namespace ring::text
