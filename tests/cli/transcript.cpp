#include "transcript.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <regex>

#include "child_process.hpp"

namespace ring::test {
Transcript ringscope(const std::vector<std::string>& arguments, const std::string& input) {
    Result<support::PrivateDirectory> folder = support::PrivateDirectory::make();
    REQUIRE(folder);
    const std::string errors = folder->file("err");
    Result<support::ChildProcess> child =
        support::ChildProcess::start(RING_BINARY_DIR "/bin/ringscope", arguments, true, errors);
    REQUIRE(child);
    if (!input.empty())
        REQUIRE(write(child->to_child(), input.data(), input.size()) == static_cast<ssize_t>(input.size()));
    child->close_input();
    Transcript out;
    char piece[4096];
    for (ssize_t got = 0; (got = read(child->from_child(), piece, sizeof piece)) > 0;)
        out.out.append(piece, static_cast<std::size_t>(got));
    out.status = child->wait();
    std::ifstream in(errors);
    out.err.assign(std::istreambuf_iterator<char>(in), {});
    return out;
}

std::string program(const std::string& name) { return RING_BINARY_DIR "/kernels/x86_64/user/" + name + ".elf"; }
std::string kernel() { return RING_BINARY_DIR "/kernels/x86_64/kernel.elf"; }

std::string without_addresses(std::string text) {
    text = std::regex_replace(text, std::regex("\\+0x[0-9a-f]+"), "+<n>");
    text = std::regex_replace(text, std::regex("0x[0-9a-f]{5,}"), "<address>");
    return std::regex_replace(text, std::regex("step [0-9]+"), "step <n>");
}
}  // namespace ring::test
