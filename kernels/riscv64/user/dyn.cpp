// The same as data, position independent (ET_DYN): its addresses are relative relocations, which the kernel applies.
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
