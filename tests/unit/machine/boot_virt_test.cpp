#include "machine/boot_virt.hpp"

#include <doctest/doctest.h>

#include "elf_builder.hpp"
#include "fdt_reader.hpp"
#include "golden.hpp"
#include "machine/devices/fdt.hpp"

using namespace ring;
using namespace ring::machine;

namespace {
Bytes kernel(u64 address = 0x8000'0000, u64 bytes = 64, u64 entry = 0x8000'0000, u16 machine = EM_RISCV,
             u16 type = ET_EXEC) {
    test::ElfBuilder builder(type, machine);
    builder.header.e_entry = entry;
    builder.load(PF_R | PF_X, 0x1000 + address % 0x1000, address, Bytes(bytes, 0x13));
    return builder.build();
}
BootOptions with(Bytes file, u64 ram = 64_MiB) {
    BootOptions options;
    options.kernel = std::move(file);
    options.kernel_name = "k.elf";
    options.ram_bytes = ram;
    return options;
}
BootOptions with_initrd(u64 bytes, u64 ram = 64_MiB) {
    BootOptions options = with(kernel(), ram);
    options.modules.push_back({Bytes(bytes, 0x55), "fs.tar", ""});
    return options;
}
std::string failure(const BootOptions& options) {
    Result<VirtBoot> boot = plan_virt_boot(options);
    return boot ? "" : boot.error().sentence();
}
test::FdtNodes tree_of(const VirtBoot& boot) {
    for (const BootPiece& piece : boot.pieces)
        if (piece.first == boot.device_tree)
            if (auto nodes = test::FdtReader(piece.bytes).nodes()) return *nodes;
    return {};
}
}  // namespace

