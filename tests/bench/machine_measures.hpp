// What is measured of a machine, whatever its architecture: free run, full step, round trips, going back.
#pragma once
#include <benchmark/benchmark.h>

#include "timeline/timeline.hpp"

namespace ring::bench {
using Made = std::unique_ptr<machine::Machine>;

inline constexpr u64 steps_of_one_run = 4'000'000;

inline void count_runs(benchmark::State& state) {
    state.counters["steps/s"] =
        benchmark::Counter(static_cast<double>(state.iterations()) * steps_of_one_run, benchmark::Counter::kIsRate);
}

inline void free_run(benchmark::State& state, Made machine) {
    const machine::StopSet none;
    for (auto _ : state) machine->run(steps_of_one_run, none);
    count_runs(state);
}

inline void timeline_free_run(benchmark::State& state, Made machine) {
    timeline::Timeline timeline(std::move(machine));
    const machine::StopSet none;
    for (auto _ : state) timeline.run(steps_of_one_run, none, nullptr);
    count_runs(state);
}

// `steps` of them are one item.
inline void stepping(benchmark::State& state, Made machine, int steps = 1) {
    for (auto _ : state)
        for (int i = 0; i < steps; ++i) benchmark::DoNotOptimize(machine->step());
    state.SetItemsProcessed(state.iterations());
}

inline void back_after_stepping(benchmark::State& state, Made machine) {
    timeline::Timeline timeline(std::move(machine));
    machine::Recorder recorder;
    for (int i = 0; i < 100'000; ++i) timeline.step(nullptr);
    for (auto _ : state) {
        timeline.go_to(timeline.now() - 1, &recorder, nullptr);
        if (timeline.now() < 1000) {
            state.PauseTiming();
            for (int i = 0; i < 50'000; ++i) timeline.step(nullptr);
            state.ResumeTiming();
        }
    }
}

inline void back_after_free_run(benchmark::State& state, Made machine) {
    timeline::Timeline timeline(std::move(machine));
    machine::Recorder recorder;
    const machine::StopSet none;
    u64 step = 0;
    for (auto _ : state) {
        state.PauseTiming();
        timeline.run(777'777, none, nullptr);
        step = timeline.now();
        state.ResumeTiming();
        timeline.go_to(step - 1, &recorder, nullptr);
    }
}
}  // namespace ring::bench

// Loops of 4, 16 and 64 instructions, on registers (0) and with loads and stores (1).
#define LOOPS ->Args({4, 0})->Args({16, 0})->Args({64, 0})->Args({4, 1})->Args({16, 1})->Args({64, 1})
