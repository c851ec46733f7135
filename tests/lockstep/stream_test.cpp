#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "base/text.hpp"
#include "qemu_stream.hpp"

using namespace ring;
using namespace ring::lockstep;

namespace {
// As QEMU 7.2.22 printed them.
const std::string narrow = R"(Trace 0: 0x7f0558000100 [0000000000000000/0000000000100000/000000b0/ff000201] 
EAX=00000001 EBX=000021e0 ECX=00100000 EDX=00000518
ESI=000011c0 EDI=00006ef4 EBP=00000002 ESP=00006edc
EIP=00100000 EFL=00000006 [-----P-] CPL=0 II=1 A20=1 SMM=0 HLT=0
ES =0010 00000000 ffffffff 00cf9300 DPL=0 DS   [-WA]
CS =0008 00000000 ffffffff 00cf9a00 DPL=0 CS32 [-R-]
SS =0018 00000000 ffffffff 00cf9300 DPL=0 DS   [-WA]
DS =0010 00000000 ffffffff 00cf9300 DPL=0 DS   [-WA]
FS =0010 00000000 ffffffff 00cf9300 DPL=0 DS   [-WA]
GS =0010 00000000 ffffffff 00cf9300 DPL=0 DS   [-WA]
LDT=0000 00000000 0000ffff 00008200 DPL=0 LDT
TR =0000 00000000 0000ffff 00008b00 DPL=0 TSS32-busy
GDT=     000ca118 00000027
IDT=     00000000 000003ff
CR0=00000011 CR2=00000000 CR3=00000000 CR4=00000000
DR0=0000000000000000 DR1=0000000000000000 DR2=0000000000000000 DR3=0000000000000000 
DR6=00000000ffff0ff0 DR7=0000000000000400
CCS=00000004 CCD=00006ed4 CCO=EFLAGS
EFER=0000000000000000
)";
const std::string wide_state = R"(RAX=0000000000201120 RBX=0000000000000b00 RCX=0000000000201121 RDX=0000000000000d00
RSI=0000000000000051 RDI=00000000000000d1 RBP=00000000000000b9 RSP=00007fffffffeee0
R8 =0000000000000008 R9 =0000000000000009 R10=0000000000000010 R11=0000000000000202
R12=0000000000000012 R13=0000000000000013 R14=0000000000000014 R15=8000000000000015
RIP=0000000000201127 RFL=00000202 [-------] CPL=3 II=0 A20=1 SMM=0 HLT=0
ES =0000 0000000000000000 00000000 00000000
CS =0033 0000000000000000 ffffffff 00a0fb00 DPL=3 CS64 [-RA]
SS =002b 0000000000000000 ffffffff 00c0f300 DPL=3 DS   [-WA]
DS =0000 0000000000000000 00000000 00000000
FS =0000 00007ffff7fc0740 00000000 00000000
GS =0000 0000000000000000 00000000 00000000
LDT=0000 0000000000000000 0000ffff 00008200 DPL=0 LDT
TR =0018 ffffffff802062a0 00000067 00008900 DPL=0 TSS64-avl
GDT=     ffffffff80206268 00000037
IDT=     ffffffff80206310 000002ff
CR0=80010033 CR2=0000000000201120 CR3=000000000020e000 CR4=00000620
DR0=0000000000000001 DR1=0000000000000002 DR2=0000000000000003 DR3=0000000000000004 
DR6=00000000ffff0ff0 DR7=0000000000000400
CCS=0000000000000000 CCD=0000000000000000 CCO=EFLAGS
EFER=0000000000000d01
)";
const std::string wide =
    "Trace 0: 0x7faa0c0a28c0 [0000000000000000/0000000000201127/0040c290/ff020201] faulting_instruction\n" + wide_state;
const std::string page_fault =
    "check_exception old: 0xffffffff new 0xe\n"
    "     0: v=0e e=0007 i=0 cpl=3 IP=0033:0000000000201127 pc=0000000000201127 SP=002b:00007fffffffeee0 "
    "CR2=0000000000201120\n" +
    wide_state;
const std::string timer =
    "Servicing hardware INT=0x20\n"
    "    12: v=20 e=0000 i=0 cpl=3 IP=0033:0000000000201127 pc=0000000000201127 SP=002b:00007fffffffeee0 "
    "env->regs[R_EAX]=0000000000201120\n" +
    wide_state;

std::string failure_of(std::string log) {
    QemuStream stream = stream_of(std::move(log));
    while (stream.next()) {}
    return stream.failure() ? stream.failure()->sentence() : "";
}
std::string replaced(std::string text, std::string_view what, std::string_view by) {
    return text.replace(text.find(what), what.size(), by);
}
}  // namespace

