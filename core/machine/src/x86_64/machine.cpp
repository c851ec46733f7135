// The public face of the machine: create, look, change, checkpoint.
#include <fmt/format.h>

#include <cstring>

#include "arch/x86_64/arch.hpp"
#include "base/text.hpp"
#include "core.hpp"
#include "device_tables.hpp"
#include "machine/pc_machine.hpp"

namespace ring::machine {

PcMachine::PcMachine() = default;
PcMachine::~PcMachine() = default;

Result<std::unique_ptr<PcMachine>> PcMachine::create(u64 ram_bytes) {
    constexpr u64 least = 1_MiB, most = 2_GiB;
    if (ram_bytes < least || ram_bytes > most)
        return error("{} of RAM: the machine can have {} to {}", text::size(ram_bytes), text::size(least),
                     text::size(most));
    std::unique_ptr<PcMachine> machine(new PcMachine);
    machine->core_ = std::make_unique<Core>(ram_bytes);
    Core& core = *machine->core_;
    if (!core.memory.data()) return error("the host has no {} of memory for the guest", text::size(ram_bytes));
    Result<std::unique_ptr<Engine>> engine = Engine::create(core.memory.span(), core);
    if (!engine) return engine.error();
    core.engine = std::move(*engine);
    return machine;
}

const x86_64::Cpu& PcMachine::cpu() {
    core_->pull();
    core_->pull_fpu();
    return core_->cpu;
}

void PcMachine::set_cpu(const x86_64::Cpu& cpu) {
    core_->cpu = cpu;
    core_->fpu_touched = !(cpu.fpu == x86_64::Fpu{});
    core_->registers_in = core_->fpu_in = Core::Where::Cpu;
    core_->drop_translations();
}

std::span<const u8> PcMachine::ram() const { return core_->memory.span(); }
u64 PcMachine::ram_bytes() const { return core_->memory.size(); }

bool PcMachine::read_ram(u64 physical, std::span<u8> into) const {
    if (!core_->memory.holds(physical, into.size())) return false;
    std::memcpy(into.data(), core_->memory.data() + physical, into.size());
    return true;
}

const arch::Arch& PcMachine::arch() const { return x86_64::architecture; }
arch::RegisterFile PcMachine::registers() { return x86_64::registers_of(cpu()); }
u64 PcMachine::pc() { return cpu().rip; }

void PcMachine::set_register(arch::RegisterId id, u64 value) {
    x86_64::Cpu changed = cpu();
    x86_64::set(changed, static_cast<x86_64::Reg>(id), value);
    set_cpu(changed);
}

bool PcMachine::write_ram(u64 physical, ByteSpan data) {
    Core& core = *core_;
    if (!core.memory.holds(physical, data.size())) return false;
    if (data.empty()) return true;
    for (u64 page = physical / page_bytes; page <= (physical + data.size() - 1) / page_bytes; ++page) {
        core.prepare_write(static_cast<u32>(page));
        if (core.memory.is(static_cast<u32>(page), GuestMemory::Table)) core.drop_translations();
    }
    std::memcpy(core.memory.data() + physical, data.data(), data.size());
    core.settle();
    return true;
}

PcDevices& PcMachine::devices() { return core_->devices; }
void PcMachine::devices_changed() { core_->devices_dirty = true; }

void PcMachine::receive(std::string_view bytes) {
    for (const char byte : bytes) core_->devices.receive(static_cast<u8>(byte), now_ns());
    devices_changed();
}
bool PcMachine::awaits_input() {
    constexpr int enough_events = 16;  // as in sleep()
    if (!cpu().halted || !x86_64::rflags::IF.set(cpu().rflags)) return false;
    PcDevices later = core_->devices;  // what would be, on a copy
    u64 now = now_ns();
    later.receive('\r', now);
    for (int i = 0; i < enough_events && !later.interrupt_pending(); ++i) {
        now = later.next_event_ns(now).value_or(now);
        later.update(now);
    }
    return later.interrupt_pending();
}
u64 PcMachine::steps() const { return core_->steps; }
u64 PcMachine::idle_ns() const { return core_->idle_ns; }
const std::string& PcMachine::console() const { return core_->console; }

u64 PcMachine::digest() {
    Digest digest;
    cpu().add_to(digest);
    core_->devices.add_to(digest);
    digest.add(core_->steps);
    digest.add(core_->idle_ns);
    digest.add(core_->memory.span());
    return digest.value();
}

PcStepEvent PcMachine::step(arch::Watcher* watcher) { return core_->step(watcher); }

RunOutcome PcMachine::run(u64 limit, const StopSet& stops, const std::atomic<bool>* cancel, u64 work) {
    return core_->run(limit, stops, cancel, work);
}

void PcMachine::set_watches(const std::vector<StopSet::Watch>& watches) {
    core_->watches = watches;
    core_->drop_translations();
}

void PcMachine::raise_timer() {
    core_->devices.raise_timer();
    core_->devices_dirty = true;
}

std::vector<PcMachine::SavedPage> PcMachine::cut() {
    std::vector<SavedPage> out = core_->memory.cut();
    core_->tlb_stale = true;
    return out;
}

const std::vector<PcMachine::SavedPage>& PcMachine::changed() const { return core_->memory.saved(); }

std::unique_ptr<const Machine::Moment> PcMachine::moment() {
    const Core& core = *core_;
    auto out = std::make_unique<Moment>();
    out->steps = core.steps;
    out->cpu = cpu();
    out->devices = core.devices;
    out->idle_ns = core.idle_ns;
    out->console_size = core.console.size();
    out->next_event_step = core.next_event_step;
    out->devices_dirty = core.devices_dirty;
    out->interrupt_waits = core.interrupt_waits;
    out->tables = core.memory.tables();
    out->not_invalidated = core.not_invalidated;
    return out;
}

void PcMachine::restore_page(u32 number, const u8* bytes) {
    Core& core = *core_;
    if (core.memory.is(number, GuestMemory::Code)) {
        core.memory.unmark(number, GuestMemory::Code);
        core.code.drop(number);
        core.engine->forget_code(number);
    }
    std::memcpy(core.memory.data() + u64{number} * page_bytes, bytes, page_bytes);
}

void PcMachine::restore(const Machine::Moment& shared) {
    const Moment& moment = static_cast<const Moment&>(shared);
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

std::optional<target::StopReason> PcMachine::final_state() const {
    using target::StopKind;
    if (const std::optional<u32> value = core_->devices.exit_value())
        return target::StopReason{
            StopKind::Exited, fmt::format("the guest ended the machine with value {}", *value), *value, {}};
    if (core_->cpu.shut_down)
        return target::StopReason{StopKind::TripleFault,
                                  "triple fault: a fault during the delivery of a double fault shuts the CPU down",
                                  {},
                                  {}};
    return std::nullopt;
}

std::vector<arch::SystemTable> PcMachine::devices_told() const { return told(core_->devices, now_ns()); }

std::vector<LogEntry> PcMachine::log() const { return {core_->log.begin(), core_->log.end()}; }

std::vector<target::FaultStory> PcMachine::last_faults() const {
    std::vector<target::FaultStory> out;
    if (core_->faults.empty()) return out;
    const FaultEntry& entry = core_->faults.back();
    for (unsigned i = 0; i < entry.delivery.count; ++i) {
        const x86_64::Fault& fault = entry.delivery.chain[i];
        x86_64::Explanation why = x86_64::explain(fault, entry.cpu);
        out.push_back({entry.step, VirtAddr{entry.rip}, x86_64::text(fault), std::move(why.sentence),
                       std::move(why.rule), std::move(why.repair)});
    }
    return out;
}

std::optional<u64> PcMachine::last_fault_step() const {
    return core_->faults.empty() ? std::nullopt : std::optional(core_->faults.back().step);
}

const std::deque<FaultEntry>& PcMachine::faults() const { return core_->faults; }
}  // namespace ring::machine
