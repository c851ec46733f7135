// From a file that somebody names to a machine that is ready to start: which kernel, which module, which words.
// The rule: what decides is in the file: a PVH note means kernel; anything else is a user program, and runs under the
// teaching kernel of its architecture. `as` overrides that.
// Not here: starting it (timeline/embedded.hpp).
#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "elf/file.hpp"
#include "lesson/lesson.hpp"
#include "machine/boot.hpp"
#include "session/symbol_book.hpp"

namespace ring::session {

enum class As : u8 { FileDecides, Kernel, User };

struct Spec {
    std::filesystem::path file;
    As as = As::FileDecides;
    std::vector<std::filesystem::path> modules;  // for a kernel
    std::string command_line;                    // words for the kernel
    std::vector<std::string> arguments;          // for the user program; of a kernel's first module
    u64 ram_bytes = 64_MiB;
    bool amd = false;
};

// A program that takes part, as it was read.
struct Part {
    std::string role;  // "kernel", "user"
    std::string name;  // of the file
    std::shared_ptr<const elf::File> file;
    u64 bias = 0;  // added to its addresses
    std::filesystem::path path;
};

struct Prepared {
    machine::BootOptions options;
    std::vector<Part> parts;
};

// Errors: one sentence: not to be read, not for this machine, neither kernel nor program.
Result<Prepared> prepare(const Spec& spec);
Result<Prepared> prepare(const lesson::Lesson& lesson, const lesson::Setup& setup);
Result<SymbolBook> read_symbols(const std::vector<Part>& parts);

// Where the teaching kernels lie: kernels/x86_64/kernel.elf and kernels/x86_64/user/<name>.elf.
std::filesystem::path teaching_kernel();
std::filesystem::path teaching_program(std::string_view name);
}  // namespace ring::session
