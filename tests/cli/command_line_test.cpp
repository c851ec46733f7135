#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "golden.hpp"
#include "transcript.hpp"

using ring::test::check_golden;
using ring::test::program;
using ring::test::ringscope;
using ring::test::Transcript;
using ring::test::without_addresses;

namespace {
void misuse(const std::vector<std::string>& arguments, std::string_view said) {
    const Transcript one = ringscope(arguments);
    INFO(one.err);
    CHECK(one.status == 2);
    CHECK(one.out.empty());
    CHECK(one.err.starts_with("ringscope: "));
    CHECK(one.err.find(said) != std::string::npos);
    CHECK(std::count(one.err.begin(), one.err.end(), '\n') == 1);
}
}  // namespace

TEST_CASE("help names the subcommands, and the debugger's help its commands") {
    const Transcript help = ringscope({"--help"});
    CHECK(help.status == 0);
    for (const char* word : {"lessons", "walk", "run", "debug", "inspect", "why", "show", "open", "Examples"})
        CHECK(help.out.find(word) != std::string::npos);
    const Transcript commands = ringscope({"debug", program("hello"), "-x", "help"});
    CHECK(commands.status == 0);
    check_golden("cli/help", commands.out);
}

TEST_CASE("misuse is one sentence and status 2") {
    misuse({"bogus"}, "bogus");
    misuse({"walk"}, "LESSON");
    misuse({"walk", "nothing"}, "there is no lesson 'nothing'");
    misuse({"walk", "x86-sysretq", "--variant", "nothing"}, "no variant 'nothing'");
    misuse({"debug", "./nothing.elf"}, "there is no such file");
    misuse({"debug", program("hello"), "-x", "jump"}, "no command 'jump'");
    misuse({"show", "everything"}, "everything");
    misuse({"inspect", "./nothing.elf"}, "nothing.elf");
}

TEST_CASE("the lessons are listed with their variants") {
    const Transcript text = ringscope({"lessons"});
    CHECK(text.status == 0);
    std::size_t before = 0;
    for (const char* id : {"x86-sysretq", "x86-paging", "x86-traps", "x86-iretq", "riscv-sret", "riscv-ecall",
                           "riscv-traps", "riscv-paging"}) {
        INFO(id);
        const std::size_t at = text.out.find(id);
        REQUIRE(at != std::string::npos);
        CHECK(at >= before);
        before = at;
    }
    const Transcript json = ringscope({"lessons", "--json"});
    std::istringstream lines(json.out);
    std::string line;
    REQUIRE(std::getline(lines, line));
    CHECK(nlohmann::json::parse(line)["variants"].size() >= 7);
}

TEST_CASE("sysretq, micro-step by micro-step, reads like this") {
    const Transcript one =
        ringscope({"debug", program("hello"), "-x", "goto sysretq_instruction", "-x", "step", "-x", "show micro"});
    CHECK(one.status == 0);
    check_golden("cli/sysretq_micro", without_addresses(one.out));
}

TEST_CASE("a page made read-only and written, a double fault, and iretq read like this") {
    const Transcript walk = ringscope({"debug", program("pages"), "-x", "goto user:faulting_instruction", "-x", "step",
                                       "-x", "show walk $cr2 w ring 3", "-x", "show why"});
    CHECK(walk.status == 0);
    check_golden("cli/paging_walk", without_addresses(walk.out));
    const Transcript fault = ringscope({"debug", program("spin"), "--append", "break=rsp0-zero", "-x", "break trap 8",
                                        "-x", "continue", "-x", "show why"});
    CHECK(fault.status == 0);
    check_golden("cli/double_fault_why", without_addresses(fault.out));
    const Transcript iretq = ringscope({"debug", program("traps"), "--append", "enter=iretq", "-x",
                                        "goto iretq_instruction", "-x", "step", "-x", "show micro"});
    CHECK(iretq.status == 0);
    check_golden("cli/iretq_micro", without_addresses(iretq.out));
}

TEST_CASE("a call stack through a system call, a source line, and one byte through four lenses read like this") {
    const Transcript calls = ringscope({"debug", program("hello"), "-x", "goto syscall_dispatch", "-x", "show calls"});
    CHECK(calls.status == 0);
    check_golden("cli/hello_calls", without_addresses(calls.out));
    const Transcript source = ringscope({"debug", program("hello"), "-x", "goto main", "-x", "show source"});
    CHECK(source.status == 0);
    check_golden("cli/hello_source", without_addresses(source.out));
    const Transcript lens = ringscope({"debug", program("hello"), "-x", "goto user:main", "-x", "show lens user:main",
                                       "-x", "show lens file 0 kernel"});
    CHECK(lens.status == 0);
    check_golden("cli/hello_lens", without_addresses(lens.out));
}

