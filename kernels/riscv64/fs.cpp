#include "fs.hpp"

#include "console.hpp"
#include "cpu.hpp"
#include "errno.hpp"
#include "heap.hpp"

Node* working_directory;

namespace {

Node* root;

struct Part {
    const char* start;
    u64 length;
};

// Takes the next name off a path; length 0 at its end.
Part next_part(const char*& path, u64& left) {
    while (left > 0 && *path == '/') path++, left--;
    Part part{path, 0};
    while (left > 0 && *path != '/') path++, left--, part.length++;
    return part;
}

bool is(Part part, const char* text) {
    for (u64 i = 0; i < part.length; i++) {
        if (text[i] != part.start[i] || text[i] == '\0') return false;
    }
    return text[part.length] == '\0';
}

// Less than zero: `part` comes before `name`.
int compare(Part part, const char* name) {
    for (u64 i = 0; i < part.length; i++) {
        const int difference = static_cast<u8>(part.start[i]) - static_cast<u8>(name[i]);
        if (difference != 0) return difference;
    }
    return name[part.length] == '\0' ? 0 : -1;
}

Node* child(const Node* directory, Part part) {
    for (Node* node = directory->children; node != nullptr; node = node->next) {
        if (is(part, node->name)) return node;
    }
    return nullptr;
}

// Follows all names of the path but the last, which is left in `last` (length 0: the path was nothing but '/').
i64 walk(const char* path, u64 left, Node*& directory, Part& last) {
    if (left == 0) return -EINVAL;
    if (left > path_limit) return -ENAMETOOLONG;
    directory = *path == '/' ? root : working_directory;
    last = next_part(path, left);
    for (;;) {
        const Part part = next_part(path, left);
        if (part.length == 0) return directory->directory ? 0 : -ENOTDIR;
        Node* node = nullptr;
        if (!directory->directory) return -ENOTDIR;
        if (is(last, ".")) {
            node = directory;
        } else if (is(last, "..")) {
            node = directory->parent;
        } else {
            node = child(directory, last);
        }
        if (node == nullptr) return -ENOENT;
        directory = node;
        last = part;
    }
}

Node* make_node(Part name, bool directory) {
    Node* node = static_cast<Node*>(heap_allocate(sizeof(Node)));
    char* text = static_cast<char*>(heap_allocate(name.length + 1));
    if (node == nullptr || text == nullptr) {
        heap_free(node);
        heap_free(text);
        return nullptr;
    }
    memcpy(text, name.start, name.length);
    text[name.length] = '\0';
    *node = {text, nullptr, nullptr, nullptr, directory, false, nullptr, 0};
    return node;
}

}  // namespace

extern "C" i64 fs_setup() {
    root = make_node({"", 0}, true);
    if (root == nullptr) return -ENOSPC;
    root->parent = root;
    working_directory = root;
    return 0;
}

extern "C" i64 fs_find(const char* path, u64 length, Node** found) {
    Node* directory = nullptr;
    Part last{};
    if (const i64 error = walk(path, length, directory, last); error != 0) return error;
    if (last.length == 0 || is(last, ".")) {
        *found = directory;
    } else if (is(last, "..")) {
        *found = directory->parent;
    } else {
        *found = child(directory, last);
    }
    return *found == nullptr ? -ENOENT : 0;
}

extern "C" i64 fs_create(const char* path, u64 length, bool is_directory, Node** made) {
    Node* directory = nullptr;
    Part last{};
    if (const i64 error = walk(path, length, directory, last); error != 0) return error;
    if (last.length == 0 || is(last, ".") || is(last, "..")) {
        *made = directory;
        return -EEXIST;
    }
    Node** link = &directory->children;  // in the order of names
    while (*link != nullptr && compare(last, (*link)->name) > 0) link = &(*link)->next;
    if (*link != nullptr && compare(last, (*link)->name) == 0) {
        *made = *link;
        return -EEXIST;
    }
    Node* node = make_node(last, is_directory);
    if (node == nullptr) return -ENOSPC;
    node->parent = directory;
    node->next = *link;
    *link = node;
    *made = node;
    return 0;
}

extern "C" i64 fs_set_contents(Node* node, u8* data, u64 size, bool borrowed) {
    if (node->directory) return -EISDIR;
    if (!node->borrowed) heap_free(node->data);
    node->data = data;
    node->size = size;
    node->borrowed = borrowed;
    return 0;
}

extern "C" i64 fs_remove(const char* path, u64 length, bool directory) {
    Node* node = nullptr;
    if (const i64 error = fs_find(path, length, &node); error != 0) return error;
    if (node->directory && !directory) return -EISDIR;
    if (!node->directory && directory) return -ENOTDIR;
    if (node->children != nullptr) return -ENOTEMPTY;
    if (node == root || node == working_directory) return -EBUSY;
    Node** link = &node->parent->children;
    while (*link != node) link = &(*link)->next;
    *link = node->next;
    if (!node->borrowed) heap_free(node->data);
    heap_free(node->name);
    heap_free(node);
    return 0;
}

void print_path(const Node* node) {
    if (node == root) {
        print("/");
        return;
    }
    if (node->parent != root) print_path(node->parent);
    print("/", static_cast<const char*>(node->name));
}

const char* error_text(i64 error) {
    switch (-error) {
        case ENOENT:
            return "no such file or directory";
        case EFAULT:
            return "bad address";
        case EBUSY:
            return "in use";
        case EEXIST:
            return "exists already";
        case ENOTDIR:
            return "not a directory";
        case EISDIR:
            return "is a directory";
        case EINVAL:
            return "invalid";
        case ENOSPC:
            return "no space left";
        case ENAMETOOLONG:
            return "the path is too long";
        case ENOTEMPTY:
            return "the directory is not empty";
        default:
            return "error";
    }
}
