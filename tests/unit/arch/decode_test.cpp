#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <set>
#include <string>

#include "arch/x86_64/cpu.hpp"
#include "arch/x86_64/instruction.hpp"
#include "base/text.hpp"

using namespace ring;
using namespace ring::x86_64;
using enum Operation;

namespace {
Bytes bytes_of(std::string_view text) {
    Bytes out;
    for (std::size_t i = 0; i + 1 < text.size(); i += 3)
        out.push_back(static_cast<u8>(std::stoul(std::string(text.substr(i, 2)), nullptr, 16)));
    return out;
}
Instruction decoded(std::string_view text, Mode mode = Mode::Bits64) { return decode(bytes_of(text), mode); }

std::string shown(const Operand& operand) {
    using enum Operand::Type;
    switch (operand.type) {
        case Gpr:
            return "r" + std::to_string(operand.number) + "/" + std::to_string(operand.size);
        case HighByte:
            return "h" + std::to_string(operand.number);
        case Segment:
            return "s" + std::to_string(operand.number);
        case Control:
            return "cr" + std::to_string(operand.number);
        case Debug:
            return "dr" + std::to_string(operand.number);
        case Memory:
            return "m" + std::to_string(operand.number) + "/" + std::to_string(operand.size);
        case Immediate:
            return "i" + std::to_string(static_cast<i64>(operand.immediate));
        case Far:
            return "f" + std::to_string(operand.selector) + ":" + std::to_string(operand.immediate) + "/" +
                   std::to_string(operand.size);
        default:
            return "-";
    }
}
std::string operands(const Instruction& instruction) {
    std::string out;
    for (unsigned i = 0; i < instruction.operand_count; ++i) out += (i ? " " : "") + shown(instruction.operand[i]);
    return out;
}

// "rw8" with what else is said of the access: p push, s stack, @16 aligned.
std::string memory(const Instruction& instruction) {
    std::string out;
    for (unsigned i = 0; i < instruction.memory_count; ++i) {
        const MemoryOperand& one = instruction.memory[i];
        if (i) out += ' ';
        if (one.read) out += 'r';
        if (one.write) out += 'w';
        out += std::to_string(one.size);
        if (one.push) out += 'p';
        if (one.stack) out += 's';
        if (one.alignment) out += "@" + std::to_string(one.alignment);
    }
    return out;
}

struct Case {
    std::string_view bytes;
    Operation operation;
    std::string_view operands = {};
    std::string_view memory = {};
};
void check(std::span<const Case> cases, Mode mode) {
    for (const Case& one : cases) {
        INFO(std::string(one.bytes));
        const Instruction found = decoded(one.bytes, mode);
        CHECK(found.operation == one.operation);
        CHECK(found.length == (one.bytes.size() + 1) / 3);
        CHECK(operands(found) == one.operands);
        CHECK(memory(found) == one.memory);
        CHECK(std::equal(found.bytes.begin(), found.bytes.begin() + found.length, bytes_of(one.bytes).begin()));
    }
}

// ModRM forms that name registers and memory, for the sweep over opcodes.
constexpr Mode modes[] = {Mode::Bits16, Mode::Bits32, Mode::Bits64};
}  // namespace

