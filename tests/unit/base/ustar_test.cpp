#include "base/ustar.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <string>

using namespace ring;

namespace {
Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }
std::string field(const Bytes& archive, std::size_t at, std::size_t size) {
    const char* const first = reinterpret_cast<const char*>(archive.data()) + at;
    return {first, strnlen(first, size)};
}
bool is_zero(const Bytes& bytes, std::size_t from) {
    for (std::size_t i = from; i < bytes.size(); ++i)
        if (bytes[i] != 0) return false;
    return true;
}
}  // namespace

TEST_CASE("ustar: a file's header is the format's, field by field") {
    Ustar out;
    REQUIRE(out.add_file("bin/cat2", bytes_of("hello")));
    const Bytes archive = std::move(out).finish();
    REQUIRE(archive.size() == 4 * Ustar::block);
    CHECK(field(archive, 0, 100) == "bin/cat2");
    CHECK(field(archive, 100, 8) == "0000644");
    CHECK(field(archive, 108, 8) == "0000000");
    CHECK(field(archive, 116, 8) == "0000000");
    CHECK(field(archive, 124, 12) == "00000000005");
    CHECK(field(archive, 136, 12) == "00000000000");
    CHECK(archive[156] == '0');
    CHECK(field(archive, 257, 6) == "ustar");
    CHECK(field(archive, 263, 2) == "00");
    CHECK(field(archive, 345, 155).empty());
    CHECK(field(archive, 512, 512) == "hello");
    CHECK(is_zero(archive, 517));
    unsigned sum = 0;
    for (std::size_t i = 0; i < Ustar::block; ++i) sum += i >= 148 && i < 156 ? ' ' : archive[i];
    CHECK(std::stoul(field(archive, 148, 8), nullptr, 8) == sum);
}

TEST_CASE("ustar: a directory ends with a slash and has no contents") {
    Ustar out;
    REQUIRE(out.add_directory("test"));
    const Bytes archive = std::move(out).finish();
    REQUIRE(archive.size() == 3 * Ustar::block);
    CHECK(field(archive, 0, 100) == "test/");
    CHECK(archive[156] == '5');
    CHECK(field(archive, 100, 8) == "0000755");
}

TEST_CASE("ustar: a long name is cut at a slash, and one that cannot be is told") {
    const std::string folder(155, 'a'), name(100, 'b');
    Ustar out;
    REQUIRE(out.add_file(folder + "/" + name, {}));
    REQUIRE(out.add_file(std::string(60, 'c') + "/" + std::string(60, 'd') + "/e", {}));
    const Status too_long = out.add_file(std::string(101, 'b'), {});
    REQUIRE_FALSE(too_long);
    CHECK(too_long.error().sentence().find("no slash cuts it into at most 155 and at most 100 bytes") !=
          std::string::npos);
    CHECK_FALSE(out.add_file(folder + "a/" + name, {}));
    CHECK_FALSE(out.add_file(folder + "/" + name + "b", {}));
    CHECK_FALSE(out.add_directory(std::string(100, 'b')));
    const Bytes archive = std::move(out).finish();
    REQUIRE(archive.size() == 4 * Ustar::block);
    CHECK(field(archive, 345, 155) == folder);
    CHECK(field(archive, 0, 100) == name);
    CHECK(field(archive, 512 + 345, 155) == std::string(60, 'c'));
    CHECK(field(archive, 512, 100) == std::string(60, 'd') + "/e");
}

TEST_CASE("ustar: names that are none are refused") {
    Ustar out;
    for (const std::string_view name : {std::string_view(""), std::string_view("/etc"), std::string_view("a\0b", 3)}) {
        CHECK_FALSE(out.add_file(name, {}));
        CHECK_FALSE(out.add_directory(name));
    }
    CHECK_FALSE(out.add_file("a/", {}));
    CHECK(out.size() == 0);
}

TEST_CASE("ustar: another archive's members come first, and what ends it goes") {
    Ustar first;
    REQUIRE(first.add_file("one", bytes_of("1")));
    const Bytes one = std::move(first).finish();
    Ustar both;
    REQUIRE(both.append(one));
    REQUIRE(both.add_file("two", bytes_of("2")));
    Ustar expected;
    REQUIRE(expected.add_file("one", bytes_of("1")));
    REQUIRE(expected.add_file("two", bytes_of("2")));
    CHECK(std::move(both).finish() == std::move(expected).finish());
    Ustar nothing;
    CHECK(nothing.append({}));
    CHECK(nothing.append(Bytes(1024)));
    CHECK(nothing.size() == 0);
}

TEST_CASE("ustar: what is no archive, or is cut off, adds nothing") {
    Ustar source;
    REQUIRE(source.add_file("file", Bytes(2000, 'x')));
    const Bytes whole = std::move(source).finish();
    Ustar out;
    CHECK(out.append(Bytes(14, 'x')).error().sentence() == "it is not a ustar archive");
    CHECK(out.append(Bytes(512, 'x')).error().sentence() == "it is not a ustar archive");
    CHECK(out.append(Bytes(whole.begin(), whole.begin() + 1000)).error().sentence() == "the archive is cut off");
    Bytes damaged = whole;
    damaged[1] ^= 1;  // the sum no longer fits
    CHECK_FALSE(out.append(damaged));
    CHECK(out.size() == 0);
    // The last member need not fill its block.
    CHECK(out.append(Bytes(whole.begin(), whole.begin() + 512 + 2000)));
    CHECK(out.size() == 512 + 2048);
}
