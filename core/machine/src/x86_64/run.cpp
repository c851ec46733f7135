// Free run: the engine executes whole blocks; before each one enter_block() looks it up, and stops where an instruction
// is ours, a stop is asked for, or the allowed steps end inside. Those instructions are then stepped.
// Counting: a repeated string instruction is one step per iteration. The engine enters its block once per iteration and
// once more to find that the counter is 0; that last visit counts nothing.
#include <algorithm>

#include "core.hpp"

namespace ring::machine {
using x86_64::Operation;
namespace rflags = x86_64::rflags;

namespace {
constexpr u64 slice = 4'000'000;  // steps between two looks at `cancel`
}

// The engine has translated all of it, even where scan() stops in front of the end.
void PcMachine::Core::mark_all_code(u64 address, u32 size) {
    const u64 last = address + size - 1;
    u32 page;
    if (last / page_bytes != address / page_bytes && fetch_page(last, true, page)) mark_code(page);
}

void PcMachine::Core::scan(Block& block, u64 address, u32 size) {
    block = {};
    block.address = address;
    block.epoch = epoch;
    block.mode = blocks_mode;
    block.size = size;
    mark_all_code(address, size);
    u64 at = address;
    do {
        const Decoded* const decoded = fetch(at, true);
        const bool stop_address = stops && block.count > 0 && std::ranges::binary_search(stops->addresses, at);
        const bool first_is_stop = stops && block.count == 0 && std::ranges::binary_search(stops->addresses, at);
        if (!decoded || stop_address || first_is_stop || decoded->instruction.operation != Operation::Engine ||
            decoded->check) {
            block.stop = true;
            block.stop_after = static_cast<u16>(block.count + (stop_address || first_is_stop ? 0 : 1));
            problem.clear();
            return;
        }
        const x86_64::Instruction& instruction = decoded->instruction;
        if (instruction.float_kind != x86_64::FloatKind::None) block.floats = true;
        if (instruction.repeat) block.rep_address = at;
        ++block.count;
        at += instruction.length;
    } while (at < address + size);
}

bool PcMachine::Core::enter_block(u64 address, u32 size) {
    Block& block = blocks[(address ^ address >> 13) % blocks.size()];
    if (block.address != address || block.epoch != epoch || block.size != size || block.mode != blocks_mode) {
        scan(block, address, size);
        engine->note_block(address, size);
        // Code was found on a page that the TLB may write to, or there is no room for more: start again.
        if (flush_before_run || !has_room()) {
            steps_to_take = 0;
            return false;
        }
    }
    u16 charge = block.count;
    if (rep_address == address && block.rep_address == address && !block.stop) charge = engine->rcx() != 0 ? 1 : 0;
    const bool forbidden = block.floats && !floats_may_run;  // step() raises the #UD or #NM
    if (block.stop || forbidden || charge > remaining) {
        const u64 wanted = block.stop ? block.stop_after : forbidden ? block.count : remaining;
        steps_to_take = std::min(wanted, remaining);
        return false;
    }
    remaining -= charge;
    last_block = &block;
    last_charged = charge;
    rep_address = block.rep_address;
    floats_ran |= block.floats;
    return true;
}

bool PcMachine::Core::floats_allowed() const {
    using namespace x86_64;
    return (cpu.cr0 & (cr0::EM.mask() | cr0::TS.mask())) == 0 && cr4::OSFXSR.set(cpu.cr4);
}

// What a free run cannot keep: traps after each instruction, shadows, checks that the engine does not make.
bool PcMachine::Core::must_step() {
    if (cpu.halted || cpu.shut_down || devices.exit_value()) return true;
    if (cpu.shadow != x86_64::Shadow::None) return true;
    if ((cpu.rflags & (rflags::TF.mask() | rflags::RF.mask())) != 0) return true;
    if (interrupt_waits && rflags::IF.set(cpu.rflags)) return true;
    if (x86_64::cr0::AM.set(cpu.cr0) && cpu.cpl == 3) return true;
    if (cpu.code64()) return false;
    const auto good = [&](x86_64::SegmentName name) {
        const x86_64::Segment& segment = cpu.segment[name];
        return segment.usable() && segment.flat() && x86_64::attributes::DB.set(segment.attributes) &&
               !x86_64::attributes::Code.set(segment.attributes) &&
               x86_64::attributes::Writable.set(segment.attributes) &&
               !x86_64::attributes::ExpandDown.set(segment.attributes);
    };
    return !(cpu.segment[x86_64::CS].flat() && good(x86_64::SS) && good(x86_64::DS) && good(x86_64::ES) &&
             good(x86_64::FS) && good(x86_64::GS));
}

void PcMachine::Core::free_run(u64 budget) {
    make_room();
    push();
    refresh_tlb();
    const u64 rip = registers_in == Where::Engine ? engine->rip() : cpu.rip;
    mode = Mode::Run;
    blocks_mode = code_mode();
    floats_may_run = floats_allowed();
    remaining = budget;
    last_block = nullptr;
    last_charged = 0;
    rep_address = ~u64{0};
    steps_to_take = 0;
    const Engine::Exit exit = engine->run(rip);
    mode = Mode::Step;
    registers_in = Where::Engine;
    if (std::exchange(floats_ran, false)) {
        fpu_in = Where::Engine;
        fpu_touched = true;
    }
    u64 executed = budget - remaining;
    if (exit != Engine::Exit::Stopped) {
        if (last_block) {  // it ended inside this block: give back what was not executed
            pull();
            u64 done = 0;
            for (u64 at = last_block->address; at != cpu.rip && done < last_charged; ++done) {
                const Decoded* const decoded = fetch(at, true);
                if (!decoded) break;
                at += decoded->instruction.length;
            }
            executed -= last_charged - done;
        }
        pull();
        pull_fpu();
        engine->recover();
        registers_in = Where::Cpu;
        if (fpu_touched) fpu_in = Where::Cpu;
        steps_to_take = 1;
    }
    steps += executed;
    work += executed * 3 / 2 + 400;
    problem.clear();
    flush_before_run = false;
    settle();
}

bool PcMachine::Core::stop_here(const PcStepEvent& event, RunOutcome& outcome) const {
    using Kind = PcStepEvent::Kind;
    const auto end = [&](RunEnd why) {
        outcome.end = why;
        outcome.last = event;
        return true;
    };
    if (event.kind == Kind::Halted || event.kind == Kind::ShutDown || event.kind == Kind::NotModelled ||
        event.kind == Kind::Exited || cpu.shut_down || devices.exit_value())
        return end(RunEnd::Final);
    if (event.watch_hit) return end(RunEnd::Watch);
    if (event.kind == Kind::Faulted || event.kind == Kind::Interrupted) {
        const auto asked = [&](u8 vector) {
            return stops->any_trap || std::ranges::find(stops->causes, vector) != stops->causes.end();
        };
        // An interrupt, too, has a chain: what its delivery has raised.
        if (event.kind == Kind::Interrupted && asked(event.cause)) return end(RunEnd::Trap);
        for (unsigned i = 0; i < event.delivery.count; ++i)
            if (asked(event.delivery.chain[i].vector)) return end(RunEnd::Trap);
    }
    if (stops->privilege_change && event.level_before != event.level_after) return end(RunEnd::Privilege);
    if (stops->address_space && event.address_space_changed) return end(RunEnd::AddressSpace);
    return false;
}

RunOutcome PcMachine::Core::run(u64 limit, const StopSet& stop_set, const std::atomic<bool>* cancel, u64 work_limit) {
    RunOutcome outcome;
    stops = &stop_set;
    ++epoch;  // blocks remember stops
    watches = stop_set.watches;
    if (!watches.empty()) drop_translations();
    const u64 work_end = work_limit > ~u64{0} - work ? ~u64{0} : work + work_limit;
    const u64 end = limit > ~u64{0} - steps ? ~u64{0} : steps + limit;
    bool first = true;
    u64 to_step = 0, until_look = 4096;
    for (;;) {
        if (cancel && --until_look == 0) {
            until_look = 4096;
            if (cancel->load(std::memory_order_relaxed)) {
                outcome.end = RunEnd::Cancelled;
                break;
            }
        }
        if (steps >= end || work >= work_end) {
            outcome.end = RunEnd::Limit;
            break;
        }
        if (!first && !stop_set.addresses.empty() &&
            std::ranges::binary_search(stop_set.addresses, registers_in == Where::Engine ? engine->rip() : cpu.rip)) {
            outcome.end = RunEnd::Address;
            break;
        }
        update_devices();
        if (!first && to_step == 0 && !must_step()) {
            const u64 until_event = next_event_step > steps ? next_event_step - steps : 1;
            free_run(std::min({end - steps, until_event, slice, work_end - work}));
            to_step = steps_to_take;
            if (cancel && cancel->load(std::memory_order_relaxed)) until_look = 1;
            continue;
        }
        const PcStepEvent event = step(nullptr);
        first = false;
        if (to_step > 0) --to_step;
        if (event.kind == PcStepEvent::Kind::Faulted || event.kind == PcStepEvent::Kind::Interrupted) to_step = 0;
        if (stop_here(event, outcome)) break;
    }
    stops = nullptr;
    return outcome;
}
}  // namespace ring::machine