TEST_CASE("unprivileged instructions go to the engine with their accesses, implicit ones too") {
    constexpr Case cases[] = {
        {"48 89 c0", Engine, "r0/8 r0/8", ""},
        {"b4 07", Engine, "h0 i7", ""},
        {"40 b4 07", Engine, "r4/1 i7", ""},
        {"88 3c 24", Engine, "m0/1 h3", "w1s"},
        {"48 8b 05 10 00 00 00", Engine, "r0/8 m0/8", "r8"},
        {"48 a1 88 77 66 55 44 33 22 11", Engine, "r0/8 m0/8", "r8"},
        {"83 c0 ff", Engine, "r0/4 i-1", ""},
        {"83 00 01", Engine, "m0/4 i1", "rw4"},
        {"39 00", Engine, "m0/4 r0/4", "r4"},
        {"50", Engine, "r0/8", "w8ps"},
        {"66 50", Engine, "r0/2", "w2ps"},
        {"6a ff", Engine, "i-1", "w8ps"},
        {"ff 30", Engine, "m0/8", "r8 w8ps"},
        {"58", Engine, "r0/8", "r8s"},
        {"8f 00", Engine, "m0/8", "w8 r8s"},
        {"e8 00 00 00 00", Engine, "i0", "w8ps"},
        {"ff 10", Engine, "m0/8", "r8 w8ps"},
        {"ff 20", Engine, "m0/8", "r8"},
        {"c3", Engine, "", "r8s"},
        {"c2 10 00", Engine, "i16", "r8s"},
        {"c9", Engine, "", "r8s"},
        {"c8 10 00 00", Engine, "i16 i0", "w8ps"},
        {"a4", Engine, "", "w1 r1"},
        {"f3 48 a5", Engine, "", "w8 r8"},
        {"f3 aa", Engine, "", "w1"},
        {"ac", Engine, "", "r1"},
        {"f2 ae", Engine, "", "r1"},
        {"f3 a6", Engine, "", "r1 r1"},
        {"d7", Engine, "", "r1"},
        {"86 00", Engine, "m0/1 r0/1", "rw1"},
        {"f0 48 0f b1 0e", Engine, "m0/8 r1/8", "rw8"},
        {"0f c7 0e", Engine, "m0/8", "rw8"},
        {"48 0f c7 0e", Engine, "m0/16", "rw16@16"},
        {"48 0f ab 07", Engine, "m0/8 r0/8", "rw8"},
        {"48 8d 04 24", Engine, "r0/8 -", ""},
        {"0f 1f 44 00 00", Engine, "- r0/4", ""},
        {"f3 0f 1e fa", Engine, "r2/4 r7/4", ""},
        {"0f 18 08", Engine, "-", ""},
        {"0f ae f0", Engine, "", ""},
        {"0f c3 00", Engine, "m0/4 r0/4", "w4"},
        {"f3 0f bc c1", Engine, "r0/4 r1/4", ""},
        {"9b", Engine, "", ""},
        {"0f 28 00", Engine, "- m0/16", "r16@16"},
        {"0f 10 00", Engine, "- m0/16", "r16"},
        {"f3 0f 7f 00", Engine, "m0/16 -", "w16"},
        {"66 0f e7 00", Engine, "m0/16 -", "w16@16"},
        {"0f 58 00", Engine, "- m0/16", "r16@16"},
        {"f3 0f 58 00", Engine, "- m0/4", "r4"},
        {"f2 0f f0 00", Engine, "- m0/16", "r16"},
        {"f2 0f 12 00", Engine, "- m0/8", "r8"},
        {"66 0f 60 00", Engine, "- m0/16", "r16@16"},
        {"0f 6f 00", Engine, "- m0/8", "r8"},
    };
    check(cases, Mode::Bits64);
}

