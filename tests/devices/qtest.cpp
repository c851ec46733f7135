#include "qtest.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "base/file.hpp"
#include "base/text.hpp"

namespace ring::test {
namespace {
constexpr u64 hpet = 0xfed0'0000, hpet_configuration = 0x10, hpet_counter = 0xf0, hpet_period_ns = 10;

void write_all(int to, const std::string& line) {
    RING_ASSERT(::write(to, line.data(), line.size()) == static_cast<ssize_t>(line.size()));
}

// A BIOS that halts: 64 KiB that end at the reset vector, cli and hlt.
Bytes halting_bios() {
    Bytes bios(64_KiB, 0xf4);
    constexpr u8 code[] = {0xfa, 0xf4, 0xeb, 0xfd};
    std::copy(std::begin(code), std::end(code), bios.end() - 16);
    return bios;
}
}  // namespace

Result<Qtest> Qtest::start() {
    Result<support::PrivateDirectory> directory = support::PrivateDirectory::make();
    if (!directory) return directory.error();
    const std::string bios = directory->file("bios"), pipe = directory->file("monitor");
    if (Status written = write_file(bios, halting_bios()); !written) return written.error();
    for (const char* end : {".in", ".out"})
        if (::mkfifo((pipe + end).c_str(), 0600) != 0) return error("{}{}: no FIFO", pipe, end);
    Result<support::ChildProcess> child = support::ChildProcess::start(
        "qemu-system-x86_64",
        {"-machine", "pc", "-m", "64M", "-S", "-bios", bios, "-qtest", "stdio", "-display", "none", "-serial", "null",
         "-net", "none", "-chardev", "pipe,id=monitor,path=" + pipe, "-mon", "chardev=monitor,mode=control"},
        true, directory->file("errors"));
    if (!child) return child.error();
    Qtest qtest(std::move(*child), std::move(*directory));
    // Opened for both directions: the open does not wait for QEMU's.
    qtest.to_monitor_ = ::open((pipe + ".in").c_str(), O_RDWR | O_CLOEXEC);
    qtest.from_monitor_ = ::open((pipe + ".out").c_str(), O_RDWR | O_CLOEXEC);
    if (qtest.to_monitor_ < 0 || qtest.from_monitor_ < 0) return error("{}: the FIFOs do not open", pipe);
    qtest.monitor("qmp_capabilities");
    qtest.ask(fmt::format("writeq {:#x} 0", hpet + hpet_counter));
    qtest.ask(fmt::format("writeq {:#x} 1", hpet + hpet_configuration));
    return qtest;
}

Qtest::Qtest(Qtest&& other) noexcept
    : directory_(std::move(other.directory_)),
      child_(std::move(other.child_)),
      to_monitor_(std::exchange(other.to_monitor_, -1)),
      from_monitor_(std::exchange(other.from_monitor_, -1)),
      unread_(std::move(other.unread_)),
      unread_monitor_(std::move(other.unread_monitor_)) {}

Qtest::~Qtest() {
    if (to_monitor_ >= 0) ::close(to_monitor_);
    if (from_monitor_ >= 0) ::close(from_monitor_);
}

std::string Qtest::read_line(int from, std::string& unread) {
    for (;;) {
        if (const std::size_t end = unread.find('\n'); end != std::string::npos) {
            std::string line = unread.substr(0, end);
            unread.erase(0, end + 1);
            return line;
        }
        char buffer[4096];
        const ssize_t count = ::read(from, buffer, sizeof buffer);
        RING_ASSERT(count > 0);
        unread.append(buffer, static_cast<std::size_t>(count));
    }
}

std::string Qtest::ask(const std::string& command) {
    write_all(child_.to_child(), command + "\n");
    const std::string answer = read_line(child_.from_child(), unread_);
    RING_ASSERT(answer.starts_with("OK"));
    return answer.size() > 3 ? answer.substr(3) : std::string();
}

void Qtest::monitor(const std::string& command) {
    write_all(to_monitor_, "{\"execute\":\"" + command + "\"}\n");
    // Events come between; an answer has "return".
    while (read_line(from_monitor_, unread_monitor_).find("\"return\"") == std::string::npos) {}
}

u8 Qtest::in(u16 port) {
    return static_cast<u8>(std::strtoul(ask(fmt::format("inb {:#x}", port)).c_str(), nullptr, 16));
}
void Qtest::out(u16 port, u8 value) { ask(fmt::format("outb {:#x} {:#x}", port, value)); }

void Qtest::set_line(unsigned irq, bool level) {
    const char* const chip = irq < 8 ? "6" : "7";
    ask(fmt::format("set_irq_in /machine/unattached/device[{}] unnamed-gpio-in {} {}", chip, irq & 7u, level ? 1 : 0));
}

void Qtest::run() {
    monitor("cont");
    monitor("stop");
}

u64 Qtest::now_ns() {
    return hpet_period_ns * std::strtoull(ask(fmt::format("readq {:#x}", hpet + hpet_counter)).c_str(), nullptr, 16);
}
}  // namespace ring::test
