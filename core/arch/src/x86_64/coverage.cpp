#include "x86_64/coverage.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <vector>

#include "x86_64/architecture.hpp"

namespace ring::x86_64 {

bool Encoding::prefix(u8 byte) const {
    for (unsigned i = 0; i < instruction.raw.prefix_count; ++i)
        if (instruction.raw.prefixes[i].value == byte) return true;
    return false;
}

namespace {
using enum Operation;

// ---- conditions ---------------------------------------------------------------------------------------------------

bool is_register(const ZydisDecodedOperand& operand, ZydisRegisterClass wanted) {
    return operand.type == ZYDIS_OPERAND_TYPE_REGISTER && ZydisRegisterGetClass(operand.reg.value) == wanted;
}
bool writes(const Encoding& encoding, ZydisRegisterClass wanted) {
    return !encoding.operands.empty() && is_register(encoding.operands[0], wanted);
}
bool reads(const Encoding& encoding, ZydisRegisterClass wanted) {
    return encoding.operands.size() > 1 && is_register(encoding.operands[1], wanted);
}
bool any_memory(const Encoding& encoding) {
    return std::ranges::any_of(encoding.operands,
                               [](const auto& operand) { return operand.type == ZYDIS_OPERAND_TYPE_MEMORY; });
}
bool any_mmx(const Encoding& encoding) {
    return std::ranges::any_of(encoding.operands,
                               [](const auto& operand) { return is_register(operand, ZYDIS_REGCLASS_MMX); });
}
bool rex(const Encoding& e) { return (e.instruction.attributes & ZYDIS_ATTRIB_HAS_REX) != 0; }
bool rex_w(const Encoding& e) { return rex(e) && e.instruction.raw.rex.W; }

bool always(const Encoding&) { return true; }
bool to_control(const Encoding& e) { return writes(e, ZYDIS_REGCLASS_CONTROL); }
bool from_control(const Encoding& e) { return reads(e, ZYDIS_REGCLASS_CONTROL); }
bool to_debug(const Encoding& e) { return writes(e, ZYDIS_REGCLASS_DEBUG); }
bool from_debug(const Encoding& e) { return reads(e, ZYDIS_REGCLASS_DEBUG); }
bool to_segment(const Encoding& e) { return writes(e, ZYDIS_REGCLASS_SEGMENT); }
bool from_segment(const Encoding& e) { return reads(e, ZYDIS_REGCLASS_SEGMENT); }
bool far(const Encoding& e) { return e.instruction.meta.branch_type == ZYDIS_BRANCH_TYPE_FAR; }
bool nested(const Encoding& e) { return e.operands.size() > 1 && (e.operands[1].imm.value.u & 31) != 0; }
bool operand16(const Encoding& e) { return e.instruction.operand_width == 16; }
bool memory16(const Encoding& e) { return operand16(e) && any_memory(e); }
bool extended(const Encoding& e) { return rex(e) && e.instruction.raw.rex.B; }
bool register32(const Encoding& e) { return e.instruction.operand_width == 32 && !any_memory(e); }
bool locked(const Encoding& e) { return (e.instruction.attributes & ZYDIS_ATTRIB_HAS_LOCK) != 0; }
bool alias1(const Encoding& e) {
    return (e.instruction.opcode & 0xfe) == 0xf6 && e.instruction.opcode_map == ZYDIS_OPCODE_MAP_DEFAULT &&
           e.instruction.raw.modrm.reg == 1;
}
bool immediate_group_extended(const Encoding& e) {
    return (e.instruction.opcode & 0xfe) == 0xc6 && rex(e) && e.instruction.raw.rex.R;
}
bool wide_predicate(const Encoding& e) {
    return std::ranges::any_of(e.operands, [](const auto& operand) {
        return operand.type == ZYDIS_OPERAND_TYPE_IMMEDIATE && operand.imm.value.u > 7;
    });
}
// 0F 18 /0../3 and 0F 0D are prefetches; with a register operand the engine refuses them.
bool prefetch_of_register(const Encoding& e) {
    const ZydisDecodedInstruction& i = e.instruction;
    return i.opcode_map == ZYDIS_OPCODE_MAP_0F && i.raw.modrm.mod == 3 &&
           (i.opcode == 0x0d || (i.opcode == 0x18 && i.raw.modrm.reg < 4));
}

// ---- what no row may let through ----------------------------------------------------------------------------------

// The engine takes the bits of any REX prefix; the manual only of one directly before the opcode.
bool stray_rex(const Encoding& e) {
    if (e.mode != Mode::Bits64) return false;
    const auto& raw = e.instruction.raw;
    for (unsigned i = 0; i + 1 < raw.prefix_count; ++i)
        if ((raw.prefixes[i].value & 0xf0) == 0x40) return true;
    return false;
}
bool both_repeats(const Encoding& e) { return e.prefix(0xf2) && e.prefix(0xf3); }
bool several_segments(const Encoding& e) {
    constexpr u8 prefixes[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65};
    return std::ranges::count_if(prefixes, [&](u8 byte) { return e.prefix(byte); }) > 1;
}
// 66 with F2 or F3: the manual says F2/F3 selects the instruction, the engine that 66 does.
bool ambiguous_simd(const Encoding& e) {
    const ZydisISAExt extension = e.instruction.meta.isa_ext;
    const bool simd = extension == ZYDIS_ISA_EXT_MMX || extension == ZYDIS_ISA_EXT_SSE ||
                      extension == ZYDIS_ISA_EXT_SSE2 || extension == ZYDIS_ISA_EXT_SSE3;
    return simd && e.prefix(0x66) && (e.prefix(0xf2) || e.prefix(0xf3));
}
// Intel ignores 66 before a near branch in 64-bit mode; the engine cuts RIP to 16 bits, as AMD does.
bool narrow_branch(const Encoding& e) {
    const bool near = e.instruction.meta.branch_type == ZYDIS_BRANCH_TYPE_SHORT ||
                      e.instruction.meta.branch_type == ZYDIS_BRANCH_TYPE_NEAR;
    return near && e.prefix(0x66) && !rex_w(e);
}
bool code16(const Encoding& e) { return e.mode == Mode::Bits16; }

struct Trap {
    std::string_view name;
    std::string_view condition;
    bool (*applies)(const Encoding&);
};
constexpr Trap traps[] = {
    {"(any)", "in a 16-bit code segment, for the engine runs 32-bit and 64-bit code", code16},
    {"(any)", "with a REX prefix that is not directly before the opcode", stray_rex},
    {"(any)", "with both F2 and F3 prefixes", both_repeats},
    {"(any)", "with different segment prefixes", several_segments},
    {"(MMX, SSE)", "with 66 and an F2 or F3 prefix", ambiguous_simd},
    {"(near branch)", "with a 66 prefix and no REX.W", narrow_branch},
};

// ---- rows ---------------------------------------------------------------------------------------------------------

struct Group {
    std::span<const ZydisMnemonic> mnemonics;
    Operation operation;
    std::string_view condition = {};
    bool (*applies)(const Encoding&) = always;
};

#define M(name) ZYDIS_MNEMONIC_##name
constexpr ZydisMnemonic mov[] = {M(MOV)}, push[] = {M(PUSH)}, pop[] = {M(POP)}, jmp[] = {M(JMP)}, call[] = {M(CALL)},
                        ret[] = {M(RET)}, enter[] = {M(ENTER)}, bswap[] = {M(BSWAP)}, movsxd[] = {M(MOVSXD)},
                        nop[] = {M(NOP)}, test[] = {M(TEST)}, flags_in_ah[] = {M(LAHF), M(SAHF)}, neg[] = {M(NEG)},
                        pause[] = {M(PAUSE)}, cmpxchg[] = {M(CMPXCHG)};
constexpr ZydisMnemonic lgdt[] = {M(LGDT)}, lidt[] = {M(LIDT)}, sgdt[] = {M(SGDT)}, sidt[] = {M(SIDT)},
                        lldt[] = {M(LLDT)}, sldt[] = {M(SLDT)}, ltr[] = {M(LTR)}, str[] = {M(STR)}, smsw[] = {M(SMSW)},
                        lmsw[] = {M(LMSW)}, clts[] = {M(CLTS)}, rdmsr[] = {M(RDMSR)}, wrmsr[] = {M(WRMSR)},
                        swapgs[] = {M(SWAPGS)}, syscall_[] = {M(SYSCALL)}, sysret[] = {M(SYSRET)},
                        iret[] = {M(IRET), M(IRETD), M(IRETQ)}, int_[] = {M(INT)}, int3[] = {M(INT3)},
                        int1[] = {M(INT1)}, into[] = {M(INTO)}, hlt[] = {M(HLT)}, cli[] = {M(CLI)}, sti[] = {M(STI)},
                        stac[] = {M(STAC)}, clac[] = {M(CLAC)}, pushf[] = {M(PUSHF), M(PUSHFD), M(PUSHFQ)},
                        popf[] = {M(POPF), M(POPFD), M(POPFQ)}, in[] = {M(IN)}, out[] = {M(OUT)},
                        ins[] = {M(INSB), M(INSW), M(INSD)}, outs[] = {M(OUTSB), M(OUTSW), M(OUTSD)},
                        invlpg[] = {M(INVLPG)}, invd[] = {M(INVD), M(WBINVD)}, cpuid[] = {M(CPUID)},
                        rdtsc[] = {M(RDTSC)}, ud[] = {M(UD0), M(UD1), M(UD2)}, lar[] = {M(LAR)}, lsl[] = {M(LSL)},
                        verr[] = {M(VERR)}, verw[] = {M(VERW)},
                        far_pointer[] = {M(LDS), M(LES), M(LFS), M(LGS), M(LSS)};
constexpr ZydisMnemonic integer[] = {
    M(MOV),        M(MOVZX),      M(MOVSX),      M(MOVSXD), M(LEA),      M(ADD),       M(ADC),         M(SUB),
    M(SBB),        M(AND),        M(OR),         M(XOR),    M(NOT),      M(NEG),       M(INC),         M(DEC),
    M(CMP),        M(TEST),       M(MUL),        M(IMUL),   M(DIV),      M(IDIV),      M(SHL),         M(SHR),
    M(SAR),        M(ROL),        M(ROR),        M(RCL),    M(RCR),      M(SHLD),      M(SHRD),        M(BT),
    M(BTS),        M(BTR),        M(BTC),        M(BSF),    M(BSR),      M(BSWAP),     M(XCHG),        M(CMPXCHG8B),
    M(CMPXCHG16B), M(XADD),       M(CBW),        M(CWDE),   M(CDQE),     M(CWD),       M(CDQ),         M(CQO),
    M(SAHF),       M(LAHF),       M(CLC),        M(STC),    M(CMC),      M(CLD),       M(STD),         M(SETB),
    M(SETBE),      M(SETL),       M(SETLE),      M(SETNB),  M(SETNBE),   M(SETNL),     M(SETNLE),      M(SETNO),
    M(SETNP),      M(SETNS),      M(SETNZ),      M(SETO),   M(SETP),     M(SETS),      M(SETZ),        M(CMOVB),
    M(CMOVBE),     M(CMOVL),      M(CMOVLE),     M(CMOVNB), M(CMOVNBE),  M(CMOVNL),    M(CMOVNLE),     M(CMOVNO),
    M(CMOVNP),     M(CMOVNS),     M(CMOVNZ),     M(CMOVO),  M(CMOVP),    M(CMOVS),     M(CMOVZ),       M(JB),
    M(JBE),        M(JL),         M(JLE),        M(JNB),    M(JNBE),     M(JNL),       M(JNLE),        M(JNO),
    M(JNP),        M(JNS),        M(JNZ),        M(JO),     M(JP),       M(JS),        M(JZ),          M(JCXZ),
    M(JECXZ),      M(JRCXZ),      M(LOOP),       M(LOOPE),  M(LOOPNE),   M(JMP),       M(CALL),        M(RET),
    M(PUSH),       M(POP),        M(PUSHA),      M(PUSHAD), M(POPA),     M(POPAD),     M(LEAVE),       M(XLAT),
    M(NOP),        M(AAA),        M(AAS),        M(AAM),    M(AAD),      M(DAA),       M(DAS),         M(MOVSB),
    M(MOVSW),      M(MOVSQ),      M(STOSB),      M(STOSW),  M(STOSD),    M(STOSQ),     M(LODSB),       M(LODSW),
    M(LODSD),      M(LODSQ),      M(SCASB),      M(SCASW),  M(SCASD),    M(SCASQ),     M(CMPSB),       M(CMPSW),
    M(CMPSQ),      M(LFENCE),     M(SFENCE),     M(MFENCE), M(PREFETCH), M(PREFETCHW), M(PREFETCHWT1), M(PREFETCHNTA),
    M(PREFETCHT0), M(PREFETCHT1), M(PREFETCHT2), M(MOVNTI)};
constexpr ZydisMnemonic fpu_control[] = {M(FNINIT), M(FNSTCW), M(FLDCW), M(FNSTSW), M(FNCLEX), M(FWAIT)};
constexpr ZydisMnemonic ldmxcsr[] = {M(LDMXCSR)}, stmxcsr[] = {M(STMXCSR)};
constexpr ZydisMnemonic wide_loads[] = {M(CVTPS2PD), M(CVTDQ2PD)};
constexpr ZydisMnemonic compares[] = {M(CMPPS), M(CMPPD), M(CMPSS), M(CMPSD)};
constexpr ZydisMnemonic estimates[] = {M(RCPPS), M(RCPSS), M(RSQRTPS), M(RSQRTSS)};
constexpr ZydisMnemonic mmx_unpack[] = {M(PUNPCKLBW), M(PUNPCKLWD), M(PUNPCKLDQ)};
constexpr ZydisMnemonic mmx_convert[] = {M(CVTPI2PS),  M(CVTPI2PD), M(CVTPS2PI),
                                         M(CVTTPS2PI), M(CVTPD2PI), M(CVTTPD2PI)};
constexpr ZydisMnemonic masked_store[] = {M(MASKMOVQ), M(MASKMOVDQU)};
constexpr ZydisMnemonic later[] = {M(BOUND),  M(ARPL),     M(SALC),    M(RDPMC),     M(CLFLUSH),
                                   M(FXSAVE), M(FXSAVE64), M(FXRSTOR), M(FXRSTOR64), M(FISTTP)};
constexpr ZydisMnemonic not_in_cpuid[] = {M(SYSENTER), M(SYSEXIT), M(RSM)};
#undef M

bool mmx_memory(const Encoding& e) { return any_mmx(e) && any_memory(e); }

constexpr Group groups[] = {
    {mov, MovToControl, "to CR0, CR2, CR3, CR4, CR8", to_control},
    {mov, MovFromControl, "from CR0, CR2, CR3, CR4, CR8", from_control},
    {mov, MovToDebug, "to a debug register", to_debug},
    {mov, MovFromDebug, "from a debug register", from_debug},
    {mov, MovToSegment, "to a segment register", to_segment},
    {mov, MovFromSegment, "from a segment register", from_segment},
    {push, PushSegment, "of a segment register", to_segment},
    {pop, PopSegment, "to a segment register", to_segment},
    {far_pointer, LoadFarPointer},
    {jmp, FarJump, "far", far},
    {call, FarCall, "far", far},
    {ret, FarReturn, "far", far},
    {lgdt, Lgdt},
    {lidt, Lidt},
    {sgdt, Sgdt},
    {sidt, Sidt},
    {lldt, Lldt},
    {sldt, Sldt},
    {ltr, Ltr},
    {str, Str},
    {smsw, Smsw},
    {lmsw, Lmsw},
    {clts, Clts},
    {rdmsr, Rdmsr},
    {wrmsr, Wrmsr},
    {swapgs, Swapgs},
    {syscall_, Syscall},
    {sysret, Sysret},
    {iret, Iret},
    {int_, Int},
    {int3, Int3},
    {int1, Int1},
    {into, Into},
    {hlt, Hlt},
    {cli, Cli},
    {sti, Sti},
    {stac, Stac},
    {clac, Clac},
    {pushf, Pushf},
    {popf, Popf},
    {in, In},
    {out, Out},
    {ins, Ins},
    {outs, Outs},
    {invlpg, Invlpg},
    {invd, Invd},
    {cpuid, Cpuid},
    {rdtsc, Rdtsc},
    {pause, NotModelled, "with REX.B, where decoders disagree", extended},
    {pause, Pause},
    {ud, Ud},
    {lar, Lar},
    {lsl, Lsl},
    {verr, Verr},
    {verw, Verw},
    {not_in_cpuid, Undefined, "not in our CPUID"},
    {enter, NotModelled, "with a nesting level above 0", nested},
    {enter, NotModelled, "with 16-bit operands", operand16},
    {enter, Engine, "nesting level 0; no fault if only the final stack pointer is not writable"},
    {bswap, NotModelled, "of 16 bits (undefined)", operand16},
    {movsxd, NotModelled, "from memory to 16 bits: the engine reads 4 bytes, not 2", memory16},
    {nop, NotModelled, "0F 18 /0 to /3 and 0F 0D with a register: the engine refuses them", prefetch_of_register},
    {cmpxchg, NotModelled, "between 32-bit registers: the engine zeroes the upper halves of both", register32},
    {cmpxchg, Engine, "of 32 bits in 64-bit mode: the machine repairs RAX[63:32], which the engine zeroes"},
    {mov, NotModelled, "C6 and C7 with REX.R: the engine refuses them", immediate_group_extended},
    {test, NotModelled, "F6 /1 and F7 /1: the engine refuses them", alias1},
    {flags_in_ah, NotModelled, "with a REX prefix: the engine takes AH for SPL", rex},
    {neg, NotModelled, "with lock: the engine's flags are wrong", locked},
    {integer, Engine},
    {fpu_control, Engine},
    {ldmxcsr, Engine, "only with all SIMD exceptions masked"},
    {stmxcsr, NotModelled, "the engine does not keep the exception flags"},
    {compares, NotModelled, "with a predicate above 7: the engine refuses it", wide_predicate},
    {estimates, Engine, "exact where the manual allows an error of 1.5 * 2^-12; NaNs as for SSE"},
    {wide_loads, NotModelled, "from memory: the engine reads 16 bytes, not 8", any_memory},
    {mmx_unpack, NotModelled, "MMX, from memory: the engine reads 8 bytes, not 4", mmx_memory},
    {mmx_convert, NotModelled},
    {masked_store, NotModelled},
    {later, NotModelled},
};

// The rest, by the decoder's extension of the instruction set. An extension that has no row is not in our CPUID.
struct Extension {
    ZydisISAExt extension;
    std::string_view name;
    Operation operation;
    std::string_view condition;
};
constexpr std::string_view simd_condition =
    "MXCSR's exception flags are not kept; of two NaN operands the engine may deliver the other";
constexpr Extension extensions[] = {
    {ZYDIS_ISA_EXT_BASE, "(base)", NotModelled, "what has no row of its own"},
    {ZYDIS_ISA_EXT_LONGMODE, "(long mode)", NotModelled, "what has no row of its own"},
    {ZYDIS_ISA_EXT_X87, "(x87)", NotModelled, "what has no row of its own"},
    {ZYDIS_ISA_EXT_MMX, "(MMX)", Engine, ""},
    {ZYDIS_ISA_EXT_SSE, "(SSE)", Engine, simd_condition},
    {ZYDIS_ISA_EXT_SSE2, "(SSE2)", Engine, simd_condition},
    {ZYDIS_ISA_EXT_SSE3, "(SSE3)", Engine, simd_condition},
    {ZYDIS_ISA_EXT_PAUSE, "(pause)", NotModelled, "what has no row of its own"},
    {ZYDIS_ISA_EXT_CLFSH, "(clflush)", NotModelled, "what has no row of its own"},
    {ZYDIS_ISA_EXT_SMAP, "(SMAP)", NotModelled, "what has no row of its own"},
};
constexpr std::string_view absent =
    "SSSE3, SSE4, POPCNT, AVX, AVX2, AVX-512, BMI, AES, SHA, RDRAND, RDTSCP, XSAVE, FSGSBASE, MONITOR, MOVBE, INVPCID, "
    "RTM, VMX, SVM and what came later: not in our CPUID";

// movsd and cmpsd name a string instruction and an SSE2 one.
constexpr ZydisMnemonic string_or_sse[] = {ZYDIS_MNEMONIC_MOVSD, ZYDIS_MNEMONIC_CMPSD};
bool is_string(const Encoding& e) { return e.instruction.meta.isa_ext == ZYDIS_ISA_EXT_BASE; }
constexpr Group string_group{string_or_sse, Engine, "the string instruction", is_string};

struct Row {
    Operation operation = NotModelled;
    bool (*applies)(const Encoding&) = nullptr;
    u16 next = 0;  // 1 + the next row of the same mnemonic
};

consteval std::size_t row_count() {
    std::size_t count = string_group.mnemonics.size();
    for (const Group& group : groups) count += group.mnemonics.size();
    return count;
}

struct Table {
    std::array<Row, row_count()> rows{};
    std::array<u16, ZYDIS_MNEMONIC_MAX_VALUE + 1> first{};  // 1 + row; 0: none
};

constexpr Table make_table() {
    Table table;
    std::size_t at = table.rows.size();
    const auto put = [&](const Group& group) {
        for (ZydisMnemonic mnemonic : group.mnemonics) {
            table.rows[--at] = {group.operation, group.applies, table.first[mnemonic]};
            table.first[mnemonic] = static_cast<u16>(at + 1);
        }
    };
    put(string_group);
    for (std::size_t i = std::size(groups); i-- > 0;) put(groups[i]);
    return table;
}
constexpr Table table = make_table();

Operation by_extension(ZydisISAExt extension) {
    for (const Extension& row : extensions)
        if (row.extension == extension) return row.operation;
    return Undefined;
}

Operation operation_of(const Encoding& encoding) {
    for (unsigned at = table.first[encoding.instruction.mnemonic]; at != 0; at = table.rows[at - 1].next)
        if (table.rows[at - 1].applies(encoding)) return table.rows[at - 1].operation;
    return by_extension(encoding.instruction.meta.isa_ext);
}

// SDM Vol. 3A Table 14-1 "Action Taken for Combinations of OSFXSR, OSXMMEXCPT, SSE, SSE2, SSE3, EM, MP, and TS" and
// Vol. 2A 2.4 "Instruction Exception Specification": what has only MMX registers needs no OSFXSR.
FloatKind float_kind_of(const Encoding& encoding) {
    switch (encoding.instruction.mnemonic) {
        case ZYDIS_MNEMONIC_FWAIT:
            return FloatKind::Wait;
        case ZYDIS_MNEMONIC_FXSAVE:
        case ZYDIS_MNEMONIC_FXSAVE64:
        case ZYDIS_MNEMONIC_FXRSTOR:
        case ZYDIS_MNEMONIC_FXRSTOR64:
        case ZYDIS_MNEMONIC_FISTTP:
            return FloatKind::X87;
        case ZYDIS_MNEMONIC_MOVNTI:
        case ZYDIS_MNEMONIC_LFENCE:
        case ZYDIS_MNEMONIC_SFENCE:
        case ZYDIS_MNEMONIC_MFENCE:
        case ZYDIS_MNEMONIC_PREFETCHNTA:
        case ZYDIS_MNEMONIC_PREFETCHT0:
        case ZYDIS_MNEMONIC_PREFETCHT1:
        case ZYDIS_MNEMONIC_PREFETCHT2:
            return FloatKind::None;
        default:
            break;
    }
    switch (encoding.instruction.meta.isa_ext) {
        case ZYDIS_ISA_EXT_X87:
            return FloatKind::X87;
        case ZYDIS_ISA_EXT_MMX:
            return FloatKind::Mmx;
        case ZYDIS_ISA_EXT_SSE:
        case ZYDIS_ISA_EXT_SSE2:
        case ZYDIS_ISA_EXT_SSE3: {
            const bool xmm = std::ranges::any_of(
                encoding.operands, [](const auto& operand) { return is_register(operand, ZYDIS_REGCLASS_XMM); });
            return any_mmx(encoding) && !xmm ? FloatKind::Mmx : FloatKind::Sse;
        }
        default:
            return FloatKind::None;
    }
}
}  // namespace

Class classify(const Encoding& encoding) {
    Class result{operation_of(encoding), float_kind_of(encoding)};
    if (result.operation == Undefined) result.float_kind = FloatKind::None;
    if (result.operation == Engine &&
        std::ranges::any_of(traps, [&](const Trap& trap) { return trap.applies(encoding); }))
        result.operation = NotModelled;
    return result;
}

std::span<const Coverage> coverage() {
    static const std::vector<Coverage> rows = [] {
        std::vector<Coverage> out;
        const auto put = [&](const Group& group) {
            for (ZydisMnemonic mnemonic : group.mnemonics)
                out.push_back({ZydisMnemonicGetString(mnemonic), group.operation, group.condition});
        };
        for (const Group& group : groups) put(group);
        put(string_group);
        std::ranges::stable_sort(out, {}, &Coverage::mnemonic);
        for (const Extension& row : extensions) out.push_back({row.name, row.operation, row.condition});
        out.push_back({"(extension)", Undefined, absent});
        for (const Trap& trap : traps) out.push_back({trap.name, NotModelled, trap.condition});
        return out;
    }();
    return rows;
}

std::vector<arch::Coverage> coverage_rows() {
    using arch::Executor;
    std::vector<arch::Coverage> out;
    for (const Coverage& row : coverage()) {
        const bool nobody = row.operation == Operation::NotModelled;
        const Executor by = row.operation == Operation::Engine ? Executor::Engine
                            : nobody                           ? Executor::Nobody
                                                               : Executor::MicroSteps;
        out.push_back({row.mnemonic, by, row.condition});
    }
    return out;
}
}  // namespace ring::x86_64
