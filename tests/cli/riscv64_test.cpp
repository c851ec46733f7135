// The RISC-V machine as a person meets it: programs with files and arguments, a shell typed at, the debugger's words.
#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "golden.hpp"
#include "transcript.hpp"

using ring::test::check_golden;
using ring::test::ringscope;
using ring::test::Transcript;
using ring::test::without_addresses;
namespace fs = std::filesystem;

namespace {
const std::string riscv = RING_BINARY_DIR "/kernels/riscv64/";
const std::string shell = riscv + "kernel.elf";
std::string riscv_program(const std::string& name) { return riscv + "user/" + name + ".elf"; }

struct Folder {
    Folder() {
        char name[] = "/tmp/ringscope-cli-XXXXXX";
        REQUIRE(::mkdtemp(name) != nullptr);
        path = name;
    }
    ~Folder() { fs::remove_all(path); }
    fs::path path;
};

Transcript debug(const std::string& file, const std::vector<std::string>& commands,
                 const std::vector<std::string>& options = {}) {
    std::vector<std::string> words{"debug", file};
    words.insert(words.end(), options.begin(), options.end());
    for (const std::string& command : commands) words.insert(words.end(), {"-x", command});
    return ringscope(words);
}
}  // namespace

TEST_CASE("run: a RISC-V program's output is all there is, and its exit code is ours") {
    const Transcript cat = ringscope({"run", riscv_program("cat2"), "--", "/test/hello.txt"});
    CHECK(cat.out == "Hello from a file!\nHello from a file!\n");
    CHECK(cat.err.empty());
    CHECK(cat.status == 0);
    const Transcript usage = ringscope({"run", riscv_program("cat2")});
    CHECK(usage.out == "Usage: cat2 <file>\n");
    CHECK(usage.status == 1);
    CHECK(ringscope({"run", riscv_program("arguments"), "--", "one", "two words", ""}).status == 4);
    CHECK(ringscope({"run", riscv_program("fault_null")}).status == 141);
    CHECK(ringscope({"run", riscv_program("low")}).status == 126);
    const Transcript spin = ringscope({"run", riscv_program("spin"), "--max", "400000"});
    CHECK(spin.status == 124);
    CHECK(spin.err == "ringscope: the budget of 400000 steps is used up\n");
}

TEST_CASE("run: words reach the program as they were typed") {
    const Transcript echo =
        ringscope({"run", riscv_program("echo"), "--", "two  words", "\"quoted\"", "back\\slash", ""});
    CHECK(echo.out == "two  words \"quoted\" back\\slash \n");
}

TEST_CASE("run: a copy of a folder is the guest's, and what the guest does to it stays there") {
    const Folder folder, secret;
    std::ofstream(secret.path / "secret.txt") << "nobody's business\n";
    std::ofstream(folder.path / "mine.txt") << "a file of mine\n";
    fs::create_directory(folder.path / "deep");
    std::ofstream(folder.path / "deep" / "er.txt") << "deeper\n";
    fs::create_symlink(secret.path / "secret.txt", folder.path / "out.txt");
    fs::create_symlink(secret.path, folder.path / "outside");
    const std::string files = folder.path.string();

    const Transcript cat = ringscope({"run", riscv_program("cat2"), "--files", files, "--", "/deep/er.txt"});
    CHECK(cat.out == "deeper\ndeeper\n");
    CHECK(cat.err.find("left out, being no file of that folder: out.txt, outside") != std::string::npos);
    for (const char* hostile : {"/out.txt", "/outside/secret.txt"}) {
        const Transcript one = ringscope({"run", riscv_program("cat2"), "--files", files, "--", hostile});
        CHECK(one.out == "Error reading file\n");
        CHECK(one.status == 1);
    }
    const Transcript changed =
        ringscope({"run", shell, "--append", "quiet", "--files", files},
                  "fs write /mine.txt changed\nfs rm /deep/er.txt\nfs cat /mine.txt\nshutdown\n");
    CHECK(changed.status == 0);
    CHECK(changed.out.find("changed") != std::string::npos);
    CHECK(fs::file_size(folder.path / "mine.txt") == 15);
    CHECK(fs::exists(folder.path / "deep" / "er.txt"));
}

