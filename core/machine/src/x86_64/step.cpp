// One step: an external interrupt, or one instruction with everything that it causes.
#include <algorithm>

#include "arch/x86_64/arch.hpp"
#include "arch/x86_64/segment_check.hpp"
#include "base/text.hpp"
#include "core.hpp"

namespace ring::machine {
using x86_64::Fault;
using x86_64::Instruction;
using x86_64::Operation;
using x86_64::Reason;
namespace rflags = x86_64::rflags;

namespace {
constexpr u64 step_work = 300;  // nanoseconds, about

// The instructions that change privilege, as a story names them.
std::string_view story_name(Operation operation) {
    switch (operation) {
        case Operation::Syscall:
            return "syscall";
        case Operation::Sysret:
            return "sysret";
        case Operation::Iret:
            return "iret";
        case Operation::FarReturn:
            return "far return";
        case Operation::FarJump:
            return "far jump";
        case Operation::FarCall:
            return "far call";
        default:
            return {};
    }
}
}  // namespace

void PcMachine::Core::pull() {
    if (registers_in != Where::Engine) return;
    engine->store(cpu);
    registers_in = Where::Both;
}

void PcMachine::Core::pull_fpu() {
    if (fpu_in != Where::Engine) return;
    engine->store_fpu(cpu.fpu);
    fpu_in = Where::Both;
}

void PcMachine::Core::push() {
    if (registers_in == Where::Cpu) {
        engine->load(cpu);
        registers_in = Where::Both;
    }
    if (fpu_in == Where::Cpu) {
        engine->load_fpu(cpu.fpu);
        fpu_in = Where::Both;
    }
}

void PcMachine::Core::make_room() {
    code.make_room();
    if (!engine->worn()) return;
    pull();
    pull_fpu();
    if (!engine->renew()) return;
    registers_in = fpu_in = Where::Cpu;
    tlb_stale = true;
}

void PcMachine::Core::note_device_time() {
    const std::optional<u64> next = devices.next_event_ns(now_ns());
    next_event_step = next ? steps + (*next - now_ns() + ns_per_step - 1) / ns_per_step : ~u64{0};
    interrupt_waits = devices.interrupt_pending();
    devices_dirty = false;
}

void PcMachine::Core::update_devices() {
    if (steps < next_event_step && !devices_dirty) return;
    devices.update(now_ns());
    note_device_time();
}

// HLT ends with an interrupt only; until then nothing happens but time. SDM Vol. 2A "HLT—Halt".
bool PcMachine::Core::sleep(PcStepEvent& event) {
    constexpr int enough_events = 16;  // a masked timer ticks for ever: after these nothing unmasked is to be expected
    for (int i = 0; i < enough_events && rflags::IF.set(cpu.rflags); ++i) {
        if (interrupt_waits) return true;
        const std::optional<u64> next = devices.next_event_ns(now_ns());
        if (!next) break;
        idle_ns += *next - now_ns();
        devices.update(now_ns());
        note_device_time();
    }
    if (interrupt_waits && rflags::IF.set(cpu.rflags)) return true;
    event.kind = PcStepEvent::Kind::Halted;
    event.problem = rflags::IF.set(cpu.rflags) ? "hlt with IF = 1, but no device will interrupt"
                                               : "hlt with IF = 0: no interrupt can wake the CPU";
    return false;
}

void PcMachine::Core::deliver(const Fault& fault, u64 return_rip, PcStepEvent& event, arch::Watcher* watcher) {
    pull();
    // An interrupt is no fault, but one that cannot be delivered is where the story of a double fault begins.
    const std::optional<x86_64::Cpu> before = fault.external ? std::optional(cpu) : std::nullopt;
    if (!fault.external) {
        if (faults.size() >= most_faults) faults.pop_front();
        faults.push_back({steps + 1, event.pc_before, {}, cpu});
    }
    context.watcher = watcher;
    event.cause = fault.vector;
    event.delivery = x86_64::deliver(context, fault, return_rip);
    context.watcher = nullptr;
    registers_in = Where::Cpu;
    if (!fault.external) faults.back().delivery = event.delivery;
    if (before && event.delivery.count > 1) {
        if (faults.size() >= most_faults) faults.pop_front();
        faults.push_back({steps + 1, event.pc_before, event.delivery, *before});
    }
    LogEntry& entry = note(fault.external ? LogEntry::Kind::Interrupt : LogEntry::Kind::Trap);
    entry.cause = fault.vector;
    entry.by = story_name(event.operation);
    if (event.delivery.not_modelled) {
        problem = x86_64::explain(context.fault, cpu).sentence;
    }
}

void PcMachine::Core::interrupt(PcStepEvent& event, arch::Watcher* watcher) {
    Fault fault;
    fault.vector = devices.acknowledge();
    fault.external = true;
    devices_dirty = true;
    cpu.halted = false;
    event.kind = PcStepEvent::Kind::Interrupted;
    event.cause = fault.vector;
    pull();
    deliver(fault, cpu.rip, event, watcher);
}

PcStepEvent PcMachine::Core::step(arch::Watcher* watcher) {
    PcStepEvent event;
    event.level_before = event.level_after = cpu.cpl;
    if (devices.exit_value()) {
        event.kind = PcStepEvent::Kind::Exited;
        return event;
    }
    if (cpu.shut_down) {
        event.kind = PcStepEvent::Kind::ShutDown;
        return event;
    }
    mode = Mode::Step;
    problem.clear();
    make_room();
    event.pc_before = registers_in == Where::Engine ? engine->rip() : cpu.rip;
    noted_rip = event.pc_before;
    update_devices();
    if (cpu.halted && !sleep(event)) return event;
    if (interrupt_waits && cpu.shadow == x86_64::Shadow::None && rflags::IF.set(cpu.rflags))
        interrupt(event, watcher);
    else
        execute(event, watcher);
    finish(event);
    return event;
}

void PcMachine::Core::finish(PcStepEvent& event) {
    settle();
    event.level_after = cpu.cpl;
    if (!problem.empty()) {
        event.kind = PcStepEvent::Kind::NotModelled;
        event.problem = "not modelled yet: " + problem;
        return;
    }
    if (event.level_before != event.level_after) {
        LogEntry& entry = note(LogEntry::Kind::Privilege);
        entry.level_before = event.level_before;
        entry.level_after = event.level_after;
        entry.by = story_name(event.operation);
        entry.cause = event.cause;
    }
    if (event.address_space_changed) note(LogEntry::Kind::AddressSpace).a = cpu.cr3;
    ++steps;
    work += step_work;
}

bool PcMachine::Core::memory_needs_checks() const {
    const bool alignment = x86_64::cr0::AM.set(cpu.cr0) && cpu.cpl == 3;
    return !cpu.code64() || alignment || !watches.empty();
}

void PcMachine::Core::execute(PcStepEvent& event, arch::Watcher* watcher) {
    const u64 rip = event.pc_before;
    const x86_64::Shadow shadow = std::exchange(cpu.shadow, x86_64::Shadow::None);
    const auto fault_here = [&](u64 return_rip) {
        if (!problem.empty()) {
            cpu.shadow = shadow;
            return;
        }
        event.kind = PcStepEvent::Kind::Faulted;
        event.software = context.fault.software;
        deliver(context.fault, return_rip, event, watcher);
    };
    context.watcher = nullptr;
    const Decoded* const decoded = fetch(rip, false);
    if (!decoded) {
        if (problem.empty() && watcher && context.fault.vector == x86_64::PF) {  // show the walk that failed
            context.watcher = watcher;
            static_cast<void>(x86_64::translate(context, VirtAddr{context.fault.address}, x86_64::Access::Execute,
                                                cpu.cpl == 3, false));
            context.watcher = nullptr;
        }
        return fault_here(rip);
    }
    // A copy where the page may be dropped under us; the engine's own path needs length and memory operands only.
    const Instruction instruction = decoded->instruction;
    const bool check = decoded->check;
    event.operation = instruction.operation;
    context.next_rip = cpu.code64() ? rip + instruction.length : (rip + instruction.length) & 0xffffffffu;
    bool trap = rflags::TF.set(cpu.rflags);

    if (instruction.operation == Operation::Engine) {
        if ((check || instruction.float_kind != x86_64::FloatKind::None || memory_needs_checks()) &&
            !check_engine_instruction(instruction))
            return fault_here(rip);
        if (!watches.empty()) note_watches(instruction, context.next_rip, event);
        push();
        refresh_tlb();
        if (instruction.keeps_rax_high) pull();
        const u64 rax = cpu.gpr[x86_64::RAX];
        refusal.seen = false;
        const Engine::Exit exit = engine->step(rip);
        registers_in = Where::Engine;
        if (instruction.float_kind != x86_64::FloatKind::None) {
            fpu_in = Where::Engine;
            fpu_touched = true;
        }
        if (exit != Engine::Exit::Done) {
            engine_fault(exit, instruction, rip, event, watcher);
            if (!problem.empty()) cpu.shadow = shadow;
            return;
        }
        cpu.rflags &= ~rflags::RF.mask();
        if (instruction
                .keeps_rax_high) {  // SDM Vol. 2A CMPXCHG: the accumulator is not written when the values are equal
            pull();
            if (rflags::ZF.set(cpu.rflags)) {
                cpu.gpr[x86_64::RAX] = rax;
                registers_in = Where::Cpu;
            }
        }
    } else if (instruction.operation == Operation::Undefined) {
        if (instruction.undefined_reason == Reason::TooLong)
            context.raise_code(x86_64::GP, 0, Reason::TooLong, instruction.length);
        else
            context.raise(x86_64::UD, instruction.undefined_reason, instruction.bytes[0]);
        return fault_here(rip);
    } else if (instruction.operation == Operation::NotModelled) {
        // What CR0 and CR4 forbid faults before anything else would happen.
        if (instruction.float_kind != x86_64::FloatKind::None && !check_float(instruction)) return fault_here(rip);
        problem = "the instruction " + x86_64::text(instruction, VirtAddr{rip});
        cpu.shadow = shadow;
        return;
    } else {
        pull();
        cpu.rip = rip;
        execute_ours(instruction, event, watcher);
        if (event.kind == PcStepEvent::Kind::Faulted || !problem.empty()) {
            if (!problem.empty()) cpu.shadow = shadow;
            return;
        }
        // The flags that these load count at once: FMASK keeps the trap out of the kernel, sysret brings it back.
        if (instruction.operation == Operation::Syscall || instruction.operation == Operation::Sysret)
            trap = rflags::TF.set(cpu.rflags);
    }
    if (trap && !(shadow == x86_64::Shadow::None && cpu.shadow == x86_64::Shadow::MovSs)) {
        // SDM Vol. 3A 17.3.1.4 "Single-Step Exception Condition"
        pull();
        cpu.dr6 |= 0x4000;
        Fault fault;
        fault.vector = x86_64::DB;
        fault.trap = true;
        fault.reason = Reason::SingleStep;
        event.kind = PcStepEvent::Kind::Faulted;
        deliver(fault, cpu.rip, event, watcher);
    }
}

void PcMachine::Core::execute_ours(const Instruction& instruction, PcStepEvent& event, arch::Watcher* watcher) {
    const x86_64::Cpu before = cpu;
    context.instruction = instruction;
    context.fault = {};
    const x86_64::List* const list = x86_64::transition_for(context);
    if (!list) {
        problem = "the instruction " + x86_64::text(instruction, VirtAddr{cpu.rip});
        return;
    }
    if (!watches.empty()) note_watches(instruction, context.next_rip, event);
    context.watcher = watcher;
    const bool ok = x86_64::run(*list, context);
    context.watcher = nullptr;
    registers_in = Where::Cpu;
    if (!problem.empty()) {
        cpu = before;
        return;
    }
    if (!ok) {
        if (context.fault.vector == x86_64::not_modelled) {
            problem = x86_64::explain(context.fault, cpu).sentence;
            cpu = before;
            return;
        }
        event.kind = PcStepEvent::Kind::Faulted;
        event.watch_hit = false;
        event.software = context.fault.software;
        const bool behind = context.fault.software || context.fault.trap;
        deliver(context.fault, behind ? context.next_rip : before.rip, event, watcher);
        return;
    }
    if (!x86_64::transfers_control(instruction.operation)) cpu.rip = context.next_rip;
    if (instruction.operation != Operation::Iret) cpu.rflags &= ~rflags::RF.mask();
    event.address_space_changed =
        instruction.operation == Operation::MovToControl && instruction.operand[0].number == 3;
    const u64 alignment = (cpu.rflags ^ before.rflags) & rflags::AC.mask();
    if ((alignment && x86_64::cr4::SMAP.set(cpu.cr4)) || cpu.code64() != before.code64()) tlb_stale = true;
}

bool PcMachine::Core::check_float(const Instruction& instruction) {
    // SDM Vol. 3A 2.5 "Control Registers", Table 2-2 and Table 13-1: which instruction obeys EM, TS, MP, OSFXSR.
    using x86_64::FloatKind;
    const bool em = x86_64::cr0::EM.set(cpu.cr0), ts = x86_64::cr0::TS.set(cpu.cr0), mp = x86_64::cr0::MP.set(cpu.cr0);
    switch (instruction.float_kind) {
        case FloatKind::None:
            break;
        case FloatKind::X87:
            if (em || ts)
                return context.raise(x86_64::NM, em ? Reason::FpuEmulated : Reason::FpuTaskSwitched, cpu.cr0), false;
            break;
        case FloatKind::Wait:
            if (mp && ts) return context.raise(x86_64::NM, Reason::FpuTaskSwitched, cpu.cr0), false;
            break;
        case FloatKind::Mmx:
            if (em) return context.raise(x86_64::UD, Reason::FpuEmulated, cpu.cr0), false;
            if (ts) return context.raise(x86_64::NM, Reason::FpuTaskSwitched, cpu.cr0), false;
            break;
        case FloatKind::Sse:
            if (em) return context.raise(x86_64::UD, Reason::FpuEmulated, cpu.cr0), false;
            if (!x86_64::cr4::OSFXSR.set(cpu.cr4))
                return context.raise(x86_64::UD, Reason::SseDisabled, cpu.cr4), false;
            if (ts) return context.raise(x86_64::NM, Reason::FpuTaskSwitched, cpu.cr0), false;
            break;
    }
    return true;
}

bool PcMachine::Core::check_engine_instruction(const Instruction& instruction) {
    if (!check_float(instruction)) return false;
    if (instruction.memory_count == 0) return true;
    pull();
    const bool align = x86_64::cr0::AM.set(cpu.cr0) && cpu.cpl == 3 && rflags::AC.set(cpu.rflags);
    for (unsigned i = 0; i < instruction.memory_count; ++i) {
        const x86_64::MemoryOperand& operand = instruction.memory[i];
        const u64 linear = x86_64::linear_address(cpu, instruction, operand, context.next_rip);
        if (!cpu.code64() && operand.segment < x86_64::FS && cpu.segment[operand.segment].usable() &&
            cpu.segment[operand.segment].base != 0) {
            problem = "data in a segment whose base is not 0";
            return false;
        }
        if ((!cpu.code64() || operand.alignment != 0) && !x86_64::check_operand(context, operand, linear)) return false;
        if (align && operand.alignment == 0 && operand.size > 1 && linear % std::min<u64>(operand.size, 8) != 0)
            return context.raise_code(x86_64::AC, 0, Reason::Misaligned, linear), false;
        if (instruction.carries_early) {  // no fault may be left for the engine to meet
            u64 value;
            if (!x86_64::check_operand(context, operand, linear) ||
                !x86_64::read(context, VirtAddr{linear}, operand.size, value, x86_64::As::Current) ||
                !x86_64::probe_write(context, VirtAddr{linear}, operand.size, x86_64::As::Current))
                return false;
        }
        if (instruction.loads_mxcsr) {
            u64 value;
            if (!x86_64::read(context, VirtAddr{linear}, 4, value, x86_64::As::Current)) return false;
            if (value & 0xffff0000) return context.raise_code(x86_64::GP, 0, Reason::SimdException, value), false;
            if ((value & 0x1f80) != 0x1f80) {
                problem = "SIMD floating-point exceptions that are not masked (MXCSR = " + text::hex(value) + ")";
                return false;
            }
        }
    }
    return true;
}

PcMachine::Core::Place PcMachine::Core::refused_place(const Instruction& instruction) const {
    if (refusal.access == x86_64::Access::Execute) return {refusal.page, false, true};
    const bool write = refusal.access == x86_64::Access::Write;
    for (unsigned i = 0; i < instruction.memory_count; ++i) {
        const x86_64::MemoryOperand& operand = instruction.memory[i];
        if (write ? !operand.write : !operand.read) continue;
        const u64 first = x86_64::linear_address(cpu, instruction, operand, context.next_rip);
        const u64 last = first + std::max<u64>(operand.size, 1) - 1;
        const u64 page = first & ~u64{page_bytes - 1};
        if (page != refusal.page && (last & ~u64{page_bytes - 1}) != refusal.page) continue;
        return {page == refusal.page ? first : refusal.page, operand.stack,
                !cpu.code64() || (x86_64::canonical(first) && x86_64::canonical(last))};
    }
    return {refusal.page, false, true};
}

void PcMachine::Core::engine_fault(Engine::Exit exit, const Instruction& instruction, u64 rip, PcStepEvent& event,
                                   arch::Watcher* watcher) {
    pull();
    pull_fpu();
    engine->recover();
    registers_in = Where::Cpu;
    if (fpu_touched) fpu_in = Where::Cpu;
    cpu.rip = rip;
    event.watch_hit = false;  // nothing was touched
    if (!problem.empty()) return;
    if (exit == Engine::Exit::Exception && engine->vector() == x86_64::DE) {
        context.raise(x86_64::DE, Reason::DivideError);
    } else if (exit == Engine::Exit::Refused && refusal.seen) {
        context.fault = refusal.fault;
        const auto [address, stack, canonical] = refused_place(instruction);
        if (context.fault.vector == x86_64::PF && canonical) {
            context.fault.address = address;
            if (watcher) {  // show the walk that failed
                context.watcher = watcher;
                static_cast<void>(x86_64::translate(context, VirtAddr{address}, refusal.access, cpu.cpl == 3, false));
                context.watcher = nullptr;
                context.fault.address = address;
            }
        } else if (context.fault.vector == x86_64::GP || !canonical) {  // canonical form is judged before any page
            context.raise_code(stack ? x86_64::SS_ : x86_64::GP, 0,
                               stack ? Reason::StackNotCanonical : Reason::NotCanonical, address);
        }
    } else {
        problem =
            "the execution engine stopped at " + text::hex(rip) + " (" + x86_64::text(instruction, VirtAddr{rip}) + ")";
        return;
    }
    event.kind = PcStepEvent::Kind::Faulted;
    deliver(context.fault, rip, event, watcher);
}

void PcMachine::Core::note_watch(u64 first, u64 size, bool written, PcStepEvent& event) {
    const u64 last = first + size - 1;
    for (const StopSet::Watch& watch : watches) {
        if (watch.first > last || watch.last < first || !(written ? watch.write : watch.read)) continue;
        event.watch_hit = true;
        event.watch_address = std::max(first, watch.first);
    }
}

void PcMachine::Core::note_watches(const Instruction& instruction, u64 next_rip, PcStepEvent& event) {
    pull();
    const u64 counter = cpu.gpr[x86_64::RCX];
    if (instruction.repeat && (instruction.address_size == 8 ? counter : counter & 0xffffffffu) == 0) return;
    for (unsigned i = 0; i < instruction.memory_count; ++i) {
        const x86_64::MemoryOperand& operand = instruction.memory[i];
        const u64 first = x86_64::linear_address(cpu, instruction, operand, next_rip);
        const u64 size = std::max<u64>(operand.size, 1);
        if (operand.read) note_watch(first, size, false, event);
        if (operand.write) note_watch(first, size, true, event);
    }
}
}  // namespace ring::machine
