// Small ELF files made in memory, by the system's <elf.h> and not by our own tables, so that the two check each other.
#pragma once
#include <elf.h>

#include <cstring>
#include <string>
#include <vector>

#include "base/types.hpp"

namespace ring::test {

// Segments and sections are added with their contents; build() lays the file out: header, program headers, contents
// (each at its offset), section headers. What a test wants broken it changes in the public structures, or in the bytes.
class ElfBuilder {
  public:
    Elf64_Ehdr header{};
    std::vector<Elf64_Phdr> segments;
    std::vector<Elf64_Shdr> sections;

    explicit ElfBuilder(u16 type = ET_EXEC, u16 machine = EM_X86_64) {
        std::memcpy(header.e_ident, ELFMAG, SELFMAG);
        header.e_ident[EI_CLASS] = ELFCLASS64;
        header.e_ident[EI_DATA] = ELFDATA2LSB;
        header.e_ident[EI_VERSION] = EV_CURRENT;
        header.e_type = type;
        header.e_machine = machine;
        header.e_version = EV_CURRENT;
        header.e_ehsize = sizeof(Elf64_Ehdr);
        header.e_phentsize = sizeof(Elf64_Phdr);
        header.e_shentsize = sizeof(Elf64_Shdr);
    }

    void put(u64 offset, ByteSpan bytes) {
        if (contents_.size() < offset + bytes.size()) contents_.resize(offset + bytes.size());
        std::copy(bytes.begin(), bytes.end(), contents_.begin() + static_cast<std::ptrdiff_t>(offset));
    }
    void put(u64 offset, std::string_view text) {
        put(offset, ByteSpan(reinterpret_cast<const u8*>(text.data()), text.size()));
    }
    void put_word(u64 offset, u64 value) {
        u8 bytes[8];
        std::memcpy(bytes, &value, 8);
        put(offset, ByteSpan(bytes));
    }

    Elf64_Phdr& segment(u32 type, u32 flags, u64 offset, u64 vaddr, u64 filesz, u64 memsz, u64 align = 0x1000) {
        segments.push_back({type, flags, offset, vaddr, vaddr, filesz, memsz, align});
        return segments.back();
    }
    // `bytes` go to `offset`; a PT_LOAD of exactly them.
    Elf64_Phdr& load(u32 flags, u64 offset, u64 vaddr, const Bytes& bytes) {
        put(offset, bytes);
        return segment(PT_LOAD, flags, offset, vaddr, bytes.size(), bytes.size());
    }
    // Section 0 comes by itself. The section of names must be added last, by names().
    Elf64_Shdr& section(const std::string& name, u32 type, u64 flags, u64 addr, u64 offset, u64 size) {
        if (sections.empty()) sections.push_back({});
        Elf64_Shdr header_of_it{};
        header_of_it.sh_name = static_cast<u32>(names_.size());
        header_of_it.sh_type = type;
        header_of_it.sh_flags = flags;
        header_of_it.sh_addr = addr;
        header_of_it.sh_offset = offset;
        header_of_it.sh_size = size;
        header_of_it.sh_addralign = 1;
        names_ += name + '\0';
        sections.push_back(header_of_it);
        return sections.back();
    }
    void names() {
        section(".shstrtab", SHT_STRTAB, 0, 0, 0, 0);
        sections.back().sh_offset = contents_.size();
        sections.back().sh_size = names_.size();
        put(contents_.size(), names_);
        header.e_shstrndx = static_cast<u16>(sections.size() - 1);
    }

    Bytes build() {
        if (!segments.empty()) {
            header.e_phoff = sizeof header;
            header.e_phnum = static_cast<u16>(segments.size());
        }
        Bytes file = contents_;
        file.resize(std::max<std::size_t>(file.size(), sizeof header + segments.size() * sizeof(Elf64_Phdr)));
        if (!sections.empty()) {
            file.resize((file.size() + 7) & ~std::size_t{7});
            header.e_shoff = file.size();
            header.e_shnum = static_cast<u16>(sections.size());
            file.resize(file.size() + sections.size() * sizeof(Elf64_Shdr));
            std::memcpy(file.data() + header.e_shoff, sections.data(), sections.size() * sizeof(Elf64_Shdr));
        }
        std::memcpy(file.data(), &header, sizeof header);
        if (!segments.empty())
            std::memcpy(file.data() + sizeof header, segments.data(), segments.size() * sizeof(Elf64_Phdr));
        return file;
    }

  private:
    Bytes contents_;
    std::string names_ = std::string(1, '\0');
};

// An executable with text, data and zeros, that breaks no rule: text at 0x401000, data at 0x402000 (8 bytes of file,
// 0x1000 of memory), section headers for both.
inline ElfBuilder sound_executable() {
    ElfBuilder elf;
    elf.load(PF_R | PF_X, 0x1000, 0x401000, Bytes(16, 0x90));
    elf.load(PF_R | PF_W, 0x2000, 0x402000, Bytes(8, 0x42)).p_memsz = 0x1000;
    elf.header.e_entry = 0x401000;
    elf.section(".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 0x401000, 0x1000, 16);
    elf.section(".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 0x402000, 0x2000, 8);
    elf.section(".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, 0x402008, 0x2008, 0xff8);
    elf.names();
    return elf;
}
}  // namespace ring::test
