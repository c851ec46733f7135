// Going back in time = restore the nearest earlier checkpoint and run forward again; the cost is that distance.
// A checkpoint is the CPU, the devices and the time; RAM comes back from the copies that the machine makes of each page
// before its first change in an interval.
// The rule: whatever changes the machine passes through here, or replay diverges; a change from outside (a debugger's
// write) starts a new history: what lay behind it is reached up to the change, exactly. What was typed on the console
// belongs to the history: whoever goes back over it and forward again finds it typed again, at the same step, until
// something else is typed or changed earlier.
// Not here: breakpoints and sentences (embedded.cpp).
#pragma once
#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "machine/machine.hpp"
#include "machine/recorder.hpp"

namespace ring::timeline {

class Timeline {
  public:
    explicit Timeline(std::unique_ptr<machine::Machine> machine);

    machine::Machine& machine() { return *machine_; }
    u64 now() const { return machine_->steps(); }
    u64 start() const { return intervals_.front().start->steps; }  // the earliest step that can be reached

    // One step, watched by `recorder` when given. A checkpoint is made every few steps.
    machine::StepEvent step(machine::Recorder* recorder);
    // Freely, with checkpoints about every third of a millisecond of work.
    machine::RunOutcome run(u64 limit, const machine::StopSet& stops, const std::atomic<bool>* cancel);
    // To an earlier or later step; watches the last one. false: cancelled on the way, or the machine came to a final
    // stop.
    bool go_to(u64 step, machine::Recorder* recorder, const std::atomic<bool>* cancel);
    // After the caller changed the machine from outside: the past up to here stays, and the change belongs to this
    // step. Whoever comes back to the step finds it changed; whoever goes back over it finds the change undone.
    void changed_from_outside();
    bool is_changed(u64 step) const;  // from outside, at this step
    // Bytes for the guest's console, now. What was typed later than now is forgotten.
    void receive(std::string_view bytes);

    // now() as of the last slice of a run; may be asked by another thread while it runs.
    u64 reached() const { return reached_.load(std::memory_order_relaxed); }

    std::size_t checkpoints() const { return intervals_.size(); }
    u64 kept_bytes() const { return kept_pages_ * machine::page_bytes; }

  private:
    // From one checkpoint to the next. `before`: the pages that changed in it, as they were at its start; of the last
    // interval the machine still holds them.
    struct Interval {
        std::unique_ptr<const machine::Machine::Moment> start;
        std::vector<machine::Machine::SavedPage> before;
        bool changed = false;    // from outside, at its start: replay must not come here from an earlier one
        std::size_t inputs = 0;  // how many of inputs_ the machine has got by its start
    };
    struct Input {
        u64 step;
        std::string bytes;
    };
    void checkpoint();
    void thin();
    void restore(std::size_t index);
    void begin_interval(bool changed);
    // The next input that the machine did not get yet: its step; ~0: there is none.
    u64 next_input() const { return received_ < inputs_.size() ? inputs_[received_].step : ~u64{0}; }
    void receive_due();

    std::unique_ptr<machine::Machine> machine_;
    std::vector<Interval> intervals_;
    std::vector<Input> inputs_;  // in the order of their steps
    std::size_t received_ = 0;   // how many of them the machine has got by now
    u64 kept_pages_ = 0;
    u64 work_since_checkpoint_ = 0;
    std::atomic<u64> reached_ = 0;
};
}  // namespace ring::timeline