TEST_CASE("privileged and sensitive instructions are ours, with what their transitions need") {
    constexpr Case cases[] = {
        {"0f 01 10", Lgdt, "m0/10", "r10"},
        {"0f 01 1c 24", Lidt, "m0/10", "r10s"},
        {"0f 01 00", Sgdt, "m0/10", "w10"},
        {"0f 01 08", Sidt, "m0/10", "w10"},
        {"0f 00 d0", Lldt, "r0/2", ""},
        {"0f 00 00", Sldt, "m0/2", "w2"},
        {"0f 00 d8", Ltr, "r0/2", ""},
        {"0f 00 18", Ltr, "m0/2", "r2"},
        {"0f 00 c8", Str, "r0/4", ""},
        {"0f 01 e0", Smsw, "r0/4", ""},
        {"0f 01 f0", Lmsw, "r0/2", ""},
        {"0f 06", Clts, "", ""},
        {"0f 22 d8", MovToControl, "cr3 r0/8", ""},
        {"44 0f 22 c0", MovToControl, "cr8 r0/8", ""},
        {"41 0f 20 e7", MovFromControl, "r15/8 cr4", ""},
        {"0f 23 f8", MovToDebug, "dr7 r0/8", ""},
        {"0f 21 f0", MovFromDebug, "r0/8 dr6", ""},
        {"8e d8", MovToSegment, "s3 r0/2", ""},
        {"8e 10", MovToSegment, "s2 m0/2", "r2"},
        {"8c c8", MovFromSegment, "r0/4 s1", ""},
        {"8c 08", MovFromSegment, "m0/2 s1", "w2"},
        {"0f a0", PushSegment, "s4", "w8ps"},
        {"0f a9", PopSegment, "s5", "r8s"},
        {"0f b2 00", LoadFarPointer, "r0/4 m0/6", "r6"},
        {"0f 32", Rdmsr, "", ""},
        {"0f 30", Wrmsr, "", ""},
        {"0f 01 f8", Swapgs, "", ""},
        {"0f 05", Syscall, "", ""},
        {"48 0f 07", Sysret, "", ""},
        {"48 cf", Iret, "", ""},
        {"cb", FarReturn, "", ""},
        {"48 cb", FarReturn, "", ""},
        {"ca 08 00", FarReturn, "i8", ""},
        {"ff 28", FarJump, "m0/6", "r6"},
        {"48 ff 28", FarJump, "m0/10", "r10"},
        {"ff 18", FarCall, "m0/6", "r6"},
        {"cd 80", Int, "i128", ""},
        {"cc", Int3, "", ""},
        {"f1", Int1, "", ""},
        {"f4", Hlt, "", ""},
        {"fa", Cli, "", ""},
        {"0f 01 cb", Stac, "", ""},
        {"0f 01 ca", Clac, "", ""},
        {"fb", Sti, "", ""},
        {"9c", Pushf, "", "w8ps"},
        {"66 9c", Pushf, "", "w2ps"},
        {"9d", Popf, "", "r8s"},
        {"e4 60", In, "r0/1 i96", ""},
        {"66 ed", In, "r0/2 r2/2", ""},
        {"ee", Out, "r2/2 r0/1", ""},
        {"e7 f4", Out, "i244 r0/4", ""},
        {"f3 6c", Ins, "", "w1"},
        {"6f", Outs, "", "r4"},
        {"0f 01 38", Invlpg, "m0/1", "1"},
        {"0f 08", Invd, "", ""},
        {"0f 09", Invd, "", ""},
        {"f3 0f 09", Invd, "", ""},
        {"0f a2", Cpuid, "", ""},
        {"0f 31", Rdtsc, "", ""},
        {"f3 90", Pause, "", ""},
        {"0f 0b", Ud, "", ""},
        {"0f 02 00", Lar, "r0/4 m0/2", "r2"},
        {"0f 03 c1", Lsl, "r0/4 r1/4", ""},
        {"0f 00 e0", Verr, "r0/2", ""},
        {"0f 00 e8", Verw, "r0/2", ""},
    };
    check(cases, Mode::Bits64);
}

