// R_RISCV_RELATIVE: "the word at offset is base + addend". The only relocation that a static, position-independent
// program needs before it can run.
#include "console.hpp"
#include "cpu.hpp"
#include "elf_load.hpp"

namespace {

constexpr u64 table_limit = 1 << 16;

const char* apply(u64 table, u64 bytes, u64 offset) {
    u64 applied = 0;
    if (bytes > table_limit) return "too many relocations";
    for (u64 at = 0; at + sizeof(elf64::Rela) <= bytes; at += sizeof(elf64::Rela)) {
        elf64::Rela rela;
        if (!image_read(table + offset + at, &rela, sizeof rela))
            return "the relocation table is not in a loaded segment";
        if ((rela.info & 0xffffffff) != elf64::r_riscv_relative) return "wants a dynamic linker's relocations";
        const u64 value = rela.addend + offset;
        if (!image_write(rela.offset + offset, &value, sizeof value))
            return "a relocation points outside the loaded segments";
        applied++;
    }
    log("elf: ", dec(applied), " relative relocations\n");
    return nullptr;
}

}  // namespace

const char* relocate_program(const File& file, const elf64::Header& header, u64 offset) {
    u64 table = 0, bytes = 0;
    for (u64 i = 0; i < header.phnum; i++) {
        elf64::ProgramHeader segment;
        memcpy(&segment, file.bytes + header.phoff + i * sizeof segment, sizeof segment);
        if (segment.type != elf64::pt_dynamic) continue;
        for (u64 at = 0; at < segment.memsz && segment.memsz - at >= sizeof(elf64::Dynamic);
             at += sizeof(elf64::Dynamic)) {
            elf64::Dynamic entry;
            if (!image_read(segment.vaddr + offset + at, &entry, sizeof entry))
                return "the dynamic section is not in a loaded segment";
            if (entry.tag == elf64::dt_null) break;
            if (entry.tag == elf64::dt_rela) table = entry.value;
            if (entry.tag == elf64::dt_relasz) bytes = entry.value;
        }
    }
    return bytes == 0 ? nullptr : apply(table, bytes, offset);
}
