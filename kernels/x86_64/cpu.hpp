// One function per privileged instruction that C++ code needs. No policy here: names are the instructions'.
#pragma once
#include "types.hpp"

inline void out8(u16 port, u8 value) { asm volatile("out %0, %1" ::"Nd"(port), "a"(value)); }
inline void out32(u16 port, u32 value) { asm volatile("out %0, %1" ::"Nd"(port), "a"(value)); }
inline u8 in8(u16 port) {
    u8 value;
    asm volatile("in %0, %1" : "=a"(value) : "Nd"(port));
    return value;
}

inline u64 read_cr2() {
    u64 value;
    asm volatile("mov %0, cr2" : "=r"(value));
    return value;
}
inline u64 read_cr0() {
    u64 value;
    asm volatile("mov %0, cr0" : "=r"(value));
    return value;
}
inline void write_cr0(u64 value) { asm volatile("mov cr0, %0" ::"r"(value) : "memory"); }
// "memory": the compiler must not move an access from before the new tables to after them, or the other way round.
inline void write_cr3(u64 value) { asm volatile("mov cr3, %0" ::"r"(value) : "memory"); }
inline void invlpg(u64 address) { asm volatile("invlpg [%0]" ::"r"(address) : "memory"); }

// Sets these bits of rflags besides those that are set.
inline void set_flags(u64 bits) { asm volatile("pushfq\n\tor [rsp], %0\n\tpopfq" ::"r"(bits) : "cc", "memory"); }

inline u64 rdmsr(u32 msr) {
    u32 low, high;
    asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return u64{high} << 32 | low;
}
inline void wrmsr(u32 msr, u64 value) {
    asm volatile("wrmsr" ::"c"(msr), "a"(static_cast<u32>(value)), "d"(static_cast<u32>(value >> 32)) : "memory");
}

// The operand of lgdt and lidt: SDM Vol. 3A 2.4 "Memory-Management Registers". The limit is the last valid byte.
struct [[gnu::packed]] TableRegister {
    u16 limit;
    u64 base;
};
inline void lidt(const TableRegister& table) { asm volatile("lidt %0" ::"m"(table)); }
inline void ltr(u16 selector) { asm volatile("ltr %0" ::"r"(selector)); }

extern "C" void* memset(void* to, int byte, size_t size);
extern "C" void* memcpy(void* to, const void* from, size_t size);
