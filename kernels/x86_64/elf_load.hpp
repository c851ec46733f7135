// From a file to pages: each PT_LOAD segment becomes pages of the program, byte by byte where the file says.
#pragma once
#include "elf64.hpp"
#include "types.hpp"

struct Program {
    u64 entry;
    u64 headers;  // where the program can find its own program headers, 0 when no segment holds them
    u64 header_count;
    u64 end;  // the first byte after the last segment: the heap starts at the next page
};

extern "C" Program load_user_program();

// One PT_LOAD segment, `base` bytes above where it was linked.
extern "C" void load_segment(const u8* file, const elf64::ProgramHeader& segment, u64 base);

// elf_relocate.cpp: a position-independent program contains addresses that were linked for base 0.
void relocate_program(const u8* file, const elf64::Header& header, u64 base);
