// Files in memory: a tree of nodes. A path is a number of bytes, not a zero-terminated text; it begins at the root if
// its first byte is '/', else at the working directory. "." and ".." are understood. The rule: contents that came with
// the initrd are used where they lie, and copied when they are first changed. Functions answer 0 or minus an error
// number. Not here: the archive (initrd.hpp), what programs may ask (syscalls.hpp).
#pragma once
#include "types.hpp"

struct Node {
    char* name;  // "" for the root
    Node *parent, *children, *next;
    bool directory;
    bool borrowed;  // `data` is not a piece of the heap
    u8* data;
    u64 size;
};

inline constexpr u64 path_limit = 255;

extern Node* working_directory;

extern "C" i64 fs_setup();
extern "C" i64 fs_find(const char* path, u64 length, Node** found);
// A new, empty file or directory. `made` is set also when there was one already (-EEXIST).
extern "C" i64 fs_create(const char* path, u64 length, bool directory, Node** made);
// `data` must be a piece of the heap unless `borrowed`; the node owns it from here on.
extern "C" i64 fs_set_contents(Node* node, u8* data, u64 size, bool borrowed);
extern "C" i64 fs_remove(const char* path, u64 length, bool directory);

// Prints "/", "/test", ...
void print_path(const Node* node);

// Why: the sentence for an error number.
const char* error_text(i64 error);
