// What the ELF panel is drawn from: the ribbon of the whole file, the fields of one structure, and bytes. What the
// pointer is on in one of them lights up in the others.
// The rule: a part says what it is pointed at by ElfState::pointed; all parts draw what it was in the last frame.
#pragma once
#include <string>
#include <vector>

#include "elf/rows.hpp"
#include "intents.hpp"
#include "look.hpp"
#include "panels/panels.hpp"
#include "scene.hpp"

namespace ring::gui {
// The whole file: headers, segments, sections, issues and gaps in lanes.
void put_elf_ribbon(const Scene& scene, ElfState& state, Intents& out, Look& look);
// Rows of 16 bytes around what is selected or pointed at.
void put_elf_bytes(const Scene& scene, ElfState& state, Intents& out, Look& look);

// "1 byte", "8 bytes".
std::string bytes_text(u64 count);
// What is wrong with these bytes, a sentence a line; empty: nothing.
std::string issues_of(const elf::File& file, elf::ByteRange bytes);
bool overlap(elf::ByteRange a, elf::ByteRange b);
}  // namespace ring::gui
