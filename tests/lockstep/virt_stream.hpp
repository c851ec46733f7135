// QEMU's account of a run on `virt`: the hart's state before every instruction, every trap, and at checkpoints the CSRs
// that a state does not have. As qemu_stream.hpp, of which it is the RISC-V sister: same rule, another vocabulary.
//
// Measured with QEMU 7.2.22, `singlestep on`, `log cpu,fpu,int,nochain,exec`:
// - A state is "Trace 0: HOST [CSBASE/PC/FLAGS/CFLAGS]", pc, mhartid, sixteen CSRs by name, x0 to x31 and f0 to f31
//   by four in a line. The low two bits of FLAGS are the privilege mode. fcsr, PMP, counters, menvcfg, stimecmp and the
//   counter enables are not printed: the checkpoints tell them.
// - A trap is one line, "riscv_cpu_do_interrupt: hart:0, async:A, cause:C, epc:E, tval:T, desc=D"; the next state is
//   the handler's first. A fetch that faults has no state of its own.
// - mip shows what waits, STIP by stimecmp included. A timer's bit appears up to one tick (100 ns) late.
// - With -icount an instruction that touches a device is begun twice: after the first state comes
//   "cpu_io_recompile: rewound execution", and that state is left out here.
// - wfi: its own state, then nothing until something waits that mie enables; virtual time jumps there.
#pragma once
#include <array>
#include <memory>
#include <variant>

#include "qemu_log.hpp"

namespace ring::lockstep {

struct VirtCsr {
    std::string_view name;
    u16 number;
};
inline constexpr std::array<VirtCsr, 16> virt_csrs{{{"mstatus", 0x300},
                                                    {"mip", 0x344},
                                                    {"mie", 0x304},
                                                    {"mideleg", 0x303},
                                                    {"medeleg", 0x302},
                                                    {"mtvec", 0x305},
                                                    {"stvec", 0x105},
                                                    {"mepc", 0x341},
                                                    {"sepc", 0x141},
                                                    {"mcause", 0x342},
                                                    {"scause", 0x142},
                                                    {"mtval", 0x343},
                                                    {"stval", 0x143},
                                                    {"mscratch", 0x340},
                                                    {"sscratch", 0x140},
                                                    {"satp", 0x180}}};

struct VirtState {
    u64 number = 0;  // of this instruction in the stream, from 0
    u8 mode = 0;     // as MPP has it
    u64 pc = 0;
    std::array<u64, virt_csrs.size()> csr{};  // in the order of virt_csrs
    std::array<u64, 32> x{}, f{};
    bool satp_known = true;  // false: mstatus.TVM hides it in S-mode, even from the log
    bool operator==(const VirtState&) const = default;
};

struct VirtTrap {
    bool interrupt = false;
    u64 cause = 0, epc = 0, tval = 0;
};

// QemuOptions::checkpoint_csrs, in that order, in front of the next instruction.
struct VirtCheckpoint {
    std::vector<std::optional<u64>> values;  // nothing: the stub refuses it now
};

using VirtItem = std::variant<VirtState, VirtTrap, VirtCheckpoint>;

class VirtStream {
  public:
    explicit VirtStream(LogSource source);
    VirtStream(VirtStream&&) noexcept;
    ~VirtStream();

    // The next item; nothing at the end, or after a failure.
    std::optional<VirtItem> next();
    const std::optional<Error>& failure() const;
    u64 states() const;
    u64 repeated() const;  // states left out because their instruction did not begin

  private:
    class Parser;
    std::unique_ptr<Parser> parser_;
};
}  // namespace ring::lockstep
