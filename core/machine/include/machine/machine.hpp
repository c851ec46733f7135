// An embedded machine: CPU, RAM and devices, executing one step at a time or freely. What every board shares, so that
// the time axis and the Target know one interface and never an architecture.
// The rule: a machine's state is its CPU, RAM, devices, steps and idle time, and nothing else: equal digests, equal
// futures. Not here: the boards (pc_machine.hpp, virt_machine.hpp), going back (core/timeline), and what a stop means
// to a user (core/session).
#pragma once
#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "arch/arch.hpp"
#include "arch/micro_step.hpp"
#include "base/result.hpp"
#include "target/target.hpp"

namespace ring::machine {

inline constexpr u64 page_bytes = 4096;
inline constexpr u64 ns_per_step = 10;  // virtual time: a CPU of 100 million steps a second

// What one step did.
struct StepEvent {
    enum class Kind : u8 {
        Retired,      // an instruction (or one iteration of a repeated one)
        Faulted,      // an instruction raised `cause`, and its delivery
        Interrupted,  // an external interrupt was delivered: `cause`
        Halted,       // nothing can wake the CPU any more; no time has passed
        ShutDown,     // triple fault; no time has passed
        NotModelled,  // `problem` says what; the state is as before
        Exited,       // the guest ended the machine before; no time has passed
    };
    Kind kind = Kind::Retired;
    u8 cause = 0;  // arch::Cause::number; of several, the first
    u8 level_before = 0, level_after = 0;
    bool address_space_changed = false;
    bool watch_hit = false;
    u64 watch_address = 0;
    u64 pc_before = 0;
    std::string problem;
};

// What a run must stop before or behind.
struct StopSet {
    std::vector<u64> addresses;  // sorted; virtual: stop before the instruction
    struct Watch {
        u64 first = 0, last = 0;  // virtual bytes
        bool read = false, write = true;
    };
    std::vector<Watch> watches;
    bool privilege_change = false, address_space = false, any_trap = false;
    std::vector<u8> causes;
    bool empty() const {
        return addresses.empty() && watches.empty() && !privilege_change && !address_space && !any_trap &&
               causes.empty();
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
        Privilege,     // level_before -> level_after
        Trap,          // exception `cause` delivered
        Interrupt,     // external interrupt `cause` delivered
        AddressSpace,  // the root of the page tables <- a
        TableWrite,    // the entry at physical a, through which walks have gone: b -> c
        StaleUse,      // the entry at physical a was changed from b to c, and virtual d used it, or was refused by it,
                       // before the guest announced the change
        ConsoleLine,   // a line was finished; a: console bytes so far
    };
    Kind kind = Kind::Trap;
    u8 cause = 0, level_before = 0, level_after = 0;
    std::string_view by;  // the instruction that did it, where one has a name in such a story; a literal
    u64 step = 0;         // the first step is 1
    u64 pc = 0;           // of the instruction
    u64 a = 0, b = 0, c = 0, d = 0;
};

class Machine {
  public:
    virtual ~Machine() = default;
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    virtual const arch::Arch& arch() const = 0;
    virtual arch::RegisterFile registers() = 0;
    virtual void set_register(arch::RegisterId id, u64 value) = 0;  // as a debugger does
    virtual u64 pc() = 0;

    // RAM, without side effects; false: some byte is outside it.
    virtual bool read_ram(u64 physical, std::span<u8> into) const = 0;
    virtual bool write_ram(u64 physical, ByteSpan data) = 0;  // as a debugger does
    virtual u64 ram_first() const = 0;                        // physical address of the first byte
    virtual u64 ram_bytes() const = 0;

    virtual u64 steps() const = 0;
    virtual u64 now_ns() const = 0;  // virtual time: the steps, and what was spent halted
    virtual const std::string& console() const = 0;
    virtual void receive(std::string_view bytes) = 0;  // on the console
    // The CPU waits for an interrupt, and a byte on the console would raise one that wakes it.
    virtual bool awaits_input() = 0;
    virtual u64 digest() = 0;  // of all state
    // Nothing more will happen going forwards: the guest ended the machine, or the CPU shut down.
    virtual std::optional<target::StopReason> final_state() const = 0;

    // One step; `watcher` sees its micro-steps.
    StepEvent step(arch::Watcher* watcher = nullptr) { return take_step(watcher); }
    // At most `limit` steps, and about `work` nanoseconds of a host's work (an estimate that counts steps, no clock).
    // The first instruction is executed even if its address is in the set.
    virtual RunOutcome run(u64 limit, const StopSet& stops, const std::atomic<bool>* cancel = nullptr,
                           u64 work = ~u64{0}) = 0;

    // ---- for the timeline: copies of pages before their first change since the last cut -------------------------
    struct SavedPage {
        u32 number;  // from the first byte of RAM, in pages
        std::unique_ptr<u8[]> bytes;
    };
    virtual std::vector<SavedPage> cut() = 0;  // what changed since the last cut; a new interval begins
    virtual const std::vector<SavedPage>& changed() const = 0;
    struct Moment {  // all of the state but RAM; each board adds its own
        u64 steps = 0;
        virtual ~Moment() = default;
    };
    virtual std::unique_ptr<const Moment> moment() = 0;
    virtual void restore_page(u32 number, const u8* bytes) = 0;  // before restore()
    virtual void restore(const Moment& moment) = 0;              // a new interval begins

    virtual std::vector<arch::SystemTable> devices_told() const = 0;  // for views

    // ---- what happened -------------------------------------------------------------------------------------------
    virtual std::vector<LogEntry> log() const = 0;
    // The faults of the latest step that had one, outermost first; empty when there was none.
    virtual std::vector<target::FaultStory> last_faults() const = 0;
    virtual std::optional<u64> last_fault_step() const = 0;
    // The latest fault that no instruction asked for, innermost.
    virtual std::optional<target::FaultStory> last_unasked_fault() const {
        std::vector<target::FaultStory> all = last_faults();
        return all.empty() ? std::nullopt : std::optional(std::move(all.back()));
    }

  protected:
    Machine() = default;
    virtual StepEvent take_step(arch::Watcher* watcher) = 0;
};
}  // namespace ring::machine
