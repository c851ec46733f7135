#include "timeline/embedded.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "arch/x86_64/arch.hpp"
#include "base/text.hpp"
#include "timeline/timeline.hpp"

namespace ring::timeline {
namespace {
using machine::LogEntry;
using machine::Machine;
using machine::RunEnd;
using machine::StepEvent;
using target::BreakKind;
using target::EventKind;
using target::StopKind;
using target::StopReason;

std::string vector_name(u8 vector) {
    for (const arch::Cause& cause : x86_64::architecture.causes)
        if (cause.number == vector) return fmt::format("{} ({})", cause.mnemonic, cause.name);
    return fmt::format("vector {}", vector);
}

std::string_view operation_name(x86_64::Operation operation) {
    using x86_64::Operation;
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

class Embedded final : public target::Target {
  public:
    explicit Embedded(std::unique_ptr<Machine> machine) : timeline_(std::move(machine)) {}

    const arch::Arch& arch() const override { return x86_64::architecture; }
    target::Capabilities capabilities() const override { return {true, true, true, true}; }
    arch::RegisterFile registers() override { return x86_64::registers_of(machine().cpu()); }

    Status set_register(arch::RegisterId id, u64 value) override {
        if (id >= x86_64::architecture.registers.size()) return error("there is no register {}", id);
        x86_64::Cpu cpu = machine().cpu();
        x86_64::set(cpu, static_cast<x86_64::Reg>(id), value);
        machine().set_cpu(cpu);
        changed();
        return Ok{};
    }

    Result<Bytes> read(PhysAddr from, u64 count) override {
        const std::span<const u8> ram = machine().ram();
        if (from.value > ram.size() || count > ram.size() - from.value)
            return error("no memory answers at physical {}",
                         text::hex(from.value > ram.size() ? from.value : ram.size()));
        const std::span<const u8> part = ram.subspan(from.value, count);
        return Bytes(part.begin(), part.end());
    }

    Status write(PhysAddr to, ByteSpan data) override {
        if (!machine().write_ram(to.value, data)) return error("no memory answers at physical {}", text::hex(to));
        changed();
        return Ok{};
    }

    u64 steps() const override { return timeline_.now(); }
    u64 reached() const override { return timeline_.reached(); }
    u64 time_ns() const override { return const_cast<Embedded*>(this)->machine().now_ns(); }

    Result<StopReason> step(u64 count) override {
        if (count == 0) return stop_;
        if (count > 1) {
            const machine::RunOutcome outcome = timeline_.run(count - 1, {}, nullptr);
            if (outcome.end != RunEnd::Limit) return stopped(outcome);
        }
        recorder_.clear();
        return stopped(timeline_.step(&recorder_));
    }

    Result<StopReason> run(u64 most, const std::atomic<bool>& cancel) override {
        const u64 before = timeline_.now();
        const machine::RunOutcome outcome = timeline_.run(most, stop_set(), &cancel);
        if (timeline_.now() > before) show_last_step();
        return stopped(outcome);
    }

    Result<StopReason> back(u64 count) override {
        const u64 now = timeline_.now();
        const std::atomic<bool> never = false;
        return goto_step(count > now ? 0 : now - count, never);
    }

    Result<StopReason> goto_step(u64 step, const std::atomic<bool>& cancel) override {
        if (step == timeline_.now()) return stop_;
        const bool there = timeline_.go_to(step, &recorder_, &cancel);
        const u64 now = timeline_.now();
        // The step that led to a moment that was changed is not taken again: its micro-steps were kept.
        if (const auto place = at_changes_.find(now); timeline_.is_changed(now) && place != at_changes_.end())
            recorder_ = place->second;
        if (!there && cancel.load())
            return stop_ = {StopKind::Cancelled, fmt::format("cancelled at step {}", now), {}, {}};
        if (now == timeline_.start())
            return stop_ = {StopKind::Start, now == 0 ? "at the start" : "at the earliest step that is kept", {}, {}};
        if (const std::optional<StopReason> end = final_state()) return stop_ = *end;
        return stop_ = {StopKind::Step, fmt::format("at step {}", now), {}, {}};
    }

    Result<target::BreakpointId> add_breakpoint(const target::Breakpoint& breakpoint) override {
        constexpr std::size_t most = 4096;
        if (breakpoints_.size() >= most) return error("{} breakpoints are the most", most);
        if (breakpoint.size == 0 || breakpoint.size > 1_MiB) return error("a watchpoint covers 1 byte to 1 MiB");
        breakpoints_.emplace_back(++last_id_, breakpoint);
        return last_id_;
    }
    Status remove_breakpoint(target::BreakpointId id) override {
        if (std::erase_if(breakpoints_, [&](const auto& one) { return one.first == id; }) == 0)
            return error("there is no breakpoint {}", id);
        return Ok{};
    }
    std::vector<std::pair<target::BreakpointId, target::Breakpoint>> breakpoints() const override {
        return breakpoints_;
    }

    const std::vector<arch::TransitionRecord>& transitions() const override { return recorder_.records(); }

    const std::vector<target::FaultStory>& faults() const override {
        stories_.clear();
        const auto& all = timeline_machine().faults();
        if (!all.empty() && all.back().step == timeline_.now()) stories(all.back(), stories_);
        return stories_;
    }
    std::optional<target::FaultStory> last_fault() const override {
        const auto& all = timeline_machine().faults();
        if (all.empty()) return std::nullopt;
        std::vector<target::FaultStory> out;
        stories(all.back(), out);
        return out.empty() ? std::nullopt : std::optional(out.back());
    }

    std::vector<target::Event> events() const override {
        std::vector<target::Event> out;
        for (const LogEntry& entry : timeline_machine().log()) out.push_back(event(entry));
        return out;
    }

    std::string console() const override { return timeline_machine().console(); }
    Status send_console(std::string_view bytes) override {
        for (const char byte : bytes) machine().devices().receive(static_cast<u8>(byte), machine().now_ns());
        machine().devices_changed();
        changed();
        return Ok{};
    }
    StopReason last_stop() const override { return stop_; }

  private:
    Machine& machine() { return timeline_.machine(); }
    Machine& timeline_machine() const { return const_cast<Timeline&>(timeline_).machine(); }

    void changed() {
        constexpr std::size_t most = 1000;
        timeline_.changed_from_outside();
        if (at_changes_.size() >= most) at_changes_.erase(at_changes_.begin());
        at_changes_[timeline_.now()] = recorder_;
    }

    // A free run ends behind a step that nobody watched: take it again with the recorder.
    void show_last_step() { static_cast<void>(timeline_.go_to(timeline_.now(), &recorder_, nullptr)); }

    machine::StopSet stop_set() const {
        machine::StopSet out;
        for (const auto& [id, breakpoint] : breakpoints_) {
            const u64 first = breakpoint.address.value, last = first + breakpoint.size - 1;
            switch (breakpoint.kind) {
                case BreakKind::Address:
                    out.addresses.push_back(first);
                    break;
                case BreakKind::Write:
                    out.watches.push_back({first, last, false, true});
                    break;
                case BreakKind::Read:
                    out.watches.push_back({first, last, true, false});
                    break;
                case BreakKind::ReadWrite:
                    out.watches.push_back({first, last, true, true});
                    break;
                case BreakKind::PrivilegeChange:
                    out.privilege_change = true;
                    break;
                case BreakKind::AddressSpace:
                    out.address_space = true;
                    break;
                case BreakKind::Trap:
                    if (breakpoint.vector)
                        out.vectors.push_back(static_cast<u8>(*breakpoint.vector));
                    else
                        out.any_trap = true;
                    break;
            }
        }
        std::ranges::sort(out.addresses);
        return out;
    }

    std::string named(u64 address) const {
        for (const auto& [id, breakpoint] : breakpoints_)
            if (breakpoint.kind == BreakKind::Address && breakpoint.address.value == address)
                return fmt::format("breakpoint {} at {}", id,
                                   breakpoint.label.empty() ? text::hex(address) : breakpoint.label);
        return fmt::format("at {}", text::hex(address));
    }

    std::optional<StopReason> final_state() const {
        Machine& machine = timeline_machine();
        if (const std::optional<u32> value = machine.devices().exit_value())
            return StopReason{
                StopKind::Exited, fmt::format("the guest ended the machine with value {}", *value), *value, {}};
        if (machine.cpu().shut_down)
            return StopReason{StopKind::TripleFault,
                              "triple fault: a fault during the delivery of a double fault shuts the CPU down",
                              {},
                              {}};
        return std::nullopt;
    }

    StopReason stopped(const StepEvent& event) {
        using Kind = StepEvent::Kind;
        if (event.kind == Kind::NotModelled) return stop_ = {StopKind::NotModelled, event.problem, {}, {}};
        if (event.kind == Kind::Halted) return stop_ = {StopKind::Halted, event.problem, {}, {}};
        if (const std::optional<StopReason> end = final_state()) return stop_ = *end;
        std::string sentence = "step";
        if (event.kind == Kind::Interrupted) sentence = fmt::format("interrupt, vector {}", event.vector);
        if (event.kind == Kind::Faulted) sentence = vector_name(event.delivery.chain[0].vector);
        if (event.cpl_before != event.cpl_after)
            sentence += fmt::format(", ring {} -> ring {}", event.cpl_before, event.cpl_after);
        return stop_ = {StopKind::Step, std::move(sentence), {}, {}};
    }

    StopReason stopped(const machine::RunOutcome& outcome) {
        switch (outcome.end) {
            case RunEnd::Limit:
                return stop_ = {StopKind::Budget,
                                fmt::format("the allowed steps are used up at step {}", timeline_.now()),
                                {},
                                {}};
            case RunEnd::Cancelled:
                return stop_ = {StopKind::Cancelled, fmt::format("cancelled at step {}", timeline_.now()), {}, {}};
            case RunEnd::Address:
                return stop_ = {StopKind::Breakpoint, named(machine().cpu().rip), {}, {}};
            case RunEnd::Watch:
                return stop_ = {StopKind::Watchpoint,
                                fmt::format("the instruction at {} touched {}", text::hex(outcome.last.rip_before),
                                            text::hex(outcome.last.watch_address)),
                                {},
                                VirtAddr{outcome.last.watch_address}};
            case RunEnd::Privilege:
            case RunEnd::Trap:
            case RunEnd::AddressSpace: {
                StopReason reason = stopped(outcome.last);
                if (reason.final()) return reason;
                reason.kind = outcome.end == RunEnd::Privilege ? StopKind::PrivilegeChange
                              : outcome.end == RunEnd::Trap    ? StopKind::Trap
                                                               : StopKind::AddressSpace;
                if (outcome.end == RunEnd::AddressSpace)
                    reason.sentence = fmt::format("CR3 <- {}", text::hex(machine().cpu().cr3));
                return stop_ = reason;
            }
            case RunEnd::Final:
                return stopped(outcome.last);
        }
        return stop_;
    }

    static void stories(const machine::FaultEntry& entry, std::vector<target::FaultStory>& out) {
        for (unsigned i = 0; i < entry.delivery.count; ++i) {
            const x86_64::Fault& fault = entry.delivery.chain[i];
            x86_64::Explanation why = x86_64::explain(fault, entry.cpu);
            out.push_back({entry.step, VirtAddr{entry.rip}, x86_64::text(fault), std::move(why.sentence),
                           std::move(why.rule), std::move(why.repair)});
        }
    }

    target::Event event(const LogEntry& entry) const {
        using Kind = LogEntry::Kind;
        target::Event out{entry.step, EventKind::Stop, {}, VirtAddr{entry.rip}};
        switch (entry.kind) {
            case Kind::Privilege: {
                const std::string_view by = operation_name(entry.operation);
                out.kind = EventKind::Privilege;
                out.text = fmt::format("ring {} -> ring {} by {}", entry.cpl_before, entry.cpl_after,
                                       by.empty() ? vector_name(entry.vector) : std::string(by));
                break;
            }
            case Kind::Trap:
                out.kind = EventKind::Trap;
                out.text = vector_name(entry.vector);
                break;
            case Kind::Interrupt:
                out.kind = EventKind::Interrupt;
                out.text = fmt::format("interrupt, vector {}", entry.vector);
                break;
            case Kind::AddressSpace:
                out.kind = EventKind::AddressSpace;
                out.text = fmt::format("CR3 <- {}", text::hex(entry.a));
                break;
            case Kind::TableWrite:
                out.kind = EventKind::TableWrite;
                out.text = fmt::format("page-table entry at {}: {} -> {}", text::hex(entry.a), text::hex(entry.b),
                                       text::hex(entry.c));
                break;
            case Kind::StaleUse:
                out.kind = EventKind::Stale;
                out.text = fmt::format(
                    "{} was used through the entry at {} ({} -> {}) before invlpg: it would be stale on hardware",
                    text::hex(entry.d), text::hex(entry.a), text::hex(entry.b), text::hex(entry.c));
                break;
            case Kind::ConsoleLine: {
                out.kind = EventKind::Console;
                const std::string& all = timeline_machine().console();
                std::size_t end = std::min<std::size_t>(entry.a, all.size());
                while (end > 0 && all[end - 1] == '\n') --end;
                const std::size_t first = end == 0 ? 0 : all.rfind('\n', end - 1) + 1;
                out.text = text::printable(std::string_view(all).substr(first, end - first));
                break;
            }
        }
        return out;
    }

    Timeline timeline_;
    machine::Recorder recorder_;
    std::map<u64, machine::Recorder> at_changes_;  // step -> the micro-steps that led to it, when it was changed
    StopReason stop_;
    std::vector<std::pair<target::BreakpointId, target::Breakpoint>> breakpoints_;
    target::BreakpointId last_id_ = 0;
    mutable std::vector<target::FaultStory> stories_;
};
}  // namespace

Result<std::unique_ptr<target::Target>> boot_embedded(const machine::BootOptions& options) {
    Result<std::unique_ptr<Machine>> machine = Machine::create(options.ram_bytes);
    if (!machine) return machine.error();
    const Status booted = machine::boot_pvh(**machine, options);
    if (!booted) return booted.error();
    return std::unique_ptr<target::Target>(std::make_unique<Embedded>(std::move(*machine)));
}
}  // namespace ring::timeline
