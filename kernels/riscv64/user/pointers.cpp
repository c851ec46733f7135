// Addresses that a program must not get the kernel to touch for it: every one is answered with -14.
#include "runtime.hpp"

namespace {

const char constant[16] = "constant";
int wrong;

void expect(const char* what, i64 answer, i64 right = -EFAULT) {
    print(answer == right ? "  right: " : "  WRONG: ");
    print(what);
    print(" -> ");
    print_number(answer);
    print("\n");
    if (answer != right) wrong++;
}

Text at(u64 address, u64 length) { return {reinterpret_cast<const char*>(address), length}; }
char* buffer_at(u64 address) { return reinterpret_cast<char*>(address); }

}  // namespace

int run(u64, const char* const*) {
    const u64 top = 0x80420000, kernel = 0x80004000, machine = 0x80000000, heap = 0x80200000, uart = 0x10000000;
    char buffer[16];

    expect("write from NULL", write(1, at(0, 1)));
    expect("write from the kernel's text", write(1, at(kernel, 8)));
    expect("write from the kernel's heap", write(1, at(heap, 8)));
    expect("write from M-mode's memory", write(1, at(machine, 8)));
    expect("write from the UART", write(1, at(uart, 1)));
    expect("write from an address that is not canonical", write(1, at(0x4000000000, 1)));
    expect("write from the last address there is", write(1, at(~u64{0}, 1)));
    expect("write that runs out of the window", write(1, at(top - 8, 9)));
    expect("write that wraps around", write(1, at(top - 8, ~u64{0})));
    expect("write from a hole in the window", write(1, at(0x8040f000, 1)));
    expect("write of nothing from NULL", write(1, at(0, 0)), 0);
    expect("a path in the kernel", create_file(at(kernel, 8)));
    expect("a path that runs out of the window", delete_file(at(top - 4, 8)));
    expect("a directory's path at NULL", create_directory(at(0, 4)));
    expect("file_read to NULL", read_file("/test/hello.txt", buffer_at(0), 16));
    expect("file_read into the kernel's heap", read_file("/test/hello.txt", buffer_at(heap), 16));
    expect("file_read into its own text", read_file("/test/hello.txt", buffer_at(0x80400000), 16));
    expect("file_read into its own constants",
           read_file("/test/hello.txt", const_cast<char*>(constant), sizeof constant));
    expect("file_read of a directory into a constant", read_file("/", const_cast<char*>(constant), sizeof constant));
    expect("file_write from the kernel", write_file("/x", at(kernel, 16)));
    expect("file_write from far behind the stack", write_file("/x", at(top - 16, u64{1} << 40)));
    expect("file_read of that file", read_file("/x", buffer, sizeof buffer), -ENOENT);
    return wrong;
}
