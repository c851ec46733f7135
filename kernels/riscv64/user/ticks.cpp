// Computes until the timer has interrupted it several times, and finds nothing changed.
#include "runtime.hpp"

namespace {

u64 time() {
    u64 value;
    asm volatile("rdtime %0" : "=r"(value));
    return value;
}

}  // namespace

int run(u64, const char* const*) {
    constexpr u64 tick = 100000;  // `time` counts ten million a second, and there are a hundred ticks
    const u64 start = time();
    u64 a = 1, b = 1, rounds = 0;
    while (time() - start < 3 * tick) {
        const u64 next = a + b;
        a = b, b = next;
        rounds++;
    }
    u64 c = 1, d = 1;
    for (u64 i = 0; i < rounds; i++) {
        const u64 next = c + d;
        c = d, d = next;
    }
    if (a != c || b != d) PANIC("a register has changed");
    print("three ticks later: all as it was\n");
    return 0;
}
