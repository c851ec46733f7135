// Who executes which instruction, in words; the decoder decides, and a test compares the two.
#include "arch/riscv64/instruction.hpp"
#include "riscv64/architecture.hpp"

namespace ring::riscv64 {
namespace {
using enum Operation;
constexpr Coverage rows[] = {
    {"RV64I: arithmetic, loads, stores, branches, jumps", Engine,
     "a device's bytes are loaded and stored by the machine"},
    {"RV64M", Engine, ""},
    {"RV64F, RV64D", Engine,
     "with mstatus.FS = 0, or a reserved rounding mode: illegal; the machine repairs NaN boxes, fmin, fmax and fmadd's "
     "invalid flag"},
    {"RV64C", Engine, "reserved encodings are illegal"},
    {"amoswap, amoadd, amoand, amoor, amoxor, amomin, amomax, amominu, amomaxu", Engine, "a misaligned address faults"},
    {"lr.w, lr.d", LoadReserved, ""},
    {"sc.w, sc.d", StoreConditional, "fails after a trap and after a return from one"},
    {"csrrw, csrrs, csrrc, csrrwi, csrrsi, csrrci", Csr, "fflags, frm, fcsr and the counters are CSRs"},
    {"ecall", Ecall, ""},
    {"ebreak, c.ebreak", Ebreak, ""},
    {"mret", Mret, ""},
    {"sret", Sret, ""},
    {"wfi", Wfi, "illegal in U-mode"},
    {"sfence.vma", SfenceVma, "an ASID is not told apart: all address spaces are forgotten"},
    {"fence", Fence, "all of its fields are ignored"},
    {"fence.i", FenceI, "all of its fields are ignored"},
    {"c.slli, c.srli, c.srai by 0", Hint, "no-ops"},
    {"everything else: Zb*, Zicbo*, V, H, uret, dret, sinval.*", Undefined, "illegal"},
};
}  // namespace

std::span<const Coverage> coverage() { return rows; }

std::vector<arch::Coverage> coverage_rows() {
    std::vector<arch::Coverage> out;
    for (const Coverage& row : rows)
        out.push_back({row.mnemonic, row.operation == Engine ? arch::Executor::Engine : arch::Executor::MicroSteps,
                       row.condition});
    return out;
}
}  // namespace ring::riscv64