TEST_CASE("run: the shell is typed at through standard input, and its end is told") {
    const Transcript session = ringscope({"run", shell}, "run /bin/cat2 /test/hello.txt\necho typed\nshutdown 7\n");
    CHECK(session.status == 7);
    CHECK(session.out.find("/> run /bin/cat2 /test/hello.txt\n") != std::string::npos);
    CHECK(session.out.find("Hello from a file!\nHello from a file!\nexit code 0\n") != std::string::npos);
    CHECK(session.out.ends_with("/> shutdown 7\nexit: code 7\n"));
    CHECK(session.err.empty());
    const Transcript ended = ringscope({"run", shell, "--append", "quiet"}, "echo typed\n");
    CHECK(ended.status == 125);
    CHECK(ended.out == "/> echo typed\ntyped\n/> ");
    CHECK(ended.err == "ringscope: the guest waits for input, and standard input has ended\n");
}

TEST_CASE("debug: a guest that waits for input goes on when something is sent") {
    const Transcript one = debug(shell, {"continue", "send run /bin/cat2 /test/hello.txt", "continue", "show console"});
    CHECK(one.status == 0);
    CHECK(one.out.find("the guest waits for input on its console") != std::string::npos);
    CHECK(one.out.find("Hello from a file!") != std::string::npos);
    const Transcript still = debug(shell, {"continue", "continue"});
    CHECK(still.status == 2);
    CHECK(still.err.find("`send TEXT` types a line there") != std::string::npos);
    const Transcript back = debug(shell, {"continue", "send shutdown 3", "continue", "check exit_code == 3", "goto 100",
                                          "continue", "check stop == 'exited'"});
    INFO((back.out + back.err));
    CHECK(back.status == 0);
}

TEST_CASE("debug: what was typed is typed again on the way forward, until something else is typed or changed before") {
    const std::vector<std::string> typed{"continue", "send echo one", "continue", "send shutdown 3", "continue"};
    const auto then = [&](std::vector<std::string> more) {
        more.insert(more.begin(), typed.begin(), typed.end());
        return debug(shell, more);
    };
    const Transcript again = then({"goto 100", "continue", "check exit_code == 3", "show console"});
    INFO((again.out + again.err));
    CHECK(again.status == 0);
    CHECK(again.out.find("/> echo one\none\n/> shutdown 3\n") != std::string::npos);
    const Transcript other = then({"goto 212000", "send x", "continue", "check stop != 'exited'"});
    INFO((other.out + other.err));
    CHECK(other.status == 0);
    const Transcript changed =
        then({"goto 100", "set memory physical 0x83fff000 01", "continue", "check stop != 'exited'",
              "check $pc == uart_get + 0x34", "goto 0", "continue", "check stop != 'exited'"});
    INFO((changed.out + changed.err));
    CHECK(changed.status == 0);
    const Transcript undone =
        debug(shell, {"continue", "set memory physical 0x83fff000 01", "send shutdown 4", "continue",
                      "check exit_code == 4", "goto 100", "continue", "check stop != 'exited'"});
    INFO((undone.out + undone.err));
    CHECK(undone.status == 0);
}

TEST_CASE("debug: the programs are among the shell's files, and have their symbols") {
    const Transcript one = debug(riscv_program("cat2"),
                                 {"continue", "send run /bin/cat2 /test/hello.txt", "break user:_start", "continue",
                                  "check privilege == 'U-mode'", "check $pc == user:_start"},
                                 {"--shell"});
    INFO((one.out + one.err));
    CHECK(one.status == 0);
    const Transcript dyn =
        debug(riscv_program("dyn"), {"goto user:_start", "check $pc >= 0x80400000", "check ring == 0"});
    INFO((dyn.out + dyn.err));
    CHECK(dyn.status == 0);
}

TEST_CASE("sret into the program and the way back through an ecall read like this") {
    const Transcript there = debug(riscv_program("cat2"), {"goto sret_instruction", "check $mstatus.SPP == 0", "step",
                                                           "show micro", "check privilege == 'U-mode'"});
    INFO(there.err);
    CHECK(there.status == 0);
    check_golden("cli/riscv64_sret", without_addresses(there.out));
    const Transcript call = debug(
        riscv_program("silent"), {"goto user:the_ecall", "step", "show micro", "check privilege == 'S-mode'",
                                  "check cause($scause) == 'environment call from U-mode'", "check $pc == trap_entry"});
    INFO((call.out + call.err));
    CHECK(call.status == 0);
    check_golden("cli/riscv64_ecall", without_addresses(call.out));
}

