#include "qtest_pc.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

namespace ring::test {
namespace {
constexpr u64 hpet = 0xfed0'0000, hpet_configuration = 0x10, hpet_counter = 0xf0, hpet_period_ns = 10;

// A BIOS that halts: 64 KiB that end at the reset vector, cli and hlt.
Bytes halting_bios() {
    Bytes bios(64_KiB, 0xf4);
    constexpr u8 code[] = {0xfa, 0xf4, 0xeb, 0xfd};
    std::copy(std::begin(code), std::end(code), bios.end() - 16);
    return bios;
}
}  // namespace

Result<QtestPc> QtestPc::start() {
    Result<support::PrivateDirectory> directory = support::PrivateDirectory::make();
    if (!directory) return directory.error();
    const std::string bios = directory->file("bios");
    if (Status written = write_file(bios, halting_bios()); !written) return written.error();
    Result<Qtest> qtest = Qtest::start(
        "qemu-system-x86_64", {"-machine", "pc", "-m", "64M", "-bios", bios, "-net", "none"}, std::move(*directory));
    if (!qtest) return qtest.error();
    qtest->ask(fmt::format("writeq {:#x} 0", hpet + hpet_counter));
    qtest->ask(fmt::format("writeq {:#x} 1", hpet + hpet_configuration));
    return QtestPc(std::move(*qtest));
}

u8 QtestPc::in(u16 port) { return static_cast<u8>(qtest_.number(fmt::format("inb {:#x}", port))); }
void QtestPc::out(u16 port, u8 value) { qtest_.ask(fmt::format("outb {:#x} {:#x}", port, value)); }

void QtestPc::set_line(unsigned irq, bool level) {
    const char* const chip = irq < 8 ? "6" : "7";
    qtest_.ask(
        fmt::format("set_irq_in /machine/unattached/device[{}] unnamed-gpio-in {} {}", chip, irq & 7u, level ? 1 : 0));
}

u64 QtestPc::now_ns() { return hpet_period_ns * qtest_.number(fmt::format("readq {:#x}", hpet + hpet_counter)); }
}  // namespace ring::test