TEST_CASE("32-bit code has its own instructions and operand sizes") {
    constexpr Case cases[] = {
        {"60", Engine, "", "w32ps"},
        {"61", Engine, "", "r32s"},
        {"27", Engine, "", ""},
        {"48", Engine, "r0/4", ""},
        {"68 00 00 00 80", Engine, "i-2147483648", "w4ps"},
        {"e8 00 00 00 00", Engine, "i0", "w4ps"},
        {"67 8b 46 10", Engine, "r0/4 m0/4", "r4s"},
        {"3e 8b 45 00", Engine, "r0/4 m0/4", "r4"},
        {"0f 01 10", Lgdt, "m0/6", "r6"},
        {"0f 22 c0", MovToControl, "cr0 r0/4", ""},
        {"ea 78 56 34 12 08 00", FarJump, "f8:305419896/4", ""},
        {"66 ea 34 12 08 00", FarJump, "f8:4660/2", ""},
        {"9a 78 56 34 12 08 00", FarCall, "f8:305419896/4", ""},
        {"c4 00", LoadFarPointer, "r0/4 m0/6", "r6"},
        {"06", PushSegment, "s0", "w4ps"},
        {"17", PopSegment, "s2", "r4s"},
        {"ce", Into, "", ""},
        {"cf", Iret, "", ""},
        {"0f 05", Syscall, "", ""},
        {"62 00", NotModelled, "r0/4 m0/8", "r8"},
        {"63 c0", NotModelled, "r0/2 r0/2", ""},
        {"d6", NotModelled, "", ""},
    };
    check(cases, Mode::Bits32);
}

TEST_CASE("what our CPUID does not name is undefined, with its whole length") {
    constexpr std::string_view absent[] = {
        "66 0f 38 00 c0", "0f 38 00 c0", "f3 0f b8 c0", "66 0f 38 17 c0", "66 0f 38 dc c1",    "0f 01 f9",
        "0f c7 f0",       "0f 34",       "0f 35",       "0f 01 c8",       "0f 01 c9",          "0f 01 d0",
        "f3 0f ae c0",    "0f ae 20",    "c5 f8 58 c0", "c4 e2 78 f2 c0", "0f 38 f0 00",       "0f aa",
        "0f 0e",          "0f 01 c1",    "0f 0f c0 9e", "f2 0f 38 f1 c0", "62 f1 7c 48 58 c0",
    };
    for (std::string_view bytes : absent) {
        INFO(std::string(bytes));
        const Instruction found = decoded(bytes);
        CHECK(found.operation == Undefined);
        CHECK(found.undefined_reason == Reason::Undefined);
        CHECK(found.length == (bytes.size() + 1) / 3);
        CHECK(found.float_kind == FloatKind::None);
    }
    CHECK(name(decoded("0f 34")) == "sysenter");
}

TEST_CASE("what 64-bit mode took away is undefined there") {
    for (std::string_view bytes : {"06", "17", "27", "60", "61", "62", "ce", "d6", "9a", "ea", "c4", "0f 24"}) {
        INFO(std::string(bytes));
        Bytes padded = bytes_of(bytes);
        padded.resize(15, 0);
        CHECK(decode(padded, Mode::Bits64).operation == Undefined);
    }
    CHECK(decoded("8e c8").operation == Undefined);     // mov cs, ax
    CHECK(decoded("0f 20 c8").operation == Undefined);  // CR1
    CHECK(name(decoded("06")) == "(undefined)");
    CHECK(x86_64::text(decoded("06"), VirtAddr{0}) == "(undefined)");
}

TEST_CASE("lock is allowed only where the manual allows it") {
    for (std::string_view bytes : {"f0 90", "f0 48 89 00", "f0 01 c0", "f0 0f 0b", "f0 39 00", "f0 ff 30"}) {
        INFO(std::string(bytes));
        const Instruction found = decoded(bytes);
        CHECK(found.operation == Undefined);
        CHECK(found.undefined_reason == Reason::LockNotAllowed);
    }
    CHECK(decoded("f0 01 00").operation == Engine);
    CHECK(decoded("f0 87 00").operation == Engine);
    CHECK(decoded("f0 0f b3 00").operation == Engine);
}

