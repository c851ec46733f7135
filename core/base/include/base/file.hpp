// Files of the host, whole: read with a cap, written so that a reader never sees half of one.
#pragma once
#include <filesystem>

#include "base/result.hpp"
#include "base/types.hpp"

namespace ring {
// Errors: cannot be opened, is not a regular file, or holds more than `most` bytes.
Result<Bytes> read_file(const std::filesystem::path& path, u64 most = 1_GiB);
// Written to a neighbour and renamed over the old one.
Status write_file(const std::filesystem::path& path, ByteSpan data);
}  // namespace ring
