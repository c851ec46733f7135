#include "stop.hpp"

#include "console.hpp"
#include "cpu.hpp"

void stop(u32 code) {
    print("exit: code ", dec(code), "\n");
    out32(0xf4, code);
    // Without that device the machine simply rests: no interrupt can end a hlt with IF = 0.
    for (;;) asm volatile("cli\n\thlt");
}

extern "C" void user_exit(u32 code) { stop(code & 0xff); }

void panic(const char* what) {
    print("panic: ", what, "\n");
    stop(code_panic);
}

void refuse(const char* why) {
    print("module: refused: ", why, "\n");
    stop(code_refused);
}
