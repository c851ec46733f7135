// The board as SeaBIOS hands it to a kernel: real QEMU, and our devices, asked the same by the same table of accesses.
#include <doctest/doctest.h>

#include "base/text.hpp"
#include "elf/file.hpp"
#include "machine/devices/pc_devices.hpp"
#include "qemu_run.hpp"

using namespace ring;

namespace {
enum Kind : u8 { read_port, write_port, the_end };
struct Access {
    u16 port = 0;
    u8 value = 0;
    u8 kind = the_end;
};

// The table of entry_ports.S, from its file.
std::vector<Access> accesses() {
    Result<elf::File> file = elf::open(RING_ENTRY_KERNEL);
    REQUIRE(file);
    const elf::Section* section = file->section(".accesses");
    REQUIRE(section != nullptr);
    const ByteSpan bytes = file->contents(*section);
    std::vector<Access> all;
    for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4)
        all.push_back({static_cast<u16>(bytes[at] | bytes[at + 1] << 8), bytes[at + 2], bytes[at + 3]});
    return all;
}
}  // namespace

TEST_CASE("devices: at a kernel's entry they answer as QEMU's after SeaBIOS") {
    lockstep::QemuOptions options;
    options.kernel = RING_ENTRY_KERNEL;
    Result<lockstep::QemuRun> run = lockstep::QemuRun::start(options);
    REQUIRE_MESSAGE(run, (run ? "" : run.error().sentence()));
    while (run->stream().next()) {}
    REQUIRE_FALSE(run->stream().failure());
    CHECK(run->wait() == 1);
    const std::string qemu = run->console();

    machine::PcDevices ours;
    ours.use_external_timer(true);  // its phase at the entry is SeaBIOS's affair
    std::size_t reads = 0;
    for (const Access& access : accesses()) {
        if (access.kind == write_port) ours.out(access.port, 1, access.value, 0);
        if (access.kind != read_port) continue;
        REQUIRE(reads < qemu.size());
        // Whether a tick waits is SeaBIOS's affair too. OUT of a counter in mode 2: low in QEMU, high in the data sheet
        // (pit_8254.hpp).
        const u8 ignored = reads == 0 ? 0x01 : access.port == 0x40 ? 0x80 : 0;
        const u64 theirs = static_cast<u8>(qemu[reads++]) | ignored, mine = ours.in(access.port, 1, 0) | ignored;
        INFO("read ", reads, " of port ", text::hex(u64{access.port}));
        CHECK(text::hex(theirs) == text::hex(mine));
    }
    CHECK(reads == qemu.size());
    CHECK(reads > 20);
}
