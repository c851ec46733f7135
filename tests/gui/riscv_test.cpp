// The panels that only a RISC-V machine has, and those that look different on it, by widget id.
#include <algorithm>

#include "headless.hpp"

using namespace ring;
using namespace ring::gui;
using test::Headless;

namespace {
std::string program(const std::string& name) {
    return std::string(RING_BINARY_DIR) + "/kernels/riscv64/user/" + name + ".elf";
}

// A window on one panel, or on a layout of several; a program that was killed for a load from 0 is at the kernel's
// door.
struct Window : Headless {
    explicit Window(const char* layout) : Headless(test::open_program(program("fault_null"))) {
        REQUIRE(ui().set_layout(layout));
        settle();
        for (const char* line : {"break trap load page fault", "continue"}) worker().post(RunCommand{line});
        settle();
        REQUIRE(scene().program.privilege == "S-mode");
    }
};
}  // namespace

TEST_CASE("RISC-V: the delegation panel counts what goes where, and an entry opens to its bit") {
    Window window("delegation");
    CHECK(window.text("delegation/M-mode") == "8 causes: machine_trap_entry");
    CHECK(window.text("delegation/S-mode") == "12 causes: trap_entry");
    REQUIRE(window.shows("delegation/13"));
    window.click("delegation/13");
    CHECK(window.shows("delegation/13/medeleg"));
    window.click("delegation/13");
    CHECK_FALSE(window.shows("delegation/13/medeleg"));
}

TEST_CASE("RISC-V: the PMP panel shows every entry, and one opens to its fields") {
    Window window("pmp");
    for (unsigned i = 0; i < 10; ++i) CHECK(window.shows("pmp/" + std::to_string(i)));
    window.click("pmp/1");
    CHECK(window.shows("pmp/1/A"));
    CHECK(window.shows("pmp/1/pmpaddr"));
}

TEST_CASE("RISC-V: devices, Sv39 walk and registers speak of the hart") {
    Window window("V(50 H(50 devices, 50 walk), 50 H(50 registers, 50 system))");
    CHECK(window.shows("devices/PLIC/0x28"));
    CHECK(window.text("walk/stop") == "V = 0");
    CHECK(window.shows("walk/level-0"));  // an id that a lesson can name
    CHECK(window.text("walk/right/0/read") == "denied: level 0 V");
    CHECK(window.text("ring") == "S-mode");
    CHECK(window.text("system/scause") == "0x000000000000000d");
}

TEST_CASE("RISC-V: the CSRs of each mode are a fold of the registers") {
    Window window("registers");
    CHECK_FALSE(window.shows("register/sepc"));
    REQUIRE(window.shows("registers/supervisor"));
    window.worker().post(Ask{"registers", "supervisor"});  // what a click there asks
    window.settle();
    CHECK(window.shows("register/sepc"));
    CHECK_FALSE(window.shows("register/mepc"));
}

TEST_CASE("RISC-V: panels of the other architecture are not for this machine") {
    Window window("delegation");
    CHECK(is_for(*find_panel("pmp"), window.scene()));
    CHECK_FALSE(is_for(*find_panel("tss"), window.scene()));
}
