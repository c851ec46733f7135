// What a loader must get right: .data has its initial values, .bss is zero, both can be written, .rodata can be read,
// and argc and argv are where the ABI says. Exits with the number of things that were wrong.
#include "linux.hpp"

namespace {

u64 answer = 42;                                                            // .data: bytes of the file
u64 table[3] = {0x1111, 0x2222, 0x3333};                                    // and more of them
u64 zeroes[1024];                                                           // .bss: 8 KiB that are in no file
const char* volatile word = "a pointer in .data to a string in .rodata\n";  // position independent: a relocation

u64 failures;

void check(const char* what, bool right) {
    print(right ? "  right: " : "  WRONG: ");
    print(what);
    print("\n");
    if (!right) failures++;
}

}  // namespace

extern "C" int main(int argc, char** argv) {
    print("argc ");
    print_number(static_cast<u64>(argc));
    for (int i = 0; i < argc; i++) {
        print(i == 0 ? ", argv: " : " ");
        print(argv[i]);
    }
    print("\n");
    check("argv ends with a null pointer", argv[argc] == nullptr);

    check(".data has its initial values", answer == 42 && table[0] == 0x1111 && table[2] == 0x3333);
    answer++;
    asm volatile("" ::: "memory");  // or the compiler would answer the next question itself
    check(".data can be written", answer == 43);

    u64 sum = 0;
    for (u64 value : zeroes) sum |= value;
    check(".bss is zero", sum == 0);
    for (u64& value : zeroes) value = 7;
    asm volatile("" ::: "memory");
    check(".bss can be written up to its end", zeroes[0] == 7 && zeroes[1023] == 7);
    print(word);
    return static_cast<int>(failures);
}
