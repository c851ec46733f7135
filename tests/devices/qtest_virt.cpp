#include "qtest_virt.hpp"

#include <cstdlib>

#include "base/text.hpp"

namespace ring::test {
namespace {
char letter(unsigned size) { return size == 1 ? 'b' : size == 2 ? 'w' : size == 4 ? 'l' : 'q'; }
std::string store(PhysAddr address, unsigned size, u64 value) {
    return fmt::format("write{} {:#x} {:#x}", letter(size), address.value, value);
}
}  // namespace

Result<QtestVirt> QtestVirt::start() {
    Result<support::PrivateDirectory> directory = support::PrivateDirectory::make();
    if (!directory) return directory.error();
    Result<Qtest> qtest =
        Qtest::start("qemu-system-riscv64",
                     {"-machine", "virt", "-cpu", "rv64,h=false", "-m", "64M", "-bios", "none", "-net", "none"},
                     std::move(*directory));
    if (!qtest) return qtest.error();
    QtestVirt virt(std::move(*qtest));
    constexpr u32 jump_to_itself = 0x0000'006f;
    virt.write_words(PhysAddr{0x8000'0000}, {jump_to_itself});
    return virt;
}

u64 QtestVirt::read(PhysAddr address, unsigned size) {
    return qtest_.number(fmt::format("read{} {:#x}", letter(size), address.value));
}
void QtestVirt::write(PhysAddr address, unsigned size, u64 value) { qtest_.ask(store(address, size, value)); }
int QtestVirt::last_write(PhysAddr address, unsigned size, u64 value) {
    return qtest_.last(store(address, size, value));
}

void QtestVirt::write_words(PhysAddr address, const std::vector<u32>& words) {
    for (u32 word : words) {
        write(address, 4, word);
        address.value += 4;
    }
}

void QtestVirt::set_line(unsigned source, bool level) {
    qtest_.ask(fmt::format("set_irq_in /machine/unattached/device[2] unnamed-gpio-in {} {}", source, level ? 1 : 0));
}

u64 QtestVirt::mip() {
    const std::string registers = qtest_.human("info registers");
    const std::size_t at = registers.find(" mip ");
    RING_ASSERT(at != std::string::npos);
    return std::strtoull(registers.c_str() + at + 5, nullptr, 16);
}
}  // namespace ring::test
