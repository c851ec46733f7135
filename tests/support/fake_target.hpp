// A target whose every answer a test writes down: registers, memory, what a step does, what is reported.
// The rule: it does only what it was told. The default step moves the program counter by one byte.
#pragma once
#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "arch/x86_64/arch.hpp"
#include "target/target.hpp"

namespace ring::test {

class FakeTarget : public target::Target {
  public:
    // Everything that going back restores.
    struct State {
        arch::RegisterFile registers;
        Bytes ram;
        u64 steps = 0;
        std::string console;
        std::vector<arch::TransitionRecord> transitions;
        std::vector<target::FaultStory> faults;
        std::optional<target::FaultStory> last_fault;
        std::vector<target::Event> events;
        target::StopReason stop;
    };
    State state;
    target::Capabilities able{true, true, true, true};
    std::function<void(FakeTarget&)> on_step = [](FakeTarget& self) { ++self.at(self.arch().pc); };
    std::string received;  // by send_console

    explicit FakeTarget(u64 ram_bytes = 64_KiB, const arch::Arch& shape = x86_64::architecture) : arch_(shape) {
        state.registers.value.assign(shape.registers.size(), 0);
        state.registers.known.assign(shape.registers.size(), true);
        state.ram.assign(ram_bytes, 0);
    }

    u64& at(arch::RegisterId id) { return state.registers.value[id]; }
    u64& at(std::string_view name) { return at(*arch::find_register(arch_, name)); }
    void put(PhysAddr to, ByteSpan bytes) {
        std::copy(bytes.begin(), bytes.end(), state.ram.begin() + static_cast<std::ptrdiff_t>(to.value));
    }
    void put_word(PhysAddr to, u64 value) {
        for (unsigned i = 0; i < 8; ++i) state.ram[to.value + i] = static_cast<u8>(value >> 8 * i);
    }

    const arch::Arch& arch() const override { return arch_; }
    target::Capabilities capabilities() const override { return able; }
    arch::RegisterFile registers() override { return state.registers; }
    Status set_register(arch::RegisterId id, u64 value) override {
        at(id) = value;
        return Ok{};
    }
    Result<Bytes> read(PhysAddr from, u64 count) override {
        if (from.value > state.ram.size() || count > state.ram.size() - from.value) return error("nothing answers");
        const auto first = state.ram.begin() + static_cast<std::ptrdiff_t>(from.value);
        return Bytes(first, first + static_cast<std::ptrdiff_t>(count));
    }
    Status write(PhysAddr to, ByteSpan data) override {
        if (to.value > state.ram.size() || data.size() > state.ram.size() - to.value) return error("nothing answers");
        put(to, data);
        return Ok{};
    }
    u64 steps() const override { return state.steps; }
    u64 time_ns() const override { return state.steps * 10; }

    Result<target::StopReason> step(u64 count) override {
        for (u64 i = 0; i < count && !state.stop.final(); ++i) one_step();
        return state.stop;
    }
    Result<target::StopReason> run(u64 most, const std::atomic<bool>& cancel) override {
        for (u64 i = 0; i < most && !state.stop.final(); ++i) {
            if (cancel.load()) return stopped(target::StopKind::Cancelled, "cancelled");
            one_step();
            for (const auto& [id, one] : breakpoints_)
                if (one.kind == target::BreakKind::Address && one.address.value == at(arch_.pc))
                    return stopped(target::StopKind::Breakpoint, "breakpoint " + std::to_string(id));
        }
        return state.stop.final() ? state.stop : stopped(target::StopKind::Budget, "budget used up");
    }
    Result<target::StopReason> back(u64 count) override {
        if (!able.back) return error("this target cannot go back");
        for (u64 i = 0; i < count && !history_.empty(); ++i) {
            state = std::move(history_.back());
            history_.pop_back();
        }
        return state.stop;
    }
    Result<target::StopReason> goto_step(u64 wanted, const std::atomic<bool>&) override {
        return wanted < state.steps ? back(state.steps - wanted) : step(wanted - state.steps);
    }

    Result<target::BreakpointId> add_breakpoint(const target::Breakpoint& breakpoint) override {
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
    const std::vector<arch::TransitionRecord>& transitions() const override { return state.transitions; }
    const std::vector<target::FaultStory>& faults() const override { return state.faults; }
    std::optional<target::FaultStory> last_fault() const override { return state.last_fault; }
    std::vector<target::Event> events() const override { return state.events; }
    std::string console() const override { return state.console; }
    Status send_console(std::string_view bytes) override {
        received += bytes;
        return Ok{};
    }
    target::StopReason last_stop() const override { return state.stop; }

  private:
    void one_step() {
        history_.push_back(state);
        ++state.steps;
        state.stop = {target::StopKind::Step, "step", {}, {}};
        on_step(*this);
    }
    target::StopReason stopped(target::StopKind kind, std::string sentence) {
        state.stop = {kind, std::move(sentence), {}, {}};
        return state.stop;
    }

    const arch::Arch& arch_;
    std::vector<State> history_;
    std::vector<std::pair<target::BreakpointId, target::Breakpoint>> breakpoints_;
    target::BreakpointId last_id_ = 0;
};
}  // namespace ring::test