TEST_CASE("stream: a 32-bit state") {
    QemuStream stream = stream_of(narrow);
    const std::optional<StreamItem> item = stream.next();
    REQUIRE(item);
    const State& state = std::get<State>(*item);
    CHECK_FALSE(state.wide);
    CHECK(state.gpr == std::array<u64, 16>{1, 0x100000, 0x518, 0x21e0, 0x6edc, 2, 0x11c0, 0x6ef4});
    CHECK(state.rip == 0x100000);
    CHECK(state.rflags == 6);
    CHECK(state.shadow);
    CHECK(state.a20);
    CHECK_FALSE(state.halted);
    CHECK(state.segments[0].selector == 0x10);
    CHECK(state.segments[1] == SegmentState{8, 0, 0xffffffff, 0x00cf9a00});
    CHECK(state.segments[2].selector == 0x18);
    CHECK(state.tr == SegmentState{0, 0, 0xffff, 0x8b00});
    CHECK(state.gdt == TableState{0xca118, 0x27});
    CHECK(state.cr0 == 0x11);
    CHECK(state.dr6 == 0xffff0ff0);
    CHECK_FALSE(stream.next());
    CHECK_FALSE(stream.failure());
    CHECK(stream.states() == 1);
}

TEST_CASE("stream: a 64-bit state") {
    QemuStream stream = stream_of(wide);
    const std::optional<StreamItem> item = stream.next();
    REQUIRE(item);
    const State& state = std::get<State>(*item);
    CHECK(state.wide);
    CHECK(state.gpr == std::array<u64, 16>{0x201120, 0x201121, 0xd00, 0xb00, 0x7fffffffeee0, 0xb9, 0x51, 0xd1, 8, 9,
                                           0x10, 0x202, 0x12, 0x13, 0x14, 0x8000000000000015});
    CHECK(state.cpl == 3);
    CHECK(state.segments[4].base == 0x7ffff7fc0740);
    CHECK(state.tr.base == 0xffffffff802062a0);
    CHECK(state.idt == TableState{0xffffffff80206310, 0x2ff});
    CHECK(state.cr2 == 0x201120);
    CHECK(state.cr3 == 0x20e000);
    CHECK(state.cr4 == 0x620);
    CHECK(state.dr == std::array<u64, 4>{1, 2, 3, 4});
    CHECK(state.efer == 0xd01);
}

TEST_CASE("stream: in compatibility mode the tables are wide and the registers are not") {
    std::string text = replaced(narrow, "GDT=     000ca118 00000027", "GDT=     ffff8000000ca118 00000027");
    text = replaced(text, "CR0=00000011 CR2=00000000 CR3=00000000",
                    "CR0=80000011 CR2=00000000deadbeef CR3=0000000000101000");
    QemuStream stream = stream_of(text);
    const State state = std::get<State>(*stream.next());
    CHECK_FALSE(state.wide);
    CHECK(state.gdt.base == 0xffff8000000ca118);
    CHECK(state.cr2 == 0xdeadbeef);
}

TEST_CASE("stream: an exception, and the state before its delivery") {
    QemuStream stream = stream_of(wide + page_fault + narrow);
    CHECK(std::holds_alternative<State>(*stream.next()));
    const std::optional<StreamItem> item = stream.next();
    REQUIRE(item);
    const Exception& exception = std::get<Exception>(*item);
    CHECK(exception.vector == 14);
    CHECK(exception.error_code == 7);
    CHECK_FALSE(exception.software);
    CHECK(exception.cpl == 3);
    CHECK(exception.cs == 0x33);
    CHECK(exception.rip == 0x201127);
    CHECK(exception.ss == 0x2b);
    CHECK(exception.rsp == 0x7fffffffeee0);
    CHECK(exception.cr2 == 0x201120);
    CHECK(exception.before.gpr[15] == 0x8000000000000015);
    CHECK(exception.before.number == 1);
    CHECK(std::get<State>(*stream.next()).number == 1);
}

TEST_CASE("stream: a hardware interrupt is not an exception") {
    QemuStream stream = stream_of(wide + timer + wide + page_fault);
    stream.next();
    const std::optional<StreamItem> item = stream.next();
    REQUIRE(item);
    REQUIRE(std::holds_alternative<Interrupt>(*item));
    CHECK(std::get<Interrupt>(*item).vector == 0x20);
    CHECK_FALSE(std::get<Interrupt>(*item).cr2);
    stream.next();
    CHECK(std::holds_alternative<Exception>(*stream.next()));
}

