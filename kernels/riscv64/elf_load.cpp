#include "elf_load.hpp"

#include "console.hpp"
#include "cpu.hpp"
#include "errno.hpp"
#include "fs.hpp"
#include "layout.hpp"
#include "paging.hpp"
#include "stop.hpp"
#include "user_space.hpp"
#include "user_stack.hpp"
#include "words.hpp"

namespace {

// A leaf with W must have R too, so a segment that says "write" alone can be read as well. X alone is possible: code
// that cannot be read.
u64 page_permissions(u32 flags) {
    return ((flags & elf64::pf_r) != 0 ? pte::R : 0) | ((flags & elf64::pf_w) != 0 ? pte::R | pte::W : 0) |
           ((flags & elf64::pf_x) != 0 ? pte::X : 0);
}

void log_permissions(u64 bits) {
    log((bits & pte::R) != 0 ? "R" : "-", (bits & pte::W) != 0 ? "W" : "-", (bits & pte::X) != 0 ? "X" : "-");
}

template <typename Copy>
bool image_copy(u64 address, u64 size, Copy copy) {
    while (size > 0) {
        const u64* entry = user_page_entry(address);
        if (entry == nullptr) return false;
        const u64 rest_of_page = page_bytes - address % page_bytes;
        const u64 now = size < rest_of_page ? size : rest_of_page;
        copy(physical<u8>(address_of(*entry)) + address % page_bytes, now);
        address += now;
        size -= now;
    }
    return true;
}

// A page that can be written and executed lets one bug write code (W^X). It is allowed, since the file asked for it,
// but said.
void report_writable_code(u64 start, u64 end) {
    for (u64 page = page_down(start); page < end; page += page_bytes) {
        const u64* entry = user_page_entry(page);
        if (entry != nullptr && (*entry & pte::W) != 0 && (*entry & pte::X) != 0)
            log("elf: warning: page ", hex(page), " is writable and executable\n");
    }
}

}  // namespace

bool image_write(u64 address, const void* from, u64 size) {
    const u8* bytes = static_cast<const u8*>(from);
    return image_copy(address, size, [&bytes](u8* image, u64 now) {
        memcpy(image, bytes, now);
        bytes += now;
    });
}

bool image_read(u64 address, void* to, u64 size) {
    u8* bytes = static_cast<u8*>(to);
    return image_copy(address, size, [&bytes](u8* image, u64 now) {
        memcpy(bytes, image, now);
        bytes += now;
    });
}

extern "C" [[gnu::noinline]] i64 read_program_file(const char* path, File& file) {
    Node* node = nullptr;
    i64 error = fs_find(path, length(path), &node);
    if (error == 0 && node->directory) error = -EISDIR;
    if (error != 0) {
        print("run: ", path, ": ", error_text(error), "\n");
        return error == -ENOENT ? code_not_found : code_refused;
    }
    file = {node->data, node->size};  // where it lies: the bytes are copied once, into the program's pages
    return 0;
}

// A position-independent program (ET_DYN) goes to the beginning of the window, wherever it was linked; others are bound
// to their addresses, and have to fit.
extern "C" [[gnu::noinline]] const char* relocation_offset(const elf64::Header& header, const Segments& segments,
                                                           u64& offset) {
    offset = header.type == elf64::type_dyn ? user_start - page_down(segments.start) : 0;
    const u64 start = segments.start + offset, bytes = segments.end - segments.start;
    if (start < user_start || start >= user_top || bytes > user_top - start)
        return header.type == elf64::type_dyn
                   ? "larger than the window 0x80400000-0x80420000"
                   : "linked for addresses outside the window 0x80400000-0x80420000, and not position-independent";
    if (page_up(start + bytes) + smallest_stack > user_top) return "leaves no room for a stack below 0x80420000";
    return nullptr;
}

extern "C" [[gnu::noinline]] const char* copy_segments(const File& file, const Segments& segments, u64 offset) {
    for (u64 i = 0; i < segments.count; i++) {
        const elf64::ProgramHeader& segment = segments.list[i];
        const u64 start = segment.vaddr + offset, end = start + segment.memsz;
        const u64 permissions = page_permissions(segment.flags);
        for (u64 page = page_down(start); page < end; page += page_bytes) {
            if (map_user_page(page, permissions) == nullptr) return "needs more memory than there is";
        }
        image_write(start, file.bytes + segment.offset, segment.filesz);
        log("elf: LOAD ", hex(start), " filesz ", hex(segment.filesz), " memsz ", hex(segment.memsz), ", pages ",
            hex(page_down(start)), "-", hex(page_up(end)), " ");
        log_permissions(permissions);
        log("\n");
    }
    return nullptr;
}

// Zeros over zeros, here: frames come cleared, and copy_segments copies no byte more than the file has for a segment. A
// step of its own all the same, because a loader that takes whole pages from the file finds something else
// behind the data.
extern "C" [[gnu::noinline]] void zero_fill_bss(const Segments& segments, u64 offset) {
    for (u64 i = 0; i < segments.count; i++) {
        const elf64::ProgramHeader& segment = segments.list[i];
        image_copy(segment.vaddr + offset + segment.filesz, segment.memsz - segment.filesz,
                   [](u8* image, u64 now) { memset(image, 0, now); });
    }
}

extern "C" i64 load_program(const char* path, Program& program) {
    File file{};
    elf64::Header header;
    Segments segments;
    u64 offset = 0;
    if (const i64 code = read_program_file(path, file); code != 0) return code;
    const char* wrong = check_elf(file, header);
    if (wrong == nullptr) wrong = find_load_segments(file, header, segments);
    if (wrong == nullptr) wrong = relocation_offset(header, segments, offset);
    if (wrong == nullptr) {
        log("elf: ", header.type == elf64::type_dyn ? "DYN" : "EXEC", ", entry ", hex(header.entry + offset),
            ", relocation offset ", hex(offset), "\n");
        wrong = copy_segments(file, segments, offset);
    }
    if (wrong == nullptr) zero_fill_bss(segments, offset);
    if (wrong == nullptr && offset != 0) wrong = relocate_program(file, header, offset);
    if (wrong != nullptr) {
        print("run: ", path, ": refused: ", wrong, "\n");
        return code_refused;
    }
    fence_instructions();
    report_writable_code(segments.start + offset, segments.end + offset);
    program = {header.entry + offset, segments.end + offset};
    // The stack has what its half of the window has left. One page between it and the data belongs to nobody.
    const u64 lowest = page_up(program.end) + page_bytes;
    set_stack_bottom(lowest > user_data_start ? lowest : user_data_start);
    return 0;
}
