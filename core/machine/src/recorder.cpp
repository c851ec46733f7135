#include "machine/recorder.hpp"

#include <algorithm>
#include <utility>

namespace ring::machine {

void Recorder::clear() {
    records_.clear();
    open_.clear();
    depth_ = 0;
}

std::vector<arch::TransitionRecord> Recorder::take() {
    open_.clear();
    depth_ = 0;
    return std::exchange(records_, {});
}

void Recorder::begin(std::string_view name, std::string_view title, const arch::Citation& citation) {
    if (depth_++ == 0) records_.push_back({std::string(name), std::string(title), arch::text(citation), {}, false});
}

void Recorder::before(const arch::StepText& step, arch::RegisterReader registers) {
    std::vector<arch::MicroRecord>& steps = records_.back().steps;
    open_.push_back(steps.size());
    if (steps.size() >= most_steps) return;
    arch::MicroRecord record;
    record.kind = step.kind;
    record.text = step.text;
    record.rule = step.rule;
    record.depth = depth_ - 1;
    const auto note = [&](arch::RegisterId id, bool written) {
        const u64 value = registers(id);
        record.registers.push_back({id, value, value, written});
    };
    for (const arch::RegisterId id : step.reads)
        if (std::find(step.writes.begin(), step.writes.end(), id) == step.writes.end()) note(id, false);
    for (const arch::RegisterId id : step.writes) note(id, true);
    steps.push_back(std::move(record));
}

void Recorder::after(const arch::StepText&, arch::RegisterReader registers, arch::Outcome outcome) {
    const std::size_t index = open_.back();
    open_.pop_back();
    if (index >= records_.back().steps.size()) return;
    arch::MicroRecord& record = records_.back().steps[index];
    record.outcome = outcome;
    for (arch::RegisterNote& note : record.registers)
        note.after = registers(note.id);
}

void Recorder::memory(const arch::MemoryNote& note) {
    if (records_.empty() || open_.empty() || open_.back() >= records_.back().steps.size()) return;
    std::vector<arch::MemoryNote>& notes = records_.back().steps[open_.back()].memory;
    if (notes.size() < 64) notes.push_back(note);
}

void Recorder::detail(std::string sentence) {
    if (records_.empty() || open_.empty() || open_.back() >= records_.back().steps.size()) return;
    std::string& detail = records_.back().steps[open_.back()].detail;
    if (!detail.empty()) detail += "; ";
    detail += sentence;
}

void Recorder::end(bool faulted) {
    if (depth_ > 0) --depth_;
    if (faulted) records_.back().faulted = true;
}
}  // namespace ring::machine
