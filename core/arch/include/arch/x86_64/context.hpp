// Where micro-steps run: the CPU, the bus, the instruction, and a little scratch for the transition in progress.
// The rule: every access to memory by a micro-step goes through read()/write() here, which walk the page tables,
// raise the fault, and tell the watcher; nothing allocates unless somebody watches.
#pragma once
#include <array>
#include <optional>

#include "arch/micro_step.hpp"
#include "arch/x86_64/cpu.hpp"
#include "arch/x86_64/fault.hpp"
#include "arch/x86_64/instruction.hpp"

namespace ring::x86_64 {

using arch::Outcome;

enum class Access : u8 { Read, Write, Execute };

// What a translation may have become invalid by. The machine drops its TLB accordingly.
enum class Flush : u8 { One, NonGlobal, All };

// The world outside the CPU. Physical accesses have 1, 2, 4 or 8 bytes and do not cross a page.
struct Bus {
    virtual u64 read(PhysAddr address, unsigned size) = 0;
    virtual void write(PhysAddr address, unsigned size, u64 value) = 0;
    virtual u32 port_in(u16 port, unsigned size) = 0;
    virtual void port_out(u16 port, unsigned size, u32 value) = 0;
    virtual u64 time_stamp() = 0;                          // virtual time in TSC ticks
    virtual void flush(Flush what, VirtAddr address) = 0;  // translations; `address` for Flush::One
    virtual bool answers(PhysAddr address) = 0;            // is there memory or a device at this address
    // A memory of successful walks for the core's own accesses, whose A and D bits are set; void as soon as any
    // translation may have changed. `kind` tells accesses apart that are judged differently.
    virtual bool recall([[maybe_unused]] u64 page, [[maybe_unused]] u8 kind, [[maybe_unused]] u64& physical_page) {
        return false;
    }
    virtual void remember([[maybe_unused]] u64 page, [[maybe_unused]] u8 kind, [[maybe_unused]] u64 physical_page) {}

  protected:
    ~Bus() = default;
};

using arch::Watcher;

// A page walk in progress and its result. Levels count as in the manual: 4 PML4, 3 PDPT, 2 PD, 1 PT.
struct WalkState {
    VirtAddr address;
    Access access = Access::Read;
    bool user = false;      // the access counts as ring 3's (CPL = 3 and not an implicit system access)
    bool implicit = false;  // the CPU's own access to its tables: RFLAGS.AC does not lift SMAP
    bool update = true;     // set A and D; false: look only
    u8 level = 4, leaf = 0;
    u64 table = 0;  // physical base of the table at `level`
    u64 entry_address = 0, entry = 0;
    bool writable = true, user_page = true, executable = true;  // folded over the levels
    PhysAddr physical;
    u64 page_size = 0;
    std::array<u64, 5> trace_address{}, trace_entry{};  // by level
};

// Values that travel from one micro-step of a transition to the next; each transition says which it uses.
struct Scratch {
    Fault event{};  // what is being delivered
    u32 ext = 0;    // EXT bit of the error codes that a failing check gives
    u64 return_rip = 0;
    u64 target = 0;  // next RIP
    u64 stack = 0;   // next RSP
    u64 flags = 0;   // next RFLAGS
    u64 value = 0;   // the operand
    u64 previous = 0;
    u16 selector = 0;
    u16 stack_selector = 0;
    u8 new_cpl = 0;
    u8 index = 0;            // loop counter of an Again step
    bool new_stack = false;  // SS and RSP were popped
    u8 vector = 0;
    u64 descriptor = 0, descriptor_high = 0;
    u64 descriptor_address = 0;
    u64 stack_descriptor = 0, stack_descriptor_address = 0;  // of a second segment, loaded together with the first
    u64 gate = 0, gate_high = 0;
    Segment code, data;          // hidden parts about to be loaded
    std::array<u64, 6> frame{};  // what is pushed or popped, lowest address first
};

struct Context {
    Cpu& cpu;
    Bus& bus;
    Instruction instruction{};  // of the instruction in progress
    u64 next_rip = 0;           // address of the instruction after it
    Fault fault{};              // set by raise()
    WalkState walk{};
    Scratch scratch{};
    Watcher* watcher = nullptr;

    arch::RegisterReader register_reader() const {
        return {&cpu, [](const void* of, arch::RegisterId id) {
                    return get(*static_cast<const Cpu*>(of), static_cast<Reg>(id));
                }};
    }
    Outcome raise(u8 vector, Reason reason, u64 a = 0, u64 b = 0);                  // without error code
    Outcome raise_code(u8 vector, u32 error, Reason reason, u64 a = 0, u64 b = 0);  // with
    Outcome raise(const Fault& raised) {
        fault = raised;
        return Outcome::Fault;
    }
    template <class MakeSentence>
    void note(MakeSentence&& make) {  // make() -> std::string, called only when somebody watches
        if (watcher) watcher->detail(make());
    }
};

// How an access to linear memory is judged. Implicit system accesses (descriptor tables, TSS) count as ring 0's even
// when CPL = 3, and RFLAGS.AC does not excuse them from SMAP; Supervisor is an explicit access of a privilege level
// below 3 that is about to be entered (a frame's pushes). SDM Vol. 3A 4.6 "Access Rights".
enum class As : u8 { Current, System, Supervisor };

// Walks for every page touched first, so that a fault leaves nothing half done. false: context.fault is set.
// `what` names the memory for the watcher. Sizes: 1, 2, 4, 8.
[[nodiscard]] bool read(Context&, VirtAddr, unsigned size, u64& value, As as, std::string_view what = {});
[[nodiscard]] bool write(Context&, VirtAddr, unsigned size, u64 value, As as, std::string_view what = {});
// Would a write of `size` bytes succeed? Sets A and D like one.
[[nodiscard]] bool probe_write(Context&, VirtAddr, unsigned size, As as);

// The page walk: runs `page_walk_steps` on context.walk. false: context.fault is the #PF, #GP or #SS.
[[nodiscard]] bool translate(Context&, VirtAddr, Access, bool user, bool update = true);
}  // namespace ring::x86_64