TEST_CASE("an instruction has at most 15 bytes") {
    const std::string fourteen = "66 66 66 66 66 66 66 66 66 66 66 66 66 ";
    CHECK(decoded(fourteen + "90").length == 14);
    CHECK(decoded("66 " + fourteen + "90").operation == Engine);
    CHECK(decoded("66 " + fourteen + "90").length == 15);
    const Instruction long_one = decoded("66 66 " + fourteen + "90");
    CHECK(long_one.operation == Undefined);
    CHECK(long_one.undefined_reason == Reason::TooLong);
    CHECK(long_one.length == 15);
    CHECK(decoded("66 66 " + fourteen).undefined_reason == Reason::TooLong);  // whatever follows
    CHECK(decoded("66 " + fourteen).length == 0);                             // one more byte decides
}

TEST_CASE("bytes that end too early have length 0") {
    for (std::string_view bytes : {"", "48", "0f", "e8 00 00 00", "48 8b 05 10 00 00", "66 f3", "f0", "c8 10 00"}) {
        INFO(std::string(bytes));
        CHECK(decoded(bytes).length == 0);
    }
}

TEST_CASE("encodings that engine and manual read differently never reach the engine") {
    constexpr std::string_view refused[] = {
        "48 66 89 c0",           // REX before another prefix: the manual ignores it
        "48 48 89 c0",           // the same
        "f2 f3 a4",              // which one repeats
        "64 2e 8b 00",           // which segment
        "66 f3 0f 10 00",        // movss for the manual, movupd for the engine
        "66 e9 00 00 00 00",     // 32-bit displacement for Intel
        "66 c3",                 // 64-bit return address for Intel
        "66 ff e0",              //
        "66 0f 84 00 00 00 00",  //
        "66 0f c8",              // bswap of 16 bits
        "66 63 00",              // reads 2 bytes
        "0f 18 c0",              // nop for the manual
        "0f 0d c0",              //
        "0f 5a 00",              // reads 8 bytes
        "f3 0f e6 00",           //
        "0f 60 00",              // reads 4 bytes
        "0f b1 c1",              // keeps upper halves
        "f3 41 90",              // pause or xchg
        "4f c6 c6 d8",           // refused
        "f0 f6 18",              // other flags
        "f6 ca 33",              // refused
        "48 9f",                 // AH or SPL
        "40 9e",                 //
        "0f c2 c0 08",           // the upper bits of the predicate
    };
    for (std::string_view bytes : refused) {
        INFO(std::string(bytes));
        CHECK(decoded(bytes).operation == NotModelled);
        CHECK(decoded(bytes).length == (bytes.size() + 1) / 3);
    }
    CHECK(decoded("66 48 e8 00 00 00 00").operation == Engine);  // as linkers emit it
    CHECK(decoded("f2 0f 58 c0").operation == Engine);
    CHECK(decoded("66 2e 0f 1f 84 00 00 00 00 00").operation == Engine);
    CHECK(decoded("f3 c3").operation == Engine);
    CHECK(decoded("f2 c3").operation == Engine);
    CHECK(decoded("9f").operation == Engine);
    CHECK(decoded("0f c2 c0 07").operation == Engine);
    CHECK(decoded("2e 74 00").operation == Engine);
    CHECK(decoded("89 c0", Mode::Bits16).operation == NotModelled);
    CHECK(decoded("fa", Mode::Bits16).operation == Cli);
}

TEST_CASE("not everything that exists is modelled") {
    for (std::string_view bytes : {"0f ae 00", "0f ae 08", "0f ae 18", "0f ae 38", "0f f7 c1", "66 0f f7 c1", "d9 c0",
                                   "dd 00", "0f 33", "c8 10 00 01", "66 c8 10 00 00", "0f 2a 00"}) {
        INFO(std::string(bytes));
        CHECK(decoded(bytes).operation == NotModelled);
    }
}

