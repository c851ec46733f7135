/* Functions inside functions, by the optimiser's hand: frames_test.cpp asks for the names and lines below. */
volatile int seen;

static inline __attribute__((always_inline)) void innermost(int value) {
    seen = value * 3; /* in innermost */
}
static inline __attribute__((always_inline)) void middle(int value) {
    innermost(value + 1); /* in middle */
}
__attribute__((noinline)) int leaf(int value) {
    middle(value); /* in leaf */
    return seen;
}
__attribute__((noinline)) int caller(int value) {
    char room[64];
    room[value & 63] = (char)leaf(value);
    return room[seen & 63] + 1; /* behind the call */
}
void _start(void) {
    for (;;) seen = caller(seen);
}
