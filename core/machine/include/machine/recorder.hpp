// A watcher that keeps what it sees: every transition of a step, with each micro-step's registers and memory before and
// after. A transition inside another (a page walk inside a push) is kept as deeper steps of the outer one.
// The rule: it only looks. Machines step the same with and without it (machine_test.cpp).
#pragma once
#include <vector>

#include "arch/micro_step.hpp"

namespace ring::machine {

class Recorder final : public arch::Watcher {
  public:
    void clear();
    const std::vector<arch::TransitionRecord>& records() const { return records_; }
    std::vector<arch::TransitionRecord> take();

    void begin(std::string_view name, std::string_view title, const arch::Citation& citation) override;
    void before(const arch::StepText& step, arch::RegisterReader registers) override;
    void after(const arch::StepText& step, arch::RegisterReader registers, arch::Outcome outcome) override;
    void memory(const arch::MemoryNote& note) override;
    void detail(std::string sentence) override;
    void end(bool faulted) override;

  private:
    static constexpr std::size_t most_steps = 4096;  // of one record; a `rep`-like loop cannot grow without bound
    std::vector<arch::TransitionRecord> records_;
    std::vector<std::size_t> open_;  // indices of the micro-steps in progress, one for each depth
    unsigned depth_ = 0;
};
}  // namespace ring::machine
