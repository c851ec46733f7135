// Free run: the engine executes whole blocks. Before each one Blocks::enter() looks it up, or enter_seldom() stops
// where an instruction is ours, a stop is asked for, or the allowed steps end inside. Those instructions are then
// stepped.
#include <algorithm>
#include <utility>

#include "core.hpp"

namespace ring::machine {
using riscv64::Operation;

namespace {
constexpr u64 slice = 4'000'000;  // steps between two looks at `cancel`
}

// The engine has translated all of it, even where scan() stops in front of the end.
void VirtMachine::Core::mark_all_code(u64 address, u32 size) {
    const u64 last = address + size - 1;
    u32 page;
    if (last / page_bytes != address / page_bytes && fetch_page(last & ~u64{1}, 2, true, page)) mark_code(page);
}

void VirtMachine::Core::scan(Block& block, u64 address, u32 size) {
    block = {};
    block.address = address;
    block.epoch = blocks.epoch;
    block.size = size;
    mark_all_code(address, size);
    u64 at = address;
    do {
        const Decoded* const decoded = fetch(at, true);
        const bool stop_address = stops && std::ranges::binary_search(stops->addresses, at);
        const bool engine_may =
            decoded && !engine_floats_differ(decoded->instruction) &&
            (decoded->instruction.operation == Operation::Engine || decoded->instruction.operation == Operation::Fence);
        if (!engine_may || stop_address || must_access_ourselves(decoded->instruction)) {
            block.stop = true;
            block.stop_after = static_cast<u16>(block.count + (stop_address ? 0 : 1));
            problem.clear();
            return;
        }
        block.floats |= decoded->instruction.floats;
        ++block.count;
        at += decoded->instruction.length;
    } while (at < address + size);
}

bool VirtMachine::Core::enter_seldom(Block& block, u64 address, u32 size) {
    if (!blocks.knows(block, address, size)) {
        scan(block, address, size);
        engine->note_block(address, size);
        // Code was found on a page that the TLB may write to, or there is no room for more: start again.
        if (flush_before_run || !has_room()) {
            steps_to_take = 0;
            return false;
        }
        block.cost = block.stop ? ~u32{0} : block.count;
    }
    const bool forbidden = block.floats && !blocks.floats_may_run;
    if (block.stop || forbidden || block.count > blocks.remaining) {
        const u64 wanted = block.stop ? block.stop_after : forbidden ? block.count : blocks.remaining;
        steps_to_take = std::min(wanted, blocks.remaining);
        return false;
    }
    blocks.take(block);
    return true;
}

void VirtMachine::Core::free_run(u64 budget) {
    make_room();
    push();
    refresh_tlb();
    const u64 from = pc();
    during = During::Run;
    // Nothing but the registers changes: the FPU is on and dirty, and every rounding mode is legal.
    blocks.floats_may_run = false;
    if (riscv64::mstatus::FS.get(cpu.mstatus) == 3) {
        pull_floats();
        blocks.floats_may_run = riscv64::fcsr::FRM.get(cpu.fcsr) <= 4;
    }
    blocks.remaining = budget;
    blocks.last = nullptr;
    steps_to_take = 0;
    const virt::Engine::Exit exit = engine->run(from, blocks.floats_may_run);
    during = During::Step;
    registers_in = Where::Engine;
    if (std::exchange(blocks.floats_ran, false)) floats_in = Where::Engine;
    u64 executed = budget - blocks.remaining;
    if (exit != virt::Engine::Exit::Stopped) {
        pull();
        if (exit == virt::Engine::Exit::Exception) {  // pc is behind it; step() does it again
            cpu.pc -= 4;
            registers_in = Where::Cpu;
        }
        if (blocks.last) {  // it ended inside this block: give back what was not executed
            u64 done = 0;
            for (u64 at = blocks.last->address; at != cpu.pc && done < blocks.last->count; ++done) {
                const Decoded* const decoded = fetch(at, true);
                if (!decoded) break;
                at += decoded->instruction.length;
            }
            executed -= blocks.last->count - done;
        }
        steps_to_take = 1;
    }
    steps_ += executed;
    work += executed * 3 / 2 + 400;
    problem.clear();
    flush_before_run = false;
    settle();
}

bool VirtMachine::Core::stop_here(const StepEvent& event, RunOutcome& outcome) const {
    using Kind = StepEvent::Kind;
    const auto end = [&](RunEnd why) {
        outcome.end = why;
        outcome.last = event;
        return true;
    };
    if (event.kind == Kind::Halted || event.kind == Kind::NotModelled || event.kind == Kind::Exited || exited())
        return end(RunEnd::Final);
    if (event.watch_hit) return end(RunEnd::Watch);
    if (event.kind == Kind::Faulted || event.kind == Kind::Interrupted) {
        const bool asked = stops->any_trap || std::ranges::find(stops->causes, event.cause) != stops->causes.end();
        if (asked) return end(RunEnd::Trap);
    }
    if (stops->privilege_change && event.level_before != event.level_after) return end(RunEnd::Privilege);
    if (stops->address_space && event.address_space_changed) return end(RunEnd::AddressSpace);
    return false;
}

RunOutcome VirtMachine::Core::run(u64 limit, const StopSet& stop_set, const std::atomic<bool>* cancel, u64 work_limit) {
    RunOutcome outcome;
    stops = &stop_set;
    ++blocks.epoch;  // blocks remember stops
    watches = stop_set.watches;
    if (!watches.empty()) drop_translations();
    const u64 work_end = work_limit > ~u64{0} - work ? ~u64{0} : work + work_limit;
    const u64 end = limit > ~u64{0} - steps_ ? ~u64{0} : steps_ + limit;
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
        if (steps_ >= end || work >= work_end) {
            outcome.end = RunEnd::Limit;
            break;
        }
        if (!first && !stop_set.addresses.empty() && std::ranges::binary_search(stop_set.addresses, pc())) {
            outcome.end = RunEnd::Address;
            break;
        }
        update_devices();
        if (!first && to_step == 0 && !interrupt_waits && !cpu.waiting && !exited() && !fine_pmp) {
            const u64 until_event = next_event_step > steps_ ? next_event_step - steps_ : 1;
            free_run(std::min({end - steps_, until_event, slice, work_end - work}));
            to_step = steps_to_take;
            if (cancel && cancel->load(std::memory_order_relaxed)) until_look = 1;
            continue;
        }
        const StepEvent event = step(nullptr);
        first = false;
        if (to_step > 0) --to_step;
        if (event.kind == StepEvent::Kind::Faulted || event.kind == StepEvent::Kind::Interrupted) to_step = 0;
        if (stop_here(event, outcome)) break;
    }
    stops = nullptr;
    return outcome;
}
}  // namespace ring::machine
