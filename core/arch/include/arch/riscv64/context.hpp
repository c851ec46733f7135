// Where micro-steps run: the hart, the bus, the instruction, and a little scratch for the transition in progress.
// The rule: every access to memory by a micro-step goes through read()/write() here, which walk the page tables, ask
// PMP, raise the fault, and tell the watcher; nothing allocates unless somebody watches.
#pragma once
#include <array>
#include <optional>

#include "arch/micro_step.hpp"
#include "arch/riscv64/cpu.hpp"
#include "arch/riscv64/fault.hpp"
#include "arch/riscv64/instruction.hpp"

namespace ring::riscv64 {

using arch::Outcome;
using arch::Watcher;

enum class Access : u8 { Read, Write, Execute };

// The world outside the hart. Physical accesses have 1, 2, 4 or 8 bytes and do not cross a page.
struct Bus {
    virtual u64 read(PhysAddr address, unsigned size) = 0;
    virtual void write(PhysAddr address, unsigned size, u64 value) = 0;
    // Is there memory, or a device, at all of these bytes?
    enum class There : u8 { Nothing, Memory, Device };
    virtual There there(PhysAddr address, unsigned size) = 0;
    virtual u64 time() = 0;             // mtime, in ticks of the CLINT
    virtual u64 steps() = 0;            // completed so far: instructions, traps, interrupts taken
    virtual u64 interrupt_lines() = 0;  // MSIP, MTIP, SEIP, MEIP as devices drive them now, by bit of mip
    // What virtual addresses mean, or who may use them, may have changed: satp, PMP, SUM, MXR, MPRV. The machine drops
    // what it remembers. This is no fence: a guest that relies on it would meet stale translations on hardware.
    virtual void flush() = 0;
    // sfence.vma: the guest announces changes of its page tables. Without an address: all of them; with one: the leaf
    // entry of that page.
    virtual void fence(std::optional<VirtAddr> address) = 0;
    // stimecmp, mip, mie, the status bits or delegation changed: look for interrupts and for the next timer event
    // again.
    virtual void interrupts_changed() = 0;

  protected:
    ~Bus() = default;
};

// A page walk in progress and its result. Levels count as in the manual: 2 is the root of Sv39, 0 the last.
struct WalkState {
    VirtAddr address;
    Access access = Access::Read;
    Mode mode = Mode::U;  // whose rights count (MPRV applied)
    bool update = true;   // set A and D; false: look only
    u8 size = 1;          // bytes of the access
    u8 level = 2, leaf = 0;
    u64 table = 0;  // physical base of the table at `level`
    u64 entry_address = 0, entry = 0;
    PhysAddr physical;
    u64 page_size = 0;                                  // bytes
    std::array<u64, 3> trace_address{}, trace_entry{};  // by level; address 0: not reached
};

// Values that travel from one micro-step of a transition to the next; each transition says which it uses.
struct Scratch {
    Fault event{};  // what is being delivered
    Mode target_mode = Mode::M;
    u64 return_pc = 0;
    u64 target = 0;                                                  // next pc
    u64 value = 0;                                                   // what a CSR instruction writes
    u64 previous = 0;                                                // what it read
    u64 mcycle_written_by = ~u64{0}, minstret_written_by = ~u64{0};  // the latest step that did
};

struct Context {
    Cpu& cpu;
    Bus& bus;
    bool svade = false;         // A = 0, or D = 0 for a store, faults instead of being set
    Instruction instruction{};  // in progress
    u64 next_pc = 0;            // address of the instruction after it
    Fault fault{};              // set by raise()
    WalkState walk{};
    Scratch scratch{};
    Watcher* watcher = nullptr;

    // As the guest would read them now: mip with the devices' lines, counters with the steps so far.
    arch::RegisterReader register_reader() const;
    Outcome raise(Exception code, u64 value, Reason reason, u64 a = 0, u64 b = 0);
    // An illegal-instruction exception; xtval <- the instruction's bits. Privileged 3.1.16 "Machine Trap Value
    // Register".
    Outcome illegal(Reason reason, u64 a = 0, u64 b = 0);
    template <class MakeSentence>
    void note(MakeSentence&& make) {  // make() -> std::string, called only when somebody watches
        if (watcher) watcher->detail(make());
    }
};

// Whose rights an access has: MPRV sends loads and stores of M-mode to MPP. Privileged 3.1.6.3 "Memory Privilege in
// mstatus Register".
Mode effective_mode(const Cpu& cpu, Access access);

// Does satp translate for this mode? 4.1.11: never for M-mode.
bool translates(const Cpu& cpu, Mode mode);

// Virtual to physical for an access of `size` bytes inside one page: runs `page_walk` where satp says so, and
// `physical_check` (PMP, existence). false: context.fault. Accesses that cross a page are the caller's to split.
[[nodiscard]] bool translate(Context&, VirtAddr, unsigned size, Access, bool update = true);

// Does PMP let an access of `size` bytes pass? Privileged 3.7.1 "Physical Memory Protection CSRs". `entry`: the number
// of the deciding entry, or ~0u when none matches.
struct PmpVerdict {
    bool allowed = false, partial = false;
    unsigned entry = ~0u;
};
PmpVerdict check_pmp(const Cpu& cpu, PhysAddr address, u64 size, Access access, Mode mode);
// The bytes [first, first + size) of PMP entry `index`; size 0: off. As the hart compares them (TOR, NA4, NAPOT).
struct PmpRange {
    u64 first = 0, size = 0;
    bool whole = false;  // everything: size would be 2^64 or more
};
PmpRange pmp_range(const Cpu& cpu, unsigned index);

// Smallest size of an aligned block that PMP judges alike around `address` (at most 4096): a TLB entry for a whole page
// is only right when this is 4096.
u64 pmp_granule(const Cpu& cpu, PhysAddr page);

// Loads and stores of ours: device accesses, lr, sc. May cross a page. false: context.fault. Sizes 1, 2, 4, 8.
[[nodiscard]] bool load(Context&, VirtAddr, unsigned size, u64& value, std::string_view what = {});
[[nodiscard]] bool store(Context&, VirtAddr, unsigned size, u64 value, std::string_view what = {});
}  // namespace ring::riscv64
