// Who executes an instruction that the decoder accepts: the table behind decode() and coverage().
// The rule: nothing reaches the engine that a row does not name; the first row that applies decides.
#pragma once
#include <Zydis/Zydis.h>

#include <span>

#include "arch/x86_64/instruction.hpp"

namespace ring::x86_64 {

// What the rows look at.
struct Encoding {
    const ZydisDecodedInstruction& instruction;
    std::span<const ZydisDecodedOperand> operands;  // the visible ones
    Mode mode;

    bool prefix(u8 byte) const;  // anywhere before the opcode
};

struct Class {
    Operation operation = Operation::NotModelled;
    FloatKind float_kind = FloatKind::None;
};
Class classify(const Encoding& encoding);
}  // namespace ring::x86_64
