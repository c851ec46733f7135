// The public face of the machine: create, look, change, checkpoint.
#include "machine/machine.hpp"

#include <cstring>

#include "base/text.hpp"
#include "core.hpp"

namespace ring::machine {

Machine::Machine() = default;
Machine::~Machine() = default;

Result<std::unique_ptr<Machine>> Machine::create(u64 ram_bytes) {
    constexpr u64 least = 1_MiB, most = 2_GiB;
    if (ram_bytes < least || ram_bytes > most)
        return error("{} of RAM: the machine can have {} to {}", text::size(ram_bytes), text::size(least),
                     text::size(most));
    std::unique_ptr<Machine> machine(new Machine);
    machine->core_ = std::make_unique<Core>(ram_bytes);
    Core& core = *machine->core_;
    if (!core.memory.data()) return error("the host has no {} of memory for the guest", text::size(ram_bytes));
    Result<std::unique_ptr<Engine>> engine = Engine::create(core.memory.span(), core);
    if (!engine) return engine.error();
    core.engine = std::move(*engine);
    return machine;
}

const x86_64::Cpu& Machine::cpu() {
    core_->pull();
    core_->pull_fpu();
    return core_->cpu;
}

void Machine::set_cpu(const x86_64::Cpu& cpu) {
    core_->cpu = cpu;
    core_->fpu_touched = !(cpu.fpu == x86_64::Fpu{});
    core_->registers_in = core_->fpu_in = Core::Where::Cpu;
    core_->drop_translations();
}

std::span<const u8> Machine::ram() const { return core_->memory.span(); }

bool Machine::write_ram(u64 physical, ByteSpan data) {
    Core& core = *core_;
    if (!core.memory.holds(physical, data.size())) return false;
    if (data.empty()) return true;
    for (u64 page = physical / page_bytes; page <= (physical + data.size() - 1) / page_bytes; ++page) {
        core.prepare_write(static_cast<u32>(page));
        if (core.memory.is(static_cast<u32>(page), GuestMemory::Code)) core.host_wrote_code = true;
        if (core.memory.is(static_cast<u32>(page), GuestMemory::Table)) core.drop_translations();
    }
    std::memcpy(core.memory.data() + physical, data.data(), data.size());
    core.settle();
    return true;
}

PcDevices& Machine::devices() { return core_->devices; }
void Machine::devices_changed() { core_->devices_dirty = true; }
u64 Machine::steps() const { return core_->steps; }
u64 Machine::idle_ns() const { return core_->idle_ns; }
const std::string& Machine::console() const { return core_->console; }

u64 Machine::digest() {
    Digest digest;
    cpu().add_to(digest);
    core_->devices.add_to(digest);
    digest.add(core_->steps);
    digest.add(core_->idle_ns);
    digest.add(core_->memory.span());
    return digest.value();
}

StepEvent Machine::step(x86_64::Watcher* watcher) { return core_->step(watcher); }

RunOutcome Machine::run(u64 limit, const StopSet& stops, const std::atomic<bool>* cancel, u64 work) {
    return core_->run(limit, stops, cancel, work);
}

void Machine::set_watches(const std::vector<StopSet::Watch>& watches) {
    core_->watches = watches;
    core_->drop_translations();
}

void Machine::raise_timer() {
    core_->devices.raise_timer();
    core_->devices_dirty = true;
}

std::vector<Machine::SavedPage> Machine::cut() {
    std::vector<SavedPage> out = core_->memory.cut();
    core_->tlb_stale = true;
    return out;
}

const std::vector<Machine::SavedPage>& Machine::changed() const { return core_->memory.saved(); }

Machine::Moment Machine::moment() {
    const Core& core = *core_;
    return {cpu(),
            core.devices,
            core.steps,
            core.idle_ns,
            core.console.size(),
            core.next_event_step,
            core.devices_dirty,
            core.interrupt_waits,
            core.memory.tables(),
            core.not_invalidated};
}

void Machine::restore_page(u32 number, const u8* bytes) {
    Core& core = *core_;
    if (core.memory.is(number, GuestMemory::Code)) {
        core.memory.unmark(number, GuestMemory::Code);
        core.code.drop(number);
        core.engine->forget_code(number);
    }
    std::memcpy(core.memory.data() + u64{number} * page_bytes, bytes, page_bytes);
}

void Machine::restore(const Moment& moment) {
    Core& core = *core_;
    static_cast<void>(core.memory.cut());
    core.cpu = moment.cpu;
    core.fpu_touched = !(moment.cpu.fpu == x86_64::Fpu{});
    core.registers_in = core.fpu_in = Core::Where::Cpu;
    core.devices = moment.devices;
    core.steps = moment.steps;
    core.idle_ns = moment.idle_ns;
    core.console.resize(moment.console_size);
    while (!core.log.empty() && core.log.back().step > moment.steps) core.log.pop_back();
    while (!core.faults.empty() && core.faults.back().step > moment.steps) core.faults.pop_back();
    core.next_event_step = moment.next_event_step;
    core.devices_dirty = moment.devices_dirty;
    core.interrupt_waits = moment.interrupt_waits;
    core.not_invalidated = moment.not_invalidated;
    core.memory.forget_tables();
    for (const u32 page : moment.tables) core.memory.mark_table(page);
    core.drop_translations();
}

const std::deque<LogEntry>& Machine::log() const { return core_->log; }
const std::deque<FaultEntry>& Machine::faults() const { return core_->faults; }
}  // namespace ring::machine
