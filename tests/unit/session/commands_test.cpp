#include "session/commands.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "session/memory_sights.hpp"
#include "tiny_machine.hpp"

using namespace ring;
using test::said;

TEST_CASE("a command may be shortened as long as one only begins so") {
    CHECK(session::find_command("step")->name == "step");
    CHECK(session::find_command("cont")->name == "continue");
    CHECK(session::find_command("s") == nullptr);
    CHECK(session::find_command("") == nullptr);
    CHECK(session::find_topic("reg")->name == "registers");
    CHECK(session::is_quit(" quit "));
    CHECK_FALSE(session::is_quit("quit now"));
}

TEST_CASE("help names every command and every topic of the table") {
    const std::string help = session::help_text();
    for (const session::Command& one : session::commands())
        CHECK(help.find(std::string(one.name)) != std::string::npos);
    for (const session::Command& one : session::topics()) CHECK(help.find(std::string(one.name)) != std::string::npos);
}

TEST_CASE("a lesson's commands are judged by the table before anything runs") {
    CHECK(session::check_command("show walk $rsp w ring 3"));
    CHECK_FALSE(session::check_command("show nothing"));
    CHECK_FALSE(session::check_command("jump"));
    CHECK_FALSE(session::check_command("next"));  // a lesson that plays itself would never end
    CHECK_FALSE(session::check_command("quit"));
}

TEST_CASE("step, back, goto and restart move along the axis of time") {
    test::Tiny machine = test::tiny({0x90, 0x90, 0x90, 0xf4});
    session::Session& session = *machine.session;
    CHECK(said(session, "step").find("step 1  ring 0  0x1001  nop") != std::string::npos);
    CHECK(said(session, "step 2").find("step 3 ") != std::string::npos);
    CHECK(said(session, "back").find("step 2 ") != std::string::npos);
    CHECK(said(session, "goto 1").find("step 1 ") != std::string::npos);
    CHECK(said(session, "restart").find("step 0 ") != std::string::npos);
    CHECK(session.now().step == 0);
}

TEST_CASE("what is over is over, until time is turned back") {
    test::Tiny machine = test::tiny({0x90, 0xf4});
    session::Session& session = *machine.session;
    machine.target->at("rax") = 7;
    const Result<lesson::Answer> end = session.execute("continue");
    REQUIRE(end);
    CHECK(nlohmann::json::parse(end->json)["exit_code"] == "0x7");
    CHECK(nlohmann::json::parse(end->json)["stop"] == "exited");
    CHECK(said(session, "step").starts_with("! step: the machine has stopped for good"));
    CHECK(said(session, "back").find("step 1 ") != std::string::npos);
}

TEST_CASE("breakpoints and watchpoints in the words of the table") {
    test::Tiny machine = test::tiny({0x90, 0x90, 0x90, 0xf4});
    session::Session& session = *machine.session;
    CHECK(said(session, "break 0x1000 + 2") == "breakpoint 1: 0x1002\n");
    CHECK(said(session, "break privilege") == "breakpoint 2: when the privilege changes\n");
    CHECK(said(session, "break trap 14") == "breakpoint 3: when vector 14 is taken\n");
    CHECK(said(session, "break cr3") == "breakpoint 4: when CR3 is written\n");
    CHECK(said(session, "watch $rsp 4 rw") == "breakpoint 5: when 4 bytes at 0x8000 are read or written\n");
    CHECK(machine.target->breakpoints()[2].second.vector == 14u);
    CHECK(said(session, "continue").find("0x1002") != std::string::npos);
    CHECK(said(session, "delete 1") == "breakpoint 1 is gone\n");
    CHECK(said(session, "delete 1") == "! delete: there is no breakpoint 1");
    CHECK(said(session, "break trap 256") == "! break: there are vectors 0 to 255");
    CHECK(said(session, "watch 0x1000 0").starts_with("! watch: a watchpoint covers"));
    CHECK(said(session, "break nowhere") == "! break: 'nowhere': there is no symbol 'nowhere'");
}

TEST_CASE("registers and memory are changed and read back") {
    test::Tiny machine = test::tiny({0x90, 0xf4});
    session::Session& session = *machine.session;
    CHECK(said(session, "set $rax 0x10 + 5") == "rax = 0x15\n");
    CHECK(said(session, "set rbx $rax") == "rbx = 0x15\n");
    CHECK(said(session, "print $rbx") == "0x15\n");
    CHECK(said(session, "set memory 0x3000 de ad BEEF") == "4 bytes at 0x3000 written\n");
    CHECK(said(session, "memory 0x3000 4").find("de ad be ef") != std::string::npos);
    CHECK(said(session, "print memory(0x3000, 2)") == "0xadde\n");
    CHECK(said(session, "set memory physical 0x3001 11 22") == "2 bytes at physical 0x3001 written\n");
    CHECK(said(session, "memory physical 0x3000 4").find("de 11 22 ef") != std::string::npos);
    CHECK(said(session, "set memory physical 0xfffffffffff0 00").starts_with("! set: "));
    CHECK(said(session, "set memory physical").starts_with("! set: it wants an address and bytes"));
    CHECK(said(session, "set memory 0x3000 d").starts_with("! set: bytes are written as pairs"));
    CHECK(said(session, "set nothing 1") == "! set: x86-64 has no register 'nothing'");
    CHECK(said(session, "memory 0x3000 0").starts_with("! memory: it shows"));
}