TEST_CASE("stream: a state whose instruction did not begin is left out") {
    const std::string stopped = "Stopped execution of TB chain before 0x7fd6980a6a80 [000000000020136b] \n";
    QemuStream stream = stream_of(wide + stopped + timer + narrow + stopped + narrow);
    CHECK(std::holds_alternative<Interrupt>(*stream.next()));
    CHECK(std::get<State>(*stream.next()).number == 0);
    CHECK_FALSE(stream.next());
    CHECK(stream.repeated() == 2);
    CHECK(stream.states() == 1);
}

TEST_CASE("stream: states of SMM are left out") {
    QemuStream stream = stream_of("SMM: enter\n" + narrow.substr(narrow.find('\n') + 1) + wide);
    CHECK(std::get<State>(*stream.next()).wide);
    CHECK_FALSE(stream.next());
}

TEST_CASE("stream: a fault while a double fault is delivered is a triple fault") {
    QemuStream stream = stream_of(wide + page_fault);
    while (stream.next()) {}
    CHECK_FALSE(stream.triple_fault());
    QemuStream dead = stream_of(wide + "check_exception old: 0xe new 0xb\ncheck_exception old: 0x8 new 0xb\n");
    while (dead.next()) {}
    CHECK(dead.triple_fault());
    CHECK_FALSE(dead.failure());
}

TEST_CASE("stream: registers that change between two states are read anew, the others kept") {
    const std::string changed = replaced(wide, "CR3=000000000020e000", "CR3=000000000020f000");
    QemuStream stream = stream_of(wide + changed + wide + narrow + wide);
    const State first = std::get<State>(*stream.next());
    State second = std::get<State>(*stream.next());
    CHECK(second.cr3 == 0x20f000);
    second.cr3 = first.cr3;
    second.number = first.number;
    CHECK(second == first);
    CHECK(std::get<State>(*stream.next()).cr3 == 0x20e000);
    CHECK(std::get<State>(*stream.next()).gpr[15] == 0);
    CHECK(std::get<State>(*stream.next()).segments[4].base == 0x7ffff7fc0740);
}

TEST_CASE("stream: any way of cutting the bytes gives the same items") {
    const std::string log = narrow + wide + page_fault + timer + wide;
    for (std::size_t piece : {1u, 7u, 4096u}) {
        std::size_t at = 0;
        QemuStream stream([&](char* into, std::size_t most) {
            const std::size_t count = std::min({most, piece, log.size() - at});
            std::copy_n(log.data() + at, count, into);
            at += count;
            return Result<std::size_t>(count);
        });
        unsigned items = 0;
        while (stream.next()) ++items;
        CHECK(items == 5);
        CHECK_FALSE(stream.failure());
    }
}

TEST_CASE("stream: a log that ends in the middle of a state gives what was whole") {
    QemuStream stream = stream_of(wide + wide.substr(0, wide.size() / 2));
    CHECK(stream.next());
    CHECK_FALSE(stream.next());
    CHECK_FALSE(stream.failure());
}

TEST_CASE("stream: what is not understood is named with its line") {
    CHECK(
        failure_of(replaced(wide, "RCX=", "RXC=")).starts_with("QEMU's log: line 2 is not general registers: \"RAX="));
    CHECK(failure_of(replaced(wide, "CR0=80010033", "CR0=8001003x"))
              .starts_with("QEMU's log: line 17 is not the control"));
    CHECK(failure_of(replaced(wide, "II=0", "II=2")).starts_with("QEMU's log: line 6 is not RIP, flags and modes"));
    CHECK(failure_of(replaced(wide, "TR =0018", "TR =10018")).starts_with("QEMU's log: line 14 is not a segment"));
    CHECK(failure_of("\x1b[31mhello\n") == "QEMU's log: line 1 is not known: \"\\x1b[31mhello\"");
    CHECK(failure_of(replaced(wide, "/0000000000201127/", "/0000000000201128/")) ==
          "QEMU's log: line 1 begins a block at 0x201128, but the state after it is at 0x201127");
    CHECK(failure_of(std::string(1 << 21, 'x')) == "QEMU's log: line 1 is longer than 4096 bytes");
    CHECK(failure_of(replaced(page_fault, "i=0", "i=")).starts_with("QEMU's log: line 2 is not an interrupt"));
}

TEST_CASE("stream: a failing source ends the stream with its words") {
    QemuStream stream([](char*, std::size_t) { return Result<std::size_t>(error("the pipe broke")); });
    CHECK_FALSE(stream.next());
    CHECK(stream.failure()->sentence() == "the pipe broke");
}

TEST_CASE("stream: no damage to a byte makes it crash or go on with a wrong state") {
    const std::string log = narrow + wide + page_fault + timer + wide;
    for (std::size_t at = 0; at < log.size(); ++at) {
        std::string damaged = log;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x15);
        QemuStream stream = stream_of(damaged);
        unsigned items = 0;
        while (stream.next()) ++items;
        CHECK(items <= 5);
    }
}
