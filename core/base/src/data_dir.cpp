#include "base/data_dir.hpp"

#include <cstdlib>

namespace ring {
namespace fs = std::filesystem;

fs::path data_dir() {
    if (const char* chosen = std::getenv("RINGSCOPE_DATA"); chosen != nullptr && *chosen != '\0') return chosen;
    // proc(5), "/proc/pid/exe": a link to the program itself, wherever it was started from. Without /proc it cannot be
    // read, and the answer is relative to the working folder: the message of whoever opens a file there names it.
    std::error_code unreadable;
    const fs::path program = fs::read_symlink("/proc/self/exe", unreadable);
    return (program.parent_path().parent_path() / "share" / "ringscope").lexically_normal();
}
}  // namespace ring
