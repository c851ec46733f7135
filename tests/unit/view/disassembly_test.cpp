#include "view/disassembly.hpp"

#include <doctest/doctest.h>

using namespace ring;
using view::CodeKind;

namespace {
std::string text(CodeKind kind, Bytes code) { return view::Disassembler(kind).line({0x1000}, code).text(); }
std::optional<VirtAddr> target(CodeKind kind, Bytes code) {
    return view::Disassembler(kind).line({0x1000}, code).target;
}
}  // namespace

TEST_CASE("the instructions of a privilege transition are spelled as their manuals do") {
    CHECK(text(CodeKind::X86_64, {0x48, 0x0f, 0x07}) == "sysretq");
    CHECK(text(CodeKind::X86_64, {0x0f, 0x05}) == "syscall");
    CHECK(text(CodeKind::X86_64, {0x48, 0xcf}) == "iretq");
    CHECK(text(CodeKind::X86_64, {0x0f, 0x22, 0xd8}) == "mov cr3, rax");
    CHECK(text(CodeKind::X86_32, {0x0f, 0x01, 0x10}) == "lgdt [eax]");
    CHECK(text(CodeKind::Riscv64, {0x73, 0x00, 0x20, 0x10}) == "sret");
    CHECK(text(CodeKind::Riscv64, {0x73, 0x10, 0x05, 0x18}) == "csrw satp, a0");
    CHECK(text(CodeKind::Riscv64, {0x73, 0x00, 0x00, 0x12}) == "sfence.vma");
}

TEST_CASE("a jump knows where it goes") {
    CHECK(target(CodeKind::X86_64, {0xeb, 0xfe}) == VirtAddr{0x1000});
    CHECK(target(CodeKind::X86_64, {0xe8, 0x10, 0x00, 0x00, 0x00}) == VirtAddr{0x1015});
    CHECK(target(CodeKind::X86_64, {0x0f, 0x84, 0xfa, 0xff, 0xff, 0xff}) == VirtAddr{0x1000});
    CHECK(target(CodeKind::X86_64, {0xff, 0xe0}) == std::nullopt);                   // jmp rax
    CHECK(target(CodeKind::X86_64, {0x6a, 0x10}) == std::nullopt);                   // push 0x10
    CHECK(target(CodeKind::Riscv64, {0x6f, 0x00, 0x00, 0x01}) == VirtAddr{0x1010});  // j
    CHECK(target(CodeKind::Riscv64, {0xe3, 0x0c, 0xb5, 0xfe}) == VirtAddr{0xff8});   // beq a0, a1
    CHECK(target(CodeKind::Riscv64, {0x01, 0xa0}) == VirtAddr{0x1000});              // c.j
    CHECK(target(CodeKind::Riscv64, {0x01, 0xc5}) == VirtAddr{0x1008});              // c.beqz a0
    CHECK(target(CodeKind::Riscv64, {0x13, 0x05, 0x15, 0x00}) == std::nullopt);      // addi
}

TEST_CASE("bytes that are no instruction are shown, and the next line is read") {
    const view::Disassembler x86(CodeKind::X86_64);
    const Bytes code{0x06, 0x90, 0x0f};
    const std::vector<view::CodeLine> lines = x86.lines({0x1000}, code);
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].text() == ".byte 0x06");
    CHECK_FALSE(lines[0].is_instruction);
    CHECK(lines[1].text() == "nop");
    CHECK(lines[1].address == VirtAddr{0x1001});
    CHECK(lines[2].text() == ".byte 0x0f");
    CHECK(view::Disassembler(CodeKind::Riscv64).lines({0}, Bytes{0, 0, 0x13}).size() == 2);
    CHECK(x86.lines({0x1000}, code, 1).size() == 1);
}
