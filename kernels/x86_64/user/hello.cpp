#include "linux.hpp"

extern "C" int main() {
    print("hello from ring 3\n");
    return 0;
}