TEST_CASE("breakpoints at traps by the names that people use") {
    const Transcript one =
        debug(riscv_program("fault_null"),
              {"break trap load page fault", "break trap ecall", "break trap 12", "break interrupt 9",
               "break trap 'store/AMO access fault'", "break satp", "show breakpoints"});
    CHECK(one.status == 0);
    CHECK(
        one.out.starts_with("breakpoint 1: when load page fault is taken\n"
                            "breakpoint 2: when environment call from U-mode is taken\n"
                            "breakpoint 3: when environment call from S-mode is taken\n"
                            "breakpoint 4: when environment call from M-mode is taken\n"
                            "breakpoint 5: when instruction page fault is taken\n"
                            "breakpoint 6: when supervisor external interrupt is taken\n"
                            "breakpoint 7: when store/AMO access fault is taken\n"
                            "breakpoint 8: when satp is written\n"));
    const Transcript stops = debug(riscv_program("fault_null"), {"break trap load page fault", "continue",
                                                                 "check cause($scause) == 'load page fault'",
                                                                 "check $stval == 0", "check faults == 1"});
    INFO((stops.out + stops.err));
    CHECK(stops.status == 0);
    const Transcript input = debug(shell, {"continue", "break interrupt 9", "send help", "continue",
                                           "check $scause == 0x8000000000000009", "show micro"});
    INFO((input.out + input.err));
    CHECK(input.status == 0);
    CHECK(input.out.find("mip = 0x220") != std::string::npos);  // what the PLIC drives, too
    CHECK(debug(shell, {"break trap nonsense"}).err.find("neither a cause's name nor a number") != std::string::npos);
    CHECK(debug(shell, {"break cr3"}).status == 2);
}

TEST_CASE("stepping over an ecall and out of a function") {
    const Transcript one = debug(riscv_program("silent"), {"goto user:the_ecall", "step-over", "check ring == 0",
                                                           "check $pc == user:the_ecall + 4"});
    INFO((one.out + one.err));
    CHECK(one.status == 0);
    const Transcript out = debug(riscv_program("echo"),
                                 {"goto user_can", "step-out", "check privilege == 'S-mode'", "goto trap_handler",
                                  "step-out", "step-out", "check privilege == 'U-mode'"},
                                 {"--", "word"});
    INFO((out.out + out.err));
    CHECK(out.status == 0);
}

TEST_CASE("registers, tables, memory and lenses speak RISC-V") {
    const Transcript one =
        debug(riscv_program("cat2"),
              {"print $satp", "goto user:_start", "print $sp", "show registers", "show system", "show tables",
               "show walk $pc x U-mode", "show mappings", "show frames", "show stack", "show lens $pc", "memory $pc",
               "show calls", "show coverage", "find 'Usage'", "show elf", "show source"});
    INFO((one.out + one.err));
    CHECK(one.status == 0);
    for (const char* word : {"PMP", "DELEGATION", "level 0", "0x80400000", "cat2.elf LOAD", "RV64M"}) {
        INFO(word);
        CHECK(one.out.find(word) != std::string::npos);
    }
    CHECK(ringscope({"show", "coverage", "--arch", "riscv64"}).out.find("sfence.vma") != std::string::npos);
    CHECK(ringscope({"show", "coverage", "--arch", "z80"}).status == 2);
}

TEST_CASE("an entry that is used before sfence.vma is told of, for hardware need not see it") {
    const Transcript one =
        debug(shell,
              {"continue", "send run /bin/silent", "continue", "check count('stale translation') == 0",
               "send run /bin/silent", "continue", "check count('stale translation') == 1"},
              {"--append", "break=no-sfence"});
    INFO((one.out + one.err));
    CHECK(one.status == 0);
}

TEST_CASE("why: the fault that killed a program, and none where there was only a system call") {
    const Transcript null = ringscope({"why", riscv_program("fault_null")});
    CHECK(null.status == 0);
    CHECK(null.out.find("load page fault at 0x0") != std::string::npos);
    const Transcript text = ringscope({"why", riscv_program("fault_write_text"), "--json"});
    CHECK(nlohmann::json::parse(text.out)["exit_code"] == "0x8f");
    CHECK(ringscope({"why", riscv_program("silent")}).out.find("No fault was raised.") != std::string::npos);
    const Transcript broken = ringscope({"why", riscv_program("echo"), "--append", "break=spp-s"});
    CHECK(broken.out.find("instruction page fault") != std::string::npos);
    CHECK(broken.out.find("U = 1") != std::string::npos);
}

TEST_CASE("inspect: a RISC-V file, its flags and its code") {
    const Transcript one = ringscope({"inspect", riscv_program("cat2"), "--disassemble"});
    CHECK(one.status == 0);
    CHECK(one.out.find("EM_RISCV") != std::string::npos);
    CHECK(one.out.find("ecall") != std::string::npos);
}
