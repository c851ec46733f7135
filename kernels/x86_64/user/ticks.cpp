// Waits until the timer has interrupted ring 3 three times, and watches its registers meanwhile: a handler that forgot
// to save one would be seen. Bounded: without ticks it ends with 1.
#include "linux.hpp"

extern "C" u64 kept_for(u64 rounds);  // registers.S
extern "C" u64 kept_over_syscall();

extern "C" int main() {
    if (kept_over_syscall() == 0) {
        print("a system call lost a register\n");
        return 2;
    }
    const i64 start = syscall(sys_times);
    for (u64 round = 0; round < 100'000; round++) {
        if (kept_for(1000) == 0) {
            print("an interrupt lost a register\n");
            return 3;
        }
        if (syscall(sys_times) - start >= 3) {
            print("three ticks and nothing was lost\n");
            return 0;
        }
    }
    print("no ticks\n");
    return 1;
}
