#include "elf/demangle.hpp"

#include <doctest/doctest.h>

using namespace ring;

TEST_CASE("C++ and Rust names are said as people write them, without parameters and hashes") {
    CHECK(elf::spoken("_ZN3foo3barEi") == "foo::bar");
    CHECK(elf::spoken("_ZN3FooclEi") == "Foo::operator()");
    CHECK(elf::spoken("_ZN12_GLOBAL__N_15localEv") == "local");
    CHECK(elf::spoken("_ZN4core3fmt5write17h0123456789abcdefE") == "core::fmt::write");
    CHECK(elf::spoken("_RNvC6_123foo3bar") == "123foo::bar");
    CHECK(elf::spoken("_RNvNtC5alloc3vec4push") == "alloc::vec::push");
}

TEST_CASE("what is not mangled, or only looks so, stays as it is") {
    for (const char* name : {"", "main", "_Z", "_R", "_Zzzz", "_start", "_ZN", "_RNv"})
        CHECK(elf::spoken(name) == name);
    const std::string with_nul("_ZN3foo3barEi\0x", 15);
    CHECK(elf::spoken(with_nul) == with_nul);
}

TEST_CASE("a name that unfolds without end stays as it is, and is answered at once") {
    // Each S<n>_ is a function type of two of the one before it: 2^60 of them when written out.
    std::string cpp = "_Z1fIFvvEFvS0_S0_E";
    for (int i = 1; i < 34; ++i) {
        const std::string last = "S" + std::string(1, i < 10 ? char('0' + i) : char('A' + i - 10)) + "_";
        cpp += "FvPF" + last + last + "E" + last + "E";
    }
    cpp += "Evv";
    CHECK(elf::spoken(cpp).size() <= elf::longest_name);
    // A tuple whose two members are the tuple before it, by back references.
    std::string rust = "_RINvC1a1b";
    std::string place;
    std::size_t at = rust.size() - 2;  // back references count from behind the "_R"
    const auto base62 = [](std::size_t value) {
        const std::string digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        std::string out;
        if (value-- == 0) return std::string("_");
        do out.insert(out.begin(), digits[value % 62]);
        while ((value /= 62) != 0);
        return out + "_";
    };
    rust += "TuuE";
    for (int i = 0; i < 60; ++i) {
        const std::size_t next = rust.size() - 2;
        rust += "TB" + base62(at) + "B" + base62(at) + "E";
        at = next;
    }
    rust += "E";
    REQUIRE(rust.size() < elf::longest_name);
    CHECK(elf::spoken(rust) == rust);
    const std::string long_name = "_ZN" + std::string(5000, '1') + "E";
    CHECK(elf::spoken(long_name) == long_name);
}
