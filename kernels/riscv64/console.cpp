#include "console.hpp"

#include "uart.hpp"

bool quiet;

namespace {
char last = '\n';
}

void put(char c) {
    last = c;
    uart_put(c);
}

void put(const char* text) {
    for (; *text != '\0'; text++) put(*text);
}

void put(Hex number) {
    put("0x");
    int shift = 60;
    while (shift > 0 && (number.value >> shift) == 0) shift -= 4;
    for (; shift >= 0; shift -= 4) put("0123456789abcdef"[(number.value >> shift) & 15]);
}

void put(Dec number) {
    u64 rest = static_cast<u64>(number.value);
    if (number.value < 0) {
        put('-');
        rest = -rest;
    }
    char digits[20];  // 2^63 has 19 of them
    int count = 0;
    do {
        digits[count++] = static_cast<char>('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    while (count > 0) put(digits[--count]);
}

void fresh_line() {
    if (last != '\n') put('\n');
}
