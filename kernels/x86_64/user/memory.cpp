// Asks for memory in both ways and uses it: the heap's end (brk) and fresh pages (mmap).
#include "errno.hpp"
#include "linux.hpp"

namespace {

u64 failures;

void check(const char* what, bool right) {
    print(right ? "  right: " : "  WRONG: ");
    print(what);
    print("\n");
    if (!right) failures++;
}

bool fill(u64 address, u64 size) {  // writes everywhere, and tells whether it was zero before
    bool zero = true;
    for (u64* at = reinterpret_cast<u64*>(address); at < reinterpret_cast<u64*>(address + size); at += 64) {
        zero = zero && *at == 0;
        *at = 0x5555;
    }
    return zero;
}

}  // namespace

extern "C" int main() {
    const u64 start = static_cast<u64>(syscall(sys_brk, 0));
    check("the heap begins on a page", start % 4096 == 0);
    check("brk gives three pages", static_cast<u64>(syscall(sys_brk, start + 3 * 4096)) == start + 3 * 4096);
    check("they are zero and can be written", fill(start, 3 * 4096));
    check("brk takes two back", static_cast<u64>(syscall(sys_brk, start + 4096)) == start + 4096);
    check("and gives them again", static_cast<u64>(syscall(sys_brk, start + 3 * 4096)) == start + 3 * 4096);
    check("zeroed again", fill(start + 4096, 2 * 4096));
    check("brk refuses a terabyte", static_cast<u64>(syscall(sys_brk, start + (u64{1} << 40))) == start + 3 * 4096);

    const u64 private_anonymous = 0x22, read_write = 3;
    const i64 page = syscall(sys_mmap, 0, 10000, read_write, private_anonymous);
    check("mmap gives three pages for 10000 bytes", page > 0 && fill(static_cast<u64>(page), 3 * 4096));
    check("mprotect makes them read-only", syscall(sys_mprotect, static_cast<u64>(page), 10000, 1) == 0);
    check("so uname cannot write there", syscall(sys_uname, static_cast<u64>(page)) == -EFAULT);
    check("mprotect hides them", syscall(sys_mprotect, static_cast<u64>(page), 10000, 0) == 0);
    check("so write cannot read there", syscall(sys_write, 1, static_cast<u64>(page), 1) == -EFAULT);
    check("munmap takes them back", syscall(sys_munmap, static_cast<u64>(page), 10000) == 0);
    check("so write cannot read there", syscall(sys_write, 1, static_cast<u64>(page), 1) == -EFAULT);
    check("mmap refuses a terabyte", syscall(sys_mmap, 0, u64{1} << 40, read_write, private_anonymous) == -ENOMEM);
    return static_cast<int>(failures);
}
