#include "timer.hpp"

#include "boot_info.hpp"
#include "command_line.hpp"
#include "console.hpp"
#include "cpu.hpp"
#include "machine.hpp"
#include "process.hpp"
#include "stop.hpp"

namespace {
u64 interval() { return boot.timebase / 100; }
}  // namespace

// A timer interrupt is pending for as long as time >= stimecmp ("Sstc" 0.5.4, chapter 2), so writing a later moment is
// also how it is answered.
extern "C" [[gnu::noinline]] void set_stimecmp(u64 value) { write_csr<csr::stimecmp>(value); }

// 4.1.5 "Counter-Enable Register (scounteren)": what U-mode may read, of what M-mode lets S-mode read.
extern "C" void timer_setup() {
    constexpr u64 cycle_time_instret = 7;
    write_csr<csr::scounteren>(cycle_time_instret);
}

extern "C" void timer_start() {
    set_stimecmp(read_csr<csr::time>() + interval());
    set_csr<csr::sie>(1 << cause::supervisor_timer);
}

extern "C" void timer_stop() {
    clear_csr<csr::sie>(1 << cause::supervisor_timer);
    set_stimecmp(~u64{0});
}

extern "C" void timer_tick() {
    set_stimecmp(read_csr<csr::time>() + interval());
    process.ticks++;
    if (tick_limit != 0 && process.ticks >= tick_limit) {
        fresh_line();
        print("ticks: ", dec(tick_limit), " in the program: the machine stops\n");
        shutdown(code_ticks);
    }
}

void watchdog_start(u64 ticks) { call_machine(MachineService::watchdog, read_csr<csr::time>() + ticks * interval()); }
