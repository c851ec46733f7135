// The embedded x86-64 machine: CPU, RAM and the devices of QEMU's `pc`, executing one step at a time or freely.
// Privileged instructions, page walks and traps are the micro-step lists of core/arch; the engine executes the rest.
// The rule: the state is cpu() + ram() + devices() + steps() + idle_ns(), and nothing else: equal digests, equal
// futures. Not here: going back (core/timeline) and what a stop means to a user (core/session).
#pragma once
#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "arch/micro_step.hpp"
#include "arch/x86_64/transitions.hpp"
#include "base/result.hpp"
#include "machine/boot.hpp"
#include "machine/devices/pc_devices.hpp"

namespace ring::machine {

inline constexpr u64 page_bytes = 4096;
inline constexpr u64 ns_per_step = 10;  // virtual time: a CPU of 100 million steps a second

// What one step did.
struct StepEvent {
    enum class Kind : u8 {
        Retired,      // an instruction (or one iteration of a repeated one)
        Faulted,      // an instruction raised `delivery.chain[0]`, and its delivery
        Interrupted,  // an external interrupt was delivered: `vector`
        Halted,       // nothing can wake the CPU any more; no time has passed
        ShutDown,     // triple fault; no time has passed
        NotModelled,  // `problem` says what; the state is as before
        Exited,       // the guest ended the machine before; no time has passed
    };
    Kind kind = Kind::Retired;
    u8 vector = 0;
    bool software = false;  // Faulted by int n, int3, into
    u8 cpl_before = 0, cpl_after = 0;
    bool address_space_changed = false;
    bool watch_hit = false;
    u64 watch_address = 0;
    x86_64::Operation operation = x86_64::Operation::Engine;
    u64 rip_before = 0;
    x86_64::Delivery delivery;
    std::string problem;
};

// What a run must stop before or behind.
struct StopSet {
    std::vector<u64> addresses;  // sorted; linear: stop before the instruction
    struct Watch {
        u64 first = 0, last = 0;  // linear bytes
        bool read = false, write = true;
    };
    std::vector<Watch> watches;
    bool privilege_change = false, address_space = false, any_trap = false;
    std::vector<u8> vectors;
    bool empty() const {
        return addresses.empty() && watches.empty() && !privilege_change && !address_space && !any_trap &&
               vectors.empty();
    }
};

enum class RunEnd : u8 { Limit, Address, Watch, Privilege, AddressSpace, Trap, Final, Cancelled };
struct RunOutcome {
    RunEnd end = RunEnd::Limit;
    StepEvent last;  // the step that ended the run; meaningless for Limit, Address, Cancelled
};

// One thing that happened. The log is bounded: the oldest entries go first.
struct LogEntry {
    enum class Kind : u8 {
        Privilege,     // cpl_before -> cpl_after
        Trap,          // exception `vector` delivered
        Interrupt,     // external interrupt `vector` delivered
        AddressSpace,  // CR3 <- a
        TableWrite,    // the entry at physical a, through which walks have gone: b -> c
        StaleUse,  // the entry at physical a was changed from b to c, and linear d used it without invlpg or CR3 write,
                   // or was refused by it
        ConsoleLine,  // a line was finished; a: console bytes so far
    };
    Kind kind = Kind::Trap;
    u8 vector = 0, cpl_before = 0, cpl_after = 0;
    x86_64::Operation operation = x86_64::Operation::Engine;  // that did it
    u64 step = 0;                                             // the first step is 1
    u64 rip = 0;                                              // of the instruction
    u64 a = 0, b = 0, c = 0, d = 0;
};

// Exceptions of one step, outermost first, with the CPU as it was when the first was raised.
struct FaultEntry {
    u64 step = 0;
    u64 rip = 0;
    x86_64::Delivery delivery;
    x86_64::Cpu cpu;
};

class Machine {
  public:
    // Errors: the host cannot give the memory or the engine.
    static Result<std::unique_ptr<Machine>> create(u64 ram_bytes);
    ~Machine();
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    const x86_64::Cpu& cpu();              // the present state
    void set_cpu(const x86_64::Cpu& cpu);  // as a debugger or a checkpoint does
    std::span<const u8> ram() const;
    bool write_ram(u64 physical, ByteSpan data);  // as a debugger does; false: outside RAM
    PcDevices& devices();
    void devices_changed();  // after changing devices() from outside
    u64 steps() const;
    u64 idle_ns() const;  // virtual time spent halted
    u64 now_ns() const { return steps() * ns_per_step + idle_ns(); }
    const std::string& console() const;
    u64 digest();  // of cpu, RAM, devices, time

    // One step; `watcher` sees its micro-steps.
    StepEvent step(x86_64::Watcher* watcher = nullptr);
    // At most `limit` steps, and about `work` nanoseconds of a host's work (an estimate that counts steps, no clock).
    // The first instruction is executed even if its address is in the set.
    RunOutcome run(u64 limit, const StopSet& stops, const std::atomic<bool>* cancel = nullptr, u64 work = ~u64{0});
    // Watches that step() itself reports in StepEvent::watch_hit.
    void set_watches(const std::vector<StopSet::Watch>& watches);

    // Lockstep: interrupts come from outside. The next step delivers it if the CPU takes interrupts then.
    void raise_timer();

    // ---- for the timeline: copies of pages before their first change since the last cut -------------------------
    struct SavedPage {
        u32 number;  // physical address / 4096
        std::unique_ptr<u8[]> bytes;
    };
    std::vector<SavedPage> cut();  // what changed since the last cut; a new interval begins
    const std::vector<SavedPage>& changed() const;
    struct Moment {  // all of the state but RAM
        x86_64::Cpu cpu;
        PcDevices devices;
        u64 steps = 0, idle_ns = 0;
        std::size_t console_size = 0;
        u64 next_event_step = 0;  // when the devices are to be looked at again: a look at another time shows in them
        bool devices_dirty = true, interrupt_waits = false;
        // For the log: pages that walks went through, and entries in them whose change the guest has not yet announced.
        struct ChangedEntry {
            u64 address = 0, before = 0;
        };
        std::vector<u32> tables;
        std::vector<ChangedEntry> not_invalidated;
    };
    Moment moment();
    void restore_page(u32 number, const u8* bytes);  // before restore()
    void restore(const Moment& moment);              // a new interval begins

    const std::deque<LogEntry>& log() const;
    const std::deque<FaultEntry>& faults() const;

  private:
    Machine();
    struct Core;
    std::unique_ptr<Core> core_;
};

// Loads the kernel and its modules into RAM, builds PVH's start_info, and sets the CPU to the PVH entry state.
// Errors: not a PVH kernel, does not fit.
Status boot_pvh(Machine& machine, const BootOptions& options);
}  // namespace ring::machine
