// Something that cannot be.
#include "runtime.hpp"

int run(u64, const char* const*) { PANIC("this program always does"); }
