// Shows a file twice: one call to read it, two to write it.
#include "runtime.hpp"

int run(u64 argc, const char* const* argv) {
    if (argc < 2) {
        write(1, "Usage: cat2 <file>\n");
        return 1;
    }
    char buffer[4096];
    const i64 length = read_file(argv[1], buffer, sizeof buffer);
    if (length < 0) {
        write(2, "Error reading file\n");
        return 1;
    }
    const Text contents{buffer, static_cast<u64>(length)};
    write(1, contents);
    write(1, contents);
    return 0;
}
