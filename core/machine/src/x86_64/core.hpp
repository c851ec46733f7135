// The machine's inside: one struct that is the engine's client (translations, blocks) and the micro-steps' bus.
// The rule: `cpu` is the truth except for the general registers, RIP and arithmetic flags while registers_in is Engine,
// and the FPU while fpu_in is Engine; pull() and push() move them.
// Files: translate.cpp (fills, writes, table changes), fetch.cpp (bytes to Decoded), step.cpp (one step), run.cpp (free
// run), machine.cpp (the public face).
#pragma once
#include <array>

#include "code_cache.hpp"
#include "engine.hpp"
#include "guest_memory.hpp"
#include "machine/pc_machine.hpp"
#include "table_changes.hpp"

namespace ring::machine {

// All of the state but RAM.
struct PcMachine::Moment final : Machine::Moment {
    x86_64::Cpu cpu;
    PcDevices devices;
    u64 idle_ns = 0;
    std::size_t console_size = 0;
    u64 next_event_step = 0;  // when the devices are to be looked at again: a look at another time shows in them
    bool devices_dirty = true, interrupt_waits = false;
    // For the log: pages that walks went through, and entries in them whose change the guest has not yet announced.
    std::vector<u32> tables;
    TableChanges not_invalidated;
};

struct Decoded {
    x86_64::Instruction instruction;
    u32 second_page = no_page;  // physical page of the rest, where the instruction crosses
    u32 second_drops = 0;       // how often that page had been dropped
    bool check = false;         // more to look at than "engine, go"
};

struct PcMachine::Core final : EngineClient, x86_64::Bus {
    explicit Core(u64 ram_bytes) : memory(ram_bytes), code(memory.size() / page_bytes) {}

    // ---- state ---------------------------------------------------------------------------------------------------
    x86_64::Cpu cpu;
    GuestMemory memory;
    PcDevices devices;
    u64 steps = 0, idle_ns = 0;
    std::string console;

    // ---- helpers of execution: nothing here influences what the guest sees -----------------------------------------
    CodeCache<Decoded, 3> code;
    std::unique_ptr<Engine> engine;
    x86_64::Context context{cpu, *this};
    enum class Where : u8 { Cpu, Both, Engine } registers_in = Where::Cpu, fpu_in = Where::Cpu;
    u64 epoch = 1;      // counts changes of translations, code or stops: what was remembered under another one is void
    u64 tlb_epoch = 1;  // counts the engine's TLB flushes
    bool tlb_stale = false;     // the engine's TLB holds what must not be used again: flush before the engine runs
    bool tlb_user = false;      // it was filled for ring 3
    bool fpu_touched = false;   // the guest's FPU is no longer as the engine's pristine one
    u64 next_event_step = 0;    // devices have something to do at this step
    bool devices_dirty = true;  // next_event_step and interrupt_waits are out of date
    enum class Mode : u8 { Step, Run } mode = Mode::Step;
    std::vector<StopSet::Watch> watches;
    static constexpr std::size_t most_log = 65536, most_faults = 128;
    std::deque<LogEntry> log;
    std::deque<FaultEntry> faults;
    LogEntry& note(LogEntry::Kind kind);  // of the step in progress
    u64 noted_rip = 0;                    // of the instruction in progress
    TableChanges not_invalidated;
    std::string problem;  // set when something not modelled was touched

    u64 now_ns() const { return steps * ns_per_step + idle_ns; }
    void pull();  // engine -> cpu: general registers
    void pull_fpu();
    void push();       // cpu -> engine
    void make_room();  // before a step or a run: what grows with the guest's code is bounded
    bool has_room() const { return !code.full() && !engine->worn(); }
    void drop_translations();  // what linear addresses mean has changed
    void refresh_tlb();        // before the engine runs
    void note_device_time();
    void update_devices();
    bool interrupt_waits = false;

    // ---- translate.cpp -------------------------------------------------------------------------------------------
    struct Refusal {  // of the latest fill in Mode::Step
        bool seen = false;
        x86_64::Fault fault;
        x86_64::Access access = x86_64::Access::Read;
        u64 page = 0;
    } refusal;
    struct TableCopy {  // of a page table that an engine step writes to
        u32 page = no_page;
        std::array<u8, page_bytes> bytes{};
    };
    std::array<TableCopy, 2> table_copies;  // one access touches at most two pages
    bool fill(u64 page, x86_64::Access access, Page& out) override;
    std::vector<u32> written_code;           // pages whose decoded code is to be dropped when the step is over
    void prepare_write(u32 page);            // before any write to the page
    void settle();                           // after a step or a write from outside: drop what has become untrue
    void mark_tables();                      // of context.walk
    void note_stale_uses(unsigned deepest);  // of context.walk, which went down to the level `deepest`
    void note_table_write(u64 entry_address, u64 before, u64 after);
    void copy_table(u32 page);
    void compare_table(TableCopy& copy);
    bool uses_changed_entry() const;  // context.walk
    bool watched(u64 linear_page) const;