TEST_CASE("each answer is one JSON object a line, with the command that it answers") {
    const Transcript one = ringscope({"debug", program("hello"), "--json", "-x", "step", "-x", "show registers", "-x",
                                      "goto syscall_entry", "-x", "show console"});
    CHECK(one.status == 0);
    std::istringstream lines(one.out);
    std::vector<std::string> commands;
    for (std::string line; std::getline(lines, line);) {
        const auto json = nlohmann::json::parse(line, nullptr, false);
        REQUIRE(json.is_object());
        commands.push_back(json["command"]);
    }
    CHECK(commands == std::vector<std::string>{"step", "show registers", "goto syscall_entry", "show console"});
}

TEST_CASE("commands come from standard input too, and a script stops at its first mistake") {
    const Transcript good = ringscope({"debug", program("hello")}, "# a comment\n\nstep\nprint ring\nquit\nbogus\n");
    CHECK(good.status == 0);
    CHECK(good.out.find("0x0\n") != std::string::npos);
    const Transcript bad = ringscope({"debug", program("hello")}, "bogus\nprint ring\n");
    CHECK(bad.status == 2);
    CHECK(bad.out.empty());
}

TEST_CASE("a check that fails is status 1") {
    CHECK(ringscope({"debug", program("hello"), "-x", "check ring == 0"}).status == 0);
    CHECK(ringscope({"debug", program("hello"), "-x", "check ring == 3"}).status == 1);
}

TEST_CASE("back is the same machine, seen from the command line") {
    const Transcript there = ringscope({"debug", program("hello"), "--json", "-x", "goto 40", "-x", "show registers"});
    const Transcript back = ringscope({"debug", program("hello"), "--json", "-x", "goto syscall_entry", "-x", "goto 41",
                                       "-x", "back", "-x", "show registers"});
    const auto last = [](const std::string& lines) {
        const auto json = nlohmann::json::parse(lines.substr(lines.rfind('\n', lines.size() - 2) + 1));
        std::string values;
        for (const auto& group : json["registers"]["groups"])
            for (const auto& row : group["registers"])
                values += row["name"].dump() + row.value("value", std::string()) + ' ';
        return values;
    };
    CHECK(last(there.out) == last(back.out));
    CHECK(last(there.out).size() > 100);
}

TEST_CASE("a lesson in the terminal asks, and the machine judges") {
    const Transcript asked = ringscope({"walk", "x86-sysretq", "--variant", "star-zero", "--ask"}, "0x13\nz\nb\n");
    CHECK(asked.status == 0);
    CHECK(asked.out.find("Right. The machine says: `0x13`") != std::string::npos);
    CHECK(asked.out.find("'z' is none of a to c") != std::string::npos);
    CHECK(asked.out.find("Right. The machine says: b)") != std::string::npos);
    CHECK(asked.out.find("2 of 2 predictions were right") != std::string::npos);
    const Transcript wrong = ringscope({"walk", "x86-sysretq", "--variant", "star-zero", "--ask"}, "0x33\na\n");
    CHECK(wrong.status == 0);  // being wrong is what predictions are for
    CHECK(wrong.out.find("No. The machine says: `0x13`") != std::string::npos);
    CHECK(wrong.out.find("0 of 2 predictions were right") != std::string::npos);
}

TEST_CASE("a lesson can be played by hand in the debugger") {
    const Transcript one = ringscope({"debug", "x86-sysretq", "--variant", "sce-off", "-x", "lesson", "-x", "next",
                                      "-x", "next b", "-x", "print fault"});
    CHECK(one.status == 0);
    CHECK(one.out.find("Right. The machine says: b)") != std::string::npos);
    CHECK(one.out.ends_with("#UD\n"));
}

TEST_CASE("a lesson that is wrong says file and line, and is status 1") {
    const std::string folder = RING_SOURCE_DIR "/tests/lessons/";
    const Transcript check = ringscope({"walk", folder + "wrong_check", "--no-ask"});
    CHECK(check.status == 1);
    CHECK(check.err.find("lesson.yaml:12: '$cs == 0x13' does not hold") != std::string::npos);
    const Transcript answers = ringscope({"walk", folder + "two_answers", "--no-ask"});
    CHECK(answers.status == 1);
    CHECK(answers.err.find("the machine says yes to 'zero' and to 'not three'") != std::string::npos);
    const Transcript symbol = ringscope({"walk", folder + "no_such_symbol", "--no-ask"});
    CHECK(symbol.status == 1);
    CHECK(symbol.err.find("lesson.yaml:10: goto: 'nowhere_at_all': there is no symbol") != std::string::npos);
}

TEST_CASE("a walk as JSON is one object a step") {
    const Transcript one = ringscope({"walk", "x86-sysretq", "--variant", "rsp-edge", "--json"});
    CHECK(one.status == 0);
    std::istringstream lines(one.out);
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        const auto json = nlohmann::json::parse(line, nullptr, false);
        REQUIRE(json.is_object());
        CHECK(json["passed"] == true);
        CHECK(json["step"] == count + 1);
    }
    CHECK(count == 3);
}
