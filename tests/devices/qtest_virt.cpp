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

Result<QtestVirt> QtestVirt::start(std::vector<std::string> arguments, support::PrivateDirectory directory) {
    std::vector<std::string> all = {"-machine", "virt",  "-cpu", "rv64,h=false", "-m",
                                    "64M",      "-bios", "none", "-net",         "none"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    Result<Qtest> qtest = Qtest::start("qemu-system-riscv64", std::move(all), std::move(directory));
    if (!qtest) return qtest.error();
    return QtestVirt(std::move(*qtest));
}

Result<QtestVirt> QtestVirt::start() {
    Result<support::PrivateDirectory> directory = support::PrivateDirectory::make();
    if (!directory) return directory.error();
    Result<QtestVirt> virt = start({}, std::move(*directory));
    constexpr u32 jump_to_itself = 0x0000'006f;
    if (virt) virt->write_words(PhysAddr{0x8000'0000}, {jump_to_itself});
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

u64 QtestVirt::hart(std::string_view name) {
    const std::string registers = qtest_.human("info registers"), wanted = fmt::format(" {} ", name);
    const std::size_t at = registers.find(wanted);
    RING_ASSERT(at != std::string::npos);
    return std::strtoull(registers.c_str() + at + wanted.size(), nullptr, 16);
}

Bytes QtestVirt::read_bytes(PhysAddr from, std::size_t count) {
    const std::string digits = qtest_.ask(fmt::format("read {:#x} {:#x}", from.value, count));
    Bytes bytes;
    for (std::size_t i = 0; i < count; ++i)
        bytes.push_back(static_cast<u8>(std::stoul(digits.substr(2 + 2 * i, 2), nullptr, 16)));
    return bytes;
}
}  // namespace ring::test
