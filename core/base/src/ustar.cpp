#include "base/ustar.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <optional>

#include "base/text.hpp"

namespace ring {
namespace {
struct Header {
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, linkname[100];
    char magic[6], version[2], uname[32], gname[32], devmajor[8], devminor[8], prefix[155], unused[12];
};
static_assert(sizeof(Header) == Ustar::block);
constexpr u64 most_file_bytes = (u64{1} << 33) - 1;  // eleven octal digits

// Digits with leading zeros and a NUL behind them.
template <std::size_t size>
void put_octal(char (&field)[size], u64 value) {
    field[size - 1] = '\0';
    for (std::size_t i = size - 1; i-- > 0; value >>= 3) field[i] = static_cast<char>('0' + (value & 7));
}

// Digits, after blanks and up to a blank or a NUL; nothing when there is anything else.
template <std::size_t size>
std::optional<u64> octal(const char (&field)[size]) {
    u64 value = 0;
    bool digits = false;
    for (const char c : field) {
        if (c == ' ' && !digits) continue;
        if (c == ' ' || c == '\0') return digits ? std::optional(value) : std::nullopt;
        if (c < '0' || c > '7') return std::nullopt;
        value = value << 3 | static_cast<u64>(c - '0');
        digits = true;
    }
    return digits ? std::optional(value) : std::nullopt;
}

// The sum of all bytes, with blanks in the place of the sum itself.
u64 checksum_of(Header header) {
    std::fill(std::begin(header.checksum), std::end(header.checksum), ' ');
    std::array<u8, sizeof header> bytes{};
    std::memcpy(bytes.data(), &header, sizeof header);
    return std::accumulate(bytes.begin(), bytes.end(), u64{0});
}

// Where a name is cut in two so that both halves fit; 0 when it is whole, nothing when it cannot be.
std::optional<std::size_t> cut_of(std::string_view name) {
    if (name.size() <= sizeof Header::name) return 0;
    if (name.size() > sizeof Header::name + 1 + sizeof Header::prefix) return std::nullopt;
    const std::size_t least = name.size() - sizeof Header::name - 1;
    const std::size_t slash = name.find('/', least);
    if (slash == std::string_view::npos || slash == 0 || slash > sizeof Header::prefix || slash + 1 == name.size())
        return std::nullopt;
    return slash;
}

u64 in_blocks(u64 bytes) { return (bytes + Ustar::block - 1) / Ustar::block * Ustar::block; }

// How many bytes the members have, without what ends the archive.
Result<u64> members_size(ByteSpan archive) {
    u64 at = 0;
    while (archive.size() - at >= Ustar::block) {
        Header header;
        std::memcpy(&header, archive.data() + at, sizeof header);
        if (header.name[0] == '\0') break;
        if (std::memcmp(header.magic, "ustar", 5) != 0 || octal(header.checksum) != checksum_of(header))
            return error("it is not a ustar archive");
        const std::optional<u64> size = octal(header.size);
        if (!size) return error("a member of the archive has no size");
        at += Ustar::block;
        if (*size > archive.size() - at) return error("the archive is cut off");
        at += std::min<u64>(in_blocks(*size), archive.size() - at);
    }
    const ByteSpan rest = archive.subspan(at);
    if (rest.size() < Ustar::block && std::ranges::any_of(rest, [](u8 byte) { return byte != 0; }))
        return at == 0 ? error("it is not a ustar archive") : error("the archive is cut off");
    return at;
}
}  // namespace

Status Ustar::add(std::string_view name, char type, ByteSpan contents) {
    const std::string shown = text::printable(name);
    if (name.empty() || name.front() == '/' || name.find('\0') != std::string_view::npos)
        return error("'{}' is no name for a file of an archive", shown);
    const std::optional<std::size_t> cut = cut_of(name);
    if (!cut)
        return error(
            "the name '{}' does not fit into an archive: no slash cuts it into at most {} and at most {} bytes", shown,
            sizeof Header::prefix, sizeof Header::name);
    if (contents.size() > most_file_bytes)
        return error("{} is too large for an archive: {}", shown, text::size(contents.size()));

    Header header{};
    const std::string_view rest = *cut == 0 ? name : name.substr(*cut + 1);
    std::ranges::copy(rest, header.name);
    std::ranges::copy(name.substr(0, *cut), header.prefix);
    put_octal(header.mode, type == '5' ? 0755 : 0644);
    put_octal(header.uid, 0);
    put_octal(header.gid, 0);
    put_octal(header.size, contents.size());
    put_octal(header.mtime, 0);
    header.type = type;
    std::memcpy(header.magic, "ustar", sizeof header.magic);
    std::memcpy(header.version, "00", sizeof header.version);
    put_octal(header.devmajor, 0);
    put_octal(header.devminor, 0);
    put_octal(header.checksum, checksum_of(header));

    const std::size_t at = bytes_.size();
    bytes_.resize(at + block + in_blocks(contents.size()));
    std::memcpy(bytes_.data() + at, &header, sizeof header);
    std::ranges::copy(contents, bytes_.begin() + static_cast<std::ptrdiff_t>(at + block));
    return Ok{};
}

Status Ustar::add_directory(std::string_view name) {
    return add(std::string(name) + (name.empty() || name.ends_with('/') ? "" : "/"), '5', {});
}
Status Ustar::add_file(std::string_view name, ByteSpan contents) {
    if (name.ends_with('/')) return error("'{}' is the name of a directory", text::printable(name));
    return add(name, '0', contents);
}

Status Ustar::append(ByteSpan archive) {
    const Result<u64> size = members_size(archive);
    if (!size) return size.error();
    bytes_.insert(bytes_.end(), archive.begin(), archive.begin() + static_cast<std::ptrdiff_t>(*size));
    bytes_.resize(in_blocks(bytes_.size()));
    return Ok{};
}

Bytes Ustar::finish() && {
    bytes_.resize(bytes_.size() + 2 * block);
    return std::move(bytes_);
}
}  // namespace ring
