#include "traps.hpp"

#include "console.hpp"
#include "cpu.hpp"
#include "pic.hpp"
#include "stop.hpp"
#include "timer.hpp"
#include "user_space.hpp"

namespace {

constexpr u64 double_fault = 8, page_fault = 14;

// SDM Vol. 3A Table 6-1 "Protected-Mode Exceptions and Interrupts".
constexpr const char* mnemonics[32] = {
    "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "9",  "#TS", "#NP", "#SS", "#GP", "#PF", "15",
    "#MF", "#AC", "#MC", "#XM", "#VE", "#CP", "22",  "23",  "24",  "25", "26",  "27",  "28",  "29",  "30",  "31",
};

// The instructions of ours that are known to fault when something before them was left out.
extern "C" char sysretq_instruction[], sysretl_instruction[], iretq_instruction[], syscall_return_sysretq[],
    trap_return_iretq[];
struct Place {
    const char* address;
    const char* name;
};
constexpr Place places[] = {
    {sysretq_instruction, "sysretq_instruction"}, {sysretl_instruction, "sysretl_instruction"},
    {iretq_instruction, "iretq_instruction"},     {syscall_return_sysretq, "syscall_return_sysretq"},
    {trap_return_iretq, "trap_return_iretq"},
};

void describe(const TrapFrame& frame, u64 cr2) {
    print("vector ", dec(frame.vector), " (", frame.vector < 32 ? mnemonics[frame.vector] : "interrupt", ") error ",
          hex(frame.error_code), " rip ", hex(frame.rip));
    for (const Place& place : places) {
        if (reinterpret_cast<u64>(place.address) == frame.rip) print(" (", place.name, ")");
    }
    if (frame.vector == page_fault) print(" cr2 ", hex(cr2));
}

[[noreturn]] void kill_program(const TrapFrame& frame, u64 cr2) {
    print("fault: ");
    describe(frame, cr2);
    print(": program killed\n");
    stop(code_fault_base + static_cast<u32>(frame.vector));
}

[[noreturn]] void kernel_fault(const TrapFrame& frame, u64 cr2) {
    print("panic: ");
    describe(frame, cr2);
    print(" cs ", hex(frame.cs), ": the kernel stops\n");
    stop(code_panic);
}

}  // namespace

extern "C" void trap_dispatch(TrapFrame* frame) {
    // CR2 before anything else: another page fault would overwrite it.
    const u64 cr2 = frame->vector == page_fault ? read_cr2() : 0;
    // The low two bits of the pushed CS are the privilege that was interrupted. The frame cannot lie about that: the
    // processor pushed it.
    const bool from_user = (frame->cs & 3) == 3;

    if (frame->vector >= pic_first_vector) {
        const u64 irq = frame->vector - pic_first_vector;
        if (irq == 0) timer_tick();
        pic_done(irq);
        return;
    }
    // An abort: the pushed CS and rip are undefined (SDM Vol. 3A 6.15, "Interrupt 8"), so whose fault it was cannot be
    // read from them. In practice it was ours: the processor found no stack or no handler.
    if (frame->vector == double_fault) {
        print("panic: vector 8 (#DF): a fault could not be delivered, the kernel stops\n");
        stop(code_panic);
    }
    if (!from_user) kernel_fault(*frame, cr2);
    // Not a mistake of the program: the stack's next page does not exist until it is touched. The instruction that
    // faulted runs again after iretq, as if nothing had happened.
    if (frame->vector == page_fault && grow_user_stack(cr2, frame->error_code)) return;
    kill_program(*frame, cr2);
}
