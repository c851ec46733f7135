// `ringscope inspect`: the ELF view without a machine. Facts go to `out`, one sentence of failure to `err`.
// The rule: whatever is printed was read by core/elf; this only arranges it. All foreign names are printable.
#pragma once
#include <filesystem>
#include <iosfwd>
#include <string>

namespace ring::cli {

struct InspectOptions {
    std::filesystem::path file;
    bool json = false;
    bool disassemble = false;
    bool deep = false;  // ask LIEF too, in its own process
    // An edit, as typed: numbers like 0x401000, flags like RX or R-X. Needs save_as.
    std::string set_entry;
    std::string segment;
    std::string flags;
    std::string vaddr;
    std::filesystem::path save_as;
    bool edits() const { return !set_entry.empty() || !segment.empty() || !flags.empty() || !vaddr.empty(); }
};

// The exit status: 0; 1 when the file is no ELF file that can be read here; 2 when there is no such file, or when an
// edit is not one. LIEF's refusal is a line of the answer, not a failure.
int inspect_command(const InspectOptions& options, std::ostream& out, std::ostream& err);
}  // namespace ring::cli
