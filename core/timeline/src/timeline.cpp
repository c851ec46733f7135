#include "timeline/timeline.hpp"

#include <algorithm>
#include <unordered_set>

namespace ring::timeline {
using machine::Machine;

namespace {
constexpr u64 steps_between = 16;      // checkpoints while stepping: `back` replays at most these
constexpr u64 work_between = 300'000;  // nanoseconds of a host's work between checkpoints of a free run
constexpr std::size_t most_intervals = 4096;
constexpr u64 most_pages = 512_MiB / machine::page_bytes;
}  // namespace

Timeline::Timeline(std::unique_ptr<Machine> machine) : machine_(std::move(machine)) {
    static_cast<void>(machine_->cut());
    intervals_.push_back({machine_->moment(), {}, false, 0});
}

void Timeline::begin_interval(bool changed) {
    intervals_.back().before = machine_->cut();
    kept_pages_ += intervals_.back().before.size();
    intervals_.push_back({machine_->moment(), {}, changed, received_});
    work_since_checkpoint_ = 0;
    if (intervals_.size() > most_intervals || kept_pages_ > most_pages) thin();
}

void Timeline::checkpoint() {
    if (intervals_.back().start->steps != now()) begin_interval(false);
}

// Joins the older three quarters of the intervals in pairs. The older copy of a page is the one that the joint interval
// starts with. The past becomes coarser with distance, never wrong: a change from outside stays a beginning.
void Timeline::thin() {
    std::vector<Interval> kept;
    const std::size_t old = intervals_.size() * 3 / 4;
    kept.reserve(intervals_.size());
    for (std::size_t i = 0; i < intervals_.size(); ++i) {
        if (i >= old || i % 2 == 0 || intervals_[i].changed) {
            kept.push_back(std::move(intervals_[i]));
            continue;
        }
        std::vector<Machine::SavedPage>& into = kept.back().before;
        std::unordered_set<u32> there;
        for (const Machine::SavedPage& page : into) there.insert(page.number);
        for (Machine::SavedPage& page : intervals_[i].before)
            if (!there.contains(page.number)) into.push_back(std::move(page));
    }
    intervals_ = std::move(kept);
    kept_pages_ = 0;
    for (const Interval& interval : intervals_) kept_pages_ += interval.before.size();
    if ((kept_pages_ <= most_pages && intervals_.size() <= most_intervals) || intervals_.size() < 8) return;
    // Still too much: give up the oldest past.
    const std::size_t drop = intervals_.size() / 4;
    for (std::size_t i = 0; i < drop; ++i) kept_pages_ -= intervals_[i].before.size();
    intervals_.erase(intervals_.begin(), intervals_.begin() + static_cast<std::ptrdiff_t>(drop));
}

machine::StepEvent Timeline::step(machine::Recorder* recorder) {
    if (now() - intervals_.back().start->steps >= steps_between || work_since_checkpoint_ > work_between / 2)
        checkpoint();
    const machine::StepEvent event = machine_->step(recorder);
    receive_due();
    return event;
}

machine::RunOutcome Timeline::run(u64 limit, const machine::StopSet& stops, const std::atomic<bool>* cancel) {
    const u64 end = limit > ~u64{0} - now() ? ~u64{0} : now() + limit;
    for (;;) {
        if (work_since_checkpoint_ > work_between / 2) checkpoint();
        const u64 before = now();
        const machine::RunOutcome outcome =
            machine_->run(std::min(end, next_input()) - before, stops, cancel, work_between);
        work_since_checkpoint_ = work_between;
        reached_.store(now(), std::memory_order_relaxed);
        const bool typed_at = now() == next_input();
        receive_due();
        const bool goes_on =
            outcome.end == machine::RunEnd::Limit || (outcome.end == machine::RunEnd::Final && typed_at);
        if (!goes_on || now() >= end) return outcome;
        checkpoint();
        // The next slice begins with a step that ignores a stop at its address: look here.
        if (!stops.addresses.empty() && std::ranges::binary_search(stops.addresses, machine_->pc()))
            return {machine::RunEnd::Address, {}};
        if (now() == before && !typed_at) return outcome;
    }
}

void Timeline::restore(std::size_t index) {
    for (const Machine::SavedPage& page : machine_->changed()) machine_->restore_page(page.number, page.bytes.get());
    for (std::size_t i = index + 1; i < intervals_.size(); ++i)
        if (intervals_[i].changed && intervals_[i].inputs == intervals_[i - 1].inputs) {
            inputs_.resize(intervals_[i].inputs);  // what was typed after a change that is undone here
            break;
        }
    for (std::size_t i = intervals_.size() - 1; i-- > index;) {
        for (const Machine::SavedPage& page : intervals_[i].before)
            machine_->restore_page(page.number, page.bytes.get());
        kept_pages_ -= intervals_[i].before.size();
    }
    intervals_.resize(index + 1);
    intervals_.back().before.clear();
    machine_->restore(*intervals_.back().start);
    received_ = intervals_.back().inputs;
    work_since_checkpoint_ = 0;
}

bool Timeline::go_to(u64 step, machine::Recorder* recorder, const std::atomic<bool>* cancel) {
    step = std::max(step, start());
    if (recorder) recorder->clear();
    if (step < now() || (recorder && step == now())) {
        // The step that leads there is to be seen: start before it, if what it leads to was not changed afterwards.
        const u64 wanted = recorder && step > start() && !is_changed(step) ? step - 1 : step;
        const auto after = std::ranges::upper_bound(intervals_, wanted, {},
                                                    [](const Interval& interval) { return interval.start->steps; });
        restore(static_cast<std::size_t>(after - intervals_.begin()) - 1);
    }
    if (now() == step) return true;
    const u64 silent = recorder ? step - 1 : step;
    const machine::StopSet none;
    while (now() < silent) {
        const machine::RunOutcome outcome = run(silent - now(), none, cancel);
        if (outcome.end != machine::RunEnd::Limit && now() < silent) return false;
    }
    if (recorder && now() < step) static_cast<void>(this->step(recorder));
    return now() == step;
}

bool Timeline::is_changed(u64 step) const {
    const auto after =
        std::ranges::upper_bound(intervals_, step, {}, [](const Interval& interval) { return interval.start->steps; });
    return after != intervals_.begin() && std::prev(after)->start->steps == step && std::prev(after)->changed;
}

void Timeline::changed_from_outside() {
    inputs_.resize(received_);
    // The copies made so far belong to the interval's start; they stay valid. The changed state is a new start, so that
    // replay never crosses the change.
    begin_interval(true);
}

void Timeline::receive(std::string_view bytes) {
    inputs_.resize(received_);
    inputs_.push_back({now(), std::string(bytes)});
    receive_due();
}

// At most once per input: what the machine has got is in its state from here on.
void Timeline::receive_due() {
    while (next_input() == now()) {
        machine_->receive(inputs_[received_++].bytes);
        begin_interval(true);
    }
}
}  // namespace ring::timeline