TEST_CASE("virt boot: the hart is where QEMU's stands at the kernel's first instruction") {
    Result<VirtBoot> boot = plan_virt_boot(with(kernel()));
    REQUIRE(boot);
    CHECK(boot->warnings.empty());
    CHECK(boot->cpu.pc == 0x8000'0000);
    CHECK(boot->cpu.mode == riscv64::Mode::M);
    CHECK(boot->cpu.mstatus == 0xa'0000'0000);
    for (unsigned i = 0; i < 32; ++i) {
        INFO("x", i);
        CHECK(boot->cpu.x[i] == (i == 5 ? 0x8000'0000 : i == 11 ? 0x83e0'0000 : i == 12 ? 0x1028 : 0));
    }
    REQUIRE(boot->pieces.size() == 2);
    CHECK(boot->pieces[0].first == PhysAddr{0x8000'0000});
    CHECK(boot->pieces[0].bytes == Bytes(64, 0x13));
}

TEST_CASE("virt boot: the device tree and the initrd lie where QEMU puts them") {
    struct Row {
        u64 ram, tree, initrd;
    };
    // As measured; 66048 KiB is no multiple of the tree's alignment.
    for (const Row& row : {Row{8_MiB, 0x8060'0000, 0x8040'0000}, Row{64_MiB, 0x83e0'0000, 0x8200'0000},
                           Row{66048_KiB, 0x83e0'0000, 0x8204'0000}, Row{66_MiB, 0x8400'0000, 0x8210'0000},
                           Row{128_MiB, 0x87e0'0000, 0x8400'0000}, Row{1_GiB, 0xbfe0'0000, 0x8800'0000},
                           Row{1100_MiB, 0xbfe0'0000, 0x8800'0000}, Row{2_GiB, 0xbfe0'0000, 0x8800'0000}}) {
        INFO("RAM ", row.ram);
        Result<VirtBoot> boot = plan_virt_boot(with_initrd(5000, row.ram));
        REQUIRE(boot);
        CHECK(boot->device_tree == PhysAddr{row.tree});
        CHECK(boot->cpu.x[11] == row.tree);
        CHECK(boot->initrd == PhysAddr{row.initrd});
        test::FdtNodes tree = tree_of(*boot);
        CHECK(tree["/chosen"]["linux,initrd-start"] == fmt::format("<{:#x}>", row.initrd));
        CHECK(tree["/chosen"]["linux,initrd-end"] == fmt::format("<{:#x}>", row.initrd + 5000));
    }
}

TEST_CASE("virt boot: the initrd follows the kernel's lowest byte, not its entry") {
    BootOptions options = with_initrd(1, 128_MiB);
    options.kernel = kernel(0x8020'0000, 64, 0x8020'0010);
    Result<VirtBoot> boot = plan_virt_boot(options);
    REQUIRE(boot);
    CHECK(boot->initrd == PhysAddr{0x8420'0000});
    CHECK(boot->rom[14] == 0x8020'0000);
}

TEST_CASE("virt boot: a kernel that does not start at the first byte of RAM is told so, twice if nothing is there") {
    Result<VirtBoot> boot = plan_virt_boot(with(kernel(0x8000'0000, 64, 0x8000'0010)));
    REQUIRE(boot);
    CHECK(boot->cpu.pc == 0x8000'0000);
    REQUIRE(boot->warnings.size() == 1);
    CHECK(boot->warnings[0] ==
          "k.elf says that it starts at 0x80000010; without a BIOS this board starts at 0x80000000, as QEMU's does");
    boot = plan_virt_boot(with(kernel(0x8020'0000, 64, 0x8020'0000)));
    REQUIRE(boot);
    REQUIRE(boot->warnings.size() == 2);
    CHECK(boot->warnings[1] == "nothing of k.elf lies at 0x80000000, where the hart starts");
}

TEST_CASE("virt boot: what cannot be done is a sentence") {
    CHECK(failure(with(Bytes(100, 'x'))) == "k.elf: it is not a 64-bit RISC-V ELF file");
    CHECK(failure(with(kernel(0x8000'0000, 64, 0x8000'0000, EM_X86_64))) ==
          "k.elf: it is not a 64-bit RISC-V ELF file");
    CHECK(failure(with(kernel(0x8000'0000, 64, 0x8000'0000, EM_RISCV, ET_DYN))) ==
          "k.elf: it is not linked for a fixed address (ET_EXEC), and nothing moves a kernel here");
    CHECK(failure(with(kernel(0x1'0000, 64, 0x1'0000))) ==
          "segment 0 of k.elf (64 bytes at 0x10000) lies outside RAM, which is 0x80000000 to 0x84000000");
    CHECK(failure(with(kernel(0x83ff'ffe0, 64, 0x83ff'ffe0))) ==
          "segment 0 of k.elf (64 bytes at 0x83ffffe0) lies outside RAM, which is 0x80000000 to 0x84000000");
    CHECK(failure(with(kernel(0x83ef'fff0, 64, 0x83ef'fff0))) ==
          "the device tree (1 MiB at 0x83e00000) and segment 0 of k.elf (64 bytes at 0x83effff0) overlap; more RAM "
          "keeps them apart");
    CHECK(failure(with_initrd(5000, 4_MiB)) ==
          "the device tree (1 MiB at 0x80200000) and the initrd fs.tar (4.9 KiB at 0x80200000) overlap; more RAM keeps "
          "them apart");
    CHECK(failure(with(kernel(), 2_MiB)) == "the board takes 4 MiB to 2 GiB of RAM in whole pages, not 2 MiB");
    BootOptions two = with_initrd(1);
    two.modules.push_back(two.modules[0]);
    CHECK(failure(two) == "the board has one initrd, and 2 modules were given");
    BootOptions long_line = with(kernel());
    long_line.command_line = std::string(1_MiB, 'x');
    CHECK(failure(long_line) == "the command line of 1 MiB does not fit into the device tree, which has 1 MiB");
}

TEST_CASE("virt boot: the reset ROM holds the code that has run, and the addresses that it loads") {
    Result<VirtBoot> boot = plan_virt_boot(with(kernel(), 128_MiB));
    REQUIRE(boot);
    VirtDevices devices;
    devices.rom = boot->rom;
    CHECK(devices.read(PhysAddr{0x1018}, 8, 0) == 0x8000'0000);
    CHECK(devices.read(PhysAddr{0x1020}, 8, 0) == 0x87e0'0000);
    CHECK(devices.read(PhysAddr{0x1028}, 8, 0) == 0x4942'534f);
    CHECK(devices.read(PhysAddr{0x1038}, 8, 0) == 0x8000'0000);
}

TEST_CASE("device tree: the whole of it, for a reader") {
    VirtTree options{128_MiB, "console=uart init=/bin/sh", PhysAddr{0x8400'0000}, 0x1388};
    const auto nodes = test::FdtReader(virt_device_tree(options)).nodes();
    REQUIRE(nodes.has_value());
    test::check_golden("machine/virt_device_tree", test::fdt_text(*nodes));
}

TEST_CASE("device tree: without command line and initrd, chosen names the console alone") {
    auto nodes = test::FdtReader(virt_device_tree({64_MiB, "", std::nullopt, 0})).nodes();
    REQUIRE(nodes.has_value());
    CHECK((*nodes)["/chosen"] == std::map<std::string, std::string>{{"stdout-path", "\"/soc/serial@10000000\""}});
}
