// The console. print("text", hex(x), dec(y), "\n"); log(...) is the same, unless the command line says quiet.
// The rule: what is printed depends on the program and its arguments only, never on time or on where the loader put
// things, so that two machines can be compared byte by byte. Not here: the device (uart.hpp), lines of input
// (shell.cpp).
#pragma once
#include "types.hpp"

struct Hex {
    u64 value;
};
struct Dec {
    i64 value;
};
constexpr Hex hex(u64 value) { return {value}; }
constexpr Dec dec(u64 value) { return {static_cast<i64>(value)}; }
constexpr Dec dec(i64 value) { return {value}; }
constexpr Dec dec(int value) { return {value}; }
constexpr Dec dec(u32 value) { return {value}; }

void put(const char* text);
void put(char c);
void put(Hex number);  // 0x and as few digits as the value needs
void put(Dec number);

// Ends a line that somebody left unfinished.
void fresh_line();

extern bool quiet;

template <typename... Parts>
void print(Parts... parts) {
    (put(parts), ...);
}
template <typename... Parts>
void log(Parts... parts) {
    if (!quiet) (put(parts), ...);
}
