// The machine's inside: one struct that is the engine's client (pages, blocks) and the micro-steps' bus.
// The rule: `cpu` is the truth except for the integer registers and pc while registers_in is Engine, and the
// floating-point registers while floats_in is Engine; pull() and push() move them.
// Files: translate.cpp (fills, writes, table changes), fetch.cpp (bytes to Decoded), step.cpp (one step), floats.cpp,
// memory_access.cpp (the loads and stores that the engine may not make), run.cpp (free run), machine.cpp (the public
// face).
#pragma once
#include <array>
#include <deque>

#include "arch/riscv64/csr.hpp"
#include "arch/riscv64/transitions.hpp"
#include "code_cache.hpp"
#include "engine.hpp"
#include "guest_memory.hpp"
#include "machine/virt_machine.hpp"
#include "table_changes.hpp"

namespace ring::machine {

struct VirtMachine::Moment final : Machine::Moment {
    riscv64::Cpu cpu;
    VirtDevices devices;
    u64 idle_ns = 0;
    std::size_t console_size = 0;
    u64 next_event_step = 0;  // when the devices are to be looked at again: a look at another time shows in them
    bool interrupts_dirty = true, interrupt_waits = false;
    u64 lines = 0;
    std::optional<u64> forced_lines;
    // For the log: pages that walks went through, and entries in them whose change the guest has not yet announced.
    std::vector<u32> tables;
    TableChanges not_fenced;
};

struct VirtMachine::Core final : virt::EngineClient, riscv64::Bus {
    Core(u64 ram_bytes, u64 ram_base) : memory(ram_bytes, ram_base), code(memory.size() / page_bytes) {}

    // ---- state ---------------------------------------------------------------------------------------------------
    riscv64::Cpu cpu;
    GuestMemory memory;
    VirtDevices devices;
    u64 steps_ = 0, idle_ns = 0;
    std::string console;
    std::optional<u64> forced_lines;  // lockstep: what the devices drive, by bit of mip, comes from outside

    // ---- helpers of execution: nothing here influences what the guest sees -----------------------------------------
    struct Decoded {
        riscv64::Instruction instruction;
        u32 second_page = no_page;  // of the rest, where the instruction crosses
        u32 second_drops = 0;       // how often that page had been dropped
    };
    CodeCache<Decoded, 1> code;
    std::unique_ptr<virt::Engine> engine;
    riscv64::Context context{cpu, *this};
    enum class Where : u8 { Cpu, Both, Engine } registers_in = Where::Cpu, floats_in = Where::Cpu;
    virt::Blocks blocks;
    u64 tlb_epoch = 1;             // counts the engine's TLB flushes
    bool tlb_stale = false;        // the engine's TLB holds what must not be used again: flush before the engine runs
    u32 tlb_regime = ~0u;          // whose rights it was filled with
    u64 next_event_step = 0;       // devices or stimecmp have something to do at this step
    bool interrupts_dirty = true;  // next_event_step, lines and interrupt_waits are out of date
    bool interrupt_waits = false;  // one is to be taken before the next instruction
    u64 lines = 0;                 // what the devices drive
    bool fine_pmp = false;         // some PMP entry begins or ends inside a page
    enum class During : u8 { Step, Run } during = During::Step;
    std::vector<StopSet::Watch> watches;
    static constexpr std::size_t most_log = 65536, most_faults = 128;
    std::deque<LogEntry> log;
    struct FaultEntry {
        u64 step = 0, pc = 0;
        riscv64::Fault fault;
        riscv64::Cpu cpu;  // as it was when the fault was raised
    };
    std::deque<FaultEntry> faults;
    LogEntry& note(LogEntry::Kind kind);  // of the step in progress
    u64 noted_pc = 0;                     // of the instruction in progress
    TableChanges not_fenced;
    std::string problem;  // set when something not modelled was touched

    u64 now_ns() const { return steps_ * ns_per_step + idle_ns; }
    u64 pc() { return registers_in == Where::Engine ? engine->pc() : cpu.pc; }
    void pull();  // engine -> cpu: integer registers
    void pull_floats();
    void push();       // cpu -> engine
    void make_room();  // before a step or a run: what grows with the guest's code is bounded
    bool has_room() const { return !code.full() && !engine->worn(); }
    void drop_translations();  // what virtual addresses mean has changed
    u32 regime() const;        // everything but satp and PMP that decides whose rights count
    void refresh_tlb();        // before the engine runs
    void look_at_interrupts();
    void update_devices();
    bool exited() const { return devices.exit_value().has_value(); }

