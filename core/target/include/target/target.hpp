// A target is a target: the embedded machine and an attached one answer the same questions. Views, commands and lessons
// know this interface, never a back end. The rule: what a target cannot know is absent, with the reason; never
// invented. Not here: what "step over" means (core/session), and how the answers look (core/view).
#pragma once
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "arch/arch.hpp"
#include "base/result.hpp"

namespace ring::target {

enum class StopKind : u8 {
    Start,  // nothing has run yet, or time was turned back to the beginning
    Step,   // the steps asked for are done
    Breakpoint,
    Watchpoint,
    PrivilegeChange,
    Trap,          // an exception or interrupt that was asked for
    AddressSpace,  // CR3 was written
    Halted,        // waits for an interrupt that cannot come
    TripleFault,
    NotModelled,  // an instruction or state that the machine does not know; state is as before it
    Exited,       // the guest ended the machine; StopReason::exit_code
    Budget,       // the allowed number of steps is used up
    Cancelled,
};
std::string_view name(StopKind kind);  // "breakpoint", "triple fault"

struct StopReason {
    StopKind kind = StopKind::Start;
    std::string sentence;             // for a reader: "breakpoint 2 at syscall_entry"
    std::optional<u32> exit_code;     // Exited: the guest's value
    std::optional<VirtAddr> address;  // Watchpoint: the access
    bool final() const {              // nothing more will happen going forwards
        return kind == StopKind::TripleFault || kind == StopKind::Exited || kind == StopKind::Halted ||
               kind == StopKind::NotModelled;
    }
};

using BreakpointId = unsigned;  // from 1, never reused

enum class BreakKind : u8 { Address, Write, Read, ReadWrite, PrivilegeChange, Trap, AddressSpace };

struct Breakpoint {
    BreakKind kind = BreakKind::Address;
    VirtAddr address;                // Address and watchpoints
    u64 size = 1;                    // watchpoints: bytes
    std::optional<unsigned> vector;  // Trap: this one only
    std::string label;               // as the user named it: a symbol
    // Address: one more place of that breakpoint, which a user set once; it goes when that one goes.
    std::optional<BreakpointId> part_of = std::nullopt;
};

struct Capabilities {
    bool back = false;         // can go back in time
    bool transitions = false;  // can tell micro-steps
    bool console = false;
    bool events = false;
};

// One thing that happened, on the time axis.
enum class EventKind : u8 { Privilege, Trap, Interrupt, AddressSpace, TableWrite, Stale, Console, Stop };
std::string_view name(EventKind kind);
struct Event {
    u64 step = 0;  // number of the step that did it; the first step is 1
    EventKind kind = EventKind::Stop;
    std::string text;        // "ring 0 -> ring 3 by sysretq"
    VirtAddr pc;             // of the instruction
    bool to_kernel = false;  // Privilege: to a level at which a kernel runs
};

// Why a fault was raised, in words (arch explains, nobody else invents).
struct FaultStory {
    u64 step = 0;
    VirtAddr pc;        // of the instruction that faulted
    std::string fault;  // "#PF(0x6) at 0x40000010"
    std::string sentence, rule, repair;
};

class Target {
  public:
    virtual ~Target() = default;

    virtual const arch::Arch& arch() const = 0;
    virtual Capabilities capabilities() const = 0;

    virtual arch::RegisterFile registers() = 0;
    virtual Status set_register(arch::RegisterId id, u64 value) = 0;
    // Physical memory, without side effects. Errors: nothing answers at some byte of the range.
    virtual Result<Bytes> read(PhysAddr from, u64 count) = 0;
    virtual Status write(PhysAddr to, ByteSpan data) = 0;

    // Steps since the start. A step is one instruction, or one iteration of a repeated string instruction, together
    // with the delivery of an exception that it raises; or the delivery of an external interrupt.
    virtual u64 steps() const = 0;
    // How far a run has come that goes on; may be asked by another thread. 0: not told.
    virtual u64 reached() const { return 0; }
    virtual u64 time_ns() const = 0;  // virtual time

    virtual Result<StopReason> step(u64 count) = 0;
    // Until a breakpoint, a final stop, or `most` steps. `cancel` may be set by another thread.
    virtual Result<StopReason> run(u64 most, const std::atomic<bool>& cancel) = 0;
    // Errors: capabilities().back is false, or the start of time is nearer (then it stands at the start: not an error).
    virtual Result<StopReason> back(u64 count) = 0;
    virtual Result<StopReason> goto_step(u64 step, const std::atomic<bool>& cancel) = 0;

    virtual Result<BreakpointId> add_breakpoint(const Breakpoint& breakpoint) = 0;
    virtual Status remove_breakpoint(BreakpointId id) = 0;
    virtual std::vector<std::pair<BreakpointId, Breakpoint>> breakpoints() const = 0;

    // Micro-steps of the last step taken forwards (after back() they are those of the step that led here).
    virtual const std::vector<arch::TransitionRecord>& transitions() const = 0;
    // Faults of the last step, outermost first; and the latest fault before or at the present moment.
    virtual const std::vector<FaultStory>& faults() const = 0;
    virtual std::optional<FaultStory> last_fault() const = 0;
    // The same without traps that an instruction asks for, as a system call does.
    virtual std::optional<FaultStory> last_unasked_fault() const { return last_fault(); }
    virtual std::vector<Event> events() const = 0;  // up to the present moment, oldest first; bounded
    virtual std::string console() const = 0;        // what the guest has printed up to the present moment
    virtual Status send_console(std::string_view bytes) = 0;
    // The guest sleeps until somebody types: a Halted stop that send_console() ends.
    virtual bool awaits_input() { return false; }
    virtual StopReason last_stop() const = 0;
    // The board's devices, register by register; empty: this target does not tell.
    virtual std::vector<arch::SystemTable> devices() const { return {}; }
};

// Everything a view needs to know about one moment. `memory` reads physical memory without side effects and is valid
// only while the target stands still.
struct Snapshot {
    const arch::Arch* arch = nullptr;
    arch::RegisterFile registers;
    arch::RegisterFile before;  // at the previous stop; empty at first
    u64 step = 0;
    u64 time_ns = 0;
    StopReason stop;
    std::vector<arch::TransitionRecord> transitions;
    std::vector<FaultStory> faults;
    std::optional<FaultStory> last_fault;
    std::vector<std::pair<BreakpointId, Breakpoint>> breakpoints;
    std::vector<Event> events;
    std::string console;
    std::vector<arch::SystemTable> devices;
    Capabilities capabilities;
    arch::PhysReader memory;

    VirtAddr pc() const { return VirtAddr{registers.get(arch->pc).value_or(0)}; }
    // Through the page tables of this moment, whatever they forbid (Arch::look); absent where a byte is not mapped.
    std::optional<Bytes> read(VirtAddr from, u64 count) const;
};
Snapshot take_snapshot(Target& target, const arch::RegisterFile& before);
}  // namespace ring::target
