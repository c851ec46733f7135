// What a program can run under, one row an architecture: what a kernel for its board looks like, and how programs,
// files and words reach the teaching kernel. The rule: whoever prepares a machine reads rows; what is different between
// two systems is a row's function, not a question about its name. Not here: who decides what is started (boot.cpp).
#pragma once
#include <span>
#include <string_view>

#include "session/boot.hpp"

namespace ring::session {

struct Program {
    std::filesystem::path path;
    std::shared_ptr<const elf::File> file;
};

// What a kernel is to be given.
struct Luggage {
    std::filesystem::path kernel;
    std::vector<Program> programs;  // the first is the one that `arguments` are for
    std::filesystem::path archive;  // its first files instead of those that lie beside it; empty: those
    std::filesystem::path files;    // a folder of the host
    std::vector<std::string> arguments;
    bool run = false;  // the first program is to be run; without it, the kernel does what it does
    bool only_program = false;
};

struct GuestSystem {
    u64 machine = 0;          // e_machine
    std::string_view arch;    // as lessons name it
    std::string_view folder;  // kernels/<folder>/kernel.elf, kernels/<folder>/user/<name>.elf; the kernel's name
    Status (*kernel)(const elf::File&) = nullptr;     // Ok: a board here can start it. Errors: why not
    u64 (*bias)(const elf::File& program) = nullptr;  // what the kernel adds to its addresses
    // Programs given as --module FILE are known to be such; otherwise one file is the archive.
    bool modules_are_programs = false;
    // Puts the luggage into the options. Errors: sentences about what this kernel cannot be given.
    Status (*hand_over)(Prepared&, const Luggage&) = nullptr;
};

std::span<const GuestSystem> guest_systems();
const GuestSystem* find_system(u64 machine);  // null: none here
const GuestSystem* find_system(std::string_view arch);

std::filesystem::path teaching_kernel(const GuestSystem& system);
std::filesystem::path teaching_program(const GuestSystem& system, std::string_view name);

// The rows' functions. guest_modules.cpp and guest_archive.cpp.
Status hand_over_modules(Prepared& to, const Luggage& luggage);
Status hand_over_archive(Prepared& to, const Luggage& luggage);
}  // namespace ring::session
