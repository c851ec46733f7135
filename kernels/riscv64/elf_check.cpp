// Steps 2 and 3: is this file a program that we can run, and which parts of it? Every number in it was written by
// somebody else: none is used before it is checked here. Headers are copied out, since nothing promises that they are
// aligned.
#include "cpu.hpp"
#include "elf_load.hpp"
#include "layout.hpp"

namespace {

const char* check_segment(const elf64::ProgramHeader& segment, u64 size) {
    if (segment.filesz > segment.memsz) return "a segment has more bytes in the file than in memory";
    // Subtraction, not addition: offset + filesz could wrap around and look small.
    if (segment.offset > size || segment.filesz > size - segment.offset)
        return "a segment runs past the end of the file";
    if (segment.vaddr + segment.memsz < segment.vaddr) return "a segment runs past the end of the address space";
    if ((segment.flags & (elf64::pf_r | elf64::pf_w | elf64::pf_x)) == 0) return "a segment may not be used at all";
    return nullptr;
}

}  // namespace

extern "C" [[gnu::noinline]] const char* check_elf(const File& file, elf64::Header& header) {
    if (file.size < sizeof header) return "shorter than an ELF header";
    memcpy(&header, file.bytes, sizeof header);
    const u8* ident = header.ident;
    if (ident[0] != 0x7f || ident[1] != 'E' || ident[2] != 'L' || ident[3] != 'F') return "no ELF magic number";
    if (ident[4] != elf64::class_64) return "not a 64-bit ELF file";
    if (ident[5] != elf64::data_little_endian) return "not little-endian";
    if (ident[6] != elf64::version_current || header.version != elf64::version_current) return "unknown ELF version";
    if (header.type != elf64::type_exec && header.type != elf64::type_dyn) return "neither ET_EXEC nor ET_DYN";
    if (header.machine != elf64::machine_riscv) return "not for RISC-V";
    if (header.phentsize != sizeof(elf64::ProgramHeader)) return "program headers of a wrong size";
    if (header.phnum == 0) return "no program headers";
    if (header.phoff > file.size || header.phnum * sizeof(elf64::ProgramHeader) > file.size - header.phoff)
        return "the program headers run past the end of the file";
    return nullptr;
}

extern "C" [[gnu::noinline]] const char* find_load_segments(const File& file, const elf64::Header& header,
                                                            Segments& segments) {
    segments.count = 0;
    bool entry_found = false;
    for (u64 i = 0; i < header.phnum; i++) {
        elf64::ProgramHeader segment;
        memcpy(&segment, file.bytes + header.phoff + i * sizeof segment, sizeof segment);
        if (segment.type == elf64::pt_interp) return "wants a dynamic linker; link it with -static";
        if (segment.type != elf64::pt_load || segment.memsz == 0) continue;
        if (const char* wrong = check_segment(segment, file.size)) return wrong;
        // "Loadable segment entries appear in ascending order, sorted on the p_vaddr member" - and an overlap would
        // mean two answers to what a byte is.
        if (segments.count > 0 && segment.vaddr < segments.end) return "segments overlap or are not in ascending order";
        if (segments.count == segment_limit) return "more than 16 segments";
        if (segments.count == 0) segments.start = segment.vaddr;
        segments.end = segment.vaddr + segment.memsz;
        segments.list[segments.count++] = segment;
        if ((segment.flags & elf64::pf_x) != 0 && header.entry >= segment.vaddr && header.entry < segments.end)
            entry_found = true;
    }
    if (segments.count == 0) return "nothing to load";
    if (!entry_found) return "the entry point is not in an executable segment";
    return nullptr;
}
