#include "runtime.hpp"

// Where the kernel's sret goes: a0 = argc, a1 = argv, sp = the address of the word that also holds argc, ra = 0.
extern "C" [[noreturn]] void _start(u64 argc, const char* const* argv) { exit(run(argc, argv)); }

namespace {
u64 address(const void* pointer) { return reinterpret_cast<u64>(pointer); }
}  // namespace

[[gnu::noinline]] i64 write(u64 descriptor, Text text) {
    return syscall(SYS_WRITE, descriptor, address(text.start), text.length);
}

void exit(i64 code) {
    syscall(SYS_EXIT, static_cast<u64>(code));
    __builtin_unreachable();
}

i64 write_file(Text path, Text contents) {
    return syscall(SYS_FILE_WRITE, address(path.start), path.length, address(contents.start), contents.length);
}
[[gnu::noinline]] i64 read_file(Text path, char* buffer, u64 size) {
    return syscall(SYS_FILE_READ, address(path.start), path.length, address(buffer), size);
}
i64 create_file(Text path) { return syscall(SYS_FILE_CREATE, address(path.start), path.length); }
i64 delete_file(Text path) { return syscall(SYS_FILE_DELETE, address(path.start), path.length); }
i64 create_directory(Text path) { return syscall(SYS_DIR_CREATE, address(path.start), path.length); }
i64 delete_directory(Text path) { return syscall(SYS_DIR_DELETE, address(path.start), path.length); }

namespace {

void put_number(u64 descriptor, i64 number) {
    char digits[20];
    char* at = digits + sizeof digits;
    u64 rest = number < 0 ? -static_cast<u64>(number) : static_cast<u64>(number);
    do {
        *--at = static_cast<char>('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (number < 0) *--at = '-';
    write(descriptor, {at, static_cast<u64>(digits + sizeof digits - at)});
}

}  // namespace

void print(Text text) { write(1, text); }
void print_number(i64 number) { put_number(1, number); }

void panic_at(const char* file, int line, Text why) {
    write(2, "PANIC at ");
    write(2, file);
    write(2, ":");
    put_number(2, line);
    write(2, ": ");
    write(2, why);
    write(2, "\n");
    exit(1);
}

// The compiler may call these for any structure or array that it clears or copies.
extern "C" void* memset(void* to, int byte, size_t size) {
    volatile char* at = static_cast<volatile char*>(to);
    for (size_t i = 0; i < size; i++) at[i] = static_cast<char>(byte);
    return to;
}
extern "C" void* memcpy(void* to, const void* from, size_t size) {
    volatile char* at = static_cast<volatile char*>(to);
    const char* bytes = static_cast<const char*>(from);
    for (size_t i = 0; i < size; i++) at[i] = bytes[i];
    return to;
}
