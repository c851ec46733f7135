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
};

// The exit status: 0; 1 when the file is no ELF file that can be read here; 2 when there is no such file.
int inspect_command(const InspectOptions& options, std::ostream& out, std::ostream& err);
}  // namespace ring::cli
