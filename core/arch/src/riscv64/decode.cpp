// RV64I, M, A, F, D, Zicsr, Zifencei and the privileged instructions, in 32 bits. Unprivileged 20191213, 24 "RV32/64G
// Instruction Set Listings"; Privileged 20211203, 5 "RISC-V Privileged Instruction Set Listings".
// An encoding that no listing has is illegal, with three exceptions that the manual makes: fields of fence and fence.i
// are ignored (2.7 "Memory Ordering Instructions", 3 "Zifencei"), aq and rl are ignored, and hints are no-ops.
#include "riscv64/decode.hpp"

namespace ring::riscv64 {
namespace {
// bits 6:2 of an encoding. Unprivileged Table 24.1 "RISC-V base opcode map".
enum Opcode : u8 {
    Load = 0,
    LoadFp = 1,
    MiscMem = 3,
    OpImm = 4,
    Auipc = 5,
    OpImm32 = 6,
    Store = 8,
    StoreFp = 9,
    Amo = 11,
    Op = 12,
    Lui = 13,
    Op32 = 14,
    Madd = 16,
    Msub = 17,
    Nmsub = 18,
    Nmadd = 19,
    OpFp = 20,
    Branch = 24,
    Jalr = 25,
    Jal = 27,
    System = 28,
};

constexpr u32 rd_of(u32 bits) { return bits_of(bits, 11, 7); }
constexpr u32 rs1_of(u32 bits) { return bits_of(bits, 19, 15); }
constexpr u32 rs2_of(u32 bits) { return bits_of(bits, 24, 20); }
constexpr u32 funct3(u32 bits) { return bits_of(bits, 14, 12); }
constexpr u32 funct7(u32 bits) { return bits_of(bits, 31, 25); }
constexpr i32 immediate_i(u32 bits) { return sign_extended(bits >> 20, 12); }
constexpr i32 immediate_s(u32 bits) { return sign_extended(funct7(bits) << 5 | rd_of(bits), 12); }

bool legal_op(u32 f3, u32 f7) { return f7 == 0 || f7 == 1 || (f7 == 0x20 && (f3 == 0 || f3 == 5)); }

bool legal_op32(u32 f3, u32 f7) {
    if (f7 == 0) return f3 == 0 || f3 == 1 || f3 == 5;
    if (f7 == 1) return f3 == 0 || f3 >= 4;
    return f7 == 0x20 && (f3 == 0 || f3 == 5);
}

bool legal_shift(u32 f3, u32 upper, u32 arithmetic) {  // `upper`: the bits above the shift amount
    if (f3 == 1) return upper == 0;
    return upper == 0 || upper == arithmetic;
}

bool legal_op_imm(u32 bits) {
    const u32 f3 = funct3(bits);
    return (f3 != 1 && f3 != 5) || legal_shift(f3, bits >> 26, 0x10);
}

bool legal_op_imm32(u32 bits) {
    const u32 f3 = funct3(bits);
    return f3 == 0 || ((f3 == 1 || f3 == 5) && legal_shift(f3, funct7(bits), 0x20));
}

// ---- floating point. Unprivileged 11.2, Table 11.1: rm = 5 and 6 are reserved, 7 takes frm.
// --------------------------

bool legal_rounding(Instruction& out) {
    const u32 rm = funct3(out.bits);
    out.dynamic_rounding = rm == 7;
    return rm != 5 && rm != 6;
}

// A computation that rounds or may at least raise flags, with its result in an f register.
bool computes(Instruction& out) {
    out.writes_floats = out.writes_flags = true;
    return legal_rounding(out);
}

void float_registers(Instruction& out) {
    out.floats = true;
    out.rd = static_cast<u8>(rd_of(out.bits));
    out.rs1 = static_cast<u8>(rs1_of(out.bits));
    out.rs2 = static_cast<u8>(rs2_of(out.bits));
}

// Unprivileged 12.2 "NaN Boxing of Narrower Values": which registers of a legal one are meant.
u8 boxes(u32 f3, u32 f7, u32 rs2) {
    constexpr u8 rd = 1, rs1 = 2;
    if (f7 == 0x21) return rs2 == 0 ? rs1 : 0;  // fcvt.d.s
    if ((f7 & 1) != 0) return 0;
    switch (f7) {
        case 0x2c:  // fsqrt
            return rd | rs1;
        case 0x20:  // fcvt.s.d
        case 0x68:  // fcvt from an integer
        case 0x78:  // fmv from an integer register
            return rd;
        case 0x50:  // fle, flt, feq
            return rs1 | 4;
        case 0x60:  // fcvt to an integer
            return rs1;
        case 0x70:
            return f3 == 1 ? rs1 : 0;  // fclass
        default:
            return rd | rs1 | 4;
    }
}

bool float_operation(Instruction& out) {
    const u32 f3 = funct3(out.bits), f7 = funct7(out.bits), rs2 = rs2_of(out.bits);
    float_registers(out);
    out.boxed = boxes(f3, f7, rs2);
    switch (f7 & ~1u) {  // bit 0: single or double
        case 0x00:       // fadd
        case 0x04:       // fsub
        case 0x08:       // fmul
        case 0x0c:       // fdiv
            return computes(out);
        case 0x2c:  // fsqrt
            return rs2 == 0 && computes(out);
        case 0x10:  // fsgnj, fsgnjn, fsgnjx
            out.writes_floats = true;
            return f3 <= 2;
        case 0x14:  // fmin, fmax
            out.writes_floats = out.writes_flags = out.min_max = true;
            return f3 <= 1;
        case 0x20:  // fcvt.s.d, fcvt.d.s
            return rs2 == (f7 & 1 ? 0 : 1) && computes(out);
        case 0x50:  // fle, flt, feq
            out.writes_flags = true;
            return f3 <= 2;
        case 0x60:  // fcvt to an integer
            out.writes_flags = true;
            return rs2 <= 3 && legal_rounding(out);
        case 0x68:  // fcvt from an integer
            return rs2 <= 3 && computes(out);
        case 0x70:  // fmv to an integer register, fclass
            return rs2 == 0 && f3 <= 1;
        case 0x78:  // fmv from an integer register
            out.writes_floats = true;
            return rs2 == 0 && f3 == 0;
        default:
            return false;
    }
}

bool fused(Instruction& out) {
    float_registers(out);
    out.fused = true;
    out.rs3 = static_cast<u8>(bits_of(out.bits, 31, 27));
    const u32 format = bits_of(out.bits, 26, 25);
    out.boxed = format == 0 ? 15 : 0;
    return format <= 1 && computes(out);
}

// ---- atomics. Unprivileged 8 "A" Standard Extension.
// -----------------------------------------------------------------

bool atomic(Instruction& out) {
    const u32 f3 = funct3(out.bits);
    if (f3 != 2 && f3 != 3) return false;
    out.rd = static_cast<u8>(rd_of(out.bits));
    out.rs1 = static_cast<u8>(rs1_of(out.bits));
    out.rs2 = static_cast<u8>(rs2_of(out.bits));
    out.memory = {out.rs1, static_cast<u8>(f3 == 2 ? 4 : 8), true, true, true, 0};
    out.load_signed = true;
    switch (out.bits >> 27) {
        case 2:
            out.operation = Operation::LoadReserved;
            out.memory.write = false;
            return out.rs2 == 0;
        case 3:
            out.operation = Operation::StoreConditional;
            out.memory.read = false;
            return true;
        case 0x00:  // amoadd
        case 0x01:  // amoswap
        case 0x04:  // amoxor
        case 0x08:  // amoor
        case 0x0c:  // amoand
        case 0x10:  // amomin
        case 0x14:  // amomax
        case 0x18:  // amominu
        case 0x1c:  // amomaxu
            return true;
        default:
            return false;
    }
}

// ---- system
// ----------------------------------------------------------------------------------------------------------

bool privileged(Instruction& out) {
    out.ends_block = true;
    switch (out.bits) {
        case 0x00000073:
            out.operation = Operation::Ecall;
            return true;
        case 0x00100073:
            out.operation = Operation::Ebreak;
            return true;
        case 0x10200073:
            out.operation = Operation::Sret;
            return true;
        case 0x30200073:
            out.operation = Operation::Mret;
            return true;
        case 0x10500073:
            out.operation = Operation::Wfi;
            return true;
        default:
            break;
    }
    if (funct7(out.bits) != 9 || rd_of(out.bits) != 0) return false;
    out.operation = Operation::SfenceVma;
    out.rs1 = static_cast<u8>(rs1_of(out.bits));
    out.rs2 = static_cast<u8>(rs2_of(out.bits));
    return true;
}

// Zicsr. Unprivileged 9 "Zicsr", Table 9.1.
bool system(Instruction& out) {
    const u32 f3 = funct3(out.bits);
    if (f3 == 0) return privileged(out);
    if (f3 == 4) return false;
    out.operation = Operation::Csr;
    out.ends_block = true;  // it may switch translation, rights or interrupts
    out.action = f3 % 4 == 1 ? CsrAction::Write : f3 % 4 == 2 ? CsrAction::Set : CsrAction::Clear;
    out.immediate = f3 >= 4;
    out.csr = static_cast<u16>(out.bits >> 20);
    out.rd = static_cast<u8>(rd_of(out.bits));
    out.rs1 = static_cast<u8>(rs1_of(out.bits));
    return true;
}

bool misc_memory(Instruction& out) {
    const u32 f3 = funct3(out.bits);
    out.operation = f3 == 0 ? Operation::Fence : Operation::FenceI;
    out.ends_block = f3 == 1;
    return f3 <= 1;
}

bool load(Instruction& out) {
    const u32 f3 = funct3(out.bits);
    loads(out, rd_of(out.bits), rs1_of(out.bits), 1u << (f3 & 3), immediate_i(out.bits), f3 < 4);
    return f3 != 7;
}

bool store(Instruction& out) {
    const u32 f3 = funct3(out.bits);
    stores(out, rs2_of(out.bits), rs1_of(out.bits), 1u << (f3 & 3), immediate_s(out.bits));
    return f3 <= 3;
}

bool float_load(Instruction& out) {
    const u32 f3 = funct3(out.bits);
    loads(out, rd_of(out.bits), rs1_of(out.bits), 1u << (f3 & 3), immediate_i(out.bits), false);
    float_register(out);
    return f3 == 2 || f3 == 3;
}

bool float_store(Instruction& out) {
    const u32 f3 = funct3(out.bits);
    stores(out, rs2_of(out.bits), rs1_of(out.bits), 1u << (f3 & 3), immediate_s(out.bits));
    float_register(out);
    return f3 == 2 || f3 == 3;
}

bool transfers(Instruction& out, bool legal) {
    out.ends_block = true;
    return legal;
}

bool legal(Instruction& out) {
    const u32 bits = out.bits, f3 = funct3(bits);
    switch (bits_of(bits, 6, 2)) {
        case Load:
            return load(out);
        case LoadFp:
            return float_load(out);
        case MiscMem:
            return misc_memory(out);
        case OpImm:
            return legal_op_imm(bits);
        case OpImm32:
            return legal_op_imm32(bits);
        case Store:
            return store(out);
        case StoreFp:
            return float_store(out);
        case Amo:
            return atomic(out);
        case Op:
            return legal_op(f3, funct7(bits));
        case Op32:
            return legal_op32(f3, funct7(bits));
        case Madd:
        case Msub:
        case Nmsub:
        case Nmadd:
            return fused(out);
        case OpFp:
            return float_operation(out);
        case Branch:
            return transfers(out, f3 != 2 && f3 != 3);
        case Jalr:
            return transfers(out, f3 == 0);
        case Jal:
            return transfers(out, true);
        case Auipc:
        case Lui:
            return true;
        case System:
            return system(out);
        default:
            return false;
    }
}
}  // namespace

Instruction decode_wide(u32 bits) {
    Instruction out = of(Operation::Engine, bits, 4);
    return legal(out) ? out : of(Operation::Undefined, bits, 4);
}

Instruction decode(ByteSpan bytes) {
    if (bytes.size() < 2) return {};
    const u16 low = static_cast<u16>(bytes[0] | bytes[1] << 8);
    if ((low & 3) != 3) return decode_compressed(low);
    if (bytes.size() < 4) return {};
    return decode_wide(u32{low} | u32{bytes[2]} << 16 | u32{bytes[3]} << 24);
}
}  // namespace ring::riscv64
