#include "timer.hpp"

#include "command_line.hpp"
#include "console.hpp"
#include "cpu.hpp"
#include "stop.hpp"

namespace {
constexpr u64 input_hertz = 1193182, ticks_per_second = 100;
u64 ticks;
}  // namespace

extern "C" void timer_setup() {
    const u64 divisor = input_hertz / ticks_per_second;
    out8(0x43, 0x34);  // channel 0, low byte then high byte, mode 2: one pulse every `divisor` clocks
    out8(0x40, static_cast<u8>(divisor));
    out8(0x40, static_cast<u8>(divisor >> 8));
    print("timer: 100 ticks a second at vector 0x20\n");
}

extern "C" void timer_tick() {
    ticks++;
    if (tick_limit != 0 && ticks >= tick_limit) {
        print("timer: ", dec(tick_limit), " ticks arrived in ring 3, stopping as the command line says\n");
        stop(code_ticks);
    }
}

u64 timer_ticks() { return ticks; }
