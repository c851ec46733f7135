// What this program does, in a sentence.
#include "runtime.hpp"

int run(u64 argc, const char* const* argv) {
    if (argc < 2) {
        write(1, "Usage: NAME <word>\n");
        return 1;
    }
    print(argv[1]);
    print("\n");
    return 0;  // the exit code
}
