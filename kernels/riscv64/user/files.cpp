// The six calls about files, what each answers when all is well, and when it is not.
#include "runtime.hpp"

namespace {

int wrong;

void expect(const char* what, i64 answer, i64 right) {
    print(answer == right ? "  right: " : "  WRONG: ");
    print(what);
    print(" -> ");
    print_number(answer);
    print("\n");
    if (answer != right) wrong++;
}

bool equal(const char* bytes, i64 length, Text text) {
    if (length != static_cast<i64>(text.length)) return false;
    for (i64 i = 0; i < length; i++) {
        if (bytes[i] != text.start[i]) return false;
    }
    return true;
}

// Writes files of 32 KiB, /tmp/fill-0 and so on, until there is no room, and takes them away again.
i64 fill() {
    static char contents[32768];
    char name[] = "/tmp/fill-0";
    char& last = name[sizeof name - 2];
    i64 answer = 0;
    while (answer >= 0 && last < '~') {
        answer = write_file(name, {contents, sizeof contents});
        if (answer >= 0) last++;
    }
    while (last > '0') {
        last--;
        delete_file(name);
    }
    return answer;
}

}  // namespace

int run(u64, const char* const*) {
    char buffer[64];
    expect("dir_create /tmp", create_directory("/tmp"), 0);
    expect("dir_create /tmp again", create_directory("/tmp"), -EEXIST);
    expect("dir_create /no/where", create_directory("/no/where"), -ENOENT);
    expect("file_create /tmp/a", create_file("/tmp/a"), 0);
    expect("file_create /tmp/a again", create_file("/tmp/a"), -EEXIST);
    expect("file_read of the empty file", read_file("/tmp/a", buffer, sizeof buffer), 0);
    expect("file_write replaces what it holds", write_file("/tmp/a", "some text"), 9);
    expect("file_read gives it back", read_file("/tmp/a", buffer, sizeof buffer), 9);
    expect("  unchanged", equal(buffer, 9, "some text"), 1);
    expect("file_read into 4 bytes", read_file("/tmp/a", buffer, 4), 4);
    expect("file_write makes a file that is not there", write_file("/tmp/./b", "b"), 1);
    expect("file_read of a directory", read_file("/tmp/", buffer, sizeof buffer), 4);
    expect("  names its files", equal(buffer, 4, "a\nb\n"), 1);
    expect("file_write to a directory", write_file("/tmp", "text"), -EISDIR);
    expect("a file in the place of a directory", create_file("/tmp/a/c"), -ENOTDIR);
    expect("file_read of no file", read_file("/tmp/c", buffer, sizeof buffer), -ENOENT);
    expect("a path of no bytes", create_file(Text("", 0)), -EINVAL);
    expect("a path with a zero in it", create_file(Text("/tmp/\0x", 7)), -EINVAL);
    static char long_path[300];
    for (char& c : long_path) c = 'x';
    expect("a path of 300 bytes", create_file(Text(long_path, 300)), -ENAMETOOLONG);
    expect("dir_delete of a file", delete_directory("/tmp/a"), -ENOTDIR);
    expect("file_delete of a directory", delete_file("/tmp"), -EISDIR);
    expect("dir_delete while there are files in it", delete_directory("/tmp"), -ENOTEMPTY);
    expect("dir_delete of the root", delete_directory("/../tmp/.."), -ENOTEMPTY);
    expect("files until there is no room", fill(), -ENOSPC);
    expect("file_delete /tmp/a", delete_file("/tmp/a"), 0);
    expect("file_delete /tmp/b", delete_file("/tmp/b"), 0);
    expect("file_delete of no file", delete_file("/tmp/b"), -ENOENT);
    expect("dir_delete /tmp", delete_directory("/tmp"), 0);
    // A file of the archive is written over as any other is.
    expect("file_read /test/hello.txt", read_file("/test/hello.txt", buffer, 5), 5);
    expect("file_write /test/hello.txt", write_file("/test/hello.txt", "changed"), 7);
    expect("file_read /test/hello.txt", read_file("/test/hello.txt", buffer, sizeof buffer), 7);
    expect("a call with number 99", syscall(99), -ENOSYS);
    expect("write to descriptor 3", write(3, "x"), -EBADF);
    return wrong;
}
