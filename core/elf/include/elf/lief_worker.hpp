// LIEF's answers, from a process of its own (app/lief_worker): its crash, its refusal or its slowness is one sentence.
// The rule: it gets one open file, limits and a deadline; nothing that it does ends this program.
#pragma once
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/types.hpp"

namespace ring::elf {

struct WorkerLimits {
    u64 memory_bytes = 1_GiB;                    // address space
    std::chrono::milliseconds deadline{10'000};  // on the clock; processor time is limited to as many seconds
    u64 answer_bytes = 256_MiB;
};

class LiefWorker {
  public:
    // The program "ringscope-elf" beside the running program.
    static LiefWorker beside_this_program(const WorkerLimits& limits = {});
    LiefWorker(std::filesystem::path program, const WorkerLimits& limits)
        : program_(std::move(program)), limits_(limits) {}

    // Symbols, relocations, dynamic entries and notes of a file: a JSON object's text.
    Result<std::string> deep(const std::filesystem::path& file) const;

    // Arguments as the worker takes them. Errors: the worker crashed, refused, was too slow or answered too much.
    Result<Bytes> ask(const std::filesystem::path& file, const std::vector<std::string>& words) const;

  private:
    std::filesystem::path program_;
    WorkerLimits limits_;
};

}  // namespace ring::elf
