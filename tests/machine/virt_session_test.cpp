// The RISC-V kernel from reset to its end on every way: a program, and a session that is typed at fixed steps.
#include <doctest/doctest.h>

#include "base/file.hpp"
#include "machine/virt_machine.hpp"
#include "ways.hpp"

using namespace ring;
using machine::VirtMachine;

namespace {
Bytes file(const char* name) {
    Result<Bytes> bytes = read_file(std::string(RING_KERNELS "/") + name);
    REQUIRE(bytes);
    return std::move(*bytes);
}

World<VirtMachine> kernel_with(const std::string& command_line) {
    machine::BootOptions options;
    options.kernel = file("kernel.elf");
    options.command_line = command_line;
    options.modules.push_back({file("initrd.tar"), "initrd.tar", ""});
    options.ram_bytes = 16_MiB;
    World<VirtMachine> world;
    world.make = [options] {
        auto made = VirtMachine::create(options.ram_bytes);
        REQUIRE(made);
        REQUIRE(boot_virt(**made, options));
        return std::move(*made);
    };
    world.most = 3'000'000;
    world.data = 0x80410000;
    return world;
}
}  // namespace

TEST_CASE("virt: the kernel runs a program, the same on every way") {
    const World<VirtMachine> world = kernel_with("quiet -- run /bin/cat2 /test/hello.txt");
    const auto story = Ways(world).same_on_every_path(3);
    CHECK(story.final);
    CHECK(story.machine->console() == "Hello from a file!\nHello from a file!\n");
}

TEST_CASE("virt: a typed session is the same on every way") {
    World<VirtMachine> world = kernel_with("quiet");
    world.typed = {{150'000, "run /bin/echo one\n"}, {200'000, "run /bin/fault_null\n"}, {200'003, "shutdown 42\n"}};
    const auto story = Ways(world).same_on_every_path(5);
    CHECK(story.final);
    CHECK(story.machine->console().find("one\n") != std::string::npos);
    const auto end = story.machine->final_state();
    REQUIRE(end.has_value());
    CHECK(end->exit_code == 42u);
}
