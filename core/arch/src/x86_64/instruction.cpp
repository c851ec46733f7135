// What an instruction is called, how it reads, and where its operands lie.
#include "arch/x86_64/instruction.hpp"

#include <Zydis/Zydis.h>

#include "arch/x86_64/cpu.hpp"

namespace ring::x86_64 {
namespace {
constexpr std::string_view undefined_name = "(undefined)";

ZydisFormatter make_formatter() {
    ZydisFormatter formatter;
    ZydisFormatterInit(&formatter, ZYDIS_FORMATTER_STYLE_INTEL);
    constexpr ZydisFormatterProperty unpadded[] = {ZYDIS_FORMATTER_PROP_ADDR_PADDING_ABSOLUTE,
                                                   ZYDIS_FORMATTER_PROP_ADDR_PADDING_RELATIVE,
                                                   ZYDIS_FORMATTER_PROP_DISP_PADDING, ZYDIS_FORMATTER_PROP_IMM_PADDING};
    for (ZydisFormatterProperty property : unpadded)
        ZydisFormatterSetProperty(&formatter, property, ZYDIS_PADDING_DISABLED);
    ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_HEX_UPPERCASE, ZYAN_FALSE);
    ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_FORCE_SIZE, ZYAN_TRUE);
    return formatter;
}

u64 low_bytes(u64 value, unsigned size) { return size >= 8 ? value : value & ((u64{1} << (8 * size)) - 1); }

// SDM Vol. 2A "BT": the bit offset is signed and as wide as the operand; it selects the operand-sized word.
u64 bit_displacement(u64 offset, unsigned size) {
    const unsigned unused = 64 - 8 * size;
    const i64 bits = static_cast<i64>(offset << unused) >> unused;
    const unsigned bits_in_word = 8 * size;
    return static_cast<u64>((bits & -static_cast<i64>(bits_in_word)) / 8);
}
}  // namespace

std::string_view name(const Instruction& instruction) {
    if (instruction.mnemonic == ZYDIS_MNEMONIC_INVALID) return undefined_name;
    if (instruction.operation == Operation::Sysret) return instruction.operand_size == 8 ? "sysretq" : "sysretl";
    return ZydisMnemonicGetString(static_cast<ZydisMnemonic>(instruction.mnemonic));
}

std::string text(const Instruction& instruction, VirtAddr at) {
    if (instruction.mnemonic == ZYDIS_MNEMONIC_INVALID) return std::string(undefined_name);
    if (instruction.operation == Operation::Sysret) return std::string(name(instruction));
    static const ZydisFormatter formatter = make_formatter();
    // With CET on, unlike in decode(): the reader shall see endbr64, though to our CPU it is a nop.
    ZydisDecoder decoder;
    switch (instruction.mode) {
        case Mode::Bits16:
            ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LEGACY_16, ZYDIS_STACK_WIDTH_16);
            break;
        case Mode::Bits32:
            ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32);
            break;
        case Mode::Bits64:
            ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
            break;
    }
    for (unsigned i = 0; i <= ZYDIS_DECODER_MODE_MAX_VALUE; ++i)
        ZydisDecoderEnableMode(&decoder, static_cast<ZydisDecoderMode>(i), i == ZYDIS_DECODER_MODE_CET);
    ZydisDecodedInstruction z;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    char line[256];
    if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, instruction.bytes.data(), instruction.length, &z, operands)) ||
        !ZYAN_SUCCESS(ZydisFormatterFormatInstruction(&formatter, &z, operands, z.operand_count_visible, line,
                                                      sizeof line, at.value, nullptr)))
        return std::string(name(instruction));
    return line;
}

u64 effective_address(const Cpu& cpu, const Instruction&, const MemoryOperand& operand, u64 next_rip) {
    u64 address = static_cast<u64>(operand.displacement);
    if (operand.base == rip_register)
        address += next_rip;
    else if (operand.base != no_register)
        address += cpu.gpr[operand.base];
    if (operand.index != no_register) {
        const u64 index = cpu.gpr[operand.index];
        address += operand.byte_index ? index & 0xff : index * operand.scale;
    }
    if (operand.bit_index != no_register) address += bit_displacement(cpu.gpr[operand.bit_index], operand.size);
    if (operand.push) address -= operand.size;
    return low_bytes(address, operand.address_size);
}

// SDM Vol. 1 3.3.7 "Address Calculations in 64-Bit Mode"; Vol. 3A 3.4.4 "Segment Loading Instructions in IA-32e Mode":
// in 64-bit mode only FS and GS have a base.
u64 linear_address(const Cpu& cpu, const Instruction& instruction, const MemoryOperand& operand, u64 next_rip) {
    const u64 effective = effective_address(cpu, instruction, operand, next_rip);
    const u64 base = cpu.segment[operand.segment].base;
    if (instruction.mode == Mode::Bits64)
        return operand.segment == FS || operand.segment == GS ? base + effective : effective;
    return low_bytes(base + effective, 4);
}
}  // namespace ring::x86_64
