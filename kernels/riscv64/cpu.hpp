// One function per privileged instruction that C++ code needs, and the names of the CSRs and their fields. No policy
// here. CSRs are named by number, because assemblers differ in how new the names are that they know (stimecmp and
// menvcfg are of 2021).
#pragma once
#include "types.hpp"

// Priv. 1.12, 2.2 "CSR Listing"; stimecmp: "Sstc" 0.5.4, chapter 2.
namespace csr {
inline constexpr unsigned sstatus = 0x100, sie = 0x104, stvec = 0x105, scounteren = 0x106, sscratch = 0x140,
                          sepc = 0x141, scause = 0x142, stval = 0x143, sip = 0x144, stimecmp = 0x14d, satp = 0x180,
                          mstatus = 0x300, medeleg = 0x302, mideleg = 0x303, mie = 0x304, mcounteren = 0x306,
                          menvcfg = 0x30a, mepc = 0x341, mcause = 0x342, mtval = 0x343, pmpcfg0 = 0x3a0,
                          pmpaddr0 = 0x3b0, pmpaddr1 = 0x3b1, time = 0xc01;
}

// Priv. 1.12, 4.1.1 "Supervisor Status Register (sstatus)" and 3.1.6 "Machine Status Registers".
namespace status {
inline constexpr u64 SIE = 1 << 1, SPIE = 1 << 5, SPP = 1 << 8, MPP = 3 << 11, SUM = 1 << 18, TVM = 1 << 20,
                     TW = 1 << 21, TSR = 1 << 22;
// 3.1.6.6 "Extension Context Status in mstatus Register": whether the f registers may be used (0: an attempt is an
// illegal instruction), and whether they were changed since.
inline constexpr u64 FS = 3 << 13, FS_initial = 1 << 13, FS_clean = 2 << 13, FS_dirty = 3 << 13;
}  // namespace status

// Table 4.2 "Supervisor cause register (scause) values after trap"; Table 3.6 for M-mode's.
namespace cause {
inline constexpr u64 interrupt = 1ull << 63;
inline constexpr u64 illegal_instruction = 2, user_ecall = 8, supervisor_ecall = 9, fetch_page_fault = 12,
                     load_page_fault = 13, store_page_fault = 15;
inline constexpr u64 supervisor_timer = 5, machine_timer = 7, supervisor_external = 9;
}  // namespace cause

template <unsigned number>
u64 read_csr() {
    u64 value;
    asm volatile("csrr %0, %1" : "=r"(value) : "i"(number) : "memory");
    return value;
}
template <unsigned number>
void write_csr(u64 value) {
    asm volatile("csrw %0, %1" ::"i"(number), "r"(value) : "memory");
}
template <unsigned number>
void set_csr(u64 bits) {
    asm volatile("csrs %0, %1" ::"i"(number), "r"(bits) : "memory");
}
template <unsigned number>
void clear_csr(u64 bits) {
    asm volatile("csrc %0, %1" ::"i"(number), "r"(bits) : "memory");
}

inline void wait_for_interrupt() { asm volatile("wfi" ::: "memory"); }
// Stores to memory that will be executed are not seen by the fetches of the same hart before this.
inline void fence_instructions() { asm volatile("fence.i" ::: "memory"); }
// Every translation, of every address space.
inline void sfence_vma_all() { asm volatile("sfence.vma zero, zero" ::: "memory"); }
inline void sfence_vma(u64 address) { asm volatile("sfence.vma %0, zero" ::"r"(address) : "memory"); }

// A device register: one access of exactly this size, in the order of the program.
template <typename T>
T device_read(u64 address) {
    T value = *reinterpret_cast<volatile T*>(address);
    asm volatile("fence i, ir" ::: "memory");
    return value;
}
template <typename T>
void device_write(u64 address, T value) {
    asm volatile("fence ow, o" ::: "memory");
    *reinterpret_cast<volatile T*>(address) = value;
}

extern "C" void* memset(void* to, int byte, size_t size);
extern "C" void* memcpy(void* to, const void* from, size_t size);
