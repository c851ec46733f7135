// The console: text to COM1 and nothing else. print("text", hex(x), dec(y), "\n").
// The rule: what is printed depends on the program and its arguments only, never on time, on the firmware or on the
// compiler, so that two machines can be compared byte by byte.
#pragma once
#include "types.hpp"

struct Hex {
    u64 value;
};
struct Dec {
    u64 value;
};
constexpr Hex hex(u64 value) { return {value}; }
constexpr Dec dec(u64 value) { return {value}; }

extern "C" void serial_init();
extern "C" void serial_put(char c);

void put(const char* text);
void put(char c);
void put(Hex number);  // 0x and as few digits as the value needs
void put(Dec number);

template <typename... Parts>
void print(Parts... parts) {
    (put(parts), ...);
}
