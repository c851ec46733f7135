// Doubles live in f registers. Each call goes through the kernel and back; none may be lost, nor the rounding mode.
#include "runtime.hpp"

namespace {

[[gnu::noinline]] double root(double of) {
    double guess = of;
    for (int i = 0; i < 30; i++) guess = (guess + of / guess) / 2;
    return guess;
}

u64 rounding_mode() {
    u64 mode;
    asm volatile("frrm %0" : "=r"(mode));
    return mode;
}

// A double in fs0 while the kernel prints: one asm, since to this ABI no f register survives a call of a function.
u64 through_the_kernel(u64 bits, Text text) {
    register u64 a0 asm("a0") = 1;
    register u64 a1 asm("a1") = reinterpret_cast<u64>(text.start);
    register u64 a2 asm("a2") = text.length;
    register u64 a7 asm("a7") = SYS_WRITE;
    u64 back;
    asm volatile("fmv.d.x fs0, %[bits]\n\tecall\n\tfmv.x.d %[back], fs0"
                 : [back] "=&r"(back), "+r"(a0)
                 : [bits] "r"(bits), "r"(a1), "r"(a2), "r"(a7)
                 : "fs0", "memory");
    return back;
}

}  // namespace

int run(u64, const char* const*) {
    asm volatile("fsrmi 3");  // round up
    const u64 pi = 0x400921fb54442d18;
    if (through_the_kernel(pi, "pi is in fs0\n") != pi) PANIC("an f register has changed");
    if (rounding_mode() != 3) PANIC("the rounding mode has changed");
    asm volatile("fsrmi 0");
    const double product = root(2) * root(3);
    print("sqrt 2 * sqrt 3 * 1000000 = ");
    print_number(static_cast<i64>(product * 1000000));
    print("\n");
    return 0;
}
