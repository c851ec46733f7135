#include "elf_check.hpp"

#include "elf64.hpp"
#include "layout.hpp"

namespace {

constexpr u64 program_header_limit = 64;  // real programs have about ten

const char* check_header(const elf64::Header& header, u64 size) {
    const u8* ident = header.ident;
    if (ident[0] != 0x7f || ident[1] != 'E' || ident[2] != 'L' || ident[3] != 'F') return "no ELF magic number";
    if (ident[4] != elf64::class_64) return "not a 64-bit ELF file";
    if (ident[5] != elf64::data_little_endian) return "not little-endian";
    if (ident[6] != elf64::version_current || header.version != elf64::version_current) return "unknown ELF version";
    if (header.type != elf64::type_exec && header.type != elf64::type_dyn) return "neither ET_EXEC nor ET_DYN";
    if (header.machine != elf64::machine_x86_64) return "not for x86-64";
    if (header.phentsize != sizeof(elf64::ProgramHeader)) return "program headers of a wrong size";
    if (header.phnum == 0) return "no program headers";
    if (header.phnum > program_header_limit) return "more than 64 program headers";
    // Subtraction, not addition: phoff + phnum * 56 could wrap around and look small.
    if (header.phoff > size || header.phnum * sizeof(elf64::ProgramHeader) > size - header.phoff)
        return "the program headers run past the end of the file";
    if (header.phoff % 8 != 0) return "the program headers are not aligned";
    return nullptr;
}

const char* check_segment(const elf64::ProgramHeader& segment, u64 size, u64 base) {
    if (segment.filesz > segment.memsz) return "a segment has more bytes in the file than in memory";
    if (segment.offset > size || segment.filesz > size - segment.offset)
        return "a segment runs past the end of the file";
    // A segment in the kernel's half, or one that wraps into it, would hand the kernel's pages to the program.
    const u64 room = user_image_top - base;
    if (segment.vaddr >= room || segment.memsz > room - segment.vaddr) return "a segment lies outside the lower half";
    if (segment.vaddr + base < user_lowest) return "a segment lies in the first 64 KiB, where null pointers must fault";
    const u64 align = segment.align;
    if (align > 1) {
        if ((align & (align - 1)) != 0) return "a segment's alignment is not a power of two";
        if ((segment.vaddr - segment.offset) % align != 0) return "a segment's address and file offset do not agree";
    }
    return nullptr;
}

}  // namespace

extern "C" const char* check_elf(const u8* file, u64 size) {
    if (size < sizeof(elf64::Header)) return "shorter than an ELF header";
    const auto& header = *reinterpret_cast<const elf64::Header*>(file);
    if (const char* wrong = check_header(header, size)) return wrong;

    const auto* segments = reinterpret_cast<const elf64::ProgramHeader*>(file + header.phoff);
    const u64 base = header.type == elf64::type_dyn ? user_dynamic_base : 0;
    u64 previous_end = 0;
    bool entry_found = false;
    for (u64 i = 0; i < header.phnum; i++) {
        const elf64::ProgramHeader& segment = segments[i];
        if (segment.type == elf64::pt_interp) return "wants a dynamic linker; link it with -static";
        if (segment.type != elf64::pt_load || segment.memsz == 0) continue;
        if (const char* wrong = check_segment(segment, size, base)) return wrong;
        // "Loadable segment entries appear in ascending order, sorted on the p_vaddr member" - and an overlap would
        // mean two answers to what a byte is.
        if (segment.vaddr < previous_end) return "segments overlap or are not in ascending order";
        previous_end = segment.vaddr + segment.memsz;
        const bool executable = (segment.flags & elf64::pf_x) != 0;
        if (executable && header.entry >= segment.vaddr && header.entry < previous_end) entry_found = true;
    }
    if (previous_end == 0) return "nothing to load";
    if (!entry_found) return "the entry point is not in an executable segment";
    return nullptr;
}
