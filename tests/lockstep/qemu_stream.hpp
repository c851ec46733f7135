// QEMU's own account of a run: the CPU's full state before every instruction, and every interrupt and exception between
// them, pulled one item at a time. This is what the machine is compared with, step by step.
// The rule: an item is an instruction that QEMU really began, in order, without gaps; memory stays bounded; a line that
// is not understood ends the stream with a sentence.
// Not here: starting QEMU (qemu_run.hpp) and comparing (lockstep_test.cpp).
//
// Measured with QEMU 7.2.22, `singlestep on`, `log cpu,int,nochain,exec` (all four are needed):
// - cpu prints the state before each translation block, singlestep makes a block of each instruction, nochain makes
//   every block come back to the printing. exec adds the "Trace" line above a state. Without exec one could not tell a
//   state that is printed twice: when something else wants the CPU, QEMU prints a state, does not begin its
//   instruction, says "Stopped execution of TB chain before", and later prints the state again. The first of the two
//   is left out here. With -icount that is rare (3 of 1.9 million), without it common.
// - A hardware interrupt is "Servicing hardware INT=0x20", a line "v=20 e=0000 i=0 cpl=3 IP=...", and a state (not of
//   a new instruction: it is the interrupted one's, before delivery). The next state is the handler's first.
// - An exception is "check_exception old: 0xffffffff new 0xe" (old = the one being delivered), the same kind of line
//   and state; for v=0e it ends with CR2. Its instruction's state came before. int n, int3 (i=1): without
//   check_exception; IP is that of the instruction, not of the next one.
// - A triple fault is "check_exception old: 0x8 new ..." with no line after it; with -no-reboot QEMU ends.
// - rep movs: one state for each iteration, and one more with RCX = 0 before the next instruction; RCX = 0 from the
//   start: one state. After `sti`, II stays 1 through all iterations, so no interrupt comes in before the rep ends; the
//   manual speaks of one instruction and does not say whether its iterations count.
// - The shadow: the state after `sti` (IF was 0) or after a load of SS has II=1. QEMU takes an interrupt at the
// earliest
//   after the instruction of that state.
// - hlt: its own state, then nothing until the interrupt, whose IP is that of the next instruction. `sti; hlt`: the
//   state of hlt has II=1.
// - 64-bit code prints RAX= and 16 digits; 16-bit and 32-bit code EAX= and 8 digits. In compatibility mode the upper
//   halves of the registers are therefore unknown (State::wide is false), R8 to R15 as well; the descriptor tables,
//   CR2 and CR3 are printed whole while EFER.LMA is 1. A segment's flags are the second half of the descriptor; "DPL="
//   and what follows stand there only for present ones, and are ignored here.
// - The hidden type of TR stays "available" (00008900) after ltr, while the descriptor in memory becomes busy (a
//   difference: the manual's TR is busy).
// - RFLAGS is complete (the lazy flags are computed for printing).
#pragma once
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "base/types.hpp"
#include "qemu_log.hpp"

namespace ring::lockstep {

struct SegmentState {
    u16 selector = 0;
    u64 base = 0;
    u32 limit = 0;
    u32 flags = 0;  // the second doubleword of the descriptor, base and limit bits as QEMU keeps them
    bool operator==(const SegmentState&) const = default;
};

struct TableState {
    u64 base = 0;
    u32 limit = 0;
    bool operator==(const TableState&) const = default;
};

struct State {
    u64 number = 0;             // of this instruction in the stream, from 0; in an event: of the next one
    std::array<u64, 16> gpr{};  // rax rcx rdx rbx rsp rbp rsi rdi r8..r15, the order of the encoding
    u64 rip = 0;
    u64 rflags = 0;
    std::array<SegmentState, 6> segments{};  // es cs ss ds fs gs, the order of the encoding
    SegmentState ldt, tr;
    TableState gdt, idt;
    u64 cr0 = 0, cr2 = 0, cr3 = 0, cr4 = 0;
    std::array<u64, 4> dr{};
    u64 dr6 = 0, dr7 = 0;
    u64 efer = 0;
    u8 cpl = 0;
    bool wide = false;    // printed with 64-bit registers; else only their low halves, without r8..r15
    bool shadow = false;  // II: interrupts stay out for this instruction
    bool a20 = false, smm = false, halted = false;
    bool operator==(const State&) const = default;
};

// What the line "v=.. e=.. i=.. cpl=.. IP=..:.. pc=.. SP=..:.." says.
struct Delivery {
    u8 vector = 0;
    u32 error_code = 0;  // 0 also where the vector has none
    bool software = false;
    u8 cpl = 0;
    u16 cs = 0, ss = 0;
    u64 rip = 0, rsp = 0;
    std::optional<u64> cr2;  // with vector 14
    State before;            // the state before delivery
};
struct Interrupt : Delivery {};  // by the interrupt controller
struct Exception : Delivery {};  // by an instruction, int n among them

using StreamItem = std::variant<State, Interrupt, Exception>;

class QemuStream {
  public:
    explicit QemuStream(LogSource source);
    QemuStream(QemuStream&&) noexcept;
    QemuStream& operator=(QemuStream&&) noexcept;
    ~QemuStream();

    // The next item; nothing at the end, or after a failure. An item is handed out when QEMU has printed the first
    // line after it.
    std::optional<StreamItem> next();
    // Why the stream ended early.
    const std::optional<Error>& failure() const;
    // Instructions handed out, and states left out because their instruction did not begin.
    u64 states() const;
    u64 repeated() const;
    // The last exception met a double fault being delivered: the CPU shut down.
    bool triple_fault() const;

  private:
    class Parser;
    std::unique_ptr<Parser> parser_;
};

// A stream from a text that is there whole.
QemuStream stream_of(std::string text);
}  // namespace ring::lockstep
