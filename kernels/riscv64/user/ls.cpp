// The names in a directory, one a line: file_read of a directory gives just that.
#include "runtime.hpp"

int run(u64 argc, const char* const* argv) {
    static char buffer[16384];
    const i64 length = read_file(argc > 1 ? argv[1] : ".", buffer, sizeof buffer);
    if (length < 0) {
        write(2, "ls: cannot read it\n");
        return 1;
    }
    print({buffer, static_cast<u64>(length)});
    return 0;
}
