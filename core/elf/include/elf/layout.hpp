// The structures of ELF-64 that a loader reads, field by field: the only place where their offsets are written.
// Source: System V gABI, "ELF Header", "Program Header", "Section Header" (figures of Elf64_Ehdr, _Phdr, _Shdr).
#pragma once
#include "elf/byte_field.hpp"
#include "elf/names.hpp"

namespace ring::elf {
namespace ehdr {
inline constexpr u32 bytes = 64;
inline constexpr ByteField layout[] = {
    {"EI_MAG", 0, 4, "7f 45 4c 46, by which the file is recognised"},
    {"EI_CLASS", 4, 1, "width of addresses and offsets", Shown::Name, class_names},
    {"EI_DATA", 5, 1, "byte order of every number in the file", Shown::Name, data_names},
    {"EI_VERSION", 6, 1, "version of the identification bytes", Shown::Name, version_names},
    {"EI_OSABI", 7, 1, "whose extensions the file uses", Shown::Name, osabi_names},
    {"EI_ABIVERSION", 8, 1, "version of those extensions", Shown::Decimal},
    {"EI_PAD", 9, 7, "reserved, zero"},
    {"e_type", 16, 2, "what kind of object file this is", Shown::Name, type_names},
    {"e_machine", 18, 2, "the processor that the code is for", Shown::Name, machine_names},
    {"e_version", 20, 4, "version of the object file", Shown::Name, version_names},
    {"e_entry", 24, 8, "virtual address of the first instruction, 0 when there is none"},
    {"e_phoff", 32, 8, "file offset of the program headers, 0 when there are none"},
    {"e_shoff", 40, 8, "file offset of the section headers, 0 when there are none"},
    {"e_flags", 48, 4, "flags of the processor"},
    {"e_ehsize", 52, 2, "size of this header in bytes", Shown::Decimal},
    {"e_phentsize", 54, 2, "size of one program header in bytes", Shown::Decimal},
    {"e_phnum", 56, 2, "number of program headers; 65535: see section header 0", Shown::Decimal},
    {"e_shentsize", 58, 2, "size of one section header in bytes", Shown::Decimal},
    {"e_shnum", 60, 2, "number of section headers; 0: see section header 0", Shown::Decimal},
    {"e_shstrndx", 62, 2, "the section that holds the section names", Shown::Decimal},
};
static_assert(tiles_bytes(layout, bytes));
inline constexpr const ByteField &mag = layout[0], &class_ = layout[1], &data = layout[2], &ident_version = layout[3],
                                 &osabi = layout[4], &abiversion = layout[5], &pad = layout[6], &type = layout[7],
                                 &machine = layout[8], &version = layout[9], &entry = layout[10], &phoff = layout[11],
                                 &shoff = layout[12], &flags = layout[13], &ehsize = layout[14],
                                 &phentsize = layout[15], &phnum = layout[16], &shentsize = layout[17],
                                 &shnum = layout[18], &shstrndx = layout[19];
}  // namespace ehdr

namespace phdr {
inline constexpr u32 bytes = 56;
inline constexpr ByteField layout[] = {
    {"p_type", 0, 4, "what the segment is for", Shown::Name, segment_types},
    {"p_flags", 4, 4, "permissions in memory", Shown::Flags, segment_flags},
    {"p_offset", 8, 8, "file offset of its first byte"},
    {"p_vaddr", 16, 8, "virtual address of its first byte"},
    {"p_paddr", 24, 8, "physical address, where that matters (kernels)"},
    {"p_filesz", 32, 8, "bytes in the file"},
    {"p_memsz", 40, 8, "bytes in memory; those beyond p_filesz start as zeros"},
    {"p_align", 48, 8, "p_vaddr and p_offset are equal modulo this power of two"},
};
static_assert(tiles_bytes(layout, bytes));
inline constexpr const ByteField &type = layout[0], &flags = layout[1], &offset = layout[2], &vaddr = layout[3],
                                 &paddr = layout[4], &filesz = layout[5], &memsz = layout[6], &align = layout[7];
}  // namespace phdr

namespace shdr {
inline constexpr u32 bytes = 64;
inline constexpr ByteField layout[] = {
    {"sh_name", 0, 4, "where its name starts in the section of names"},
    {"sh_type", 4, 4, "what its bytes are", Shown::Name, section_types},
    {"sh_flags", 8, 8, "attributes", Shown::Flags, section_flags},
    {"sh_addr", 16, 8, "virtual address, 0 when not in memory"},
    {"sh_offset", 24, 8, "file offset of its first byte"},
    {"sh_size", 32, 8, "size in bytes"},
    {"sh_link", 40, 4, "another section, meant as sh_type says", Shown::Decimal},
    {"sh_info", 44, 4, "more, meant as sh_type says", Shown::Decimal},
    {"sh_addralign", 48, 8, "alignment of sh_addr, a power of two"},
    {"sh_entsize", 56, 8, "size of one entry, 0 when it is not a table"},
};
static_assert(tiles_bytes(layout, bytes));
inline constexpr const ByteField &name = layout[0], &type = layout[1], &flags = layout[2], &addr = layout[3],
                                 &offset = layout[4], &size = layout[5], &link = layout[6], &info = layout[7],
                                 &addralign = layout[8], &entsize = layout[9];
}  // namespace shdr
}  // namespace ring::elf
