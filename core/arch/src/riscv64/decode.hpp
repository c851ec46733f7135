// The two halves of decode(): 32-bit and 16-bit encodings, and how both build an Instruction.
#pragma once
#include "arch/riscv64/instruction.hpp"

namespace ring::riscv64 {

Instruction decode_wide(u32 bits);
Instruction decode_compressed(u16 bits);

constexpr u32 bits_of(u32 word, unsigned high, unsigned low) { return word >> low & ((u32{2} << (high - low)) - 1); }
constexpr i32 sign_extended(u32 value, unsigned width) {
    const unsigned rest = 32 - width;
    return static_cast<i32>(value << rest) >> rest;
}

inline constexpr u8 sp_register = 2;

inline Instruction of(Operation operation, u32 bits, u8 length) {
    Instruction out;
    out.operation = operation;
    out.bits = bits;
    out.length = length;
    return out;
}

inline void loads(Instruction& out, unsigned rd, unsigned base, unsigned size, i32 displacement, bool is_signed) {
    out.rd = static_cast<u8>(rd);
    out.rs1 = static_cast<u8>(base);
    out.memory = {static_cast<u8>(base), static_cast<u8>(size), true, false, false, displacement};
    out.load_signed = is_signed;
}

inline void stores(Instruction& out, unsigned rs2, unsigned base, unsigned size, i32 displacement) {
    out.rs1 = static_cast<u8>(base);
    out.rs2 = static_cast<u8>(rs2);
    out.memory = {static_cast<u8>(base), static_cast<u8>(size), false, true, false, displacement};
}

inline void float_register(Instruction& out) {
    out.floats = out.float_register = true;
    out.writes_floats = out.memory.read;
}
}  // namespace ring::riscv64
