// What a frame of the window costs, without painting: every panel open at once, in ring 3 behind sysretq. The reference
// of the same run is a frame of the empty start page, and a copy of the draw lists' bytes.
#define DOCTEST_CONFIG_IMPLEMENT
#include <benchmark/benchmark.h>

#include "headless.hpp"

using namespace ring;

namespace {
constexpr const char* every_panel =
    "H(25 V(20 lesson, 20 console, 20 answers, 20 events, 20 breakpoints), "
    "25 V(20 disassembly, 20 source, 20 calls, 20 registers, 20 system), "
    "25 V(20 gdt, 20 idt, 20 tss, 20 walk, 20 stack), 25 V(20 micro, 20 why, 20 memory, 20 map, 20 elf))";

void frame_with_every_panel(benchmark::State& state) {
    test::Headless window(test::open_lesson("x86-sysretq"), {2560, 1440});
    for (const char* line : {"break privilege", "continue"}) window.worker().post(gui::RunCommand{line});
    RING_ASSERT(window.ui().set_layout(every_panel));
    window.settle();
    window.settle();
    for (auto _ : state) window.frame();
    const ImDrawData& data = *ImGui::GetDrawData();
    state.counters["vertices"] = static_cast<double>(data.TotalVtxCount);
}

void frame_of_the_start_page(benchmark::State& state) {
    test::Headless window(test::open_lesson("x86-sysretq"), {2560, 1440}, 1, gui::OpenFile{});
    for (auto _ : state) window.frame();
}

void open_a_lesson_and_draw_it(benchmark::State& state) {
    for (auto _ : state) test::Headless window(test::open_lesson("x86-sysretq"), {1920, 1080});
}
}  // namespace

BENCHMARK(frame_with_every_panel)->Unit(benchmark::kMillisecond);
BENCHMARK(frame_of_the_start_page)->Unit(benchmark::kMillisecond);
BENCHMARK(open_a_lesson_and_draw_it)->Unit(benchmark::kMillisecond);
