#include "elf_load.hpp"

#include "command_line.hpp"
#include "console.hpp"
#include "cpu.hpp"
#include "elf_check.hpp"
#include "frames.hpp"
#include "layout.hpp"
#include "paging.hpp"
#include "start_info.hpp"
#include "stop.hpp"
#include "user_space.hpp"

namespace {

void print_permissions(u64 entry) { print("R", (entry & pte::W) != 0 ? "W" : "-", (entry & pte::NX) != 0 ? "-" : "X"); }

// x86-64 knows no "not readable": a present page can be read. PF_R alone is the absence of W and of X.
u64 page_permissions(u32 flags) {
    // break=nx-code: text that may not be executed.
    if (variant == Variant::nx_code) flags &= ~elf64::pf_x;
    return ((flags & elf64::pf_w) != 0 ? pte::W : 0) | ((flags & elf64::pf_x) != 0 ? 0 : pte::NX);
}

}  // namespace

extern "C" [[gnu::noinline]] void load_segment(const u8* file, const elf64::ProgramHeader& segment, u64 base) {
    const u64 start = segment.vaddr + base, end = start + segment.memsz, file_end = start + segment.filesz;
    const u64 permissions = page_permissions(segment.flags);
    if ((page_up(end) - page_down(start)) / page_bytes > frames_left()) refuse("it needs more memory than there is");

    for (u64 page = page_down(start); page < end; page += page_bytes) {
        u8* bytes = map_user_page(page, permissions);
        if (bytes == nullptr) refuse("it needs more memory than there is");
        // The part of the file that falls into this page. What is beyond it stays zero, as the frame came: that is
        // .bss.
        const u64 from = page > start ? page : start;
        const u64 to = page + page_bytes < file_end ? page + page_bytes : file_end;
        if (from < to) memcpy(bytes + (from - page), file + segment.offset + (from - start), to - from);
    }
    print("elf: LOAD ", hex(start), " filesz ", hex(segment.filesz), " memsz ", hex(segment.memsz), ", pages ",
          hex(page_down(start)), "-", hex(page_up(end)), " ");
    print_permissions(permissions);
    print("\n");
}

namespace {

// A page that can be written and executed lets one bug write code. It is allowed, since the file asked for it, but
// said. `checked` is where the segment before this one ended: a page that both touch is reported once.
void report_writable_code(u64 from, u64 to, u64 checked) {
    for (u64 page = from < checked ? checked : page_down(from); page < to; page += page_bytes) {
        const u64* entry = user_page_entry(page);
        if (entry != nullptr && (*entry & pte::W) != 0 && (*entry & pte::NX) == 0)
            print("elf: warning: page ", hex(page), " is writable and executable\n");
    }
}

}  // namespace

extern "C" Program load_user_program() {
    if (boot.module_bytes == 0) refuse("there is none; give the program with -initrd");
    const u8* file = direct<const u8>(boot.module_start);
    if (const char* wrong = check_elf(file, boot.module_bytes)) refuse(wrong);

    const auto& header = *reinterpret_cast<const elf64::Header*>(file);
    const auto* segments = reinterpret_cast<const elf64::ProgramHeader*>(file + header.phoff);
    const u64 base = header.type == elf64::type_dyn ? user_dynamic_base : 0;
    Program program{header.entry + base, 0, header.phnum, 0};
    print("elf: ", base == 0 ? "EXEC" : "DYN", ", entry ", hex(program.entry), ", ", dec(header.phnum),
          " program headers\n");

    for (u64 i = 0; i < header.phnum; i++) {
        const elf64::ProgramHeader& segment = segments[i];
        if (segment.type != elf64::pt_load || segment.memsz == 0) continue;
        load_segment(file, segment, base);
        program.end = segment.vaddr + base + segment.memsz;
        if (header.phoff >= segment.offset && header.phoff < segment.offset + segment.filesz)
            program.headers = segment.vaddr + base + (header.phoff - segment.offset);
    }
    if (base != 0) relocate_program(file, header, base);
    u64 checked = 0;
    for (u64 i = 0; i < header.phnum; i++) {
        const elf64::ProgramHeader& segment = segments[i];
        if (segment.type != elf64::pt_load || segment.memsz == 0) continue;
        const u64 start = segment.vaddr + base, end = start + segment.memsz;
        report_writable_code(start, end, checked);
        checked = page_up(end);
    }
    return program;
}
