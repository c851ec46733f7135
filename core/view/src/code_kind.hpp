// Which disassembler reads the code of this moment, and where a symbol's label says that it starts.
#pragma once
#include <optional>

#include "target/target.hpp"
#include "view/disassembly.hpp"
#include "view/symbolizer.hpp"

namespace ring::view {
CodeKind kind_of(arch::Instructions instructions);
// The bytes from `from` up to `end`, as far as pages are mapped.
Bytes readable(const target::Snapshot& snapshot, VirtAddr from, VirtAddr end);
// The start of the symbol that holds `at`: "name+0x12" says how far it is.
std::optional<VirtAddr> symbol_start(const Symbolizer& symbolizer, VirtAddr at);
}  // namespace ring::view
