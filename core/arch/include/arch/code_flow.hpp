// How code flows on an architecture: which branch is taken now, where a system call enters, how call frames are
// chained. The rule: an answer is given only where the registers decide it; otherwise there is none. Not here: decoding
// (view/disassembly.hpp); a branch is named by the mnemonic that the reader sees.
#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "arch/arch.hpp"

namespace ring::arch {

// A function that keeps a frame pointer leaves these words at fixed distances from where it points (bytes).
struct FrameChain {
    RegisterId pointer = 0;
    i64 saved_pointer = 0;  // the caller's frame pointer
    i64 return_address = 0;
    i64 caller_sp = 0;                  // the caller's stack pointer has this distance; it is no word in memory
    std::span<const RegisterId> dwarf;  // the register of each DWARF number; the return address column may be beyond
    // Registers with numbers of their own far beyond, as control and status registers have.
    struct Numbered {
        unsigned number;
        RegisterId id;
    };
    std::span<const Numbered> beyond = {};
    // A call leaves the return address in this one, and the stack as it is. Absent: a call pushes.
    std::optional<RegisterId> link = std::nullopt;
    // An instruction of a function's end, as the reader sees it: it loads a register from the stack pointer and
    // `distance`, or, without a register, adds `distance` to the stack pointer; or it returns. Absent: something else.
    struct Undo {
        std::optional<RegisterId> loaded;
        i64 distance = 0;
        bool returns = false;
    };
    std::optional<Undo> (*undo)(std::string_view mnemonic, std::string_view operands) = nullptr;
};
const FrameChain* frame_chain(const Arch& arch);  // null: not known for this architecture

// Will the branch be taken? Absent: `mnemonic` is no conditional branch, or what decides it is not known. `operands`:
// as the reader sees them, "a0, a1, 0x80001234".
std::optional<bool> branches(const Arch& arch, std::string_view mnemonic, std::string_view operands,
                             const RegisterFile& registers);

// Where a system call instruction enters the kernel now. Absent: it is none, or it would fault.
std::optional<VirtAddr> system_call_entry(const Arch& arch, std::string_view mnemonic, const RegisterFile& registers);

// Does the instruction, as the reader sees it ("jal", "ra, 0x80001234"), go somewhere that comes back to what follows:
// a call, a system call, a repeated one? And does it go back itself: from a function, or from a trap?
bool leads_away_and_back(const Arch& arch, std::string_view instruction);
bool returns(const Arch& arch, std::string_view instruction);
}  // namespace ring::arch
