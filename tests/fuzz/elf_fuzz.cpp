// libFuzzer's target for the ELF reader: clang++ -fsanitize=fuzzer,address. Its corpus also runs as a plain test.
#include <cstdio>

#include "elf_checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const ring::u8* data, std::size_t size) {
    const ring::test::ElfVerdict verdict = ring::test::check_reader(ring::Bytes(data, data + size));
    if (!verdict.broken_property.empty()) {
        std::fprintf(stderr, "broken: %s\n", verdict.broken_property.c_str());
        __builtin_trap();
    }
    return 0;
}
