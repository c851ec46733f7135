// The order in which the machine becomes a machine for user programs. Each call prints one line.
#include "command_line.hpp"
#include "console.hpp"
#include "elf_load.hpp"
#include "enter_user_mode.hpp"
#include "frames.hpp"
#include "gdt.hpp"
#include "idt.hpp"
#include "kernel_space.hpp"
#include "layout.hpp"
#include "pic.hpp"
#include "start_info.hpp"
#include "syscall_setup.hpp"
#include "syscalls.hpp"
#include "timer.hpp"
#include "tss.hpp"
#include "user_stack.hpp"

extern "C" [[noreturn]] void kernel_main(u64 start_info) {
    serial_init();  // first, so that everything after it can say what went wrong
    print("kernel: 64-bit, in the higher half at ", hex(kernel_base), "\n");
    idt_load();                   // from here on a mistake of ours is a message, not a reset
    read_start_info(start_info);  // command line, memory, module
    read_command_line();
    idt_break();  // nothing, unless the command line asks for a mistake
    frames_init();
    paging_setup();

    // What ring 3 will find in memory ...
    const Program program = load_user_program();
    set_program_end(program.end);
    const u64 rsp = build_user_stack(program);

    // ... what the processor needs to go there and, each time, to come back ...
    gdt_load();
    tss_load();
    pic_setup();
    timer_setup();
    syscall_prepare();

    // ... and there we go.
    enter_program(program.entry, rsp);
}
