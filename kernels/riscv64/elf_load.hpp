// From a file to a program in the user window, in the eight steps of "User Programs":
//
//   1  read_program_file       the file's bytes
//   2  check_elf               the headers, before anything in them is believed
//   3  find_load_segments      which parts of the file become memory
//   4  relocation_offset       how far from where it was linked the program will lie
//   5  copy_segments           pages, permissions, bytes
//   6  zero_fill_bss           the memory that the file has no bytes for
//   7  build_user_stack        argc and argv (user_stack.hpp)
//   8  enter_user_trampoline   sret to the entry (enter_user.hpp)
#pragma once
#include "elf64.hpp"
#include "types.hpp"

struct File {
    const u8* bytes;
    u64 size;
};

inline constexpr u64 segment_limit = 16;
struct Segments {
    elf64::ProgramHeader list[segment_limit];  // every PT_LOAD with memory, in ascending order
    u64 count;
    u64 start, end;  // from the first byte to behind the last one, where they were linked
};

struct Program {
    u64 entry;
    u64 end;  // the first byte behind its segments
};

// Steps 1 to 6. 0, or a code with a sentence printed.
extern "C" i64 load_program(const char* path, Program& program);

extern "C" {
i64 read_program_file(const char* path, File& file);
const char* check_elf(const File& file, elf64::Header& header);
const char* find_load_segments(const File& file, const elf64::Header& header, Segments& segments);
const char* relocation_offset(const elf64::Header& header, const Segments& segments, u64& offset);
const char* copy_segments(const File& file, const Segments& segments, u64 offset);
void zero_fill_bss(const Segments& segments, u64 offset);
}

// elf_relocate.cpp: a program that was moved contains addresses that must move with it.
const char* relocate_program(const File& file, const elf64::Header& header, u64 offset);

// The loaded image as the kernel sees it: pages that the program may not write can be written here. False when a byte
// lies in no page of the program.
bool image_write(u64 address, const void* from, u64 size);
bool image_read(u64 address, void* to, u64 size);
