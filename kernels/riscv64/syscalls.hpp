// System calls: a7 = number, a0... = arguments; the answer is in a0, a value or minus an error number.
// The rule: a pointer is a number until copy_from_user or copy_to_user has looked it up.
#pragma once
#include "types.hpp"

enum class Syscall : u64 {
    write = 1,        // descriptor (1 or 2), bytes, how many -> how many
    exit = 2,         // code
    file_write = 3,   // path, its length, bytes, how many -> how many; the file is made, or what it held replaced
    file_read = 4,    // path, its length, buffer, its size -> how many bytes; a directory reads as one name a line
    file_create = 5,  // path, its length
    file_delete = 6,  // path, its length
    dir_create = 7,   // path, its length
    dir_delete = 8,   // path, its length
};

extern "C" i64 syscall_handler(u64 number, const u64* arguments);

// syscall_files.cpp
i64 sys_file_write(u64 path, u64 path_length, u64 bytes, u64 size);
i64 sys_file_read(u64 path, u64 path_length, u64 buffer, u64 size);
i64 sys_create(u64 path, u64 path_length, bool directory);
i64 sys_delete(u64 path, u64 path_length, bool directory);
