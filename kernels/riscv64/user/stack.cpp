// A stack that grows: each page of it comes with a fault that nobody notices.
#include "runtime.hpp"

namespace {

// One frame of a bit more than 2 KiB; not a loop, because the array is looked at after the call.
[[gnu::noinline]] u64 sum_to(u64 n) {
    volatile u64 numbers[256];
    for (u64 i = 0; i < 256; i++) numbers[i] = n;
    if (n == 0) return 0;
    const u64 rest = sum_to(n - 1);
    return numbers[n] + rest;
}

}  // namespace

int run(u64, const char* const*) {
    if (sum_to(20) != 210) PANIC("something on the stack has changed");
    print("20 frames of 2 KiB, and all of them came back\n");
    return 0;
}
