// What a lesson may say about a RISC-V machine, and what its expressions find there.
#include <doctest/doctest.h>

#include "arch/riscv64/arch.hpp"
#include "lesson/facts.hpp"
#include "lesson/load.hpp"

using namespace ring;

namespace {
std::string lesson_with(const std::string& keys) {
    return "id: r\ntitle: R\nsummary: s\nkernel: riscv64\n" + keys + "\nsteps: [{title: One, text: t, run: step}]\n";
}
std::string refused(const std::string& keys) {
    const Result<lesson::Lesson> out = lesson::parse(lesson_with(keys), "");
    return out ? "(accepted)" : out.error().sentence();
}

struct Moment {
    Moment() {
        cpu.mode = riscv64::Mode::S;
        riscv64::set(cpu, riscv64::Reg::sstatus, riscv64::sstatus::SPP.mask());
        riscv64::set(cpu, riscv64::Reg::scause, 13);
        cpu.x[10] = 42;
        now.arch = &riscv64::architecture;
        now.memory = [](PhysAddr, std::span<u8>) { return false; };
    }
    std::string value(std::string_view expression) {
        now.registers = riscv64::registers_of(cpu, 0, 0);
        const lesson::Surroundings around;
        const Result<lesson::Expression> parsed = lesson::Expression::parse(expression);
        REQUIRE(parsed);
        const Result<lesson::Value> value = parsed->evaluate(lesson::Facts(now, around));
        return value ? lesson::to_text(*value) : "! " + value.error().sentence();
    }
    riscv64::Cpu cpu;
    target::Snapshot now;
};
}  // namespace

TEST_CASE("a lesson names the machine, its options, the shell and a folder of files") {
    const Result<lesson::Lesson> out = lesson::parse(
        lesson_with("machine: {arch: riscv64, ram: 128 MiB, svade: yes}\nmodules: cat2\nshell: yes\nfiles: docs"), "");
    INFO((out ? std::string() : out.error().sentence()));
    REQUIRE(out);
    CHECK(out->machine.arch == "riscv64");
    CHECK(out->machine.svade);
    CHECK(out->setup.shell);
    CHECK(out->setup.files.name == "docs");
    CHECK(refused("machine: {arch: z80}").find("there are x86-64, riscv64") != std::string::npos);
    CHECK(refused("machine: {arch: riscv64, cpu: amd}").find("riscv64 has no option 'cpu'") != std::string::npos);
    CHECK(refused("machine: {arch: x86-64, svade: yes}").find("x86-64 has no option 'svade'") != std::string::npos);
    CHECK(refused("shell: perhaps").find("'shell' is yes or no") != std::string::npos);
    CHECK(refused("files: ../outside").find("below the lesson's folder") != std::string::npos);
}

TEST_CASE("a variant may have a shell and files of its own") {
    const Result<lesson::Lesson> out =
        lesson::parse(lesson_with("machine: {arch: riscv64}\nshell: yes\nvariants:\n  - {id: v, title: V, summary: s, "
                                  "shell: no, files: other, steps: [{title: Two, text: t, run: step}]}"),
                      "");
    INFO((out ? std::string() : out.error().sentence()));
    REQUIRE(out);
    CHECK(out->setup.shell);
    CHECK_FALSE(out->variants.at(0).setup.shell);
    CHECK(out->variants.at(0).setup.files.name == "other");
}

TEST_CASE("expressions know a hart: ABI names, CSRs and their fields, modes and causes") {
    Moment moment;
    CHECK(moment.value("$a0") == "0x2a");
    CHECK(moment.value("$mstatus.SPP == 1 and $sstatus.SPP == 1") == "true");
    CHECK(moment.value("privilege") == "S-mode");
    CHECK(moment.value("ring") == "0x1");
    CHECK(moment.value("mode") == "addresses are physical");
    CHECK(moment.value("cause($scause)") == "load page fault");
    CHECK(moment.value("cause(0x8000000000000009)") == "supervisor external interrupt");
    CHECK(moment.value("cause(8)") == "environment call from U-mode");
    CHECK(moment.value("cause(0x8000000000000040)") == "vector 192");
    CHECK(moment.value("table('PMP', 0).raw").starts_with("0x"));
    CHECK(moment.value("table('GDT', 0)").find("riscv64 has no GDT") != std::string::npos);
    CHECK(moment.value("gdt(0x28)").find("riscv64 has no GDT") != std::string::npos);
}

TEST_CASE("an access is named by the architecture's own levels") {
    const arch::Arch& riscv = riscv64::architecture;
    const arch::Arch& x86 = *arch::find_architecture("x86-64");
    CHECK(lesson::access_words("user write", riscv)->level == 0u);
    CHECK(lesson::access_words("w S-mode", riscv)->level == 1u);
    CHECK(lesson::access_words("x m-mode", riscv)->level == 3u);
    CHECK(lesson::access_words("user write", x86)->level == 3u);
    CHECK(lesson::access_words("w ring 1", x86)->level == 1u);
    CHECK_FALSE(lesson::access_words("r", x86)->level);
    CHECK(lesson::access_words("ring 3", riscv).error().sentence().find("M-mode, S-mode, U-mode") != std::string::npos);
    CHECK_FALSE(lesson::access_words("ring 4", x86));
}
