// One decoded instruction, and who may execute it. Only what is known to be unprivileged and alike in engine and
// manual goes to the engine; the rest is ours, or #UD, or "not modelled yet".
// The rule: the decoder (Zydis) is the authority on length and validity; the class of each mnemonic is one table,
// which `show coverage` prints (decode.cpp).
// Not here: what the instruction does (transitions.hpp) and fetching its bytes (core/machine).
#pragma once
#include <array>
#include <span>
#include <string>
#include <string_view>

#include "arch/x86_64/fault.hpp"
#include "base/types.hpp"

namespace ring::x86_64 {

enum class Mode : u8 {
    Bits16,
    Bits32,
    Bits64
};  // of the code segment: real/16-bit, protected or compatibility 32-bit, 64-bit

// What happens with an instruction. Engine: the engine executes it. The named ones are transitions of ours.
enum class Operation : u16 {
    Engine,
    NotModelled,  // exists in the CPU we are, but not here yet: an explained stop
    Undefined,    // #UD (or #GP for one longer than 15 bytes: `undefined_reason`)
    Lgdt,
    Lidt,
    Sgdt,
    Sidt,
    Lldt,
    Sldt,
    Ltr,
    Str,
    Smsw,
    Lmsw,
    Clts,
    MovToControl,
    MovFromControl,
    MovToDebug,
    MovFromDebug,
    MovToSegment,
    MovFromSegment,
    PushSegment,
    PopSegment,
    LoadFarPointer,
    Rdmsr,
    Wrmsr,
    Swapgs,
    Syscall,
    Sysret,
    Iret,
    FarReturn,
    FarJump,
    FarCall,
    Int,
    Int3,
    Int1,
    Into,
    Hlt,
    Cli,
    Sti,
    Stac,
    Clac,
    Pushf,
    Popf,
    In,
    Out,
    Ins,
    Outs,
    Invlpg,
    Invd,
    Cpuid,
    Rdtsc,
    Pause,
    Ud,
    Lar,
    Lsl,
    Verr,
    Verw,
    count
};

// These set RIP themselves; after any other transition of ours the machine moves RIP to the next instruction. (Ins and
// Outs: a repeated one stays until RCX = 0.)
constexpr bool transfers_control(Operation operation) {
    using enum Operation;
    return operation == Syscall || operation == Sysret || operation == Iret || operation == FarReturn ||
           operation == FarJump || operation == FarCall || operation == Ins || operation == Outs;
}

// Which feature gate the instruction must pass before it may run. SDM Vol. 3A Table 13-1, 2.5 (CR0.EM/TS/MP,
// CR4.OSFXSR).
enum class FloatKind : u8 { None, X87, Wait, Mmx, Sse };

inline constexpr u8 no_register = 0xff, rip_register = 0xfe;

struct MemoryOperand {
    u8 base = no_register;  // Gpr, rip_register or no_register
    u8 index = no_register;
    u8 scale = 1;
    u8 segment = 3;              // SegmentName, default or prefixed
    u8 size = 0;                 // bytes of one access (of pusha and popa: of all eight)
    u8 address_size = 8;         // bytes; of a stack access the stack's, whatever the prefixes say
    u8 bit_index = no_register;  // bt and its kin: the register whose bits above the operand's width move the address
    u8 alignment = 0;            // bytes that the instruction demands (movaps: 16 -> #GP(0)), 0: none
    bool read = false, write = false;
    bool push = false;        // the access is below the register: a push (or the push of call)
    bool stack = false;       // an implicit or explicit stack access: #SS instead of #GP
    bool byte_index = false;  // xlat: only the low byte of the index register counts
    i64 displacement = 0;
};

struct Operand {
    enum class Type : u8 { None, Gpr, HighByte, Segment, Control, Debug, Memory, Immediate, Far, Other };
    Type type = Type::None;
    u8 number = 0;      // register number (HighByte: 0..3 = ah, ch, dh, bh); for Memory: index into Instruction::memory
    u8 size = 0;        // bytes; Far: of the offset
    u16 selector = 0;   // Far
    u64 immediate = 0;  // Immediate (sign-extended to 64 bits where the instruction does so), Far: the offset
};

struct Instruction {
    Operation operation = Operation::Undefined;
    Reason undefined_reason = Reason::Undefined;
    u16 mnemonic = 0;     // the decoder's number: name() turns it into text
    u8 length = 0;        // bytes; of an undefined one, those looked at
    u8 operand_size = 4;  // bytes: 2, 4, 8; 1 where the opcode says byte
    u8 address_size = 8;  // bytes
    u8 operand_count = 0, memory_count = 0;
    FloatKind float_kind = FloatKind::None;
    bool repeat = false;          // string instruction with a rep prefix: one step is one iteration
    bool ends_block = false;      // the next instruction need not be the one behind it
    bool swallows_trap = false;   // the engine's single step does not stop behind it
    bool keeps_rax_high = false;  // cmpxchg of 32 bits: where ZF = 1 afterwards the machine puts RAX[63:32] back
    bool loads_mxcsr = false;     // ldmxcsr: the machine checks the new value first (reserved bits, exceptions masked)
    bool carries_early = false;  // rcl, rcr in memory: the engine changes CF before a store that may fault
    Mode mode = Mode::Bits64;
    std::array<Operand, 3> operand{};
    std::array<MemoryOperand, 3> memory{};
    std::array<u8, 15> bytes{};
};

// Decodes the instruction at the start of `bytes` (at most 15 count). When the bytes end before the instruction does,
// the result has length 0: fetch more or raise the fetch's fault. Never fails otherwise.
Instruction decode(ByteSpan bytes, Mode mode);

std::string_view name(const Instruction& instruction);          // "mov", lower case
std::string text(const Instruction& instruction, VirtAddr at);  // Intel syntax, with absolute targets

// The linear address of a memory operand: segment base (FS, GS only in 64-bit mode) + effective address. For a push,
// the address below the stack pointer at which it writes.
struct Cpu;
u64 linear_address(const Cpu& cpu, const Instruction& instruction, const MemoryOperand& operand, u64 next_rip);
u64 effective_address(const Cpu& cpu, const Instruction& instruction, const MemoryOperand& operand, u64 next_rip);

// The coverage table, for `show coverage` and the README.
struct Coverage {
    std::string_view mnemonic;
    Operation operation;
    std::string_view condition;  // "only with all exceptions masked"; empty: always
};
std::span<const Coverage> coverage();
}  // namespace ring::x86_64
