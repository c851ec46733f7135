// What M-mode does with a trap: it answers the kernel's two requests; the rest ought not to have come here, so it says
// what it was and stops. It prints by itself, byte by byte: nothing of the kernel's is trusted at that moment.
#include "cpu.hpp"
#include "layout.hpp"
#include "machine.hpp"

extern "C" void set_medeleg(u64 value);
extern "C" void set_mideleg(u64 value);
extern "C" void set_menvcfg(u64 value);

namespace {

constexpr u64 clint_mtimecmp = 0x2004000;
constexpr u32 code_panic = 127;

void say(char c) {
    constexpr u64 line_status = uart_base + 5;
    constexpr u8 transmitter_empty = 0x20;
    while ((device_read<u8>(line_status) & transmitter_empty) == 0) {}
    device_write<u8>(uart_base, static_cast<u8>(c));
}

void say(const char* text) {
    for (; *text != '\0'; text++) say(*text);
}

void say(u64 number) {
    say("0x");
    int shift = 60;
    while (shift > 0 && number >> shift == 0) shift -= 4;
    for (; shift >= 0; shift -= 4) say("0123456789abcdef"[number >> shift & 15]);
}

void say_decimal(u64 number) {
    if (number >= 10) say_decimal(number / 10);
    say(static_cast<char>('0' + number % 10));
}

// Priv. 1.12, Table 3.6 "Machine cause register (mcause) values after trap".
const char* name(u64 mcause) {
    switch (mcause) {
        case 0:
            return "instruction address misaligned";
        case 1:
            return "instruction access fault";
        case 2:
            return "illegal instruction";
        case 3:
            return "breakpoint";
        case 4:
            return "load address misaligned";
        case 5:
            return "load access fault";
        case 6:
            return "store/AMO address misaligned";
        case 7:
            return "store/AMO access fault";
        case 8:
            return "environment call from U-mode";
        case 9:
            return "environment call from S-mode";
        case 11:
            return "environment call from M-mode";
        case 12:
            return "instruction page fault";
        case 13:
            return "load page fault";
        case 15:
            return "store/AMO page fault";
        case cause::interrupt | 1:
            return "supervisor software interrupt";
        case cause::interrupt | 5:
            return "supervisor timer interrupt";
        case cause::interrupt | 7:
            return "machine timer interrupt";
        case cause::interrupt | 9:
            return "supervisor external interrupt";
        default:
            return "reserved";
    }
}

[[noreturn]] void stop_machine(u32 code) {
    constexpr u32 fail = 0x3333;  // sifive_test: the code goes into the upper half
    say("exit: code ");
    say_decimal(code);
    say("\n");
    device_write<u32>(test_device, code << 16 | fail);
    for (;;) wait_for_interrupt();
}

void say_where(const MachineFrame& frame) {
    say(" mepc ");
    say(frame.x[0]);
    say(" mtval ");
    say(read_csr<csr::mtval>());
    say(", from ");
    say("US?M"[(read_csr<csr::mstatus>() & status::MPP) >> 11]);
    say("-mode");
}

void make_mistake(MachineMistake mistake) {
    switch (mistake) {
        case MachineMistake::medeleg_zero:
            set_medeleg(0);
            break;
        case MachineMistake::mideleg_zero:
            set_mideleg(0);
            break;
        case MachineMistake::no_pmp:
            // Entry 1 is off: what is left matches nothing but our own memory. The translations that were cached under
            // the old rules go too (3.7.2 "Physical Memory Protection and Paging").
            write_csr<csr::pmpcfg0>(3 << 3);
            sfence_vma_all();
            break;
        case MachineMistake::tvm:
            set_csr<csr::mstatus>(status::TVM);
            break;
        case MachineMistake::tsr:
            set_csr<csr::mstatus>(status::TSR);
            break;
        case MachineMistake::tw:
            set_csr<csr::mstatus>(status::TW);
            break;
        case MachineMistake::no_stce:
            set_menvcfg(0);
            break;
    }
}

void serve(MachineFrame& frame) {
    frame.x[0] += 4;  // mepc is the ecall itself
    u64& a0 = frame.x[10];
    switch (static_cast<MachineService>(frame.x[17])) {
        case MachineService::watchdog:
            device_write<u64>(clint_mtimecmp, a0);
            set_csr<csr::mie>(1 << cause::machine_timer);
            break;
        case MachineService::mistake:
            make_mistake(static_cast<MachineMistake>(a0));
            break;
    }
}

}  // namespace

extern "C" void machine_trap(MachineFrame* frame) {
    const u64 mcause = read_csr<csr::mcause>();
    if (mcause == cause::supervisor_ecall) return serve(*frame);
    if (mcause == (cause::interrupt | cause::machine_timer)) {
        say("machine: the watchdog's time has come:");
        say_where(*frame);
        say(", scause ");
        say(read_csr<csr::scause>());
        say(" sepc ");
        say(read_csr<csr::sepc>());
        say(" stval ");
        say(read_csr<csr::stval>());
    } else {
        say("machine: ");
        say((mcause & cause::interrupt) != 0 ? "interrupt " : "cause ");
        say_decimal(mcause & ~cause::interrupt);
        say(" (");
        say(name(mcause));
        say(") arrived in M-mode:");
        say_where(*frame);
    }
    say(": the machine stops\n");
    stop_machine(code_panic);
}
