// From a file that somebody names to a machine that is ready to start: which kernel, which programs, files and words.
// The rule: what decides is in the file: a kernel for one of the boards is started as one; anything else is a user
// program, and runs under the teaching kernel of its architecture. `as` overrides that.
// Not here: what the systems have different (guest_system.hpp), starting them (timeline/embedded.hpp).
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
    std::filesystem::path files;                 // a folder whose copy the guest gets as its files; empty: none
    std::string command_line;                    // words for the kernel
    std::vector<std::string> arguments;          // for the user program; of a kernel's first module
    bool shell = false;         // the program is among the files, and the kernel's shell waits for commands
    bool only_program = false;  // nothing is printed but what the program prints, where the kernel can do that
    u64 ram_bytes = 64_MiB;
    bool amd = false;
    bool svade = false;
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
    std::vector<std::string> warnings;  // sentences: it starts, and perhaps not as somebody thinks
};

// Errors: one sentence: not to be read, not for a machine here, neither kernel nor program, does not fit.
Result<Prepared> prepare(const Spec& spec);
Result<Prepared> prepare(const lesson::Lesson& lesson, const lesson::Setup& setup);
Result<SymbolBook> read_symbols(const std::vector<Part>& parts);
}  // namespace ring::session
