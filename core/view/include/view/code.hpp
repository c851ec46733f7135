// The instructions around an address, as a reader sees them: symbol, bytes, text, breakpoints, where a jump goes.
// The rule: lines before the address are found by decoding from a start that meets it; where none does, there are none.
// Not here: the decoding (disassembly.hpp).
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "target/target.hpp"
#include "view/disassembly.hpp"
#include "view/symbolizer.hpp"

namespace ring::view {

struct CodeRow {
    CodeLine line;
    std::string symbol;         // of the line's address: "user_main", "user_main+0x4"
    std::string target_symbol;  // of line.target
    bool heading = false;       // a symbol starts here
    bool current = false;       // the next instruction to run
    bool breakpoint = false;
};

struct Code {
    VirtAddr at;
    std::vector<CodeRow> rows;
    std::string unavailable;  // why there are no rows: "0x1000 is not mapped"
};
// `at` absent: around the next instruction. `start`: a known start of an instruction at or before `at`, such as that of
// the function; it makes the lines before `at` certain.
Code code_view(const target::Snapshot& snapshot, const Symbolizer& symbolizer = {}, std::optional<VirtAddr> at = {},
               unsigned lines_before = 8, unsigned lines_after = 24, std::optional<VirtAddr> start = {});
std::string text(const Code& code);
std::string json(const Code& code);
}  // namespace ring::view
