// The names of everything that runs: one table of symbols a program, asked together.
// The rule: a name that two programs have is never guessed; "kernel:main" and "user:main" say which.
// Not here: reading symbols from a file (elf/symbols.hpp).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "elf/symbols.hpp"

namespace ring::session {

class SymbolBook {
  public:
    void add(std::string program, elf::Symbols symbols);

    // "hello", "user:hello". Errors: no program has it, or more than one.
    Result<VirtAddr> find(std::string_view name) const;
    // "syscall_entry+0x4", "" when nothing is known about the address.
    std::string label(VirtAddr at) const;
    // "kernels/x86_64/syscalls.cpp:71", "" when nothing is known.
    std::string source(VirtAddr at) const;
    std::optional<elf::SourceLine> line(VirtAddr at) const;
    // "syscalls.cpp:71", "kernels/x86_64/syscalls.cpp:71": where each copy of that line begins, or of the next line
    // that has instructions, within the 20 that follow; never empty. Errors: no program has such a line.
    Result<std::vector<VirtAddr>> find_line(std::string_view file_and_line) const;
    // As elf::Symbols says, asked of the program that the address is in.
    std::vector<std::pair<int, VirtAddr>> lines_of(std::string_view file) const;
    std::vector<elf::InlinedCall> inlined(VirtAddr at) const;
    std::optional<Result<elf::Caller>> caller(VirtAddr at, const elf::Frame& frame,
                                              const elf::FrameMemory& memory) const;
    // Names that begin with `prefix`, at most `most`: for completing what is typed.
    std::vector<std::string> starting_with(std::string_view prefix, std::size_t most) const;

    struct Program {
        std::string name;  // "kernel", "user"
        elf::Symbols symbols;
    };
    const std::vector<Program>& programs() const { return programs_; }

  private:
    std::vector<Program> programs_;
};
}  // namespace ring::session
