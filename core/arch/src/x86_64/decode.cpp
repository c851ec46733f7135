#include <Zydis/Zydis.h>

#include <algorithm>
#include <array>

#include "arch/x86_64/cpu.hpp"
#include "arch/x86_64/instruction.hpp"
#include "x86_64/coverage.hpp"

namespace ring::x86_64 {
namespace {
constexpr std::size_t longest = 15;  // SDM Vol. 2A 2.3.11 "Instruction Length"

// Our CPU has none of the extensions that reuse older encodings (MPX, CET, LZCNT, TZCNT, CLDEMOTE and later ones), so
// every switch of the decoder is off: endbr64 is a nop, F3 0F BC is bsf.
ZydisDecoder make_decoder(ZydisMachineMode mode, ZydisStackWidth stack) {
    ZydisDecoder decoder;
    ZydisDecoderInit(&decoder, mode, stack);
    for (unsigned i = 0; i <= ZYDIS_DECODER_MODE_MAX_VALUE; ++i)
        ZydisDecoderEnableMode(&decoder, static_cast<ZydisDecoderMode>(i), ZYAN_FALSE);
    return decoder;
}

const ZydisDecoder& decoder_for(Mode mode) {
    static const std::array<ZydisDecoder, 3> decoders{
        make_decoder(ZYDIS_MACHINE_MODE_LEGACY_16, ZYDIS_STACK_WIDTH_16),
        make_decoder(ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32),
        make_decoder(ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64),
    };
    return decoders[static_cast<std::size_t>(mode)];
}

u8 bytes_of(unsigned bits) { return static_cast<u8>(bits / 8); }

// ---- registers ----------------------------------------------------------------------------------------------------

u8 distance(ZydisRegister reg, ZydisRegister first) { return static_cast<u8>(reg - first); }

Operand register_operand(ZydisRegister reg, u8 size) {
    using enum Operand::Type;
    Operand out;
    out.size = size;
    switch (ZydisRegisterGetClass(reg)) {
        case ZYDIS_REGCLASS_GPR8: {
            // The decoder counts al cl dl bl, ah ch dh bh, spl bpl sil dil, r8b and so on.
            const u8 id = distance(reg, ZYDIS_REGISTER_AL);
            out.type = id >= 4 && id < 8 ? HighByte : Gpr;
            out.number = static_cast<u8>(id < 4 ? id : id - 4);
            break;
        }
        case ZYDIS_REGCLASS_GPR16:
            out.type = Gpr;
            out.number = distance(reg, ZYDIS_REGISTER_AX);
            break;
        case ZYDIS_REGCLASS_GPR32:
            out.type = Gpr;
            out.number = distance(reg, ZYDIS_REGISTER_EAX);
            break;
        case ZYDIS_REGCLASS_GPR64:
            out.type = Gpr;
            out.number = distance(reg, ZYDIS_REGISTER_RAX);
            break;
        case ZYDIS_REGCLASS_SEGMENT:
            out.type = Segment;
            out.number = distance(reg, ZYDIS_REGISTER_ES);
            break;
        case ZYDIS_REGCLASS_CONTROL:
            out.type = Control;
            out.number = distance(reg, ZYDIS_REGISTER_CR0);
            break;
        case ZYDIS_REGCLASS_DEBUG:
            out.type = Debug;
            out.number = distance(reg, ZYDIS_REGISTER_DR0);
            break;
        default:
            out.type = Other;
            break;
    }
    return out;
}

struct AddressRegister {
    u8 number = no_register;
    u8 size = 0;  // bytes; 0: none
};

AddressRegister address_register(ZydisRegister reg) {
    switch (ZydisRegisterGetClass(reg)) {
        case ZYDIS_REGCLASS_GPR16:
            return {distance(reg, ZYDIS_REGISTER_AX), 2};
        case ZYDIS_REGCLASS_GPR32:
            return {distance(reg, ZYDIS_REGISTER_EAX), 4};
        case ZYDIS_REGCLASS_GPR64:
            return {distance(reg, ZYDIS_REGISTER_RAX), 8};
        case ZYDIS_REGCLASS_IP:
            return {rip_register, static_cast<u8>(reg == ZYDIS_REGISTER_RIP ? 8 : 4)};
        default:
            return {};
    }
}

// ---- memory -------------------------------------------------------------------------------------------------------

bool no_access(const ZydisDecodedInstruction& z) {
    switch (z.mnemonic) {
        case ZYDIS_MNEMONIC_NOP:
        case ZYDIS_MNEMONIC_PREFETCH:
        case ZYDIS_MNEMONIC_PREFETCHW:
        case ZYDIS_MNEMONIC_PREFETCHWT1:
        case ZYDIS_MNEMONIC_PREFETCHNTA:
        case ZYDIS_MNEMONIC_PREFETCHT0:
        case ZYDIS_MNEMONIC_PREFETCHT1:
        case ZYDIS_MNEMONIC_PREFETCHT2:
            return true;
        default:
            return false;
    }
}

// These move whole frames; their transitions read and write the stack themselves.
bool own_frames(Operation operation) {
    using enum Operation;
    return operation == Iret || operation == FarReturn || operation == FarCall || operation == Int ||
           operation == Int3 || operation == Int1 || operation == Into;
}

bool unaligned_form(ZydisMnemonic mnemonic) {
    return mnemonic == ZYDIS_MNEMONIC_MOVUPS || mnemonic == ZYDIS_MNEMONIC_MOVUPD ||
           mnemonic == ZYDIS_MNEMONIC_MOVDQU || mnemonic == ZYDIS_MNEMONIC_LDDQU ||
           mnemonic == ZYDIS_MNEMONIC_MASKMOVDQU;
}

// SDM Vol. 2A 2.4 "Instruction Exception Specification", types 1, 2 and 4: a 16-byte operand in memory must be aligned
// unless the instruction is one of the unaligned moves.
u8 alignment_of(const ZydisDecodedInstruction& z, FloatKind kind, unsigned size) {
    if (size != 16) return 0;
    if (z.mnemonic == ZYDIS_MNEMONIC_CMPXCHG16B) return 16;
    return kind == FloatKind::Sse && !unaligned_form(z.mnemonic) ? 16 : 0;
}

bool bit_string(ZydisMnemonic mnemonic) {
    return mnemonic == ZYDIS_MNEMONIC_BT || mnemonic == ZYDIS_MNEMONIC_BTS || mnemonic == ZYDIS_MNEMONIC_BTR ||
           mnemonic == ZYDIS_MNEMONIC_BTC;
}

// SDM Vol. 2A Table 2-3 "32-Bit Addressing Forms with the SIB Byte": base 101B with mod 00B is a displacement without
// base, whatever REX.B says. With 32-bit addresses and REX.B the decoder takes R13D for the base and drops the
// displacement.
bool displacement_only(const ZydisDecodedInstruction& z) {
    return z.raw.sib.offset != 0 && z.raw.modrm.mod == 0 && z.raw.sib.base == 5;
}

MemoryOperand memory_operand(const ZydisDecodedInstruction& z, std::span<const ZydisDecodedOperand> operands,
                             const ZydisDecodedOperand& source, FloatKind kind) {
    MemoryOperand out;
    const bool implicit = source.visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN;
    const bool no_base = !implicit && displacement_only(z);
    const AddressRegister base = no_base ? AddressRegister{} : address_register(source.mem.base);
    const AddressRegister index = address_register(source.mem.index);
    out.base = base.number;
    out.index = index.number;
    out.scale = index.size ? source.mem.scale : 1;
    out.address_size = base.size ? base.size : index.size ? index.size : bytes_of(z.address_width);
    out.segment = distance(source.mem.segment, ZYDIS_REGISTER_ES);
    out.size = bytes_of(source.size);
    out.read = (source.actions & ZYDIS_OPERAND_ACTION_MASK_READ) != 0;
    out.write = (source.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0;
    out.displacement = no_base ? z.raw.disp.value : source.mem.disp.value;
    out.stack = out.segment == SS;
    out.alignment = alignment_of(z, kind, out.size);
    if (implicit && out.base == RSP) {
        out.displacement = 0;
        out.push = out.write;
    }
    if (z.mnemonic == ZYDIS_MNEMONIC_XLAT) {
        out.index = RAX;
        out.byte_index = true;
    }
    // SDM Vol. 2B "POP": with RSP as base the address is computed after RSP is incremented.
    if (z.mnemonic == ZYDIS_MNEMONIC_POP && !implicit && out.base == RSP) out.displacement += out.size;
    if (bit_string(z.mnemonic) && operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER)
        out.bit_index = register_operand(operands[1].reg.value, 0).number;
    if (z.mnemonic == ZYDIS_MNEMONIC_INVLPG) out.read = out.write = false;  // only the address counts
    return out;
}

// ---- the instruction ----------------------------------------------------------------------------------------------

bool string_instruction(ZydisInstructionCategory category) {
    return category == ZYDIS_CATEGORY_STRINGOP || category == ZYDIS_CATEGORY_IOSTRINGOP;
}

void fill_memory(Instruction& out, const ZydisDecodedInstruction& z, std::span<const ZydisDecodedOperand> operands,
                 std::array<u8, ZYDIS_MAX_OPERAND_COUNT>& place) {
    if (no_access(z)) return;
    for (std::size_t i = 0; i < operands.size() && out.memory_count < out.memory.size(); ++i) {
        const ZydisDecodedOperand& source = operands[i];
        if (source.type != ZYDIS_OPERAND_TYPE_MEMORY) continue;
        const bool address_only = source.mem.type == ZYDIS_MEMOP_TYPE_AGEN;
        const bool frame = source.visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN && own_frames(out.operation);
        if (address_only || frame || source.size / 8 > 0xff) continue;
        place[i] = out.memory_count;
        out.memory[out.memory_count++] = memory_operand(z, operands, source, out.float_kind);
    }
}

void fill_operands(Instruction& out, const ZydisDecodedInstruction& z, std::span<const ZydisDecodedOperand> visible,
                   const std::array<u8, ZYDIS_MAX_OPERAND_COUNT>& place) {
    for (std::size_t i = 0; i < visible.size() && out.operand_count < out.operand.size(); ++i) {
        const ZydisDecodedOperand& source = visible[i];
        Operand operand;
        operand.size = static_cast<u8>(std::min(source.size / 8, 0xff));
        switch (source.type) {
            case ZYDIS_OPERAND_TYPE_REGISTER:
                operand = register_operand(source.reg.value, operand.size);
                break;
            case ZYDIS_OPERAND_TYPE_MEMORY:
                operand.type = place[i] == no_register ? Operand::Type::Other : Operand::Type::Memory;
                operand.number = place[i];
                break;
            case ZYDIS_OPERAND_TYPE_IMMEDIATE:
                operand.type = Operand::Type::Immediate;
                operand.immediate = source.imm.value.u;
                break;
            case ZYDIS_OPERAND_TYPE_POINTER:
                operand.type = Operand::Type::Far;
                operand.size = bytes_of(z.operand_width);
                operand.selector = source.ptr.segment;
                operand.immediate = source.ptr.offset;
                break;
            default:
                operand.type = Operand::Type::Other;
                break;
        }
        out.operand[out.operand_count++] = operand;
    }
}

// How many bytes it takes to reject these. The decoder's own count leaves out a byte that it peeked at.
u8 rejected_length(ByteSpan bytes, Mode mode, std::size_t counted) {
    ZydisDecodedInstruction z;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    std::size_t length = std::max<std::size_t>(counted, 1);
    while (length < bytes.size() &&
           ZydisDecoderDecodeFull(&decoder_for(mode), bytes.data(), length, &z, operands) == ZYDIS_STATUS_NO_MORE_DATA)
        ++length;
    return static_cast<u8>(length);
}

Instruction undefined(Instruction out, u8 length, Reason reason) {
    out.operation = Operation::Undefined;
    out.undefined_reason = reason;
    out.length = length;
    out.ends_block = true;
    return out;
}
}  // namespace

Instruction decode(ByteSpan bytes, Mode mode) {
    Instruction out;
    out.mode = mode;
    bytes = bytes.first(std::min(bytes.size(), longest));
    ZydisDecodedInstruction z{};
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    const ZyanStatus status = ZydisDecoderDecodeFull(&decoder_for(mode), bytes.data(), bytes.size(), &z, operands);
    if (bytes.empty() || status == ZYDIS_STATUS_NO_MORE_DATA) return undefined(out, 0, Reason::Undefined);
    if (!ZYAN_SUCCESS(status)) {
        const Reason reason = status == ZYDIS_STATUS_INSTRUCTION_TOO_LONG ? Reason::TooLong
                              : status == ZYDIS_STATUS_ILLEGAL_LOCK       ? Reason::LockNotAllowed
                                                                          : Reason::Undefined;
        const u8 length = rejected_length(bytes, mode, z.length);
        std::copy_n(bytes.begin(), length, out.bytes.begin());
        return undefined(out, length, reason);
    }
    std::copy_n(bytes.begin(), z.length, out.bytes.begin());
    const Encoding encoding{z, {operands, z.operand_count_visible}, mode};
    const Class found = classify(encoding);
    out.operation = found.operation;
    out.float_kind = found.float_kind;
    out.mnemonic = static_cast<u16>(z.mnemonic);
    out.length = z.length;
    out.operand_size = bytes_of(z.operand_width);
    out.address_size = bytes_of(z.address_width);
    out.repeat = string_instruction(z.meta.category) && (encoding.prefix(0xf2) || encoding.prefix(0xf3));
    out.loads_mxcsr = z.mnemonic == ZYDIS_MNEMONIC_LDMXCSR;
    out.keeps_rax_high = z.mnemonic == ZYDIS_MNEMONIC_CMPXCHG && mode == Mode::Bits64 && z.operand_width == 32;
    out.ends_block = out.operation != Operation::Engine || z.meta.branch_type != ZYDIS_BRANCH_TYPE_NONE ||
                     out.loads_mxcsr || out.keeps_rax_high;
    std::array<u8, ZYDIS_MAX_OPERAND_COUNT> place;  // operand -> index into memory
    place.fill(no_register);
    fill_memory(out, z, {operands, z.operand_count}, place);
    fill_operands(out, z, encoding.operands, place);
    out.carries_early =
        (z.mnemonic == ZYDIS_MNEMONIC_RCL || z.mnemonic == ZYDIS_MNEMONIC_RCR) && out.memory_count > 0;
    return out;
}
}  // namespace ring::x86_64
