// The fonts, as they lie in the program. Both families are under the SIL Open Font License 1.1.
#pragma once
#include "base/types.hpp"

namespace ring::gui::font_data {
ByteSpan text();         // Inter Regular
ByteSpan strong();       // Inter SemiBold
ByteSpan code();         // JetBrains Mono Regular
ByteSpan code_strong();  // JetBrains Mono Bold
}  // namespace ring::gui::font_data
