// What only M-mode can decide, once, before it leaves for S-mode: who may touch which memory, which traps go where, and
// which counters the levels below may read. Each CSR is written by a function of its name: a place to stop at.
#include "cpu.hpp"
#include "layout.hpp"

namespace {
constexpr u64 clint_mtimecmp = 0x2004000;
}

#define SET(name)                                                            \
    extern "C" [[gnu::noinline]] void set_##name(u64 value) {                \
        asm volatile("csrw %0, %1" ::"i"(csr::name), "r"(value) : "memory"); \
    }
SET(pmpaddr0)
SET(pmpaddr1)
SET(pmpcfg0)
SET(medeleg)
SET(mideleg)
SET(mcounteren)
SET(menvcfg)
#undef SET

namespace {

// Priv. 1.12, 3.7 "Physical Memory Protection". Once a hart has PMP, an access from S or U that matches no entry is
// refused, so without any entry not even the first instruction behind mret could be fetched.
// The lowest-numbered entry that matches decides: first M-mode's own memory, closed to the others (M-mode itself is not
// bound by an entry that is not locked), then everything, open.
void pmp_setup() {
    constexpr u64 napot = 3 << 3, rwx = 7;  // A = NAPOT: a naturally aligned power of two
    // NAPOT: address >> 2, with one 1 less at the bottom than the number of address bits in the region.
    set_pmpaddr0(ram_start >> 2 | (machine_bytes / 8 - 1));
    set_pmpaddr1(~u64{0} >> 10);  // 54 ones: all of the 56-bit physical address space
    set_pmpcfg0(napot | (napot | rwx) << 8);
}

// 3.1.8 "Machine Trap Delegation Registers (medeleg and mideleg)". Every trap goes to M-mode unless its bit here is set
// and it came from S or U. Delegated: what a program may do wrong, and how it calls. Kept: access faults (1, 5, 7),
// which say that PMP or the bus refused, and ecall from S (9), which is meant for us.
void delegation_setup() {
    constexpr u64 misaligned_fetch = 1 << 0, illegal_instruction = 1 << 2, breakpoint = 1 << 3,
                  misaligned_load = 1 << 4, misaligned_store = 1 << 6, user_ecall = 1 << 8, fetch_page_fault = 1 << 12,
                  load_page_fault = 1 << 13, store_page_fault = 1 << 15;
    set_medeleg(misaligned_fetch | illegal_instruction | breakpoint | misaligned_load | misaligned_store | user_ecall |
                fetch_page_fault | load_page_fault | store_page_fault);
    constexpr u64 software = 1 << 1, timer = 1 << 5, external = 1 << 9;
    set_mideleg(software | timer | external);
}

// The kernel's timer is stimecmp ("Sstc"): menvcfg.STCE gives it to S-mode, mcounteren.TM lets it be written and `time`
// be read. The CLINT's comparator is for the watchdog; its value after reset is not specified, so it is put out of
// reach.
void timer_setup_for_supervisor() {
    constexpr u64 STCE = 1ull << 63, cycle_time_instret = 7;
    set_menvcfg(STCE);
    set_mcounteren(cycle_time_instret);
    device_write<u64>(clint_mtimecmp, ~u64{0});
}

}  // namespace

extern "C" void machine_setup() {
    pmp_setup();
    delegation_setup();
    timer_setup_for_supervisor();
}
