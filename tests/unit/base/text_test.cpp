#include "base/text.hpp"

#include <doctest/doctest.h>

using namespace ring;

TEST_CASE("sizes are printed whole where they are whole") {
    CHECK(text::size(0) == "0 bytes");
    CHECK(text::size(1) == "1 byte");
    CHECK(text::size(4096) == "4 KiB");
    CHECK(text::size(1536 * 1024) == "1.5 MiB");
    CHECK(text::size(~u64{0}) == "16.0 EiB");
}

TEST_CASE("a terminal escape in foreign text cannot reach the terminal") {
    CHECK(text::printable("a\x1b[31mb") == "a\\x1b[31mb");
    CHECK(text::printable("\xc2\x9b") == "\\xc2\\x9b");
    CHECK(text::printable("\xff\xfe") == "\\xff\\xfe");
    CHECK(text::printable("caf\xc3\xa9") == "caf\xc3\xa9");
    CHECK(text::printable("a\nb") == "a\\x0ab");
    CHECK(text::printable("a\nb", true) == "a\nb");
}
