// One decoded instruction, and who may execute it. Only what is known to be unprivileged and alike in engine and manual
// goes to the engine; the rest is ours, or an illegal-instruction exception.
// The rule: RV64IMAFDC with Zicsr and Zifencei and nothing else; every encoding that these leave reserved is illegal.
// Not here: what the instruction does (transitions.hpp), fetching its bytes (core/machine), and its spelling (view).
#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "base/types.hpp"

namespace ring::riscv64 {

enum class Operation : u8 {
    Engine,
    Undefined,
    Ecall,
    Ebreak,
    Sret,
    Mret,
    Wfi,
    SfenceVma,
    Csr,    // csrrw, csrrs, csrrc and their immediate forms
    Fence,  // orders nothing here: there is one hart
    FenceI,
    Hint,  // a compressed shift by 0: changes nothing, and not every engine knows it
    LoadReserved,
    StoreConditional,
    count
};

enum class CsrAction : u8 { Write, Set, Clear };

// The memory that an instruction of the engine touches: x[base] + displacement. AMOs read and write.
struct MemoryOperand {
    u8 base = 0;
    u8 size = 0;  // bytes; 0: none
    bool read = false, write = false;
    bool atomic = false;  // must be aligned to its size
    i32 displacement = 0;
};

struct Instruction {
    Operation operation = Operation::Undefined;
    u8 length = 0;                         // bytes: 2 or 4
    u32 bits = 0;                          // as fetched; of a compressed one the low 16
    u8 rd = 0, rs1 = 0, rs2 = 0, rs3 = 0;  // rs3: of the fused ones
    MemoryOperand memory;
    bool floats = false;            // needs mstatus.FS != 0
    bool writes_floats = false;     // writes an f register: FS becomes dirty
    bool writes_flags = false;      // may set exception flags in fcsr: FS becomes dirty when it did
    bool dynamic_rounding = false;  // rm = 7: frm must be legal
    // The f registers that hold a single-precision value in a NaN box: bit 0 rd, 1 rs1, 2 rs2, 3 rs3. A move of bits
    // (fmv.x.w, loads, stores) does not look at the box.
    u8 boxed = 0;
    bool fused = false, min_max = false;  // fmadd and its like; fmin, fmax
    bool ends_block = false;              // the next instruction need not be the one behind it
    // Csr
    CsrAction action = CsrAction::Write;
    u16 csr = 0;
    bool immediate = false;  // the operand is `rs1` itself
    // Loads into and stores out of registers, for accesses to devices that we make ourselves.
    bool load_signed = false, float_register = false;
};

// Decodes the instruction at the start of `bytes` (at most 4 count). When the bytes end before the instruction does,
// the result has length 0: fetch more. Never fails otherwise.
Instruction decode(ByteSpan bytes);

// The coverage table, for `show coverage` and the README.
struct Coverage {
    std::string_view mnemonic;
    Operation operation;
    std::string_view condition;
};
std::span<const Coverage> coverage();
}  // namespace ring::riscv64
