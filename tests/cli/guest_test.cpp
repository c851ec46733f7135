#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "guest_text.hpp"
#include "transcript.hpp"

using ring::cli::GuestText;
using ring::test::kernel;
using ring::test::program;
using ring::test::ringscope;
using ring::test::Transcript;

TEST_CASE("run: the guest's console on standard output, its exit status as ours") {
    const Transcript hello = ringscope({"run", program("hello")});
    CHECK(hello.status == 0);
    CHECK(hello.out.ends_with("hello from ring 3\nexit: code 0\n"));
    CHECK(hello.err.empty());
    CHECK(ringscope({"run", program("argc"), "--", "one", "two"}).status == 3);
    CHECK(ringscope({"run", program("fault_write_text")}).status == 142);
}

TEST_CASE("run: a kernel with a module is the same as a program under it") {
    const Transcript kernel_run =
        ringscope({"run", kernel(), "--module", program("argc"), "--append", "enter=iretq", "--", "two"});
    CHECK(kernel_run.status == 2);
    CHECK(kernel_run.out.find("enter: iretq") != std::string::npos);
    const Transcript refused = ringscope({"run", kernel()});
    CHECK(refused.status == 126);
    CHECK(refused.out.find("module: refused") != std::string::npos);
}

TEST_CASE("run: the budget is 124, our own failure 125, and why is one sentence") {
    const Transcript budget = ringscope({"run", program("spin"), "--max", "100000"});
    CHECK(budget.status == 124);
    CHECK(budget.err == "ringscope: the budget of 100000 steps is used up\n");
    const Transcript missing = ringscope({"run", "./nothing.elf"});
    CHECK(missing.status == 125);
    CHECK(missing.err.starts_with("ringscope: "));
    const Transcript text = ringscope({"run", RING_SOURCE_DIR "/LICENSE"});
    CHECK(text.status == 125);
    CHECK(text.err.find("is not a 64-bit little-endian ELF file") != std::string::npos);
    const Transcript as_kernel = ringscope({"run", program("hello"), "--as", "kernel"});
    CHECK(as_kernel.status == 125);
    CHECK(as_kernel.err.find("cannot be started as a kernel") != std::string::npos);
    const Transcript triple = ringscope({"run", program("spin"), "--append", "break=triple-fault"});
    CHECK(triple.status == 125);
    CHECK(triple.err.find("triple fault") != std::string::npos);
    CHECK(ringscope({"run", program("hello"), "--", "two words"}).status == 125);
}

TEST_CASE("why: the fault that ended a program, its rule and its repair") {
    const Transcript one = ringscope({"why", program("fault_write_text")});
    CHECK(one.status == 0);
    CHECK(one.out.find("R/W = 0") != std::string::npos);
    CHECK(one.out.find("Set bit 1 (R/W) of that entry") != std::string::npos);
    const Transcript json = ringscope({"why", program("fault_divide"), "--json"});
    CHECK(nlohmann::json::parse(json.out)["exit_code"] == "0x80");
    CHECK(nlohmann::json::parse(json.out)["why"]["faults"].size() == 1);
    const Transcript none = ringscope({"why", program("hello")});
    CHECK(none.out.find("No fault was raised.") != std::string::npos);
}

TEST_CASE("why: a triple fault is told from its beginning, the interrupt that could not be delivered") {
    const Transcript one = ringscope({"why", program("spin"), "--append", "break=triple-fault"});
    CHECK(one.status == 0);
    CHECK(one.out.find("triple fault") != std::string::npos);
    CHECK(one.out.find("#PF") != std::string::npos);
    CHECK(one.out.find("#DF") != std::string::npos);
}

TEST_CASE("symbols of a position-independent program are where the kernel puts it") {
    const Transcript one = ringscope({"debug", program("data_pie"), "-x", "goto _start", "-x", "check ring == 3", "-x",
                                      "check instruction contains 'ebp'"});
    INFO(one.out);
    CHECK(one.status == 0);
}

TEST_CASE("guest text: escapes are made visible, CR LF is a line end, characters are not torn") {
    GuestText text;
    CHECK(text.news("a\r") == "a");
    CHECK(text.news("a\r\nb") == "\nb");
    CHECK(text.news("a\r\nb\x1b[2J") == "\\x1b[2J");
    CHECK(text.news("a\r\nb\x1b[2J\xc3") == "");
    CHECK(text.news("a\r\nb\x1b[2J\xc3\xa9") == "\xc3\xa9");
    CHECK(text.news("a\r\nb\x1b[2J\xc3\xa9\xe2\x82", true) == "\\xe2\\x82");
}
