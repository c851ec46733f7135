#include "initrd.hpp"

#include "boot_info.hpp"
#include "console.hpp"
#include "cpu.hpp"
#include "errno.hpp"
#include "fs.hpp"
#include "layout.hpp"
#include "stop.hpp"

namespace {

struct Header {
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, linkname[100];
    char magic[6], version[2], uname[32], gname[32], devmajor[8], devminor[8], prefix[155], unused[12];
};
constexpr u64 block_bytes = 512;
static_assert(sizeof(Header) == block_bytes);

template <u64 size>
u64 octal(const char (&field)[size]) {
    u64 value = 0;
    for (char c : field) {
        if (c >= '0' && c <= '7') value = value * 8 + static_cast<u64>(c - '0');
    }
    return value;
}

// The sum of the header's bytes, with blanks in the place of the sum itself. Eight bytes at a time, as four sums of 16
// bits that cannot overflow: each gets 128 bytes. (Byte by byte this would be half of all instructions before the
// shell.)
u64 checksum(const Header& header) {
    constexpr u64 every_second_byte = 0x00ff00ff00ff00ff;
    u64 words[block_bytes / 8], sums = 0;
    memcpy(words, &header, block_bytes);
    for (u64 word : words) sums += (word & every_second_byte) + (word >> 8 & every_second_byte);
    u64 sum = (sums & 0xffff) + (sums >> 16 & 0xffff) + (sums >> 32 & 0xffff) + (sums >> 48);
    for (char c : header.checksum) sum += static_cast<u64>(' ') - static_cast<u8>(c);
    return sum;
}

template <u64 size>
u64 append(char* to, u64 at, const char (&field)[size]) {
    for (u64 i = 0; i < size && field[i] != '\0'; i++) to[at++] = field[i];
    return at;
}

// prefix/name, always from the root; 0 when the name climbs out of it.
u64 member_path(const Header& header, char (&path)[path_limit + 3]) {
    u64 length = 0;
    path[length++] = '/';
    if (header.prefix[0] != '\0') {
        length = append(path, length, header.prefix);
        path[length++] = '/';
    }
    length = append(path, length, header.name);
    for (u64 i = 0; i + 1 < length; i++) {
        const bool end = i + 3 == length || (i + 3 < length && path[i + 3] == '/');
        if (path[i] == '/' && path[i + 1] == '.' && i + 2 < length && path[i + 2] == '.' && end) return 0;
    }
    while (length > 1 && path[length - 1] == '/') length--;
    return length;
}

// The folders above a member, which an archive need not mention.
i64 make_parents(const char* path, u64 length) {
    for (u64 i = 1; i < length; i++) {
        Node* made = nullptr;
        if (path[i] != '/') continue;
        if (const i64 error = fs_create(path, i, true, &made); error != 0 && error != -EEXIST) return error;
    }
    return 0;
}

i64 add_member(const Header& header, u8* contents, u64 size) {
    char path[path_limit + 3];
    const u64 length = member_path(header, path);
    const bool directory = header.type == '5';
    if (length == 0) return -EINVAL;
    if (length == 1 || (length == 2 && path[1] == '.')) return 0;  // the root itself
    if (const i64 error = make_parents(path, length); error != 0) return error;
    Node* node = nullptr;
    const i64 error = fs_create(path, length, directory, &node);
    if (error != 0 && error != -EEXIST) return error;
    return directory ? 0 : fs_set_contents(node, contents, size, true);
}

}  // namespace

extern "C" void read_initrd_files() {
    u64 files = 0, skipped = 0;
    for (u64 at = 0; at + block_bytes <= boot.initrd_bytes;) {
        Header header;
        memcpy(&header, physical<u8>(boot.initrd_start + at), sizeof header);
        if (header.name[0] == '\0') break;  // a block of zeros ends the archive
        if (header.magic[0] != 'u' || header.magic[1] != 's' || checksum(header) != octal(header.checksum))
            panic("initrd: not a ustar archive");
        at += block_bytes;
        const u64 size = octal(header.size);
        if (size > boot.initrd_bytes - at) panic("initrd: the archive is cut off");
        if (header.type == '0' || header.type == '\0' || header.type == '5') {
            if (const i64 error = add_member(header, physical<u8>(boot.initrd_start + at), size); error != 0)
                panic(error == -ENOSPC ? "initrd: more files than the heap has room for"
                                       : "initrd: a name that cannot be a file's");
            files++;
        } else {
            skipped++;  // links and devices: there are none here
        }
        at += (size + block_bytes - 1) & ~(block_bytes - 1);
    }
    log("initrd: ", dec(files), " files and directories");
    if (skipped != 0) log(", ", dec(skipped), " members of other kinds left out");
    log("\n");
}
