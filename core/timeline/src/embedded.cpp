#include "timeline/embedded.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

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

class Embedded final : public target::Target {
  public:
    explicit Embedded(std::unique_ptr<Machine> machine) : timeline_(std::move(machine)) {}

    const arch::Arch& arch() const override { return timeline_machine().arch(); }
    target::Capabilities capabilities() const override { return {true, true, true, true}; }
    arch::RegisterFile registers() override { return machine().registers(); }

    Status set_register(arch::RegisterId id, u64 value) override {
        if (id >= arch().registers.size()) return error("there is no register {}", id);
        machine().set_register(id, value);
        changed();
        return Ok{};
    }

    Result<Bytes> read(PhysAddr from, u64 count) override {
        const u64 first = machine().ram_first(), end = first + machine().ram_bytes();
        Bytes out(count <= machine().ram_bytes() ? count : 0);
        if (out.size() == count && machine().read_ram(from.value, out)) return out;
        return error("no memory answers at physical {}",
                     text::hex(from.value < first || from.value > end ? from.value : end));
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
        recall_changed_step();
        if (!there && cancel.load())
            return stop_ = {StopKind::Cancelled, fmt::format("cancelled at step {}", now), {}, {}};
        if (now == timeline_.start())
            return stop_ = {StopKind::Start, now == 0 ? "at the start" : "at the earliest step that is kept", {}, {}};
        if (const std::optional<StopReason> end = timeline_machine().final_state()) return stop_ = *end;
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
        if (timeline_machine().last_fault_step() == timeline_.now()) stories_ = timeline_machine().last_faults();
        return stories_;
    }
    std::optional<target::FaultStory> last_fault() const override {
        std::vector<target::FaultStory> all = timeline_machine().last_faults();
        return all.empty() ? std::nullopt : std::optional(std::move(all.back()));
    }

    std::optional<target::FaultStory> last_unasked_fault() const override {
        return timeline_machine().last_unasked_fault();
    }

    std::vector<target::Event> events() const override {
        std::vector<target::Event> out;
        for (const LogEntry& entry : timeline_machine().log()) out.push_back(event(entry));
        return out;
    }

    std::string console() const override { return timeline_machine().console(); }
    Status send_console(std::string_view bytes) override {
        timeline_.receive(bytes);
        noted_change();
        return Ok{};
    }
    bool awaits_input() override { return machine().awaits_input(); }
    StopReason last_stop() const override { return stop_; }
    std::vector<arch::SystemTable> devices() const override { return timeline_machine().devices_told(); }

  private:
    Machine& machine() { return timeline_.machine(); }
    Machine& timeline_machine() const { return const_cast<Timeline&>(timeline_).machine(); }

    void changed() {
        timeline_.changed_from_outside();
        noted_change();
    }
    void noted_change() {
        constexpr std::size_t most = 1000;
        // What stopped the machine may be gone; the next step says so if it is not.
        if (stop_.final() && !timeline_machine().final_state())
            stop_ = {StopKind::Step, "changed from outside", {}, {}};
        if (at_changes_.size() >= most) at_changes_.erase(at_changes_.begin());
        at_changes_[timeline_.now()] = recorder_;
    }

    // A free run ends behind a step that nobody watched: take it again with the recorder.
    void show_last_step() {
        static_cast<void>(timeline_.go_to(timeline_.now(), &recorder_, nullptr));
        recall_changed_step();
    }
    // The step that led to a moment that was changed is not taken again: its micro-steps were kept.
    void recall_changed_step() {
        const auto place = at_changes_.find(timeline_.now());
        if (place != at_changes_.end() && timeline_.is_changed(timeline_.now())) recorder_ = place->second;
    }

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
                        out.causes.push_back(static_cast<u8>(*breakpoint.vector));
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

    StopReason stopped(const StepEvent& event) {
        using Kind = StepEvent::Kind;
        if (event.kind == Kind::NotModelled) return stop_ = {StopKind::NotModelled, event.problem, {}, {}};
        if (event.kind == Kind::Halted)
            return stop_ = {StopKind::Halted,
                            machine().awaits_input() ? "the guest waits for input on its console" : event.problem,
                            {},
                            {}};
        if (const std::optional<StopReason> end = timeline_machine().final_state()) return stop_ = *end;
        std::string sentence = "step";
        if (event.kind == Kind::Interrupted) sentence = interrupt_name(event.cause);
        if (event.kind == Kind::Faulted) sentence = arch::cause_name(arch(), event.cause);
        if (event.level_before != event.level_after)
            sentence += ", " + change_of_level(event.level_before, event.level_after);
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
                return stop_ = {StopKind::Breakpoint, named(machine().pc()), {}, {}};
            case RunEnd::Watch:
                return stop_ = {StopKind::Watchpoint,
                                fmt::format("the instruction at {} touched {}", text::hex(outcome.last.pc_before),
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
                if (outcome.end == RunEnd::AddressSpace) reason.sentence = root_becomes(root());
                return stop_ = reason;
            }
            case RunEnd::Final:
                return stopped(outcome.last);
        }
        return stop_;
    }

    std::string change_of_level(unsigned before, unsigned after) const {
        return fmt::format("{} -> {}", arch::level_name(arch(), before), arch::level_name(arch(), after));
    }
    std::string interrupt_name(u8 cause) const { return "interrupt, " + arch::cause_name(arch(), cause); }
    std::string root_becomes(u64 value) const {
        return fmt::format("{} <- {}", arch().root_register, text::hex(value));
    }
    u64 root() {
        const std::optional<arch::RegisterId> id = arch::find_register(arch(), arch().root_register);
        return id ? registers().get(*id).value_or(0) : 0;
    }

    target::Event event(const LogEntry& entry) const {
        using Kind = LogEntry::Kind;
        target::Event out{entry.step, EventKind::Stop, {}, VirtAddr{entry.pc}};
        switch (entry.kind) {
            case Kind::Privilege:
                out.kind = EventKind::Privilege;
                out.to_kernel = arch::is_kernel_level(arch(), entry.level_after);
                out.text = fmt::format("{} by {}", change_of_level(entry.level_before, entry.level_after),
                                       entry.by.empty() ? arch::cause_name(arch(), entry.cause) : entry.by);
                break;
            case Kind::Trap:
                out.kind = EventKind::Trap;
                out.text = arch::cause_name(arch(), entry.cause);
                break;
            case Kind::Interrupt:
                out.kind = EventKind::Interrupt;
                out.text = interrupt_name(entry.cause);
                break;
            case Kind::AddressSpace:
                out.kind = EventKind::AddressSpace;
                out.text = root_becomes(entry.a);
                break;
            case Kind::TableWrite:
                out.kind = EventKind::TableWrite;
                out.text = fmt::format("page-table entry at {}: {} -> {}", text::hex(entry.a), text::hex(entry.b),
                                       text::hex(entry.c));
                break;
            case Kind::StaleUse:
                out.kind = EventKind::Stale;
                out.text = fmt::format(
                    "{} was used through the entry at {} ({} -> {}) before {}: it would be stale on hardware",
                    text::hex(entry.d), text::hex(entry.a), text::hex(entry.b), text::hex(entry.c), arch().invalidate);
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
    Result<std::unique_ptr<Machine>> machine = machine::boot(options);
    if (!machine) return machine.error();
    return std::unique_ptr<target::Target>(std::make_unique<Embedded>(std::move(*machine)));
}
}  // namespace ring::timeline