TEST_CASE("the feature gate of floating-point instructions is known, of those not modelled too") {
    const auto kind = [](std::string_view bytes) { return decoded(bytes).float_kind; };
    CHECK(kind("0f 58 c0") == FloatKind::Sse);
    CHECK(kind("66 0f 6f c0") == FloatKind::Sse);
    CHECK(kind("f2 0f 7c c0") == FloatKind::Sse);
    CHECK(kind("0f ae 10") == FloatKind::Sse);
    CHECK(kind("f3 0f d6 c0") == FloatKind::Sse);  // movq2dq
    CHECK(kind("0f 6f c0") == FloatKind::Mmx);
    CHECK(kind("0f d4 c0") == FloatKind::Mmx);  // paddq, which SSE2 brought
    CHECK(kind("0f 77") == FloatKind::Mmx);
    CHECK(kind("d9 c0") == FloatKind::X87);
    CHECK(kind("db e3") == FloatKind::X87);
    CHECK(kind("dd 08") == FloatKind::X87);  // fisttp, which SSE3 brought
    CHECK(kind("0f ae 00") == FloatKind::X87);
    CHECK(kind("9b") == FloatKind::Wait);
    CHECK(kind("0f c3 00") == FloatKind::None);  // movnti
    CHECK(kind("0f ae f8") == FloatKind::None);  // sfence
    CHECK(kind("0f 18 08") == FloatKind::None);
    CHECK(kind("89 c0") == FloatKind::None);
}

TEST_CASE("repetition, block ends and what the machine must do itself are marked") {
    CHECK(decoded("f3 a4").repeat);
    CHECK(decoded("f2 ae").repeat);
    CHECK(decoded("f3 6d").repeat);
    CHECK_FALSE(decoded("a4").repeat);
    CHECK_FALSE(decoded("f3 c3").repeat);
    CHECK_FALSE(decoded("f3 0f 10 00").repeat);
    CHECK_FALSE(decoded("f2 0f 10 00").repeat);  // movsd of SSE2, not of strings
    for (std::string_view bytes : {"e8 00 00 00 00", "eb 00", "74 00", "e2 00", "e3 00", "ff e0", "c3", "f4", "0f 05",
                                   "9c", "06", "0f ae 00", "0f ae 10"}) {
        INFO(std::string(bytes));
        CHECK(decoded(bytes).ends_block);
    }
    for (std::string_view bytes : {"90", "50", "f3 a4", "01 00", "48 0f b1 0e", "0f 28 00"}) {
        INFO(std::string(bytes));
        CHECK_FALSE(decoded(bytes).ends_block);
    }
    CHECK(decoded("0f ae 10").loads_mxcsr);
    CHECK(decoded("f0 0f b1 0e").keeps_rax_high);
    CHECK(decoded("f0 0f b1 0e").ends_block);
    CHECK_FALSE(decoded("f0 48 0f b1 0e").keeps_rax_high);
    CHECK_FALSE(decoded("f0 0f b1 0e", Mode::Bits32).keeps_rax_high);
}

TEST_CASE("operand and address sizes follow prefixes and mode") {
    const auto sizes = [](std::string_view bytes, Mode mode) {
        const Instruction found = decoded(bytes, mode);
        return std::pair<unsigned, unsigned>{found.operand_size, found.address_size};
    };
    using P = std::pair<unsigned, unsigned>;
    CHECK(sizes("48 cf", Mode::Bits64) == P{8, 8});
    CHECK(sizes("cf", Mode::Bits64) == P{4, 8});
    CHECK(sizes("66 cf", Mode::Bits64) == P{2, 8});
    CHECK(sizes("48 0f 07", Mode::Bits64) == P{8, 8});
    CHECK(sizes("0f 07", Mode::Bits64) == P{4, 8});
    CHECK(sizes("9c", Mode::Bits64) == P{8, 8});
    CHECK(sizes("0f 22 c0", Mode::Bits64) == P{8, 8});
    CHECK(sizes("0f 22 c0", Mode::Bits32) == P{4, 4});
    CHECK(sizes("66 0f 01 10", Mode::Bits64) == P{8, 8});
    CHECK(sizes("66 0f 01 10", Mode::Bits32) == P{2, 4});
    CHECK(sizes("67 a4", Mode::Bits64) == P{1, 4});
    CHECK(sizes("6c", Mode::Bits64) == P{1, 8});
}

