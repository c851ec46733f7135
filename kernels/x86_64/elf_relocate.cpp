// R_X86_64_RELATIVE: "the word at offset is base + addend". The only relocation that a static, position-independent
// program needs before it can run; its own start-up code usually applies it too, with the same result.
#include "console.hpp"
#include "cpu.hpp"
#include "elf_load.hpp"
#include "layout.hpp"
#include "paging.hpp"
#include "stop.hpp"
#include "user_space.hpp"

namespace {

// The loaded image, read and written through the direct map: the kernel changes words in pages that the program itself
// may not write. False when a byte is not in a page of the program: its tables may say anything.
bool image_copy(u64 address, void* kernel, u64 size, bool to_image) {
    u8* bytes = static_cast<u8*>(kernel);
    while (size > 0) {
        const u64* entry = user_page_entry(address);
        if (entry == nullptr) return false;
        u8* image = direct<u8>(*entry & pte::address) + address % page_bytes;
        const u64 rest_of_page = page_bytes - address % page_bytes;
        const u64 now = size < rest_of_page ? size : rest_of_page;
        memcpy(to_image ? image : bytes, to_image ? bytes : image, now);
        address += now;
        bytes += now;
        size -= now;
    }
    return true;
}

}  // namespace

void relocate_program(const u8* file, const elf64::Header& header, u64 base) {
    const auto* segments = reinterpret_cast<const elf64::ProgramHeader*>(file + header.phoff);
    u64 table = 0, table_bytes = 0, applied = 0;
    for (u64 i = 0; i < header.phnum; i++) {
        if (segments[i].type != elf64::pt_dynamic) continue;
        for (u64 at = 0; at + sizeof(elf64::Dynamic) <= segments[i].memsz; at += sizeof(elf64::Dynamic)) {
            elf64::Dynamic entry;
            if (!image_copy(base + segments[i].vaddr + at, &entry, sizeof entry, false))
                refuse("the dynamic section is not in a loaded segment");
            if (entry.tag == elf64::dt_null) break;
            if (entry.tag == elf64::dt_rela) table = entry.value;
            if (entry.tag == elf64::dt_relasz) table_bytes = entry.value;
        }
    }
    for (u64 at = 0; at < table_bytes / sizeof(elf64::Rela) * sizeof(elf64::Rela); at += sizeof(elf64::Rela)) {
        elf64::Rela rela;
        if (!image_copy(base + table + at, &rela, sizeof rela, false))
            refuse("the relocation table is not in a loaded segment");
        // Others (IRELATIVE, thread-local offsets) are the start-up code's own business.
        if ((rela.info & 0xffffffff) != elf64::r_x86_64_relative) continue;
        u64 value = base + rela.addend;
        if (!image_copy(base + rela.offset, &value, sizeof value, true))
            refuse("a relocation points outside the loaded segments");
        applied++;
    }
    print("elf: base ", hex(base), ", ", dec(applied), " relative relocations\n");
}
