// The plan of a boot is what QEMU does with the same kernel, initrd, command line and RAM: bytes, addresses, device
// tree, and the hart at the kernel's first instruction.
#include <doctest/doctest.h>

#include "base/file.hpp"
#include "elf_builder.hpp"
#include "fdt_reader.hpp"
#include "machine/boot_virt.hpp"
#include "machine/devices/fdt.hpp"
#include "qtest_virt.hpp"

using namespace ring;
using namespace ring::machine;

namespace {
// A kernel that jumps to itself: the hart stays as it is at the first instruction. A second segment has bytes and
// zeros.
Bytes waiting_kernel() {
    test::ElfBuilder builder(ET_EXEC, EM_RISCV);
    builder.header.e_entry = 0x8000'0000;
    builder.load(PF_R | PF_X, 0x1000, 0x8000'0000, Bytes{0x6f, 0, 0, 0});
    builder.load(PF_R | PF_W, 0x2000, 0x8000'2000, Bytes(100, 0xab)).p_memsz = 0x1234;
    return builder.build();
}

struct Pair {
    test::QtestVirt qemu;
    VirtBoot ours;
    static Pair start(const BootOptions& options) {
        Result<support::PrivateDirectory> directory = support::PrivateDirectory::make();
        REQUIRE(directory);
        std::vector<std::string> arguments = {"-m", fmt::format("{}k", options.ram_bytes >> 10), "-kernel",
                                              directory->file("kernel")};
        REQUIRE(write_file(directory->file("kernel"), options.kernel));
        if (!options.modules.empty()) {
            REQUIRE(write_file(directory->file("initrd"), options.modules[0].data));
            arguments.insert(arguments.end(), {"-initrd", directory->file("initrd")});
        }
        if (!options.command_line.empty()) arguments.insert(arguments.end(), {"-append", options.command_line});
        Result<test::QtestVirt> qemu = test::QtestVirt::start(std::move(arguments), std::move(*directory));
        REQUIRE_MESSAGE(qemu, (qemu ? "" : qemu.error().sentence()));
        Result<VirtBoot> ours = plan_virt_boot(options);
        REQUIRE_MESSAGE(ours, (ours ? "" : ours.error().sentence()));
        return {std::move(*qemu), std::move(*ours)};
    }
};

test::FdtNodes tree(const Bytes& blob) {
    std::optional<test::FdtNodes> nodes = test::FdtReader(blob).nodes();
    REQUIRE(nodes.has_value());
    return *nodes;
}

BootOptions options(u64 ram, std::size_t initrd, std::string line) {
    BootOptions out;
    out.kernel = waiting_kernel();
    out.ram_bytes = ram;
    out.command_line = std::move(line);
    if (initrd != 0) out.modules.push_back({Bytes(initrd, 0x5a), "initrd", ""});
    return out;
}
}  // namespace

TEST_CASE("qtest boot: every byte of the plan is where QEMU has it, and the hart stands the same") {
    for (const BootOptions& each : {options(64_MiB, 5000, "one two"), options(66048_KiB, 1, ""), options(8_MiB, 0, "x"),
                                    options(1100_MiB, 77, "y")}) {
        INFO("RAM ", each.ram_bytes);
        Pair pair = Pair::start(each);
        for (const BootPiece& piece : pair.ours.pieces) {
            if (piece.first == pair.ours.device_tree) continue;
            INFO(piece.what);
            Bytes expected = piece.bytes;
            expected.resize(piece.memory_bytes);
            CHECK(pair.qemu.read_bytes(piece.first, expected.size()) == expected);
        }
        for (std::size_t i = 0; i < pair.ours.rom.size(); ++i)
            CHECK(pair.qemu.read(PhysAddr{0x1000 + 4 * i}, 4) == pair.ours.rom[i]);
        const u64 start = pair.ours.cpu.pc;
        while (pair.qemu.hart("pc") != start) pair.qemu.run();
        constexpr std::string_view names[] = {"x1/ra",  "x2/sp",  "x3/gp",  "x4/tp",  "x5/t0",   "x6/t1",   "x7/t2",
                                              "x8/s0",  "x9/s1",  "x10/a0", "x11/a1", "x12/a2",  "x13/a3",  "x14/a4",
                                              "x15/a5", "x16/a6", "x17/a7", "x18/s2", "x19/s3",  "x20/s4",  "x21/s5",
                                              "x22/s6", "x23/s7", "x24/s8", "x25/s9", "x26/s10", "x27/s11", "x28/t3",
                                              "x29/t4", "x30/t5", "x31/t6"};
        for (std::size_t i = 0; i < std::size(names); ++i) {
            INFO(names[i]);
            CHECK(pair.qemu.hart(names[i]) == pair.ours.cpu.x[i + 1]);
        }
        CHECK(pair.qemu.hart("mstatus") == pair.ours.cpu.mstatus);
        CHECK(pair.qemu.mip() == VirtDevices().interrupt_lines(0));
        for (std::string_view name : {"mie", "mideleg", "medeleg", "mtvec", "satp"}) CHECK(pair.qemu.hart(name) == 0);
    }
}

TEST_CASE("qtest boot: each property of our device tree is QEMU's, but for what this hart is") {
    Pair pair = Pair::start(options(64_MiB, 5000, "one two"));
    const test::FdtNodes theirs = tree(pair.qemu.read_bytes(pair.ours.device_tree, 64_KiB));
    test::FdtNodes mine;
    for (const BootPiece& piece : pair.ours.pieces)
        if (piece.first == pair.ours.device_tree) mine = tree(piece.bytes);
    REQUIRE(mine.size() > 10);

    auto& cpu = mine.at("/cpus/cpu@0");
    const auto& cpu_of_qemu = theirs.at("/cpus/cpu@0");
    CHECK(cpu_of_qemu.at("riscv,isa") == "\"rv64imafdc_zicsr_zifencei_zihintpause_zba_zbb_zbc_zbs_sstc\"");
    CHECK(cpu_of_qemu.at("mmu-type") == "\"riscv,sv48\"");
    cpu["riscv,isa"] = cpu_of_qemu.at("riscv,isa");
    cpu["mmu-type"] = cpu_of_qemu.at("mmu-type");
    CHECK(mine["/chosen"].count("rng-seed") == 0);
    mine["/chosen"]["rng-seed"] = theirs.at("/chosen").at("rng-seed");

    for (const auto& [path, properties] : mine) {
        INFO(path);
        REQUIRE(theirs.count(path) == 1);
        CHECK(theirs.at(path) == properties);
    }
    // What QEMU has besides: devices that the board's table calls absent, and counters that this hart has not.
    for (const auto& [path, properties] : theirs) {
        if (mine.count(path) != 0) continue;
        bool known = path == "/pmu" || path == "/platform-bus@4000000";
        const std::size_t sign = path.find('@');
        const u64 address = sign == std::string::npos ? 0 : std::stoull(path.substr(sign + 1), nullptr, 16);
        const VirtRange* const range = virt_device(PhysAddr{address});
        known = known || (range && range->owner == VirtOwner::Absent);
        INFO(path);
        CHECK(known);
    }
}