TEST_CASE("names and text are what a reader expects") {
    const auto line = [](std::string_view bytes, u64 at, Mode mode = Mode::Bits64) {
        return x86_64::text(decoded(bytes, mode), VirtAddr{at});
    };
    CHECK(name(decoded("48 0f 07")) == "sysretq");
    CHECK(name(decoded("0f 07")) == "sysretl");
    CHECK(name(decoded("48 cf")) == "iretq");
    CHECK(line("48 0f 07", 0) == "sysretq");
    CHECK(line("f3 0f 1e fa", 0) == "endbr64");
    CHECK(line("e8 00 00 00 00", 0x401000) == "call 0x401005");
    CHECK(line("eb fe", 0x401000) == "jmp 0x401000");
    CHECK(line("48 8b 05 10 00 00 00", 0x401000) == "mov rax, qword ptr [0x401017]");
    CHECK(line("48 8b 44 24 08", 0) == "mov rax, qword ptr [rsp+0x8]");
    CHECK(line("f3 48 a5", 0) == "rep movsq");
    CHECK(line("ea 78 56 34 12 08 00", 0, Mode::Bits32) == "jmp far 0x0008:0x12345678");
    CHECK(line("0f 22 d8", 0) == "mov cr3, rax");
}

TEST_CASE("addresses are formed as the manual says") {
    Cpu cpu;
    for (unsigned i = 0; i < 16; ++i) cpu.gpr[i] = 0x1000 * (i + 1);
    cpu.segment[FS].base = 0x700000000000;
    cpu.segment[DS].base = 0x40;
    cpu.segment[SS].base = 0x80;
    const auto at = [&](std::string_view bytes, unsigned which = 0, Mode mode = Mode::Bits64) {
        const Instruction found = decoded(bytes, mode);
        REQUIRE(which < found.memory_count);
        return linear_address(cpu, found, found.memory[which], 0x400000 + found.length);
    };
    CHECK(at("8b 44 8b 10") == 0x4000 + 4 * 0x2000 + 0x10);        // [rbx + rcx*4 + 0x10]
    CHECK(at("48 8b 05 10 00 00 00") == 0x400017);                 // [rip + 0x10]
    CHECK(at("64 8b 00") == 0x700000001000);                       // fs:[rax]
    CHECK(at("64 8b 04 25 f8 ff ff ff") == 0x6ffffffffff8);        // fs:[-8]
    CHECK(at("67 8b 44 8b 80") == 0x4000 + 4 * 0x2000 - 0x80);     // [ebx + ecx*4 - 0x80]
    CHECK(at("8b 04 ad 10 00 00 00") == 4 * 0x6000 + 0x10);        // [rbp*4 + 0x10]
    CHECK(at("67 41 8b 04 ad 10 00 00 00") == 4 * 0x6000 + 0x10);  // the same: no base, whatever REX.B says
    CHECK(at("50") == 0x5000 - 8);                                 // push
    CHECK(at("66 50") == 0x5000 - 2);                              // push of 16 bits
    CHECK(at("67 50") == 0x5000 - 8);                              // the stack's width is not the prefix's
    CHECK(at("58") == 0x5000);                                     // pop
    CHECK(at("ff 74 24 08") == 0x5008);                            // push [rsp + 8]: RSP as it was
    CHECK(at("ff 74 24 08", 1) == 0x5000 - 8);
    CHECK(at("8f 44 24 08") == 0x5010);  // pop [rsp + 8]: RSP as it will be
    CHECK(at("c9") == 0x6000);           // leave reads at RBP
    CHECK(at("a4") == 0x8000);           // movs: to RDI
    CHECK(at("a4", 1) == 0x7000);        // from RSI
    CHECK(at("64 a4", 1) == 0x700000007000);
    CHECK(at("8b 43 10", 0, Mode::Bits32) == 0x40 + 0x4010);     // ds:[ebx + 0x10]
    CHECK(at("8b 45 10", 0, Mode::Bits32) == 0x80 + 0x6010);     // ss:[ebp + 0x10]
    CHECK(at("67 8b 47 10", 0, Mode::Bits32) == 0x40 + 0x4010);  // ds:[bx + 0x10]

    cpu.gpr[RAX] = 0xffffffffffffff85;
    CHECK(at("d7") == 0x4000 + 0x85);  // xlat: AL counts, not RAX
    cpu.gpr[RCX] = 131;
    CHECK(at("0f a3 0e") == 0x7000 + 16);  // bt [rsi], ecx: the bit is in the fifth doubleword
    CHECK(at("48 0f a3 0e") == 0x7000 + 16);
    CHECK(at("66 0f a3 0e") == 0x7000 + 16);
    cpu.gpr[RCX] = 0xffffffff;
    CHECK(at("0f a3 0e") == 0x7000 - 4);  // bit -1
    CHECK(at("48 0f a3 0e") == 0x7000 + (0xffffffffull / 64) * 8);
    CHECK(at("0f ba 26 1f") == 0x7000);  // an immediate bit stays in the operand
    cpu.gpr[RBX] = 0xffffffff;
    CHECK(at("67 8b 43 02") == 1);  // 32-bit addresses wrap
    CHECK(at("8b 43 02", 0, Mode::Bits32) == 0x41);
    cpu.segment[DS].base = 0xffffffff;
    CHECK(at("8b 43 02", 0, Mode::Bits32) == 0);  // and so do linear ones outside 64-bit mode
    cpu.gpr[RBX] = 0xffff;
    cpu.segment[DS].base = 0;
    CHECK(at("67 8b 47 02", 0, Mode::Bits32) == 1);  // 16-bit addresses
}

