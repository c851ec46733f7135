// A stack that grows: only its first page is mapped when the program starts. Each deeper page faults once; the kernel
// maps it and returns to the instruction that faulted, which then succeeds. The program cannot tell.
#include "linux.hpp"

namespace {

[[gnu::noinline]] u64 descend(u64 depth) {
    volatile char page[4096];  // so each call needs a new page
    page[0] = static_cast<char>(depth);
    asm volatile("" ::: "memory");
    return depth == 0 ? 0 : descend(depth - 1) + static_cast<u64>(page[0]);
}

}  // namespace

extern "C" int main() {
    print("sum on the way up through 20 pages of stack: ");
    print_number(descend(20));
    print("\n");
    // The kernel itself meets a page that is not there yet: this buffer lies far below everything touched so far.
    char far_below[64 * 1024];
    const i64 answer = syscall(sys_uname, reinterpret_cast<u64>(far_below));
    print(answer == 0 ? "uname into a stack page that did not exist: " : "uname failed: ");
    print(far_below);
    print("\n");
    return answer == 0 ? 0 : 1;
}
