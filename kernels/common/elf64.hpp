// The part of the ELF-64 file format that a program loader reads. System V ABI, "Object Files" (ELF header) and
// "Program Loading and Dynamic Linking" (program header, dynamic section); field names are the specification's. Not
// here: section headers. They are for linkers and debuggers; a loader must not need them.
#pragma once
#include "types.hpp"

namespace elf64 {

struct Header {
    u8 ident[16];      // 7f 45 4c 46, class, data, version, OS ABI, padding
    u16 type;          // ET_EXEC or ET_DYN
    u16 machine;       // EM_X86_64, EM_RISCV
    u32 version;       // 1
    u64 entry;         // the address of the first instruction
    u64 phoff, shoff;  // file offsets of the two tables
    u32 flags;
    u16 ehsize;            // 64, the size of this header
    u16 phentsize, phnum;  // 56, and how many program headers there are
    u16 shentsize, shnum, shstrndx;
};

struct ProgramHeader {
    u32 type, flags;  // PT_..., PF_...
    u64 offset;       // where its bytes are in the file ...
    u64 vaddr;        // ... and where they go in memory
    u64 paddr;        // unused for programs that run behind page tables
    u64 filesz;       // bytes in the file
    u64 memsz;        // bytes in memory; the ones beyond filesz are zero (.bss)
    u64 align;
};

struct Dynamic {
    u64 tag, value;
};
struct Rela {
    u64 offset, info, addend;
};

static_assert(sizeof(Header) == 64 && sizeof(ProgramHeader) == 56 && sizeof(Dynamic) == 16 && sizeof(Rela) == 24);

inline constexpr u8 class_64 = 2, data_little_endian = 1, version_current = 1;
inline constexpr u16 type_exec = 2, type_dyn = 3, machine_x86_64 = 62, machine_riscv = 243;
inline constexpr u32 pt_load = 1, pt_dynamic = 2, pt_interp = 3, pt_phdr = 6;
inline constexpr u32 pf_x = 1, pf_w = 2, pf_r = 4;
inline constexpr u64 dt_null = 0, dt_rela = 7, dt_relasz = 8, dt_relaent = 9;
inline constexpr u64 r_x86_64_relative = 8, r_riscv_relative = 3;

}  // namespace elf64