TEST_CASE("every operation has its row in the coverage table, and each row a name") {
    std::set<Operation> seen;
    for (const Coverage& row : coverage()) {
        CHECK_FALSE(row.mnemonic.empty());
        seen.insert(row.operation);
    }
    for (unsigned i = 0; i < static_cast<unsigned>(Operation::count); ++i) {
        INFO(i);
        CHECK(seen.count(static_cast<Operation>(i)) == 1);
    }
}

TEST_CASE("whatever the bytes are, decoding is bounded, repeatable, and needs exactly the bytes that it counts") {
    std::mt19937_64 random(20240229);
    for (unsigned round = 0; round < 1'000'000; ++round) {
        std::array<u8, 16> bytes;
        for (unsigned i = 0; i < 16; i += 8) {
            const u64 word = random();
            std::memcpy(bytes.data() + i, &word, 8);
        }
        const Mode mode = modes[round % 3];
        const Instruction whole = decode(bytes, mode);
        bool good = whole.length >= 1 && whole.length <= 15 && whole.operand_count <= 3 && whole.memory_count <= 3 &&
                    whole.operation < Operation::count;
        for (unsigned i = 0; i < whole.memory_count; ++i)
            good = good && whole.memory[i].size > 0 && whole.memory[i].segment <= GS &&
                   (whole.memory[i].base < 16 || whole.memory[i].base >= rip_register);
        const Instruction exact = decode(ByteSpan(bytes).first(whole.length), mode);
        good = good && exact.length == whole.length && exact.operation == whole.operation;
        const Instruction less = decode(ByteSpan(bytes).first(whole.length - 1u), mode);
        good = good && less.length == 0;
        if (round % 16 == 0) good = good && !x86_64::text(whole, VirtAddr{0x1000}).empty();
        INFO(ring::text::bytes(bytes), " in mode ", static_cast<int>(mode), " has length ",
             static_cast<int>(whole.length), " from its own bytes ", static_cast<int>(exact.length), ", from one less ",
             static_cast<int>(less.length));
        if (!good) FAIL_CHECK("not bounded, not repeatable, or of another length");
    }
}
