// RV64C with F and D. Unprivileged 20191213, 16 "C" Standard Extension for Compressed Instructions, Tables 16.5 to
// 16.7: "RES" is illegal, "HINT" is a no-op.
#include "riscv64/decode.hpp"

namespace ring::riscv64 {
namespace {
constexpr u32 rd_of(u32 bits) { return bits_of(bits, 11, 7); }
constexpr u32 rs2_of(u32 bits) { return bits_of(bits, 6, 2); }
constexpr u32 low_register(u32 bits) { return 8 + bits_of(bits, 4, 2); }   // rd' or rs2'
constexpr u32 high_register(u32 bits) { return 8 + bits_of(bits, 9, 7); }  // rs1'
constexpr u32 immediate6(u32 bits) { return bits_of(bits, 12, 12) << 5 | bits_of(bits, 6, 2); }

// Offsets of loads and stores, in bytes: 16.3 "Load and Store Instructions".
constexpr i32 offset_word(u32 bits) {
    return static_cast<i32>(bits_of(bits, 12, 10) << 3 | bits_of(bits, 6, 6) << 2 | bits_of(bits, 5, 5) << 6);
}
constexpr i32 offset_double(u32 bits) {
    return static_cast<i32>(bits_of(bits, 12, 10) << 3 | bits_of(bits, 6, 5) << 6);
}
constexpr i32 offset_lwsp(u32 bits) {
    return static_cast<i32>(bits_of(bits, 12, 12) << 5 | bits_of(bits, 6, 4) << 2 | bits_of(bits, 3, 2) << 6);
}
constexpr i32 offset_ldsp(u32 bits) {
    return static_cast<i32>(bits_of(bits, 12, 12) << 5 | bits_of(bits, 6, 5) << 3 | bits_of(bits, 4, 2) << 6);
}
constexpr i32 offset_swsp(u32 bits) { return static_cast<i32>(bits_of(bits, 12, 9) << 2 | bits_of(bits, 8, 7) << 6); }
constexpr i32 offset_sdsp(u32 bits) { return static_cast<i32>(bits_of(bits, 12, 10) << 3 | bits_of(bits, 9, 7) << 6); }

bool quadrant0(Instruction& out) {
    const u32 bits = out.bits;
    switch (bits_of(bits, 15, 13)) {
        case 0:  // c.addi4spn; nzuimm = 0 is reserved, and all zeros is illegal for ever
            return bits_of(bits, 12, 5) != 0;
        case 1:  // c.fld
            loads(out, low_register(bits), high_register(bits), 8, offset_double(bits), false);
            float_register(out);
            return true;
        case 2:  // c.lw
            loads(out, low_register(bits), high_register(bits), 4, offset_word(bits), true);
            return true;
        case 3:  // c.ld
            loads(out, low_register(bits), high_register(bits), 8, offset_double(bits), true);
            return true;
        case 5:  // c.fsd
            stores(out, low_register(bits), high_register(bits), 8, offset_double(bits));
            float_register(out);
            return true;
        case 6:  // c.sw
            stores(out, low_register(bits), high_register(bits), 4, offset_word(bits));
            return true;
        case 7:  // c.sd
            stores(out, low_register(bits), high_register(bits), 8, offset_double(bits));
            return true;
        default:
            return false;
    }
}

// A shift by 0 is a hint (on RV128 it shifts by 64).
bool shift(Instruction& out) {
    if (immediate6(out.bits) == 0) out.operation = Operation::Hint;
    return true;
}

bool arithmetic(Instruction& out) {
    const u32 bits = out.bits;
    switch (bits_of(bits, 11, 10)) {
        case 0:  // c.srli
        case 1:  // c.srai
            return shift(out);
        case 2:  // c.andi
            return true;
        default:  // c.sub, c.xor, c.or, c.and, c.subw, c.addw, two reserved
            return bits_of(bits, 12, 12) == 0 || bits_of(bits, 6, 5) <= 1;
    }
}

bool quadrant1(Instruction& out) {
    const u32 bits = out.bits;
    switch (bits_of(bits, 15, 13)) {
        case 1:  // c.addiw
            return rd_of(bits) != 0;
        case 3:  // c.lui, c.addi16sp
            return immediate6(bits) != 0;
        case 4:
            return arithmetic(out);
        case 5:  // c.j
        case 6:  // c.beqz
        case 7:  // c.bnez
            out.ends_block = true;
            return true;
        default:  // c.nop, c.addi, c.li
            return true;
    }
}

// c.jr, c.jalr, c.mv, c.add, c.ebreak
bool jump_or_move(Instruction& out) {
    const u32 bits = out.bits, rs1 = rd_of(bits);
    if (rs2_of(bits) != 0) return true;  // c.mv, c.add
    out.ends_block = true;
    if (bits_of(bits, 12, 12) != 0 && rs1 == 0) out.operation = Operation::Ebreak;
    return rs1 != 0 || out.operation == Operation::Ebreak;
}

bool quadrant2(Instruction& out) {
    const u32 bits = out.bits;
    switch (bits_of(bits, 15, 13)) {
        case 0:  // c.slli
            return shift(out);
        case 1:  // c.fldsp
            loads(out, rd_of(bits), sp_register, 8, offset_ldsp(bits), false);
            float_register(out);
            return true;
        case 2:  // c.lwsp
            loads(out, rd_of(bits), sp_register, 4, offset_lwsp(bits), true);
            return rd_of(bits) != 0;
        case 3:  // c.ldsp
            loads(out, rd_of(bits), sp_register, 8, offset_ldsp(bits), true);
            return rd_of(bits) != 0;
        case 4:
            return jump_or_move(out);
        case 5:  // c.fsdsp
            stores(out, rs2_of(bits), sp_register, 8, offset_sdsp(bits));
            float_register(out);
            return true;
        case 6:  // c.swsp
            stores(out, rs2_of(bits), sp_register, 4, offset_swsp(bits));
            return true;
        default:  // c.sdsp
            stores(out, rs2_of(bits), sp_register, 8, offset_sdsp(bits));
            return true;
    }
}
}  // namespace

Instruction decode_compressed(u16 bits) {
    Instruction out = of(Operation::Engine, bits, 2);
    const bool legal = (bits & 3) == 0 ? quadrant0(out) : (bits & 3) == 1 ? quadrant1(out) : quadrant2(out);
    return legal ? out : of(Operation::Undefined, bits, 2);
}
}  // namespace ring::riscv64
