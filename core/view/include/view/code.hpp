// The instructions around an address, as a reader sees them: source line, symbol, bytes, text, breakpoints, where a
// jump goes and whether it is taken. The rule: lines before the address are found by decoding from a start that meets
// it; where none does, there are none. Not here: the decoding (disassembly.hpp).
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "target/target.hpp"
#include "view/disassembly.hpp"
#include "view/source.hpp"
#include "view/symbolizer.hpp"

namespace ring::view {

struct CodeRow {
    CodeLine line;
    std::string symbol;         // of the line's address: "user_main", "user_main+0x4"
    std::string target_symbol;  // of line.target
    bool heading = false;       // a symbol starts here
    bool current = false;       // the next instruction to run
    bool breakpoint = false;
    SourcePlace source;           // of the line's address; line 0: none is recorded
    bool source_heading = false;  // another source line than that of the row above
    std::string source_text;      // with source_heading: the line, when the file is there
};

// What the next instruction does to the flow of code, when the registers decide it.
struct Flow {
    std::optional<bool> branches;    // a conditional branch: is it taken?
    std::optional<VirtAddr> enters;  // a call or system call: where one step leads
    std::string enters_symbol;       // "syscall_entry"; empty when unknown
    bool returns = false;            // `enters` is where a return leads back to
};

struct Code {
    VirtAddr at;
    bool follows = true;  // `at` is the next instruction, not an address that was asked for
    Flow flow;            // of the next instruction
    std::vector<CodeRow> rows;
    std::string unavailable;  // why there are no rows: "0x1000 is not mapped"
};
// `at` absent: around the next instruction. `start`: a known start of an instruction at or before `at`, such as that of
// the function; it makes the lines before `at` certain.
Code code_view(const target::Snapshot& snapshot, const Symbolizer& symbolizer = {}, std::optional<VirtAddr> at = {},
               unsigned lines_before = 8, unsigned lines_after = 24, std::optional<VirtAddr> start = {});
// The same, with source lines between the instructions.
void put_sources(Code& code, const SourceNamer& name, const SourceOpener& open);
std::string text(const Code& code);
std::string json(const Code& code);
}  // namespace ring::view
