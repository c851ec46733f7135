// Golden texts: small files under tests/golden/ that a reader reviews like code.
// RING_REBASE=1 in the environment writes them anew instead of comparing.
#pragma once
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace ring::test {

// `name`: "view/registers" for tests/golden/view/registers.txt.
inline void check_golden(std::string_view name, std::string_view text) {
    const std::filesystem::path file =
        std::filesystem::path(RING_SOURCE_DIR) / "tests/golden" / (std::string(name) + ".txt");
    const char* const rebase = std::getenv("RING_REBASE");
    if (rebase && std::string_view(rebase) == "1") {
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << text;
        return;
    }
    std::ifstream in(file, std::ios::binary);
    const std::string expected{std::istreambuf_iterator<char>(in), {}};
    INFO("golden file ", file.string(), ": RING_REBASE=1 writes it anew");
    CHECK(expected == text);
}
}  // namespace ring::test
