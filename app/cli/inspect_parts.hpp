// The parts of `ringscope inspect`, one a form of output.
#pragma once
#include <iosfwd>
#include <nlohmann/json_fwd.hpp>

#include "elf/file.hpp"
#include "elf/load_plan.hpp"

namespace ring::cli {
struct InspectOptions;
// The facts of `readelf -hlS`, the mapping, the load plan, the issues.
void print_text(const elf::File& file, std::ostream& out);
// {"header":{…},"segments":[…],"sections":[…],"mapping":[…],"load":{…},"issues":[…]}: numbers as "0x…" strings. The key
// of a field is its name in the specification without e_, p_ or sh_; the name of a number that has one stands beside it
// as "<key>_name".
nlohmann::ordered_json facts_json(const elf::File& file);
// The code of every executable section (without sections: of every executable segment), with symbols and source lines.
// Errors: code for a processor that cannot be disassembled here.
Status print_disassembly(const elf::File& file, std::ostream& out);
Result<nlohmann::ordered_json> disassembly_json(const elf::File& file);
// Symbols, relocations, dynamic entries and notes as LIEF sees them; {"error": "…"} when it does not answer.
nlohmann::ordered_json deep_json(const std::filesystem::path& path);
void print_deep(const std::filesystem::path& path, std::ostream& out);
// Changes entry, flags or address and writes the result; says what was changed and how. Errors: not an edit.
Status save_edited(const InspectOptions& options, const elf::File& file, std::ostream& out);
}  // namespace ring::cli
