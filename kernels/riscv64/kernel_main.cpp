// The order in which the hart becomes a machine for user programs.
#include "boot_info.hpp"
#include "command_line.hpp"
#include "console.hpp"
#include "frames.hpp"
#include "fs.hpp"
#include "heap.hpp"
#include "initrd.hpp"
#include "kernel_space.hpp"
#include "layout.hpp"
#include "mistakes.hpp"
#include "plic.hpp"
#include "shell.hpp"
#include "stop.hpp"
#include "timer.hpp"
#include "traps.hpp"
#include "uart.hpp"

extern "C" [[noreturn]] void kernel_main(u64 device_tree) {
    early_traps_setup();  // from here on a mistake of ours is a message, not a hart that hangs
    uart_setup();
    read_boot_info(device_tree);  // command line, memory, initrd
    read_command_line();          // first of all, because it may say quiet
    log("kernel: S-mode at ", hex(ram_start + machine_bytes), "; ", dec((boot.ram_end - ram_start) >> 20),
        " MiB of memory\n");
    if (watchdog_ticks != 0) watchdog_start(watchdog_ticks);
    make_boot_mistake();  // nothing, unless the command line asks for one
    frames_setup();
    kernel_space_setup();
    heap_setup();
    if (fs_setup() != 0) panic("no memory for the root directory");
    read_initrd_files();
    traps_setup();
    plic_setup();
    timer_setup();

    if (boot_command != nullptr) shutdown(shell_command(boot_command));
    log("help lists the commands\n");
    shell();
}
