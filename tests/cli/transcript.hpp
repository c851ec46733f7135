// The built program, run once: what it printed, what it complained of, how it ended.
#pragma once
#include <string>
#include <vector>

namespace ring::test {
struct Transcript {
    std::string out, err;
    int status = -1;
};
Transcript ringscope(const std::vector<std::string>& arguments, const std::string& input = {});

std::string program(const std::string& name);  // the file of a user program of the teaching kernel
std::string kernel();
// Addresses and step counts depend on the compiler of the guest; what is left is for reading.
std::string without_addresses(std::string text);
}  // namespace ring::test
