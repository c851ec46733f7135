/* One function in two places, by the compiler's hand; breakpoints_test.cpp looks for the comments below. */
volatile int seen;

static inline __attribute__((always_inline)) int doubled(int value) {
    int out = value * 2;
    seen = out; /* in both copies */
    return out + seen;
}
__attribute__((noinline)) static int first(int value) {
    return doubled(value) + 1;
}
__attribute__((noinline)) static int second(int value) {
    seen = seen + doubled(value); /* goes on behind a copy */
    return seen;
}
void _start(void) {
    seen = first(20);
    seen = second(seen);
    __asm__ volatile("syscall" : : "a"(60), "D"(0) : "rcx", "r11", "memory");
    __builtin_unreachable();
}
