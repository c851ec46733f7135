// What LIEF is asked for. It may throw, crash or take long: that is why it runs in this program.
// Not here: editing. LIEF 0.9's builder lays a file out anew; of ten files with one changed field six came back
// breaking rules of the gABI that they had kept before. Edits change the fields' own bytes (core/elf patch.hpp).
#pragma once
#include <string>

#include "base/result.hpp"
#include "base/types.hpp"

namespace ring::worker {
// Symbols, relocations, dynamic entries and notes, as one JSON object; numbers are "0x…" strings.
Result<std::string> deep(const Bytes& file);
}  // namespace ring::worker
