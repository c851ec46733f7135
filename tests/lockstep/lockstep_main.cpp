// lockstep KERNEL [INITRD] [APPEND] [LIMIT]: compares one run, prints what was found. Exit status 1: a difference that
// the table does not explain.
#include <fmt/format.h>

#include <cstdlib>

#include "arch/x86_64/cpuid.hpp"
#include "compare.hpp"

int main(int argc, char** argv) {
    using namespace ring::lockstep;
    if (argc < 2) {
        fmt::print(stderr, "usage: lockstep KERNEL [INITRD] [APPEND] [LIMIT]\n");
        return 2;
    }
    QemuOptions options;
    options.kernel = argv[1];
    if (argc > 2) options.initrd = argv[2];
    if (argc > 3) options.append = argv[3];
    options.icount_shift = 7;
    options.cpu = ring::x86_64::qemu_cpu_option;
    const ring::u64 limit = argc > 4 ? std::strtoull(argv[4], nullptr, 0) : 2'000'000;
    const ring::Result<Comparison> result = compare(options, limit);
    if (!result) {
        fmt::print(stderr, "lockstep: {}\n", result.error().sentence());
        return 1;
    }
    fmt::print("{} steps, {} interrupts, {} exceptions{}\n", result->steps, result->interrupts, result->exceptions,
               result->ended_by_row ? ", ended where the table says so" : "");
    for (const Difference& row : differences)
        if (const auto used = result->used[static_cast<std::size_t>(row.row)])
            fmt::print("  explained {} times: {}\n", used, row.what);
    if (!result->ok()) fmt::print("{}", result->divergence);
    return result->ok() ? 0 : 1;
}
