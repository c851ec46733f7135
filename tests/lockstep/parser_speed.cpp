// How many states a second the parser reads: run by hand (`lockstep_speed`), since a figure is not a test.
#include <chrono>
#include <cstdio>

#include "base/file.hpp"
#include "qemu_stream.hpp"

int main(int count, char** arguments) {
    if (count != 2) return std::fprintf(stderr, "usage: lockstep_speed LOG-OF-QEMU\n"), 2;
    ring::Result<ring::Bytes> log = ring::read_file(arguments[1], 2 * 1024 * ring::u64{1 << 20});
    if (!log) return std::fprintf(stderr, "%s\n", log.error().sentence().c_str()), 1;
    std::string text(log->begin(), log->end());
    const auto start = std::chrono::steady_clock::now();
    ring::lockstep::QemuStream stream = ring::lockstep::stream_of(std::move(text));
    while (stream.next()) {}
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    if (stream.failure()) std::fprintf(stderr, "%s\n", stream.failure()->sentence().c_str());
    std::printf("%llu states in %.3f s: %.0f a second\n", static_cast<unsigned long long>(stream.states()),
                seconds.count(), static_cast<double>(stream.states()) / seconds.count());
}