TEST_CASE("bytes are found upwards and downwards, as bytes, as text and as a number") {
    test::Tiny machine = test::tiny({0x90, 0xf4});
    session::Session& session = *machine.session;
    CHECK(said(session, "set memory 0x3ffe 61 62 63 de") == "4 bytes at 0x3ffe written\n");
    CHECK(said(session, "find 'abc' from 0x2000").starts_with("0x3ffe"));
    CHECK(said(session, "find 62 63 from 0x2000").starts_with("0x3fff"));
    CHECK(said(session, "find 0xde63 from 0x2000").starts_with("0x4000"));
    CHECK(said(session, "find 'abc' from 0x5000 back").starts_with("0x3ffe"));
    CHECK(said(session, "find 'abc' from 0x3ffd back").starts_with("! find: 61 62 63 is nowhere"));
    CHECK(said(session, "find").starts_with("! find: it wants bytes"));
}

TEST_CASE("a search asks before every piece whether it is to go on, and ends when it is not") {
    test::Tiny machine = test::tiny({0x90, 0xf4});
    const Bytes nowhere{1, 2, 3, 4, 5, 6, 7, 8, 9};
    std::vector<u64> told;
    const auto find = [&](bool go_on) {
        told.clear();
        return session::find_bytes(*machine.session, nowhere, VirtAddr{0}, false, [&](u64 searched) {
            told.push_back(searched);
            return go_on;
        });
    };
    const session::Found stopped = find(false);
    CHECK_FALSE(stopped.at);
    CHECK(stopped.stopped);
    CHECK_FALSE(stopped.whole);
    CHECK(told == std::vector<u64>{0});
    const session::Found whole = find(true);
    CHECK(whole.whole);
    CHECK_FALSE(whole.stopped);
}

TEST_CASE("an edit belongs to its moment: back to it keeps it, back over it undoes it, each time alike") {
    test::Tiny machine = test::tiny({0x90, 0x90, 0x90, 0xf4});
    session::Session& session = *machine.session;
    said(session, "step");
    said(session, "set memory 0x3000 2a");
    for (int i = 0; i < 2; ++i) {
        said(session, "step");
        CHECK(said(session, "print memory(0x3000, 1)") == "0x2a\n");
        said(session, "back");
        CHECK(said(session, "print memory(0x3000, 1)") == "0x2a\n");
    }
    said(session, "back");
    CHECK(said(session, "print memory(0x3000, 1)") == "0x0\n");
    said(session, "step 2");
    CHECK(said(session, "print memory(0x3000, 1)") == "0x0\n");
}

TEST_CASE("a check that does not hold is an answer that says so") {
    test::Tiny machine = test::tiny({0x90, 0xf4});
    const Result<lesson::Answer> holds = machine.session->execute("check ring == 0 and $rip == 0x1000");
    const Result<lesson::Answer> fails = machine.session->execute("check $rip == 1");
    REQUIRE(holds);
    REQUIRE(fails);
    CHECK_FALSE(holds->failed);
    CHECK(fails->failed);
    CHECK(fails->text == "does not hold: $rip == 1\n");
    CHECK(said(*machine.session, "check 1") == "! check: '1' is neither true nor false");
}

TEST_CASE("every answer is one JSON object that begins with its command") {
    test::Tiny machine = test::tiny({0x90, 0x90, 0x90, 0xf4});
    for (const char* line : {"step",
                             "show registers",
                             "show system",
                             "show gdt",
                             "show idt",
                             "show tss",
                             "show walk 0x1000 w ring 3",
                             "show mappings",
                             "show stack",
                             "show disassembly",
                             "show source",
                             "show calls",
                             "show micro",
                             "show why",
                             "show timeline",
                             "show console",
                             "show breakpoints",
                             "show position",
                             "show coverage",
                             "memory 0x1000",
                             "print $rip",
                             "help",
                             "help expressions"}) {
        INFO(line);
        const Result<lesson::Answer> answer = machine.session->execute(line);
        REQUIRE(answer);
        CHECK_FALSE(answer->text.empty());
        const auto json = nlohmann::ordered_json::parse(answer->json, nullptr, false);
        REQUIRE(json.is_object());
        CHECK(json.begin().key() == "command");
        CHECK(json["command"] == line);
        CHECK(answer->json.find('\n') == std::string::npos);
    }
}

TEST_CASE("what cannot be done is one sentence") {
    test::Tiny machine = test::tiny({0x90, 0xf4});
    session::Session& session = *machine.session;
    machine.target->able.back = false;
    CHECK(said(session, "back") == "! back: this target cannot go back in time");
    CHECK(said(session, "") == "! there is no command; `help` lists them");
    CHECK(said(session, "jump\x1b[2J") == "! there is no command 'jump\\x1b[2J'; `help` lists them");
    CHECK(said(session, "show") == "! show: it wants a topic; `help show` lists them");
    CHECK(said(session, "show elf") == "! show: there is no ELF file '' here; there are kernel and user");
    CHECK(said(session, "next") == "! next: no lesson is being played");
    CHECK(said(session, "show walk 0x1000 q").starts_with("! show: 'q' is no access"));
}

TEST_CASE("the end of a line can be completed") {
    test::Tiny machine = test::tiny({0x90});
    CHECK(session::completions(*machine.session, "st") ==
          std::vector<std::string>{"step", "step-over", "step-out", "step-line"});
    CHECK(session::completions(*machine.session, "show wa") == std::vector<std::string>{"walk"});
    CHECK(session::completions(*machine.session, "break ").empty());
}
