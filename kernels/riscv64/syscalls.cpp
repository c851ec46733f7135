#include "syscalls.hpp"

#include "console.hpp"
#include "errno.hpp"
#include "paging.hpp"
#include "process.hpp"
#include "user_space.hpp"

namespace {

i64 sys_write(u64 descriptor, u64 bytes, u64 size) {
    if (descriptor != 1 && descriptor != 2) return -EBADF;
    // All of it is looked up before the first byte is printed: a call is done or not done.
    if (!user_can(bytes, size, pte::R)) return -EFAULT;
    char piece[128];
    for (u64 at = 0; at < size; at += sizeof piece) {
        const u64 now = size - at < sizeof piece ? size - at : sizeof piece;
        copy_from_user(piece, bytes + at, now);
        for (u64 i = 0; i < now; i++) put(piece[i]);
    }
    return static_cast<i64>(size);
}

// The flag keeps trap_entry.S from going back; it jumps to kernel_resume_from_user instead.
i64 sys_exit(i64 code) {
    process.exit_code = code;
    process.exited = true;
    return 0;
}

}  // namespace

extern "C" [[gnu::noinline]] i64 syscall_handler(u64 number, const u64* a) {
    switch (static_cast<Syscall>(number)) {
        case Syscall::write:
            return sys_write(a[0], a[1], a[2]);
        case Syscall::exit:
            return sys_exit(static_cast<i64>(a[0]));
        case Syscall::file_write:
            return sys_file_write(a[0], a[1], a[2], a[3]);
        case Syscall::file_read:
            return sys_file_read(a[0], a[1], a[2], a[3]);
        case Syscall::file_create:
            return sys_create(a[0], a[1], false);
        case Syscall::file_delete:
            return sys_delete(a[0], a[1], false);
        case Syscall::dir_create:
            return sys_create(a[0], a[1], true);
        case Syscall::dir_delete:
            return sys_delete(a[0], a[1], true);
    }
    return -ENOSYS;
}
