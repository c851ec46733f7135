// Its arguments, with blanks between them.
#include "runtime.hpp"

int run(u64 argc, const char* const* argv) {
    for (u64 i = 1; i < argc; i++) {
        if (i > 1) print(" ");
        print(argv[i]);
    }
    print("\n");
    return 0;
}
