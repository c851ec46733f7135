#include "console.hpp"
#include "cpu.hpp"
#include "errno.hpp"
#include "fs.hpp"
#include "heap.hpp"
#include "shell.hpp"
#include "words.hpp"

namespace {

i64 ls(const char* path) {
    Node* node = nullptr;
    if (const i64 error = fs_find(path, length(path), &node); error != 0) return error;
    if (!node->directory) {
        print(static_cast<const char*>(node->name), "  ", dec(node->size), "\n");
        return 0;
    }
    for (const Node* child = node->children; child != nullptr; child = child->next) {
        print(static_cast<const char*>(child->name));
        if (child->directory) {
            print("/\n");
        } else {
            print("  ", dec(child->size), "\n");
        }
    }
    return 0;
}

i64 cat(const char* path) {
    Node* node = nullptr;
    if (const i64 error = fs_find(path, length(path), &node); error != 0) return error;
    if (node->directory) return -EISDIR;
    for (u64 i = 0; i < node->size; i++) put(static_cast<char>(node->data[i]));
    fresh_line();
    return 0;
}

// The words with a blank between them and an end of line behind them, as `echo` would print them.
i64 write(const char* path, char* const* words, u64 count) {
    u64 size = 1;
    for (u64 i = 0; i < count; i++) size += length(words[i]) + (i > 0 ? 1 : 0);
    u8* data = static_cast<u8*>(heap_allocate(size));
    if (data == nullptr) return -ENOSPC;
    u64 at = 0;
    for (u64 i = 0; i < count; i++) {
        if (i > 0) data[at++] = ' ';
        memcpy(data + at, words[i], length(words[i]));
        at += length(words[i]);
    }
    data[at] = '\n';
    Node* node = nullptr;
    i64 error = fs_create(path, length(path), false, &node);
    if (error == 0 || error == -EEXIST) error = fs_set_contents(node, data, size, false);
    if (error != 0) heap_free(data);
    return error;
}

i64 mkdir(const char* path) {
    Node* made = nullptr;
    return fs_create(path, length(path), true, &made);
}

i64 rm(const char* path) {
    const i64 error = fs_remove(path, length(path), false);
    return error == -EISDIR ? fs_remove(path, length(path), true) : error;
}

i64 cd(const char* path) {
    Node* node = nullptr;
    if (const i64 error = fs_find(path, length(path), &node); error != 0) return error;
    if (!node->directory) return -ENOTDIR;
    working_directory = node;
    return 0;
}

}  // namespace

i64 shell_files(char* const* words, u64 count) {
    const char* verb = count > 1 ? words[1] : "";
    const char* path = count > 2 ? words[2] : "";
    i64 error = 0;
    if (equal(verb, "ls") && count <= 3) {
        error = ls(count == 3 ? path : ".");
    } else if (equal(verb, "cd") && count <= 3) {
        error = cd(count == 3 ? path : "/");
    } else if (equal(verb, "cat") && count == 3) {
        error = cat(path);
    } else if (equal(verb, "write") && count >= 3) {
        error = write(path, words + 3, count - 3);
    } else if (equal(verb, "mkdir") && count == 3) {
        error = mkdir(path);
    } else if (equal(verb, "rm") && count == 3) {
        error = rm(path);
    } else {
        print("usage: fs ls [PATH] | cat PATH | write PATH WORDS... | mkdir PATH | rm PATH | cd [PATH]\n");
        return 2;
    }
    if (error != 0) print("fs ", verb, ": ", path, ": ", error_text(error), "\n");
    return error == 0 ? 0 : 1;
}
