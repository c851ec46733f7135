// An archive of files as bytes: the ustar format, in which a kernel gets its first files.
// The rule: the same names and contents give the same bytes; nothing of the host (owner, time, order) gets in. Members
// lie in the order in which they were added; a reader takes the last of two with one name.
// Not here: reading folders of the host (session), unpacking (the guest does that).
// Source: POSIX.1-1988, 10.1.1 "Extended tar Format"; POSIX.1-2017, pax, "ustar Interchange Format".
#pragma once
#include <string_view>

#include "base/result.hpp"
#include "base/types.hpp"

namespace ring {
class Ustar {
  public:
    static constexpr std::size_t block = 512;  // bytes

    // Names are paths from the root, "bin/cat2", of at most 256 bytes: up to 100 of them, or up to 155, a slash and up
    // to 100. Errors: a sentence about the name, or about a size that 11 octal digits cannot say.
    Status add_directory(std::string_view name);
    Status add_file(std::string_view name, ByteSpan contents);
    // The members of another archive, as they are. Errors: it is none, or is cut off; then nothing was added.
    Status append(ByteSpan archive);
    u64 size() const { return bytes_.size(); }  // so far
    Bytes finish() &&;                          // with the two blocks of zeros that end it

  private:
    Status add(std::string_view name, char type, ByteSpan contents);
    Bytes bytes_;
};
}  // namespace ring
