// The public face of the machine: create, look, change, checkpoint.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "arch/riscv64/arch.hpp"
#include "base/text.hpp"
#include "core.hpp"
#include "device_tables.hpp"
#include "machine/devices/virt_board.hpp"

namespace ring::machine {

VirtMachine::VirtMachine() = default;
VirtMachine::~VirtMachine() = default;

Result<std::unique_ptr<VirtMachine>> VirtMachine::create(u64 ram_bytes) {
    if (ram_bytes < virt::least_ram || ram_bytes > virt::most_ram)
        return error("{} of RAM: the machine can have {} to {}", text::size(ram_bytes), text::size(virt::least_ram),
                     text::size(virt::most_ram));
    std::unique_ptr<VirtMachine> machine(new VirtMachine);
    machine->core_ = std::make_unique<Core>(ram_bytes, virt::ram_base.value);
    Core& core = *machine->core_;
    if (!core.memory.data()) return error("the host has no {} of memory for the guest", text::size(ram_bytes));
    Result<std::unique_ptr<virt::Engine>> engine =
        virt::Engine::create(core.memory.span(), virt::ram_base.value, core, core.blocks);
    if (!engine) return engine.error();
    core.engine = std::move(*engine);
    return machine;
}

const riscv64::Cpu& VirtMachine::cpu() {
    core_->pull();
    core_->pull_floats();
    return core_->cpu;
}

void VirtMachine::set_cpu(const riscv64::Cpu& cpu) {
    core_->cpu = cpu;
    core_->cpu.x[0] = 0;
    core_->registers_in = core_->floats_in = Core::Where::Cpu;
    core_->interrupts_dirty = true;
    core_->flush();
}

VirtDevices& VirtMachine::devices() { return core_->devices; }
void VirtMachine::devices_changed() { core_->interrupts_dirty = true; }
u64 VirtMachine::idle_ns() const { return core_->idle_ns; }
void VirtMachine::set_svade(bool on) { core_->context.svade = on; }

void VirtMachine::set_watches(const std::vector<StopSet::Watch>& watches) {
    core_->watches = watches;
    core_->drop_translations();
}

void VirtMachine::force_interrupt_lines(u64 lines) {
    core_->forced_lines = lines;
    core_->interrupts_dirty = true;
}

std::optional<riscv64::Fault> VirtMachine::last_exception() const {
    return core_->faults.empty() ? std::nullopt : std::optional(core_->faults.back().fault);
}

const arch::Arch& VirtMachine::arch() const { return riscv64::architecture; }

arch::RegisterFile VirtMachine::registers() {
    Core& core = *core_;
    core.devices.update(core.now_ns());
    return riscv64::registers_of(cpu(), core.steps_,
                                 riscv64::pending_bits(core.cpu, core.interrupt_lines(), core.time()));
}

void VirtMachine::set_register(arch::RegisterId id, u64 value) {
    riscv64::Cpu changed = cpu();
    riscv64::set_register(changed, static_cast<riscv64::Reg>(id), value, steps());
    set_cpu(changed);
}

u64 VirtMachine::pc() { return core_->pc(); }
u64 VirtMachine::ram_first() const { return core_->memory.base(); }
u64 VirtMachine::ram_bytes() const { return core_->memory.size(); }

bool VirtMachine::read_ram(u64 physical, std::span<u8> into) const {
    if (!core_->memory.holds(physical, into.size())) return false;
    std::memcpy(into.data(), core_->memory.at(physical), into.size());
    return true;
}

bool VirtMachine::write_ram(u64 physical, ByteSpan data) {
    Core& core = *core_;
    if (!core.memory.holds(physical, data.size())) return false;
    if (data.empty()) return true;
    const u32 last = core.memory.page_of(physical + data.size() - 1);
    for (u32 page = core.memory.page_of(physical); page <= last; ++page) {
        core.prepare_write(page);
        if (core.memory.is(page, GuestMemory::Table)) core.drop_translations();
    }
    std::memcpy(core.memory.at(physical), data.data(), data.size());
    core.settle();
    return true;
}

u64 VirtMachine::steps() const { return core_->steps_; }
const std::string& VirtMachine::console() const { return core_->console; }

void VirtMachine::receive(std::string_view bytes) {
    for (const char byte : bytes) core_->devices.receive(static_cast<u8>(byte), now_ns());
    devices_changed();
}

bool VirtMachine::awaits_input() {
    Core& core = *core_;
    core.pull();
    if (!core.cpu.waiting || core.forced_lines) return false;
    constexpr int enough_events = 16;  // as in sleep(); below its trigger level the port waits before it says so
    VirtDevices later = core.devices;  // what would be, on a copy
    u64 now = now_ns();
    later.receive('\r', now);
    for (int i = 0; i < enough_events; ++i) {
        if (riscv64::wakes(core.cpu, riscv64::pending_bits(core.cpu, later.interrupt_lines(now), core.time())))
            return true;
        now = later.next_event_ns(now).value_or(now);
    }
    return false;
}

u64 VirtMachine::digest() {
    Digest digest;
    cpu().add_to(digest);
    core_->devices.add_to(digest);
    digest.add(core_->steps_);
    digest.add(core_->idle_ns);
    digest.add(core_->memory.span());
    return digest.value();
}

std::optional<target::StopReason> VirtMachine::final_state() const {
    using target::StopKind;
    const SifiveTest& test = core_->devices.test;
    if (!test.value()) return std::nullopt;
    if (test.wants_reset())
        return target::StopReason{StopKind::Exited, "the guest asked for a reset, which ends the machine here", 0, {}};
    const u32 status = test.status().value_or(0);
    return target::StopReason{
        StopKind::Exited, fmt::format("the guest ended the machine with value {}", status), status, {}};
}

StepEvent VirtMachine::take_step(arch::Watcher* watcher) { return core_->step(watcher); }

RunOutcome VirtMachine::run(u64 limit, const StopSet& stops, const std::atomic<bool>* cancel, u64 work) {
    return core_->run(limit, stops, cancel, work);
}

std::vector<Machine::SavedPage> VirtMachine::cut() {
    std::vector<SavedPage> out = core_->memory.cut();
    core_->tlb_stale = true;
    return out;
}

const std::vector<Machine::SavedPage>& VirtMachine::changed() const { return core_->memory.saved(); }

std::unique_ptr<const Machine::Moment> VirtMachine::moment() {
    const Core& core = *core_;
    auto out = std::make_unique<Moment>();
    out->steps = core.steps_;
    out->cpu = cpu();
    out->devices = core.devices;
    out->idle_ns = core.idle_ns;
    out->console_size = core.console.size();
    out->next_event_step = core.next_event_step;
    out->interrupts_dirty = core.interrupts_dirty;
    out->interrupt_waits = core.interrupt_waits;
    out->lines = core.lines;
    out->forced_lines = core.forced_lines;
    out->tables = core.memory.tables();
    out->not_fenced = core.not_fenced;
    return out;
}

void VirtMachine::restore_page(u32 number, const u8* bytes) {
    Core& core = *core_;
    if (core.memory.is(number, GuestMemory::Code)) {
        core.memory.unmark(number, GuestMemory::Code);
        core.code.drop(number);
        core.engine->forget_code(core.memory.address_of(number));
    }
    std::memcpy(core.memory.data() + u64{number} * page_bytes, bytes, page_bytes);
}

void VirtMachine::restore(const Machine::Moment& shared) {
    const Moment& moment = static_cast<const Moment&>(shared);
    Core& core = *core_;
    static_cast<void>(core.memory.cut());
    core.cpu = moment.cpu;
    core.registers_in = core.floats_in = Core::Where::Cpu;
    core.devices = moment.devices;
    core.steps_ = moment.steps;
    core.idle_ns = moment.idle_ns;
    core.console.resize(moment.console_size);
    while (!core.log.empty() && core.log.back().step > moment.steps) core.log.pop_back();
    while (!core.faults.empty() && core.faults.back().step > moment.steps) core.faults.pop_back();
    core.next_event_step = moment.next_event_step;
    core.interrupts_dirty = moment.interrupts_dirty;
    core.interrupt_waits = moment.interrupt_waits;
    core.lines = moment.lines;
    core.forced_lines = moment.forced_lines;
    core.not_fenced = moment.not_fenced;
    core.memory.forget_tables();
    for (const u32 page : moment.tables) core.memory.mark_table(page);
    core.flush();
}

std::vector<arch::SystemTable> VirtMachine::devices_told() const { return told(core_->devices, now_ns()); }

std::vector<LogEntry> VirtMachine::log() const { return {core_->log.begin(), core_->log.end()}; }

std::optional<u64> VirtMachine::last_fault_step() const {
    return core_->faults.empty() ? std::nullopt : std::optional(core_->faults.back().step);
}

namespace {
template <class Entry>
target::FaultStory story_of(const Entry& entry) {
    riscv64::Explanation why = riscv64::explain(entry.fault, entry.cpu);
    return {entry.step,          VirtAddr{entry.pc},   riscv64::text(entry.fault), std::move(why.sentence),
            std::move(why.rule), std::move(why.repair)};
}
}  // namespace

std::vector<target::FaultStory> VirtMachine::last_faults() const {
    if (core_->faults.empty()) return {};
    return {story_of(core_->faults.back())};
}

std::optional<target::FaultStory> VirtMachine::last_unasked_fault() const {
    const auto unasked = [](const Core::FaultEntry& entry) {
        return entry.fault.code < riscv64::EcallFromU || entry.fault.code > riscv64::EcallFromM;
    };
    const auto found = std::find_if(core_->faults.rbegin(), core_->faults.rend(), unasked);
    if (found == core_->faults.rend()) return std::nullopt;
    return story_of(*found);
}
}  // namespace ring::machine
