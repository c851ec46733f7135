// The call stack: from the next instruction outwards, who called whom.
// The rule: every frame says by which rule it was found; where no rule holds the chain ends and says why. Nothing is
// guessed from what happens to lie on the stack.
// Not here: reading call frame information (elf/symbols.hpp).
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "elf/symbols.hpp"
#include "target/target.hpp"
#include "view/source.hpp"
#include "view/symbolizer.hpp"

namespace ring::view {
inline constexpr std::size_t most_frames = 128;

enum class FoundBy : u8 { ProgramCounter, Inlined, Cfi, Return, FramePointer };
std::string_view name(FoundBy rule);  // "next instruction", "inlined", "cfi", "at a return", "frame pointer"

// A register of a frame, kept in memory while what it called or what interrupted it runs.
struct SavedWord {
    VirtAddr at;
    std::string name;  // of the register: "rip"
};

struct CallRow {
    unsigned number = 0;   // of the frame; an inlined function has the number of the frame that it is in
    VirtAddr at;           // the next instruction of this frame
    std::string function;  // "main+0x12"; printable, empty when unknown
    SourcePlace place;     // of the instruction that is executed or that calls
    FoundBy rule = FoundBy::ProgramCounter;
    bool interrupted = false;  // an exception, interrupt or system call came between it and the frame above
    std::optional<u64> sp;     // stack pointer in this frame
    // Of an interrupted frame: where its registers lie, by the call frame information of the frame above.
    std::vector<SavedWord> saved;
};

struct Calls {
    std::vector<CallRow> rows;  // innermost first
    std::string end;            // why the chain ends
};

// What is known about programs.
struct CallSources {
    Symbolizer symbol;
    SourceNamer source;
    std::function<std::vector<elf::InlinedCall>(VirtAddr)> inlined;
    std::function<std::optional<Result<elf::Caller>>(VirtAddr, const elf::Frame&, const elf::FrameMemory&)> caller;
};
Calls calls_view(const target::Snapshot& snapshot, const CallSources& sources, std::size_t most = most_frames);
std::string text(const Calls& calls);
std::string json(const Calls& calls);
}  // namespace ring::view
