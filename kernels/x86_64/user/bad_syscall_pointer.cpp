// Pointers that a kernel must not follow. Each has to be answered with -EFAULT; a kernel that believes them prints its
// own memory, writes into it, or faults in ring 0. Exits with the number of wrong answers.
#include "errno.hpp"
#include "linux.hpp"

namespace {

u64 failures;  // in .bss, so the program's last page can be written

void expect_fault(const char* what, i64 answer) {
    print(answer == -EFAULT ? "  -EFAULT: " : "  WRONG: ");
    print(what);
    print("\n");
    if (answer != -EFAULT) failures++;
}

const char constant[400] = "read only";

}  // namespace

extern "C" int main() {
    const u64 end = static_cast<u64>(syscall(sys_brk, 0));  // the page after the program's last one: not mapped
    const u64 text = reinterpret_cast<u64>(&main), constants = reinterpret_cast<u64>(constant);

    expect_fault("write from a null pointer", syscall(sys_write, 1, 0, 1));
    expect_fault("write from an address that is not mapped", syscall(sys_write, 1, 0x40000010, 1));
    expect_fault("write from the kernel's text", syscall(sys_write, 1, 0xffffffff80200000, 16));
    expect_fault("write from the direct map", syscall(sys_write, 1, 0xffff800000200000, 16));
    expect_fault("write from an address that is not canonical", syscall(sys_write, 1, 0x0000800000000000, 1));
    expect_fault("write across the edge of the lower half", syscall(sys_write, 1, 0x00007ffffffff000 - 1, 2));
    expect_fault("write with a size that wraps around", syscall(sys_write, 1, text, ~u64{0}));
    expect_fault("write that begins well and ends behind the last page", syscall(sys_write, 1, end - 4, 8));
    expect_fault("the same for uname", syscall(sys_uname, end - 4));
    expect_fault("uname into a null pointer", syscall(sys_uname, 0));
    expect_fault("uname into the program's text", syscall(sys_uname, text));
    expect_fault("uname into a constant", syscall(sys_uname, constants));
    expect_fault("uname into the kernel's data", syscall(sys_uname, 0xffff800000200000));
    expect_fault("read into the program's text", syscall(sys_read, 0, text, 1));
    expect_fault("writev with a list that is not mapped", syscall(sys_writev, 1, 0x40000010, 1));

    // Not a pointer that the kernel follows, but one that wrmsr checks, with a #GP in ring 0 for the kernel that did
    // not.
    const bool refused = syscall(sys_arch_prctl, arch_set_fs, 0x0000800000000000) == -EPERM;
    print(refused ? "  -EPERM: a thread pointer that is not canonical\n" : "  WRONG: a thread pointer was accepted\n");
    if (!refused) failures++;
    return static_cast<int>(failures);
}
