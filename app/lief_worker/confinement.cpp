#include "confinement.hpp"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <vector>

namespace ring::worker {
namespace {
constexpr u32 allowed[] = {
    __NR_read,    __NR_write,      __NR_brk,        __NR_mmap,          __NR_munmap,         __NR_mremap,
    __NR_madvise, __NR_exit_group, __NR_exit,       __NR_clock_gettime, __NR_futex,          __NR_getpid,
    __NR_gettid,  __NR_tgkill,     __NR_getrandom,  __NR_rt_sigreturn,  __NR_rt_sigprocmask, __NR_fstat,
    __NR_lseek,   __NR_close,      __NR_newfstatat,
};
static_assert(__NR_openat != __NR_newfstatat, "no path becomes a descriptor");

Status set(int resource, u64 value) {
    const rlimit both{value, value};
    if (::setrlimit(static_cast<__rlimit_resource_t>(resource), &both) != 0)
        return error("the worker's limits are refused: {}", std::strerror(errno));
    return Ok{};
}

sock_filter load(u32 offset) { return {BPF_LD | BPF_W | BPF_ABS, 0, 0, offset}; }
sock_filter give(u32 verdict) { return {BPF_RET | BPF_K, 0, 0, verdict}; }
sock_filter skip_unless(u32 value, u8 count) { return {BPF_JMP | BPF_JEQ | BPF_K, 0, count, value}; }
}  // namespace

Status limit(u64 memory_bytes, u64 cpu_seconds) {
    if (Status done = set(RLIMIT_AS, memory_bytes); !done) return done;
    if (Status done = set(RLIMIT_CPU, cpu_seconds); !done) return done;
    if (Status done = set(RLIMIT_CORE, 0); !done) return done;
    return set(RLIMIT_NOFILE, 3);
}

Status confine() {
    std::vector<sock_filter> program;
    program.push_back(load(offsetof(seccomp_data, arch)));
    program.push_back(skip_unless(AUDIT_ARCH_X86_64, 1));
    program.push_back(load(offsetof(seccomp_data, nr)));
    for (u32 number : allowed) {
        program.push_back(skip_unless(number, 1));
        program.push_back(give(SECCOMP_RET_ALLOW));
    }
    program.push_back(give(SECCOMP_RET_KILL_PROCESS));
    const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
        return error("the worker cannot be confined: {}", std::strerror(errno));
    return Ok{};
}
}  // namespace ring::worker
