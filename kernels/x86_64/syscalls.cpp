#include "syscalls.hpp"

#include "command_line.hpp"
#include "console.hpp"
#include "cpu.hpp"
#include "errno.hpp"
#include "layout.hpp"
#include "stop.hpp"
#include "syscall_setup.hpp"
#include "timer.hpp"
#include "tss.hpp"
#include "user_space.hpp"

namespace {

CpuBlock cpu_block;

// SDM Vol. 3A 5.8.8 "Fast System Calls in 64-Bit Mode".
constexpr u64 efer_sce = 1;
// STAR[47:32] = 0x08: syscall loads CS = 0x08 and SS = 0x08 + 8 = 0x10, kernel code and kernel data.
// STAR[63:48] = 0x20: sysretq loads SS = 0x20 + 8 = 0x28 and CS = 0x20 + 16 = 0x30, both with 3 ORed in: 0x2b and 0x33.
// Why + 16 for CS: the slot at + 0 is kept for 32-bit user code, which sysretl takes; so 32-bit code, data and 64-bit
// code stand in a row, and one number finds all three. 0x20 is only that number: the slot itself is half of our TSS.
constexpr u64 star = 0x20ull << 48 | 0x08ull << 32;
// Cleared on entry: TF, or single-stepping would go on inside the kernel; IF, since the stack is not switched yet; DF,
// which C++ relies on; IOPL; NT, which makes a later iret fault; AC.
constexpr u64 fmask = 1 << 8 | 1 << 9 | 1 << 10 | 3 << 12 | 1 << 14 | 1 << 18;

}  // namespace

void syscall_prepare() {
    cpu_block.kernel_rsp = reinterpret_cast<u64>(kernel_stack_top);
    const u64 efer_bits = variant == Variant::sce_off ? 0 : efer_sce;
    const u64 star_value = variant == Variant::star_zero ? 0 : star;
    syscall_setup(efer_bits, star_value, reinterpret_cast<u64>(syscall_entry), fmask, &cpu_block);
    print("syscall: EFER.SCE ", dec(efer_bits), ", STAR ", hex(star_value), ", FMASK ", hex(fmask), "\n");
}

namespace {

i64 sys_write(u64 descriptor, u64 buffer, u64 size) {
    if (descriptor != 1 && descriptor != 2) return -EBADF;
    if (!user_can(buffer, size, Access::read)) return -EFAULT;
    const char* text = reinterpret_cast<const char*>(buffer);
    for (u64 i = 0; i < size; i++) serial_put(text[i]);
    return static_cast<i64>(size);
}

struct Piece {
    u64 buffer, size;
};

i64 sys_writev(u64 descriptor, u64 pieces, u64 count) {
    if (count > 1024) return -EINVAL;
    if (!user_can(pieces, count * sizeof(Piece), Access::read)) return -EFAULT;
    i64 total = 0;
    for (u64 i = 0; i < count; i++) {
        const Piece piece = reinterpret_cast<const Piece*>(pieces)[i];
        const i64 written = sys_write(descriptor, piece.buffer, piece.size);
        if (written < 0) return total != 0 ? total : written;
        total += written;
    }
    return total;
}

// There is no input: every read is at the end of the file. The buffer is checked all the same, as Linux does.
i64 sys_read(u64 descriptor, u64 buffer, u64 size) {
    if (descriptor != 0) return -EBADF;
    return user_can(buffer, size, Access::write) ? 0 : -EFAULT;
}

i64 sys_uname(u64 buffer) {
    constexpr u64 field_bytes = 65;
    constexpr const char* fields[6] = {"Ringscope", "user", "1.0", "teaching kernel", "x86_64", ""};
    if (!user_can(buffer, 6 * field_bytes, Access::write)) return -EFAULT;
    char* to = reinterpret_cast<char*>(buffer);
    memset(to, 0, 6 * field_bytes);
    for (u64 i = 0; i < 6; i++) {
        for (u64 at = 0; fields[i][at] != '\0'; at++) to[i * field_bytes + at] = fields[i][at];
    }
    return 0;
}

// A C library keeps its thread-local variables behind FS.
i64 sys_arch_prctl(u64 what, u64 address) {
    constexpr u64 ARCH_SET_FS = 0x1002;
    constexpr u32 IA32_FS_BASE = 0xc0000100;
    if (what != ARCH_SET_FS) return -EINVAL;
    // wrmsr refuses an address that is not canonical with #GP, in ring 0: ours to prevent.
    if (address >= user_top) return -EPERM;
    wrmsr(IA32_FS_BASE, address);
    return 0;
}

// Clock ticks since the start; Linux has 100 a second as well. The times of the process are not kept.
i64 sys_times(u64 buffer) { return buffer == 0 ? static_cast<i64>(timer_ticks()) : -EFAULT; }

}  // namespace

extern "C" void syscall_dispatch(SyscallFrame* frame) {
    const u64 a = frame->rdi, b = frame->rsi, c = frame->rdx, d = frame->r10;
    i64 answer = -ENOSYS;
    switch (frame->rax) {
        case 0:
            answer = sys_read(a, b, c);
            break;
        case 1:
            answer = sys_write(a, b, c);
            break;
        case 9:
            answer = sys_mmap(b, c, d);
            break;
        case 10:
            answer = sys_mprotect(a, b, c);
            break;
        case 11:
            answer = sys_munmap(a, b);
            break;
        case 12:
            answer = sys_brk(a);
            break;
        case 16:
            answer = -ENOTTY;
            break;  // ioctl: a C library asks whether the console is a terminal
        case 20:
            answer = sys_writev(a, b, c);
            break;
        case 39:
            answer = 1;
            break;  // getpid: there is one process
        case 60:
            user_exit(static_cast<u32>(a));
        case 63:
            answer = sys_uname(a);
            break;
        case 100:
            answer = sys_times(a);
            break;
        case 158:
            answer = sys_arch_prctl(a, b);
            break;
        case 218:
            answer = 1;
            break;  // set_tid_address: the thread's number; nobody waits for its end
        case 231:
            user_exit(static_cast<u32>(a));
        default:
            break;
    }
    frame->rax = static_cast<u64>(answer);
}

extern "C" [[noreturn]] void kill_for_return_address(u64 rip) {
    print("fault: syscall would return to ", hex(rip), ", which is not canonical: program killed\n");
    stop(code_fault_base + 13);
}
