// One step: an interrupt, or one instruction with everything that it causes.
#include <algorithm>

#include "arch/riscv64/arch.hpp"
#include "base/text.hpp"
#include "core.hpp"

namespace ring::machine {
using riscv64::Fault;
using riscv64::Instruction;
using riscv64::Operation;
using riscv64::Reason;
namespace mstatus = riscv64::mstatus;

namespace {
constexpr u64 step_work = 200;  // nanoseconds, about

// Is the context's walk that of the access which raised it?
bool after_a_walk(Reason reason) {
    return reason >= Reason::EntryNotValid && reason <= Reason::DeviceNoFetch && reason != Reason::NotCanonical;
}

u8 cause_number(const Fault& fault) { return static_cast<u8>(fault.code | (fault.interrupt ? 0x80 : 0)); }
}  // namespace

void VirtMachine::Core::pull() {
    if (registers_in != Where::Engine) return;
    engine->store(cpu);
    registers_in = Where::Both;
}

void VirtMachine::Core::pull_floats() {
    if (floats_in != Where::Engine) return;
    engine->store_floats(cpu);
    floats_in = Where::Both;
}

void VirtMachine::Core::push() {
    if (registers_in == Where::Cpu) {
        engine->load(cpu);
        registers_in = Where::Both;
    }
    if (floats_in == Where::Cpu) {
        engine->load_floats(cpu);
        floats_in = Where::Both;
    }
}

void VirtMachine::Core::make_room() {
    code.make_room();
    if (!engine->worn()) return;
    pull();
    pull_floats();
    if (!engine->renew()) return;
    registers_in = floats_in = Where::Cpu;
    tlb_stale = true;
}

void VirtMachine::Core::look_at_interrupts() {
    const u64 now = now_ns();
    devices.update(now);
    lines = interrupt_lines();
    interrupt_waits = riscv64::interrupt_to_take(cpu, riscv64::pending_bits(cpu, lines, time())).code != 0;
    constexpr u64 never = ~u64{0};
    u64 next = forced_lines ? never : devices.next_event_ns(now).value_or(never);
    if (riscv64::envcfg::STCE.set(cpu.menvcfg) && cpu.stimecmp > time()) {
        const u64 ticks = cpu.stimecmp - time(), tick = now / virt::ns_per_tick;
        if (ticks < never / virt::ns_per_tick - tick) next = std::min(next, (tick + ticks) * virt::ns_per_tick);
    }
    next_event_step = next == never ? never : steps_ + (next - now + ns_per_step - 1) / ns_per_step;
    interrupts_dirty = false;
}

void VirtMachine::Core::update_devices() {
    if (steps_ >= next_event_step || interrupts_dirty) look_at_interrupts();
}

// Privileged 3.3.3 "Wait for Interrupt": it ends when an interrupt is pending that mie enables, even one that the
// status bits keep out; until then nothing happens but time.
bool VirtMachine::Core::sleep(StepEvent& event) {
    constexpr int enough_events = 16;  // a timer that mie does not enable ticks for ever
    for (int i = 0; i < enough_events; ++i) {
        look_at_interrupts();
        if (riscv64::wakes(cpu, riscv64::pending_bits(cpu, lines, time()))) {
            cpu.waiting = false;
            return true;
        }
        if (next_event_step == ~u64{0}) break;
        idle_ns += (next_event_step - steps_) * ns_per_step;
        next_event_step = steps_;
    }
    event.kind = StepEvent::Kind::Halted;
    event.problem = cpu.mie == 0 ? "wfi with mie = 0: no interrupt can wake the hart"
                                 : "wfi, and no device will raise an interrupt that mie enables";
    return false;
}

void VirtMachine::Core::deliver(const Fault& fault, u64 return_pc, StepEvent& event, arch::Watcher* watcher) {
    pull();
    if (!fault.interrupt) {
        // An entry that changed may refuse what the hart still has a translation for.
        if (after_a_walk(fault.reason)) note_stale_uses();
        if (faults.size() >= most_faults) faults.pop_front();
        faults.push_back({steps_ + 1, event.pc_before, fault, cpu});
    }
    event.kind = fault.interrupt ? StepEvent::Kind::Interrupted : StepEvent::Kind::Faulted;
    event.cause = cause_number(fault);
    context.watcher = watcher;
    riscv64::deliver(context, fault, return_pc);
    context.watcher = nullptr;
    registers_in = Where::Cpu;
    interrupts_dirty = true;
    note(fault.interrupt ? LogEntry::Kind::Interrupt : LogEntry::Kind::Trap).cause = event.cause;
}

StepEvent VirtMachine::Core::step(arch::Watcher* watcher) {
    StepEvent event;
    event.level_before = event.level_after = static_cast<u8>(cpu.mode);
    if (exited()) {
        event.kind = StepEvent::Kind::Exited;
        return event;
    }
    during = During::Step;
    problem.clear();
    make_room();
    event.pc_before = noted_pc = pc();
    update_devices();
    if (cpu.waiting && !sleep(event)) return event;
    if (interrupt_waits) {
        Fault fault;
        fault.code = riscv64::interrupt_to_take(cpu, riscv64::pending_bits(cpu, lines, time())).code;
        fault.interrupt = true;
        fault.reason = Reason::Interrupt;
        deliver(fault, event.pc_before, event, watcher);
    } else {
        execute(event, watcher);
    }
    finish(event);
    return event;
}

void VirtMachine::Core::finish(StepEvent& event) {
    settle();
    event.level_after = static_cast<u8>(cpu.mode);
    if (!problem.empty()) {
        event.kind = StepEvent::Kind::NotModelled;
        event.problem = "not modelled yet: " + problem;
        return;
    }
    if (event.level_before != event.level_after) {
        interrupts_dirty = true;
        LogEntry& entry = note(LogEntry::Kind::Privilege);
        entry.level_before = event.level_before;
        entry.level_after = event.level_after;
        if (event.kind == StepEvent::Kind::Retired)
            entry.by = context.instruction.operation == Operation::Sret ? "sret" : "mret";
        else
            entry.cause = event.cause;
    }
    if (event.address_space_changed) note(LogEntry::Kind::AddressSpace).a = cpu.satp;
    ++steps_;
    work += step_work;
}

bool VirtMachine::Core::floats_allowed(const Instruction& instruction) {
    if (mstatus::FS.get(cpu.mstatus) == 0) return context.illegal(Reason::FpuOff) == arch::Outcome::Next;
    if (!instruction.dynamic_rounding) return true;
    pull_floats();
    const u64 mode = riscv64::fcsr::FRM.get(cpu.fcsr);
    return mode <= 4 || context.illegal(Reason::RoundingMode, mode) == arch::Outcome::Next;
}

// Only while FS is not dirty does anybody ask: afterwards nothing can change it but software.
u32 VirtMachine::Core::floating_flags() {
    if (mstatus::FS.get(cpu.mstatus) == 3) return 0;
    pull_floats();
    return cpu.fcsr;
}

// Privileged 3.1.6.6 "Extension Context Status in mstatus Register": FS becomes dirty when an f register was written,
// or an exception flag in fcsr set.
void VirtMachine::Core::track_floats(const Instruction& instruction, u32 flags_before) {
    if (mstatus::FS.get(cpu.mstatus) == 3) return;
    if (!instruction.writes_floats && (!instruction.writes_flags || floating_flags() == flags_before)) return;
    cpu.mstatus |= mstatus::FS.mask();
}

void VirtMachine::Core::execute(StepEvent& event, arch::Watcher* watcher) {
    const u64 pc = event.pc_before;
    const auto fault_here = [&] {
        if (problem.empty()) deliver(context.fault, pc, event, watcher);
    };
    context.watcher = nullptr;
    const Decoded* const decoded = fetch(pc, false);
    if (!decoded) {
        if (problem.empty() && watcher) {  // show the walk that failed
            const Fault fault = context.fault;
            context.watcher = watcher;
            static_cast<void>(riscv64::translate(context, VirtAddr{fault.value}, 2, riscv64::Access::Execute, false));
            context.fault = fault;
        }
        return fault_here();
    }
    const Instruction& instruction = decoded->instruction;
    context.instruction = instruction;
    context.next_pc = pc + instruction.length;
    if (instruction.operation == Operation::Undefined) {
        static_cast<void>(context.illegal(Reason::Undefined, instruction.bits));
        return fault_here();
    }
    if (instruction.floats && !floats_allowed(instruction)) return fault_here();
    const u32 flags = instruction.floats ? floating_flags() : 0;
    if (!watches.empty()) note_watches(instruction, event);
    if (riscv64::transition_for(context) != nullptr)
        execute_ours(instruction, event, watcher);
    else
        execute_in_engine(instruction, event, watcher);
    if (event.kind == StepEvent::Kind::Retired && problem.empty() && instruction.floats)
        track_floats(instruction, flags);
}

void VirtMachine::Core::execute_ours(const Instruction& instruction, StepEvent& event, arch::Watcher* watcher) {
    const bool floats = instruction.operation == Operation::Csr && instruction.csr <= 3;
    pull();
    if (floats) pull_floats();
    cpu.pc = event.pc_before;
    const u64 satp = cpu.satp;
    context.watcher = watcher;
    const bool ok = riscv64::run(*riscv64::transition_for(context), context);
    context.watcher = nullptr;
    registers_in = Where::Cpu;
    if (floats) floats_in = Where::Cpu;
    if (!problem.empty()) return;
    if (!ok) {
        event.watch_hit = false;
        return deliver(context.fault, event.pc_before, event, watcher);
    }
    if (!riscv64::transfers_control(instruction.operation)) cpu.pc = context.next_pc;
    event.address_space_changed = cpu.satp != satp;
}

void VirtMachine::Core::execute_in_engine(const Instruction& instruction, StepEvent& event, arch::Watcher* watcher) {
    const u64 pc = event.pc_before;
    const auto ourselves = [&] {
        context.watcher = watcher;
        const bool ok = access_ourselves(instruction);
        context.watcher = nullptr;
        if (!problem.empty()) return false;
        if (!ok) {
            cpu.pc = pc;
            event.watch_hit = false;
            deliver(context.fault, pc, event, watcher);
        }
        return ok;
    };
    if (must_access_ourselves(instruction)) {
        if (!ourselves()) return;
        if (!instruction.memory.atomic) {
            cpu.pc = context.next_pc;
            registers_in = Where::Cpu;
            return;
        }
    }
    push();
    refresh_tlb();
    refusal.seen = false;
    const bool repair = engine_floats_differ(instruction);
    if (repair) before_floats(instruction);
    const virt::Engine::Exit exit = engine->step(pc, instruction.length, instruction.ends_block, instruction.floats);
    if (repair) after_floats(instruction, exit == virt::Engine::Exit::Done);
    registers_in = Where::Engine;
    if (instruction.floats) floats_in = Where::Engine;
    if (exit == virt::Engine::Exit::Done) return;
    pull();
    pull_floats();
    cpu.pc = pc;
    registers_in = Where::Cpu;
    if (exit == virt::Engine::Exit::Refused && refusal.seen && instruction.memory.size != 0 && problem.empty()) {
        if (!instruction.memory.atomic && ourselves()) {
            cpu.pc = context.next_pc;
            registers_in = Where::Cpu;
            return;
        }
        if (event.kind == StepEvent::Kind::Faulted) return;
    }
    if (problem.empty())
        problem = "the execution engine stopped at " + text::hex(pc) + " (instruction " +
                  text::hex(u64{instruction.bits}) + ")";
}

void VirtMachine::Core::note_watch(u64 first, u64 size, bool written, StepEvent& event) {
    const u64 last = first + size - 1;
    for (const StopSet::Watch& watch : watches) {
        if (watch.first > last || watch.last < first || !(written ? watch.write : watch.read)) continue;
        event.watch_hit = true;
        event.watch_address = std::max(first, watch.first);
    }
}

void VirtMachine::Core::note_watches(const Instruction& instruction, StepEvent& event) {
    const riscv64::MemoryOperand& operand = instruction.memory;
    if (operand.size == 0) return;
    pull();
    const u64 first = address_of(instruction);
    if (operand.read) note_watch(first, operand.size, false, event);
    if (operand.write) note_watch(first, operand.size, true, event);
}
}  // namespace ring::machine
