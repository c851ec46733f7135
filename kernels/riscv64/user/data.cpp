// Data that begins with a value, data that begins as zero, and a constant: each in pages of its own kind.
#include "runtime.hpp"

namespace {
volatile u64 value = 0x1122334455667788;
volatile u64 zeros[2048];
constexpr const char* names[] = {"one", "two", "three"};  // addresses inside of data
}  // namespace

int run(u64, const char* const*) {
    if (value != 0x1122334455667788) PANIC("initialised data is not what it was");
    for (volatile u64& zero : zeros) {
        if (zero != 0) PANIC("data without a value is not zero");
        zero = value;
    }
    value = value + 1;
    for (const char* const& name : names) {
        print(*const_cast<const char* const volatile*>(&name));
        print("\n");
    }
    return 0;
}
