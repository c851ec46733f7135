// lockstep KERNEL [INITRD] [APPEND] [LIMIT] [SCRIPT]: compares one run, on the board that the kernel is for, and prints
// what was found. SCRIPT is a file that is typed at the prompt (RISC-V). Exit status 1: a difference that the table
// does not explain.
#include <fmt/format.h>

#include <cstdlib>

#include "arch/x86_64/cpuid.hpp"
#include "base/file.hpp"
#include "compare.hpp"
#include "elf/file.hpp"
#include "elf/names.hpp"
#include "virt_compare.hpp"

namespace {
using namespace ring::lockstep;

template <class Row>
int report(const ring::Result<ComparisonOf<Row>>& result, const DifferenceTable<Row>& table) {
    if (!result) {
        fmt::print(stderr, "lockstep: {}\n", result.error().sentence());
        return 1;
    }
    fmt::print("{} steps, {} interrupts, {} exceptions, {} checkpoints{}\n", result->steps, result->interrupts,
               result->exceptions, result->checkpoints, result->ended_by_row ? ", ended where the table says so" : "");
    for (const auto& row : table)
        if (const auto used = result->used[static_cast<std::size_t>(row.row)])
            fmt::print("  explained {} times: {}\n", used, row.what);
    if (!result->ok()) fmt::print("{}", result->divergence);
    return result->ok() ? 0 : 1;
}
}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        fmt::print(stderr, "usage: lockstep KERNEL [INITRD] [APPEND] [LIMIT] [SCRIPT]\n");
        return 2;
    }
    QemuOptions options;
    options.kernel = argv[1];
    if (argc > 2) options.initrd = argv[2];
    if (argc > 3) options.append = argv[3];
    options.icount_shift = 7;
    const ring::u64 limit = argc > 4 ? std::strtoull(argv[4], nullptr, 0) : 2'000'000;
    if (argc > 5)
        if (const auto script = ring::read_file(argv[5])) options.script.assign(script->begin(), script->end());
    const auto file = ring::elf::open(options.kernel);
    if (file && file->machine() == ring::elf::em::riscv) {
        options.checkpoint_distance = 8 << 20;
        return report(compare_virt(options, limit), virt_differences);
    }
    options.cpu = ring::x86_64::qemu_cpu_option;
    return report(compare(options, limit), differences);
}
