// What the kernel put on the stack, and whether it is what was promised. Exits with argc.
#include "runtime.hpp"

namespace {

u64 stack_pointer;

}  // namespace

// Before _start of the runtime there is nothing to be seen of sp, so this program says where argc must be: in front of
// argv.
int run(u64 argc, const char* const* argv) {
    stack_pointer = reinterpret_cast<u64>(argv) - 8;
    if (*reinterpret_cast<const u64*>(stack_pointer) != argc) PANIC("the word in front of argv is not argc");
    if (stack_pointer % 16 != 0) PANIC("argc is not at a multiple of 16");
    if (argv[argc] != nullptr) PANIC("there is no null behind the last argument");
    u64 end = reinterpret_cast<u64>(argv + argc + 1);
    for (u64 i = 0; i < argc; i++) {
        const u64 text = reinterpret_cast<u64>(argv[i]);
        if (text < end) PANIC("an argument lies in front of the one before it");
        end = text + Text(argv[i]).length + 1;
        print("argv[");
        print_number(static_cast<i64>(i));
        print("] = ");
        print(argv[i]);
        print("\n");
    }
    if (end != 0x80420000) PANIC("the last argument does not end where the window does");
    return static_cast<int>(argc);
}
