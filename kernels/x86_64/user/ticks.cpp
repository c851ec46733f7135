// Waits until the timer has interrupted ring 3 three times. Everything below runs with interrupts on; every register
// that the handler forgot to save would show up here sooner or later. Bounded: without ticks it ends with 1.
#include "linux.hpp"

extern "C" int main() {
    const i64 start = syscall(sys_times);
    u64 checksum = 0;
    for (u64 round = 0; round < 2'000'000; round++) {
        for (u64 i = 0; i < 1000; i++) {
            checksum += i;
            asm volatile("" : "+r"(checksum));  // keep the loop: the compiler knows the sum
        }
        if (checksum != (round + 1) * 499500) {
            print("a register was lost\n");
            return 2;
        }
        if (round % 100 == 0 && syscall(sys_times) - start >= 3) {
            print("three ticks and nothing was lost\n");
            return 0;
        }
    }
    print("no ticks\n");
    return 1;
}
