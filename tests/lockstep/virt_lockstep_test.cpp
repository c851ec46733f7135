// Every program of the RISC-V kernel, every deliberate mistake and the scripted shell session in QEMU and in our
// machine, compared before every instruction.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/file.hpp"
#include "virt_compare.hpp"

using namespace ring;
using namespace ring::lockstep;

namespace {
struct Run {
    std::string append;
    std::string script = {};  // typed at the prompt; then the archive is the whole one
    u64 limit = 8'000'000;
};

std::string session(const char* name) {
    const Result<Bytes> bytes = read_file(std::string(RING_SESSIONS "/") + name);
    REQUIRE(bytes);
    return std::string(bytes->begin(), bytes->end());
}

// Those that end the comparison (an AMO that is misaligned) or never end come by themselves.
std::string every_program() {
    std::vector<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(RING_BINARY_DIR "/kernels/riscv64/user"))
        if (file.path().extension() == ".elf") names.push_back(file.path().stem());
    REQUIRE(names.size() > 30);
    std::ranges::sort(names);
    std::string script;
    for (const std::string& name : names)
        if (name != "spin" && name != "fault_misaligned_amo") script += "run /bin/" + name + " /test/hello.txt\n";
    return script + "shutdown 7\n";
}

const std::vector<Run>& runs() {
    static const std::vector<Run> all{
        {"", every_program()},
        {"", session("shell.txt")},
        {"break=no-sfence", session("twice.txt")},
        {"-- run /bin/fault_misaligned_amo"},
        {"ticks=3 -- run /bin/spin"},
        {"watchdog=3 -- run /bin/spin"},
        {"break=spp-s -- run /bin/echo"},
        {"break=sscratch-zero -- run /bin/echo"},
        {"break=tsr -- run /bin/echo"},
        {"break=fs-off -- run /bin/fp"},
        {"break=sum-off -- run /bin/echo"},
        {"break=unchecked -- run /bin/pointers"},
        {"break=sepc-not-advanced ticks=1 -- run /bin/silent"},
        {"break=medeleg-zero -- run /bin/echo"},
        {"break=mideleg-zero ticks=1 watchdog=3 -- run /bin/spin"},
        {"break=stvec-misaligned -- run /bin/echo"},
        {"break=stvec-vectored -- run /bin/spin"},
        {"break=sscratch-not-swapped -- run /bin/echo"},
        {"break=fp-not-saved -- run /bin/fp"},
        {"break=no-stce -- run /bin/echo"},
        {"break=tw"},
        {"break=no-user-bit -- run /bin/echo"},
        {"break=no-x -- run /bin/echo"},
        {"break=w-without-r -- run /bin/echo"},
        {"break=reserved-bit -- run /bin/echo"},
        {"break=misaligned-superpage -- run /bin/echo"},
        {"break=tvm"},
        {"break=no-pmp"},
        {"break=read-machine"},
    };
    return all;
}

struct Answer {
    VirtComparison comparison;
    std::string error;
};

// Two at a time: each pair of QEMU and machine keeps about one core busy.
const std::vector<Answer>& answers() {
    static const std::vector<Answer> all = [] {
        std::vector<Answer> out(runs().size());
        std::atomic<std::size_t> next = 0;
        const auto work = [&] {
            for (std::size_t i; (i = next++) < out.size();) {
                const Run& run = runs()[i];
                QemuOptions options;
                options.kernel = RING_BINARY_DIR "/kernels/riscv64/kernel.elf";
                options.initrd = run.script.empty() ? RING_SMALL_INITRD : RING_BINARY_DIR "/kernels/riscv64/initrd.tar";
                options.append = run.append;
                options.script = run.script;
                options.icount_shift = 9;  // 512 ns each: a tick of the kernel is 19,531 instructions
                options.checkpoint_distance = 8 << 20;
                options.patience = std::chrono::seconds(120);
                Result<VirtComparison> result = compare_virt(options, run.limit);
                if (result)
                    out[i].comparison = std::move(*result);
                else
                    out[i].error = result.error().sentence();
            }
        };
        std::thread other(work);
        work();
        other.join();
        return out;
    }();
    return all;
}
}  // namespace

TEST_CASE("lockstep virt: no program, no deliberate mistake and no session differs from QEMU unexplained") {
    u64 steps = 0, interrupts = 0, exceptions = 0, checkpoints = 0;
    for (std::size_t i = 0; i < runs().size(); ++i) {
        const Answer& answer = answers()[i];
        INFO(runs()[i].append, " ", runs()[i].script.substr(0, 30));
        CHECK(answer.error == "");
        CHECK(answer.comparison.divergence == "");
        CHECK(answer.comparison.steps > 4'000);
        steps += answer.comparison.steps;
        interrupts += answer.comparison.interrupts;
        exceptions += answer.comparison.exceptions;
        checkpoints += answer.comparison.checkpoints;
    }
    MESSAGE(steps, " steps compared, ", interrupts, " interrupts, ", exceptions, " exceptions, ", checkpoints,
            " checkpoints");
    CHECK(steps >= 200'000);
    CHECK(interrupts >= 20);
    CHECK(exceptions >= 100);
    CHECK(checkpoints >= 100);
}
