// The machine and QEMU, register by register before every instruction, over the kernel with every program and every
// deliberate mistake. The differences that remain are rows of the table, each used.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "arch/x86_64/cpuid.hpp"
#include "compare.hpp"

using namespace ring;
using namespace ring::lockstep;

namespace {
struct Run {
    const char* program;
    const char* append = "";
    u64 limit = 400'000;
};

// spin never ends by itself: ticks=N ends it.
constexpr Run runs[] = {
    {"hello"},
    {"hello", "enter=iretq"},
    {"argc", "-- two three"},
    {"data", "-- one two"},
    {"data_pie"},
    {"memory"},
    {"stack"},
    {"sse"},
    {"ticks"},
    {"shared_page"},
    {"bad_syscall_pointer"},
    {"hostile_rsp"},
    {"pages"},
    {"constant"},
    {"constant", "wp=off"},
    {"traps"},
    {"traps", "enter=iretq"},
    {"spin", "ticks=2"},
    {"spin", "ticks=2 enter=iretq"},
    {"fault_divide"},
    {"fault_int3"},
    {"fault_int14"},
    {"fault_cli"},
    {"fault_out"},
    {"fault_noncanonical"},
    {"fault_not_present"},
    {"fault_write_text"},
    {"fault_execute_data"},
    {"fault_kernel_page"},
    {"fault_stack_overflow"},
    {"hello", "break=sce-off"},
    {"argc", "break=sce-off enter=iretq"},
    {"spin", "break=star-zero ticks=2"},
    {"spin", "break=gdt-order ticks=2"},
    {"spin", "break=gdt-order enter=iretq"},
    {"spin", "break=no-user-upper"},
    {"hello", "break=rcx-noncanonical"},
    {"argc", "break=rsp-edge"},
    {"spin", "break=rsp-edge ticks=2"},
    {"argc", "break=sysretl"},
    {"spin", "break=sysretl ticks=2"},
    {"spin", "break=rsp0-zero"},
    {"spin", "break=triple-fault"},
    {"pages", "break=no-write-upper"},
    {"pages", "break=nx-code"},
    {"pages", "break=reserved-bit"},
    {"pages", "break=no-nxe"},
    {"pages", "break=no-invlpg"},
    {"constant", "break=unchecked"},
    {"constant", "break=unchecked wp=off"},
    {"traps", "break=gate-absent"},
    {"traps", "break=gate-closed"},
    {"spin", "break=idt-limit"},
    {"spin", "break=iretq-null-ss enter=iretq"},
    {"spin", "break=iretq-cs-rpl enter=iretq"},
    {"hello", "break=if-clear enter=iretq"},
    {"spin", "break=nested-task enter=iretq"},
    {"spin", "break=rcx-noncanonical enter=iretq"},
};
constexpr std::size_t run_count = std::size(runs);

struct Answer {
    Comparison comparison;
    std::string error;
};

// Two at a time: each pair of QEMU and machine keeps about one core busy.
const std::array<Answer, run_count>& answers() {
    static const auto all = [] {
        auto out = std::make_unique<std::array<Answer, run_count>>();
        std::atomic<std::size_t> next = 0;
        const auto work = [&] {
            for (std::size_t i; (i = next++) < run_count;) {
                QemuOptions options;
                options.kernel = RING_BINARY_DIR "/kernels/x86_64/kernel.elf";
                options.initrd = fmt::format("{}/kernels/x86_64/user/{}.elf", RING_BINARY_DIR, runs[i].program);
                options.append = runs[i].append;
                options.icount_shift = 7;
                options.cpu = x86_64::qemu_cpu_option;
                Result<Comparison> result = compare(options, runs[i].limit);
                if (result)
                    (*out)[i].comparison = std::move(*result);
                else
                    (*out)[i].error = result.error().sentence();
            }
        };
        std::thread other(work);
        work();
        other.join();
        return out;
    }();
    return *all;
}
}  // namespace

TEST_CASE(
    "lockstep: no program of the kernel, and no deliberate mistake, makes the machine differ from QEMU unexplained") {
    u64 steps = 0, interrupts = 0, exceptions = 0;
    for (std::size_t i = 0; i < run_count; ++i) {
        const Answer& answer = answers()[i];
        INFO(std::string(runs[i].program), " ", std::string(runs[i].append));
        CHECK(answer.error == "");
        CHECK(answer.comparison.divergence == "");
        CHECK(answer.comparison.steps > 20'000);
        steps += answer.comparison.steps;
        interrupts += answer.comparison.interrupts;
        exceptions += answer.comparison.exceptions;
    }
    MESSAGE(steps, " steps compared, ", interrupts, " interrupts, ", exceptions, " exceptions");
    CHECK(steps >= 200'000);
    CHECK(interrupts >= 6);
    CHECK(exceptions >= 15);
}

TEST_CASE("lockstep: every row of the difference table is used by some run") {
    for (const Difference& row : differences) {
        u64 used = 0;
        for (const Answer& answer : answers()) used += answer.comparison.used[static_cast<std::size_t>(row.row)];
        INFO(std::string(row.what));
        CHECK(used > 0);
    }
}

TEST_CASE("lockstep: the comparison ends early only where a row says that the machines go different ways") {
    for (std::size_t i = 0; i < run_count; ++i) {
        const Answer& answer = answers()[i];
        if (!answer.comparison.ended_by_row) continue;
        bool row_that_ends = false;
        for (const Difference& row : differences)
            row_that_ends |= row.ends && answer.comparison.used[static_cast<std::size_t>(row.row)] > 0;
        INFO(std::string(runs[i].program), " ", std::string(runs[i].append));
        CHECK(row_that_ends);
    }
}
