// A folder of the host, copied into an archive for the guest. Nothing is ever written back.
// The rule: nothing outside the folder is read. A link to a file inside it becomes a copy of that file; every other
// link, sockets, devices and pipes are left out, and one sentence names them. Names come in order, so the same folder
// gives the same archive.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/ustar.hpp"

namespace ring::session {
inline constexpr std::size_t most_guest_files = 10'000;    // and directories
inline constexpr std::size_t most_guest_path_bytes = 255;  // with the slash in front; POSIX's PATH_MAX is no smaller

// Errors: it is no folder, something in it cannot be read, it has too many files or a name that is too long, or the
// archive would become larger than `most` bytes.
Status add_folder(Ustar& to, const std::filesystem::path& folder, u64 most, std::vector<std::string>& warnings);
}  // namespace ring::session
