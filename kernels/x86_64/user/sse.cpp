// Doubles in xmm registers: works because boot.S set CR4.OSFXSR and cleared CR0.EM. The kernel never touches these
// registers, so a system call in the middle of a calculation leaves them alone.
#include "linux.hpp"

extern "C" int main() {
    // 4/1 - 4/3 + 4/5 - ...: slowly, pi.
    double sum = 0, sign = 4;
    for (int i = 0; i < 2000; i++) {
        sum += sign / (2 * i + 1);
        sign = -sign;
        if (i == 1000) print("halfway\n");
    }
    print("pi is about 3.14, and this sum * 1000000 is ");
    print_number(static_cast<u64>(sum * 1000000));
    print("\n");

    // Two additions by one instruction.
    typedef double Pair __attribute__((vector_size(16)));
    Pair a = {1.5, 2.5}, b = {10, 20};
    asm volatile("addpd %0, %1" : "+x"(a) : "x"(b));
    print("1.5 + 10 and 2.5 + 20, times 2: ");
    print_number(static_cast<u64>(a[0] * 2));
    print(" ");
    print_number(static_cast<u64>(a[1] * 2));
    print("\n");
    return sum > 3.14 && sum < 3.15 && a[0] == 11.5 && a[1] == 22.5 ? 0 : 1;
}
