// Where QEMU does not do what the manual says, and we do. The comparison uses this table and nothing else to explain a
// difference; a row that no run uses any more must leave (lockstep_test.cpp counts).
#pragma once
#include "comparison.hpp"

namespace ring::lockstep {

enum class Row : unsigned char {
    RepExtraState,
    TrType,
    RfInImage,
    IdtErrorCode,
    ReturnNotCanonical,
    StackFaultVector,
    SyscallStatusFlags,
    ReservedBitErrorCode,
    StaleTranslation,
    count
};

using Difference = DifferenceOf<Row>;

inline constexpr DifferenceTable<Row> differences{{
    {Row::RepExtraState, "a repeated string instruction whose counter has become 0",
     "SDM Vol. 2B REP/REPE/REPZ/REPNE/REPNZ, Operation", "is begun once more, only to find the counter 0",
     "ends with its last iteration"},
    {Row::TrType, "the hidden type of TR after ltr",
     "SDM Vol. 2A LTR, Operation: the busy flag is set in the descriptor; Vol. 3A 7.2.3 TSS Descriptor in 64-bit mode",
     "stays 9, available", "11, busy"},
    {Row::RfInImage, "RFLAGS pushed by a fault",
     "SDM Vol. 3B 18.3.1.1 Instruction-Breakpoint Exception Condition: RF is set in the image of every fault", "RF = 0",
     "RF = 1"},
    {Row::IdtErrorCode, "the error code of a fault that an IDT entry causes in long mode",
     "SDM Vol. 3A 6.13 Error Code: the index is the vector; EXT = 1 while an external interrupt is delivered",
     "vector * 16 + 2, never EXT", "vector * 8 + 2 + EXT", true},
    {Row::ReturnNotCanonical, "sysretq or iretq to a non-canonical address",
     "SDM Vol. 2B SYSRET, Vol. 2A IRET: #GP(0) at CPL 0, on the stack that RSP names",
     "loads RIP and faults in ring 3, as AMD's sysret", "#GP(0) at CPL 0", true},
    {Row::StackFaultVector, "a stack access at a non-canonical address",
     "SDM Vol. 1 3.3.7.1 Canonical Addressing: #SS(0)", "#GP(0)", "#SS(0)", true},
    {Row::SyscallStatusFlags, "the status flags after syscall",
     "SDM Vol. 2B SYSCALL, Operation: RFLAGS <- RFLAGS AND NOT(IA32_FMASK)", "CF, PF, AF, ZF, SF, OF become 0",
     "only the bits of FMASK (and RF) become 0; QEMU's value is taken over"},
    {Row::ReservedBitErrorCode, "the error code of a page fault by a reserved bit of an entry",
     "SDM Vol. 3A 4.7 Page-Fault Exceptions: RSVD can be 1 only where P is 1", "RSVD without P", "RSVD and P", true},
    {Row::StaleTranslation, "a page whose entry has lost a right, used before invlpg",
     "SDM Vol. 3A 4.10.4.3 Optional Invalidation: the processor may use the old entry or the new one",
     "uses the old entry", "uses the new entry, and warns", true},
}};

constexpr const Difference& difference(Row row) { return differences[static_cast<std::size_t>(row)]; }
}  // namespace ring::lockstep