    u64 read(PhysAddr address, unsigned size) override;
    void write(PhysAddr address, unsigned size, u64 value) override;
    u32 port_in(u16 port, unsigned size) override;
    void port_out(u16 port, unsigned size, u32 value) override;
    u64 time_stamp() override { return now_ns(); }
    void flush(x86_64::Flush what, VirtAddr address) override;
    struct Remembered {
        u64 page = ~u64{0}, epoch = 0, physical_page = 0;
        u8 kind = 0;
    };
    std::array<Remembered, 64> walks{};  // of the core's own accesses
    bool recall(u64 page, u8 kind, u64& physical_page) override;
    void remember(u64 page, u8 kind, u64 physical_page) override;
    bool answers(PhysAddr address) override { return memory.holds(address.value, 1); }

    // ---- fetch.cpp -----------------------------------------------------------------------------------------------
    struct FetchEntry {
        u64 page = ~u64{0}, epoch = 0;
        u32 physical_page = 0;
        bool user = false;
    };
    std::array<FetchEntry, 64> fetch_tlb{};
    x86_64::Mode code_mode() const;
    // Null: context.fault is the fetch's fault, or `problem` is set. `look`: set no accessed bit.
    const Decoded* fetch(u64 rip, bool look);
    bool fetch_page(u64 linear, bool look, u32& physical_page);
    void mark_code(u32 page);

    // ---- step.cpp ------------------------------------------------------------------------------------------------
    PcStepEvent step(arch::Watcher* watcher);
    void interrupt(PcStepEvent& event, arch::Watcher* watcher);
    bool sleep(PcStepEvent& event);  // halted: lets time pass until an interrupt waits; false: none will
    void execute(PcStepEvent& event, arch::Watcher* watcher);
    void finish(PcStepEvent& event);
    bool check_float(const x86_64::Instruction& instruction);  // CR0.EM, TS, MP, CR4.OSFXSR; false: context.fault
    bool check_engine_instruction(const x86_64::Instruction& instruction);  // false: context.fault or problem
    void execute_ours(const x86_64::Instruction& instruction, PcStepEvent& event, arch::Watcher* watcher);
    void engine_fault(Engine::Exit exit, const x86_64::Instruction& instruction, u64 rip, PcStepEvent& event,
                      arch::Watcher* watcher);
    struct Place {
        u64 address = 0;
        bool stack = false, canonical = true;  // all of the operand's bytes
    };
    Place refused_place(const x86_64::Instruction& instruction) const;  // in refusal.page
    bool memory_needs_checks() const;
    void deliver(const x86_64::Fault& fault, u64 return_rip, PcStepEvent& event, arch::Watcher* watcher);
    void note_watches(const x86_64::Instruction& instruction, u64 next_rip, PcStepEvent& event);
    void note_watch(u64 first, u64 size, bool written, PcStepEvent& event);

    // ---- run.cpp -------------------------------------------------------------------------------------------------
    struct Block {
        u64 address = ~u64{0}, epoch = 0;
        u64 rep_address = ~u64{0};  // of a repeated instruction at its end
        u32 size = 0;
        x86_64::Mode mode = x86_64::Mode::Bits64;
        u16 count = 0;       // instructions
        u16 stop_after = 0;  // instructions before the one that must be stepped
        bool stop = false;
        bool floats = false;  // the engine's FPU state changes
    };
    std::vector<Block> blocks = std::vector<Block>(8192);
    x86_64::Mode blocks_mode =
        x86_64::Mode::Bits64;  // of the free run: the same bytes are other instructions in others
    const StopSet* stops = nullptr;
    u64 remaining = 0;  // steps that the free run may still take
    const Block* last_block = nullptr;
    u16 last_charged = 0;
    u64 rep_address = ~u64{0};
    bool flush_before_run = false;
    bool floats_ran = false, floats_may_run = false;
    bool floats_allowed() const;  // no instruction of the FPU or SSE would fault by CR0 or CR4
    u64 steps_to_take = 0;        // by step(), after the free run stopped before a block
    bool enter_block(u64 address, u32 size) override;
    void scan(Block& block, u64 address, u32 size);
    void mark_all_code(u64 address, u32 size);
    bool must_step();
    void free_run(u64 budget);
    RunOutcome run(u64 limit, const StopSet& stop_set, const std::atomic<bool>* cancel, u64 work_limit);
    u64 work = 0;  // estimate of the host's work, in nanoseconds
    bool stop_here(const PcStepEvent& event, RunOutcome& outcome) const;
};
}  // namespace ring::machine
