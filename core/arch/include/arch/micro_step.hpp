// A privileged transition is a list of named micro-steps, and the list is what runs: the line that executes is the
// line that explains. The rule: a step does one thing (reads, checks or writes), says where the manual demands it,
// and names the registers that it reads and writes; memory that it touches is noted by the context's own accessors.
// Unwatched, a list is a plain loop: no copy, no allocation.
// Not here: which list belongs to which instruction (arch/<name>/transitions.hpp).
#pragma once
#include <array>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/types.hpp"

namespace ring::arch {

enum class Kind : u8 { Read, Check, Write };
std::string_view name(Kind kind);  // "read", "check", "write"

// Next: go on with the next step. Done: the transition is complete. Again: run this step once more (the next level of
// a page walk). Fault: the check failed, the context holds the fault.
enum class Outcome : u8 { Next, Done, Again, Fault };

// Index into the architecture's register table (Arch::registers).
using RegisterId = u16;

// Up to eight registers, named in a step's declaration.
struct Slots {
    std::array<RegisterId, 8> id{};
    u8 count = 0;
    constexpr Slots() = default;
    template <class Id>
    constexpr Slots(std::initializer_list<Id> ids) {
        for (Id one : ids) id[count++] = static_cast<RegisterId>(one);
    }
    constexpr const RegisterId* begin() const { return id.data(); }
    constexpr const RegisterId* end() const { return id.data() + count; }
};

// What a step says of itself.
struct StepText {
    Kind kind;
    std::string_view text;  // "RIP <- RCX"
    std::string_view rule;  // what the manual demands, and where: manual, section, title
    Slots reads;
    Slots writes;
};

template <class Context>
struct MicroStep : StepText {
    Outcome (*run)(Context&);
};

// Where a transition stands in the manual.
struct Citation {
    std::string_view manual;   // "SDM Vol. 2B"
    std::string_view section;  // "4.3"
    std::string_view title;    // "SYSRET—Return From Fast System Call"
};

template <class Context>
struct Transition {
    std::string_view name;   // "sysretq"
    std::string_view title;  // "return from a fast system call to 64-bit code"
    Citation citation;
    std::span<const MicroStep<Context>> steps;
};

// ---- what a watcher keeps ---------------------------------------------------------------------------------------

struct RegisterNote {
    RegisterId id = 0;
    u64 before = 0;
    u64 after = 0;
    bool written = false;
};

struct MemoryNote {
    std::optional<VirtAddr> virtual_address;
    PhysAddr physical;
    u8 size = 0;  // bytes, at most 8
    u64 before = 0;
    u64 after = 0;
    bool written = false;
    std::string what;  // "PML4 entry 511", "return RIP"; may be empty
};

struct MicroRecord {
    Kind kind = Kind::Read;
    Outcome outcome = Outcome::Next;
    std::string text;
    std::string rule;
    std::string detail;  // this time's numbers: "EFER.SCE = 0"
    std::vector<RegisterNote> registers;
    std::vector<MemoryNote> memory;
    unsigned depth = 0;  // 0: the transition itself; 1: a page walk inside it, and so on
};

struct TransitionRecord {
    std::string name;
    std::string title;
    std::string citation;  // "SDM Vol. 2B 4.3, SYSRET—Return From Fast System Call"
    std::vector<MicroRecord> steps;
    bool faulted = false;
};

std::string text(const Citation& citation);

// ---- watching ----------------------------------------------------------------------------------------------------

// A register of the CPU in front of us, whatever its type.
struct RegisterReader {
    const void* cpu = nullptr;
    u64 (*get)(const void* cpu, RegisterId id) = nullptr;
    u64 operator()(RegisterId id) const { return get(cpu, id); }
};

// A watcher notes what happens; it is absent in ordinary execution.
struct Watcher {
    virtual void begin(std::string_view name, std::string_view title, const Citation& citation) = 0;
    virtual void before(const StepText& step, RegisterReader registers) = 0;
    virtual void after(const StepText& step, RegisterReader registers, Outcome outcome) = 0;
    virtual void memory(const MemoryNote& note) = 0;
    virtual void detail(std::string sentence) = 0;  // this time's numbers, for the step in progress
    virtual void end(bool faulted) = 0;

  protected:
    ~Watcher() = default;
};

// Runs a list to its end. false: a check failed, and the context holds the fault. A Context has a `watcher`, which may
// be null, and a register_reader().
template <class Context>
[[nodiscard]] bool run(const Transition<Context>& list, Context& context) {
    Watcher* const watcher = context.watcher;
    if (watcher) watcher->begin(list.name, list.title, list.citation);
    const MicroStep<Context>* step = list.steps.data();
    const MicroStep<Context>* const end = step + list.steps.size();
    bool ok = true;
    while (step != end) {
        if (watcher) watcher->before(*step, context.register_reader());
        const Outcome outcome = step->run(context);
        if (watcher) watcher->after(*step, context.register_reader(), outcome);
        if (outcome == Outcome::Next) {
            ++step;
        } else if (outcome != Outcome::Again) {
            ok = outcome == Outcome::Done;
            break;
        }
    }
    if (watcher) watcher->end(!ok);
    return ok;
}
}  // namespace ring::arch
