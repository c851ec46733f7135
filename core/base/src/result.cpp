#include "base/result.hpp"

#include <cstdio>
#include <cstdlib>

namespace ring {
void assertion_failed(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "ringscope: internal error: %s is false at %s:%d\n", condition, file, line);
    std::abort();
}
}  // namespace ring
