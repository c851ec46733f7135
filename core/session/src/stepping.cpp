#include "session/stepping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "answers.hpp"
#include "arch/code_flow.hpp"
#include "base/text.hpp"

namespace ring::session {
namespace {
using target::StopReason;

// A breakpoint that lives as long as a movement.
class Until {
  public:
    static Result<Until> address(target::Target& target, VirtAddr at) {
        target::Breakpoint wanted;
        wanted.address = at;
        Result<target::BreakpointId> id = target.add_breakpoint(wanted);
        if (!id) return id.error();
        return Until(target, *id);
    }
    Until(Until&& other) noexcept : target_(std::exchange(other.target_, nullptr)), id_(other.id_) {}
    Until& operator=(Until&&) = delete;
    ~Until() {
        // The id is ours, so this cannot fail.
        if (target_) static_cast<void>(target_->remove_breakpoint(id_));
    }

  private:
    Until(target::Target& target, target::BreakpointId id) : target_(&target), id_(id) {}
    target::Target* target_;
    target::BreakpointId id_;
};

VirtAddr pc_of(target::Target& target) { return {target.registers().get(target.arch().pc).value_or(0)}; }
u64 sp_of(target::Target& target) { return target.registers().get(target.arch().sp).value_or(0); }

bool stops_at(target::Target& target, VirtAddr at) {
    const auto all = target.breakpoints();
    return std::ranges::any_of(all, [&](const auto& one) {
        return one.second.kind == target::BreakKind::Address && one.second.address == at;
    });
}

// Runs until `to`, and goes on where it is reached deeper in the stack than `least_sp` (recursion).
Result<StopReason> run_until(Session& session, VirtAddr to, u64 most, std::optional<u64> least_sp) {
    target::Target& target = session.target();
    Result<Until> until = Until::address(target, to);
    if (!until) return until.error();
    const u64 end = target.steps() + most;
    for (;;) {
        const u64 left = end > target.steps() ? end - target.steps() : 0;
        Result<StopReason> stop = target.run(left, session.cancel());
        if (!stop) return stop;
        const bool arrived = stop->kind == target::StopKind::Breakpoint && pc_of(target) == to;
        if (!arrived) return stop;
        if (least_sp && sp_of(target) < *least_sp) continue;
        // The reason names our own breakpoint, which the user never set, unless one of theirs is here too.
        const auto all = target.breakpoints();
        const auto theirs = std::ranges::count_if(all, [&](const auto& one) {
            return one.second.kind == target::BreakKind::Address && one.second.address == to;
        });
        if (theirs == 1)
            *stop = {target::StopKind::Step, "arrived at " + address_text(session, to), std::nullopt, std::nullopt};
        return stop;
    }
}
}  // namespace

Result<StopReason> run_to(Session& session, VirtAddr to, u64 most) {
    return run_until(session, to, most, std::nullopt);
}

Result<StopReason> step_over(Session& session) {
    target::Target& target = session.target();
    const VirtAddr at = pc_of(target);
    const u64 length = session.instruction_length(at);
    const bool over = arch::leads_away_and_back(target.arch(), session.instruction(at));
    const VirtAddr next{at.value + length};
    const u64 sp = sp_of(target);
    Result<StopReason> stop = target.step(1);
    if (!stop || !over || stop->final()) return stop;
    if (pc_of(target) == next && sp_of(target) >= sp) return stop;  // a call of the next instruction is not over yet
    return run_until(session, next, most_steps, sp);
}

Result<StopReason> step_out(Session& session) {
    target::Target& target = session.target();
    const u64 sp = sp_of(target);
    const unsigned level = target.arch().privilege(target.registers()).level;
    for (u64 count = 0; count < 1'000'000; ++count) {
        const bool last = arch::returns(target.arch(), session.instruction(pc_of(target))) && sp_of(target) >= sp;
        Result<StopReason> stop = last ? target.step(1) : step_over(session);
        if (!stop || last || stop->final() || session.cancel()) return stop;
        if (stop->kind != target::StopKind::Step) return stop;
        if (arch::less_privileged(target.arch(), target.arch().privilege(target.registers()).level, level)) return stop;
    }
    return error("no return was reached within 1,000,000 steps of this function");
}

Result<StopReason> step_line(Session& session, u64 most) {
    target::Target& target = session.target();
    const std::optional<elf::SourceLine> from = session.symbols().line(pc_of(target));
    for (u64 count = 0; count < most; ++count) {
        Result<StopReason> stop = target.step(1);
        if (!stop || stop->final() || stop->kind != target::StopKind::Step) return stop;
        const VirtAddr at = pc_of(target);
        if (stops_at(target, at)) {
            stop->kind = target::StopKind::Breakpoint;
            stop->sentence = "breakpoint at " + address_text(session, at);
            return stop;
        }
        const std::optional<elf::SourceLine> line = session.symbols().line(at);
        if (line && (!from || line->line != from->line || line->file != from->file)) {
            stop->sentence = fmt::format("line {}:{}", text::printable(line->file), line->line);
            return stop;
        }
        if (session.cancel()) {
            stop->kind = target::StopKind::Cancelled;
            stop->sentence = "cancelled";
            return stop;
        }
    }
    return error("no other source line was reached within {} instructions", most);
}
}  // namespace ring::session
