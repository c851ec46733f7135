// The six calls about files. Each takes its path as an address and a number of bytes.
#include "errno.hpp"
#include "fs.hpp"
#include "heap.hpp"
#include "paging.hpp"
#include "syscalls.hpp"
#include "user_space.hpp"
#include "words.hpp"

namespace {

struct Path {
    char text[path_limit];
    u64 length;
};

i64 copy_path(u64 address, u64 length, Path& path) {
    if (length == 0) return -EINVAL;
    if (length > path_limit) return -ENAMETOOLONG;
    if (!copy_from_user(path.text, address, length)) return -EFAULT;
    for (u64 i = 0; i < length; i++) {
        if (path.text[i] == '\0') return -EINVAL;
    }
    path.length = length;
    return 0;
}

// One name a line, directories with a slash, in the order of names; as much as there is room for.
i64 read_directory(const Node* directory, u64 buffer, u64 size) {
    u64 at = 0;
    const auto give = [&](const char* text, u64 bytes) {
        const u64 now = bytes < size - at ? bytes : size - at;
        copy_to_user(buffer + at, text, now);
        at += now;
    };
    for (const Node* node = directory->children; node != nullptr; node = node->next) {
        give(node->name, length(node->name));
        if (node->directory) give("/", 1);
        give("\n", 1);
    }
    return static_cast<i64>(at);
}

}  // namespace

i64 sys_file_read(u64 address, u64 path_length, u64 buffer, u64 size) {
    Path path;
    Node* node = nullptr;
    if (const i64 error = copy_path(address, path_length, path); error != 0) return error;
    if (!user_can(buffer, size, pte::W)) return -EFAULT;
    if (const i64 error = fs_find(path.text, path.length, &node); error != 0) return error;
    if (node->directory) return read_directory(node, buffer, size);
    const u64 now = node->size < size ? node->size : size;
    copy_to_user(buffer, node->data, now);
    return static_cast<i64>(now);
}

i64 sys_file_write(u64 address, u64 path_length, u64 bytes, u64 size) {
    Path path;
    Node* node = nullptr;
    if (const i64 error = copy_path(address, path_length, path); error != 0) return error;
    if (!user_can(bytes, size, pte::R)) return -EFAULT;
    u8* copy = static_cast<u8*>(heap_allocate(size));
    if (copy == nullptr) return -ENOSPC;
    copy_from_user(copy, bytes, size);
    i64 error = fs_create(path.text, path.length, false, &node);
    if (error == 0 || error == -EEXIST) error = fs_set_contents(node, copy, size, false);
    if (error == 0) return static_cast<i64>(size);
    heap_free(copy);
    return error;
}

i64 sys_create(u64 address, u64 path_length, bool directory) {
    Path path;
    Node* made = nullptr;
    if (const i64 error = copy_path(address, path_length, path); error != 0) return error;
    return fs_create(path.text, path.length, directory, &made);
}

i64 sys_delete(u64 address, u64 path_length, bool directory) {
    Path path;
    if (const i64 error = copy_path(address, path_length, path); error != 0) return error;
    return fs_remove(path.text, path.length, directory);
}
