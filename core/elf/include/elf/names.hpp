// The numbers of the ELF specification that have names, each once: the constants that code compares with, and the
// tables that text is printed from. Sources: System V gABI (chapters "Object Files" and "Program Loading and Dynamic
// Linking"), the x86-64 psABI, the RISC-V ELF psABI; the GNU extensions as the Linux Standard Base lists them.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "elf/byte_field.hpp"

namespace ring::elf {
namespace et {
inline constexpr u64 none = 0, rel = 1, exec = 2, dyn = 3, core = 4, os_low = 0xfe00;
}
namespace em {
inline constexpr u64 none = 0, x86_64 = 62, riscv = 243;
}
namespace pt {
inline constexpr u64 null = 0, load = 1, dynamic = 2, interp = 3, note = 4, shlib = 5, phdr = 6, tls = 7;
inline constexpr u64 gnu_eh_frame = 0x6474e550, gnu_stack = 0x6474e551, gnu_relro = 0x6474e552,
                     gnu_property = 0x6474e553, gnu_sframe = 0x6474e554, gnu_mbind_low = 0x6474e555,
                     gnu_mbind_high = 0x6474f554;
inline constexpr u64 os_low = 0x60000000, processor_low = 0x70000000, processor_high = 0x7fffffff;
}  // namespace pt
namespace pf {
inline constexpr u64 x = 1, w = 2, r = 4, os_mask = 0x0ff00000, processor_mask = 0xf0000000;
}
namespace sht {
inline constexpr u64 null = 0, progbits = 1, symtab = 2, strtab = 3, rela = 4, hash = 5, dynamic = 6, note = 7,
                     nobits = 8, rel = 9, shlib = 10, dynsym = 11, init_array = 14, fini_array = 15, preinit_array = 16,
                     group = 17, symtab_shndx = 18, relr = 19;
inline constexpr u64 gnu_hash = 0x6ffffff6, gnu_verdef = 0x6ffffffd, gnu_verneed = 0x6ffffffe, gnu_versym = 0x6fffffff;
inline constexpr u64 os_low = 0x60000000;
}  // namespace sht
namespace shf {
inline constexpr u64 write = 1, alloc = 2, execinstr = 4, merge = 0x10, strings = 0x20, info_link = 0x40,
                     link_order = 0x80, os_nonconforming = 0x100, group = 0x200, tls = 0x400, compressed = 0x800,
                     os_mask = 0x0ff00000, processor_mask = 0xf0000000;
}
namespace shn {
inline constexpr u64 undef = 0, loreserve = 0xff00, xindex = 0xffff;
}
inline constexpr u64 pn_xnum = 0xffff;

inline constexpr Named class_names[] = {{1, "ELFCLASS32", "32-bit objects"}, {2, "ELFCLASS64", "64-bit objects"}};
inline constexpr Named data_names[] = {{1, "ELFDATA2LSB", "little-endian"}, {2, "ELFDATA2MSB", "big-endian"}};
inline constexpr Named version_names[] = {{1, "EV_CURRENT", "the only version there is"}};
inline constexpr Named osabi_names[] = {
    {0, "ELFOSABI_NONE", "no extensions, or unspecified"},
    {1, "ELFOSABI_HPUX", ""},
    {2, "ELFOSABI_NETBSD", ""},
    {3, "ELFOSABI_GNU", "GNU extensions: indirect functions, unique symbols"},
    {6, "ELFOSABI_SOLARIS", ""},
    {7, "ELFOSABI_AIX", ""},
    {8, "ELFOSABI_IRIX", ""},
    {9, "ELFOSABI_FREEBSD", ""},
    {12, "ELFOSABI_OPENBSD", ""},
    {255, "ELFOSABI_STANDALONE", "runs without an operating system"},
};
inline constexpr Named type_names[] = {
    {et::none, "ET_NONE", "no file type"},
    {et::rel, "ET_REL", "relocatable file, input of a linker"},
    {et::exec, "ET_EXEC", "executable file at fixed addresses"},
    {et::dyn, "ET_DYN", "shared object or position-independent executable"},
    {et::core, "ET_CORE", "core file: memory of a process that died"},
};
inline constexpr Named machine_names[] = {
    {em::none, "EM_NONE", "no machine"}, {2, "EM_SPARC", "SPARC"},
    {3, "EM_386", "Intel 80386"},        {8, "EM_MIPS", "MIPS"},
    {20, "EM_PPC", "PowerPC"},           {21, "EM_PPC64", "PowerPC 64-bit"},
    {22, "EM_S390", "IBM System/390"},   {40, "EM_ARM", "ARM 32-bit"},
    {42, "EM_SH", "Hitachi SH"},         {43, "EM_SPARCV9", "SPARC version 9"},
    {50, "EM_IA_64", "Intel IA-64"},     {em::x86_64, "EM_X86_64", "AMD and Intel x86-64"},
    {183, "EM_AARCH64", "ARM 64-bit"},   {em::riscv, "EM_RISCV", "RISC-V"},
    {247, "EM_BPF", "Linux BPF"},        {258, "EM_LOONGARCH", "LoongArch"},
};
inline constexpr Named segment_types[] = {
    {pt::null, "PT_NULL", "unused entry"},
    {pt::load, "PT_LOAD", "bytes to be copied to memory"},
    {pt::dynamic, "PT_DYNAMIC", "the dynamic array: what a dynamic linker needs"},
    {pt::interp, "PT_INTERP", "path of the program interpreter (the dynamic linker)"},
    {pt::note, "PT_NOTE", "notes: named facts for loaders and tools"},
    {pt::shlib, "PT_SHLIB", "reserved, no meaning"},
    {pt::phdr, "PT_PHDR", "the program headers themselves, in memory"},
    {pt::tls, "PT_TLS", "template of thread-local storage"},
    {pt::gnu_eh_frame, "PT_GNU_EH_FRAME", "index of the unwind tables"},
    {pt::gnu_stack, "PT_GNU_STACK", "whether the stack must be executable"},
    {pt::gnu_relro, "PT_GNU_RELRO", "read-only once relocations are applied"},
    {pt::gnu_property, "PT_GNU_PROPERTY", "properties of the processor in use, as a note"},
    {pt::gnu_sframe, "PT_GNU_SFRAME", "stack trace tables"},
};
inline constexpr Named riscv_segment_types[] = {{0x70000003, "PT_RISCV_ATTRIBUTES", "the instruction set in use"}};
inline constexpr Named segment_flags[] = {
    {pf::r, "PF_R", "readable"}, {pf::w, "PF_W", "writable"}, {pf::x, "PF_X", "executable"}};
inline constexpr Named section_types[] = {
    {sht::null, "SHT_NULL", "inactive header"},
    {sht::progbits, "SHT_PROGBITS", "the program's own bytes"},
    {sht::symtab, "SHT_SYMTAB", "symbols"},
    {sht::strtab, "SHT_STRTAB", "strings"},
    {sht::rela, "SHT_RELA", "relocations with addends"},
    {sht::hash, "SHT_HASH", "hash table of symbols"},
    {sht::dynamic, "SHT_DYNAMIC", "the dynamic array"},
    {sht::note, "SHT_NOTE", "notes"},
    {sht::nobits, "SHT_NOBITS", "memory that starts as zeros, no bytes in the file"},
    {sht::rel, "SHT_REL", "relocations without addends"},
    {sht::shlib, "SHT_SHLIB", "reserved, no meaning"},
    {sht::dynsym, "SHT_DYNSYM", "symbols for dynamic linking"},
    {sht::init_array, "SHT_INIT_ARRAY", "pointers to functions run at start"},
    {sht::fini_array, "SHT_FINI_ARRAY", "pointers to functions run at exit"},
    {sht::preinit_array, "SHT_PREINIT_ARRAY", "pointers to functions run before all others"},
    {sht::group, "SHT_GROUP", "sections that belong together"},
    {sht::symtab_shndx, "SHT_SYMTAB_SHNDX", "section indices of symbols, extended"},
    {sht::relr, "SHT_RELR", "relative relocations, packed"},
    {0x6ffffff5, "SHT_GNU_ATTRIBUTES", "attributes of the object"},
    {sht::gnu_hash, "SHT_GNU_HASH", "hash table of symbols, GNU form"},
    {0x6ffffff7, "SHT_GNU_LIBLIST", "prelink library list"},
    {sht::gnu_verdef, "SHT_GNU_verdef", "symbol versions defined here"},
    {sht::gnu_verneed, "SHT_GNU_verneed", "symbol versions needed"},
    {sht::gnu_versym, "SHT_GNU_versym", "version of every dynamic symbol"},
    {0x6fff4c03, "SHT_LLVM_ADDRSIG", "symbols whose address matters"},
    {0x6fff4c00, "SHT_LLVM_ODRTAB", "LLVM table of definitions"},
};
inline constexpr Named x86_64_section_types[] = {{0x70000001, "SHT_X86_64_UNWIND", "unwind tables"}};
inline constexpr Named riscv_section_types[] = {{0x70000003, "SHT_RISCV_ATTRIBUTES", "the instruction set in use"}};
inline constexpr Named section_flags[] = {
    {shf::write, "SHF_WRITE", "writable in memory"},
    {shf::alloc, "SHF_ALLOC", "occupies memory"},
    {shf::execinstr, "SHF_EXECINSTR", "holds instructions"},
    {shf::merge, "SHF_MERGE", "equal entries may be merged"},
    {shf::strings, "SHF_STRINGS", "holds NUL-terminated strings"},
    {shf::info_link, "SHF_INFO_LINK", "sh_info is a section index"},
    {shf::link_order, "SHF_LINK_ORDER", "keeps the order of the linked section"},
    {shf::os_nonconforming, "SHF_OS_NONCONFORMING", "needs special handling by the system"},
    {shf::group, "SHF_GROUP", "member of a group"},
    {shf::tls, "SHF_TLS", "thread-local"},
    {shf::compressed, "SHF_COMPRESSED", "compressed"},
    {0x00200000, "SHF_GNU_RETAIN", "kept by garbage collection"},
    {0x80000000, "SHF_EXCLUDE", "left out of the linked file"},
};

const Named* find(std::span<const Named> table, u64 value);
// "PT_LOAD", "SHT_PROGBITS", or the number. Types from 0x70000000 have a meaning only together with e_machine.
std::string segment_type_name(u64 type, u64 machine);
std::string section_type_name(u64 type, u64 machine);
std::string rwx(u64 segment_flag_bits);  // "R-X"
}  // namespace ring::elf