    // ---- translate.cpp -------------------------------------------------------------------------------------------
    struct Refusal {  // of the latest fill in During::Step
        bool seen = false;
        riscv64::Access access = riscv64::Access::Read;
        u64 page = 0;
    } refusal;
    struct TableCopy {  // of a page table that an engine step writes to
        u32 page = no_page;
        std::array<u8, page_bytes> bytes{};
    };
    std::array<TableCopy, 2> table_copies;  // one access touches at most two pages
    bool fill(u64 page, riscv64::Access access, Page& out) override;
    bool walked() const;            // context.walk holds a walk of the translation in force
    std::vector<u32> written_code;  // pages whose decoded code is to be dropped when the step is over
    void prepare_write(u32 page);   // before any write to the page
    void settle();                  // after a step or a write from outside: drop what has become untrue
    void mark_tables();             // of context.walk
    void note_stale_uses();         // of context.walk, as far as it went
    void note_table_write(u64 entry_address, u64 before, u64 after);
    void copy_table(u32 page);
    void compare_table(TableCopy& copy);
    bool uses_changed_entry() const;  // context.walk
    bool watched(u64 page) const;

    u64 read(PhysAddr address, unsigned size) override;
    void write(PhysAddr address, unsigned size, u64 value) override;
    There there(PhysAddr address, unsigned size) override;
    u64 time() override { return devices.mtime(now_ns()); }
    u64 steps() override { return steps_; }
    u64 interrupt_lines() override { return forced_lines ? *forced_lines : devices.interrupt_lines(now_ns()); }
    void flush() override;
    void fence(std::optional<VirtAddr> address) override;
    void interrupts_changed() override { interrupts_dirty = true; }

    // ---- fetch.cpp -----------------------------------------------------------------------------------------------
    struct FetchEntry {
        u64 page = ~u64{0}, epoch = 0;
        u32 ram_page = 0;
        u32 regime = 0;
    };
    std::array<FetchEntry, 64> fetch_tlb{};
    // Null: context.fault is the fetch's fault, or `problem` is set. `look`: set no accessed bit.
    const Decoded* fetch(u64 pc, bool look);
    bool fetch_page(u64 address, unsigned size, bool look, u32& ram_page);
    void mark_code(u32 page);

    // ---- step.cpp ------------------------------------------------------------------------------------------------
    StepEvent step(arch::Watcher* watcher);
    bool sleep(StepEvent& event);  // in wfi: lets time pass until an interrupt is pending; false: none will
    void execute(StepEvent& event, arch::Watcher* watcher);
    void finish(StepEvent& event);
    void execute_ours(const riscv64::Instruction& instruction, StepEvent& event, arch::Watcher* watcher);
    void execute_in_engine(const riscv64::Instruction& instruction, StepEvent& event, arch::Watcher* watcher);
    bool floats_allowed(const riscv64::Instruction& instruction);  // false: context.fault
    u32 floating_flags();
    // floats.cpp: around a step of the engine.
    static bool engine_floats_differ(const riscv64::Instruction& instruction);
    void before_floats(const riscv64::Instruction& instruction);
    void after_floats(const riscv64::Instruction& instruction, bool executed);
    struct Operand {
        u64 raw = 0, value = 0;  // as the register holds it; as the instruction sees it
        bool opened = false;     // the register was changed to `value`
    };
    std::array<Operand, 3> operands;
    void track_floats(const riscv64::Instruction& instruction, u32 flags_before);
    void deliver(const riscv64::Fault& fault, u64 return_pc, StepEvent& event, arch::Watcher* watcher);
    void note_watches(const riscv64::Instruction& instruction, StepEvent& event);
    void note_watch(u64 first, u64 size, bool written, StepEvent& event);

    // ---- memory_access.cpp -----------------------------------------------------------------------------------------
    // What the engine may not do itself: a load or store of a device, or one that PMP judges inside a page, or one that
    // it refused. true: done; false: context.fault, or `problem`.
    bool access_ourselves(const riscv64::Instruction& instruction);
    bool must_access_ourselves(const riscv64::Instruction& instruction) const;  // before the engine is asked
    u64 address_of(const riscv64::Instruction& instruction) const;

    // ---- run.cpp -------------------------------------------------------------------------------------------------
    using Block = virt::Block;
    const StopSet* stops = nullptr;
    bool flush_before_run = false;
    u64 steps_to_take = 0;  // by step(), after the free run stopped before a block
    bool enter_seldom(Block& block, u64 address, u32 size) override;
    void scan(Block& block, u64 address, u32 size);
    void mark_all_code(u64 address, u32 size);
    void free_run(u64 budget);
    RunOutcome run(u64 limit, const StopSet& stop_set, const std::atomic<bool>* cancel, u64 work_limit);
    u64 work = 0;  // estimate of the host's work, in nanoseconds
    bool stop_here(const StepEvent& event, RunOutcome& outcome) const;
};
}  // namespace ring::machine
