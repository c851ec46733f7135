#include "qemu_run.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/file.hpp"
#include "base/text.hpp"
#include "child_process.hpp"
#include "elf/file.hpp"
#include "elf/notes.hpp"
#include "gdb_stub.hpp"

namespace ring::lockstep {

// What differs between the boards.
struct QemuBoard {
    const char* program;
    std::vector<std::string> arguments;
    u64 ram_first;
    const char* log_items;
    Result<u64> (*entry)(const std::filesystem::path& kernel);
};

namespace {
Result<u64> pvh_entry_of(const std::filesystem::path& kernel) {
    Result<elf::File> file = elf::open(kernel);
    if (!file) return file.error();
    Result<u32> entry = elf::pvh_entry(*file);
    if (!entry) return entry.error();
    return u64{*entry};
}

constexpr u64 virt_ram = 0x80000000;
Result<u64> start_of_ram(const std::filesystem::path&) { return virt_ram; }
}  // namespace

const QemuBoard pc_board{
    "qemu-system-x86_64",
    {"-machine", "pc", "-rtc", "base=2020-01-01T00:00:00,clock=vm", "-device", "isa-debug-exit,iobase=0xf4,iosize=4"},
    0,
    "cpu,int,nochain,exec",
    pvh_entry_of};
const QemuBoard virt_board{
    "qemu-system-riscv64", {"-machine", "virt", "-bios", "none"}, virt_ram, "cpu,fpu,int,nochain,exec", start_of_ram};

namespace {
std::vector<std::string> arguments(const QemuOptions& options, const support::PrivateDirectory& directory) {
    std::vector<std::string> all = options.board->arguments;
    const auto socket = [&](const char* name) { return "unix:" + directory.file(name) + ",server=on,wait=off"; };
    for (const std::string& one :
         {std::string("-m"), std::to_string(options.ram_mib) + "M", std::string("-display"), std::string("none"),
          std::string("-no-reboot"), std::string("-net"), std::string("none"), std::string("-monitor"),
          std::string("none"), std::string("-serial"), socket("serial"), std::string("-S"), std::string("-gdb"),
          socket("gdb"), std::string("-kernel"), options.kernel.string()})
        all.push_back(one);
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) all.insert(all.end(), {name, value});
    };
    add("-initrd", options.initrd.string());
    add("-append", options.append);
    add("-cpu", options.cpu);
    if (options.icount_shift) add("-icount", fmt::format("shift={},sleep=off", *options.icount_shift));
    all.insert(all.end(), options.more.begin(), options.more.end());
    return all;
}
}  // namespace

struct QemuRun::Parts {
    support::PrivateDirectory directory;
    support::ChildProcess child;
    QemuOptions options;
    std::optional<GdbStub> stub{};
    std::optional<QemuStream> stream{};
    int log = -1, serial = -1;
    std::string console{}, script{};
    Bytes ram{};
    int csr_base = -1;  // the stub's number of CSR 0
    u64 since_checkpoint = 0;
    bool stopping = false;

    ~Parts() {
        if (log >= 0) ::close(log);
        if (serial >= 0) ::close(serial);
    }
    int patience_ms() const { return static_cast<int>(std::chrono::milliseconds(options.patience).count()); }

    Status to_entry(u64 entry);
    Status save_ram();
    Status tell(const std::string& log_file);
    Status find_csrs();
    bool read_console();  // false: nothing there
    Result<std::size_t> read(char* into, std::size_t most);
    Result<std::string> checkpoint();
    static std::string at(u64 address) { return fmt::format("1,{:x},1", address); }
};

QemuRun::QemuRun(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
QemuRun::QemuRun(QemuRun&&) noexcept = default;
QemuRun& QemuRun::operator=(QemuRun&&) noexcept = default;
QemuRun::~QemuRun() = default;

Status QemuRun::Parts::to_entry(u64 entry) {
    Result<std::string> answer = stub->ask("Z" + at(entry));
    if (answer && *answer != "OK") return error("no breakpoint: {}", text::printable(*answer));
    if (answer) answer = stub->ask("c");
    if (answer && !answer->starts_with("T05")) return error("the firmware ended with {}", text::printable(*answer));
    if (answer) answer = stub->ask("z" + at(entry));
    if (!answer) return answer.error().in("reaching the kernel's entry {}", text::hex(entry));
    return Ok{};
}

Status QemuRun::Parts::save_ram() {
    const std::string file = directory.file("ram");
    const u64 bytes = u64{options.ram_mib} << 20;
    const Status saved = stub->monitor(fmt::format("pmemsave {:#x} {} \"{}\"", options.board->ram_first, bytes, file));
    if (!saved) return saved;
    Result<Bytes> read = read_file(file);
    if (!read) return read.error();
    ram = std::move(*read);
    return Ok{};
}

// The numbers that the stub gives to CSRs are in its description of the target.
Status QemuRun::Parts::find_csrs() {
    std::string xml;
    for (;;) {
        Result<std::string> piece = stub->ask(fmt::format("qXfer:features:read:riscv-csr.xml:{:x},800", xml.size()));
        if (!piece) return piece.error();
        if (piece->empty() || (piece->front() != 'm' && piece->front() != 'l')) return error("no CSRs: {}", *piece);
        xml += piece->substr(1);
        if (piece->front() == 'l') break;
    }
    constexpr int sstatus = 0x100;
    const std::size_t name = xml.find("\"sstatus\""), place = xml.find("regnum=\"", name);
    if (name == std::string::npos || place == std::string::npos) return error("the stub does not number sstatus");
    csr_base = std::atoi(xml.c_str() + place + 8) - sstatus;
    return Ok{};
}

Status QemuRun::Parts::tell(const std::string& log_file) {
    for (const std::string& command :
         {std::string("singlestep on"), "logfile " + log_file, fmt::format("log {}", options.board->log_items)})
        if (Status done = stub->monitor(command); !done) return done;
    return stub->send("c");
}

bool QemuRun::Parts::read_console() {
    char buffer[4096];
    const ssize_t count = ::recv(serial, buffer, sizeof buffer, MSG_DONTWAIT);
    if (count <= 0) return false;
    console.append(buffer, static_cast<std::size_t>(count));
    if (!script.empty() && console.ends_with(options.prompt)) {
        // The socket takes a script whole.
        static_cast<void>(::send(serial, script.data(), script.size(), MSG_NOSIGNAL));
        script.clear();
    }
    return true;
}

// QEMU stands: a line for the log.
Result<std::string> QemuRun::Parts::checkpoint() {
    stopping = false;
    std::string line = "checkpoint";
    for (const u16 number : options.checkpoint_csrs) {
        const Result<std::string> answer = stub->ask(fmt::format("p{:x}", csr_base + number));
        if (!answer) return answer.error();
        constexpr std::size_t digits = 16;
        if (answer->size() != digits) {  // "E14": not readable now
            line += " -";
            continue;
        }
        u64 value = 0;
        for (std::size_t i = digits; i >= 2; i -= 2)
            value = value << 8 | std::strtoul(answer->substr(i - 2, 2).c_str(), nullptr, 16);
        line += fmt::format(" {:016x}", value);
    }
    if (Status sent = stub->send("c"); !sent) return sent.error();
    return line + "\n";
}

Result<std::size_t> QemuRun::Parts::read(char* into, std::size_t most) {
    for (;;) {
        pollfd waiting[] = {{log, POLLIN, 0}, {serial, POLLIN, 0}, {stub ? stub->socket() : -1, POLLIN, 0}};
        if (::poll(waiting, std::size(waiting), patience_ms()) <= 0)
            return error("QEMU printed nothing for {} seconds", patience_ms() / 1000);
        if (waiting[1].revents != 0 && !read_console()) {
            ::close(serial);
            serial = -1;
        }
        if (waiting[0].revents != 0) {
            const ssize_t count = ::read(log, into, most);
            if (count < 0) return error("reading QEMU's log: {}", std::strerror(errno));
            since_checkpoint += static_cast<u64>(count);
            if (csr_base >= 0 && stub && !stopping && since_checkpoint >= options.checkpoint_distance) {
                since_checkpoint = 0;
                stopping = stub->interrupt();
            }
            return static_cast<std::size_t>(count);
        }
        // Everything that was logged before the stop has been read.
        if (waiting[2].revents == 0) continue;
        if (!stub->read_more()) {
            stub.reset();
            continue;
        }
        const std::optional<std::string> stop = stub->arrived();
        if (!stop || !stop->starts_with('T')) continue;
        const Result<std::string> line = checkpoint();
        if (!line) return line.error();
        RING_ASSERT(line->size() <= most);
        std::copy(line->begin(), line->end(), into);
        return line->size();
    }
}

Status QemuRun::begin(const QemuOptions& options, u64 entry) {
    Parts& parts = *parts_;
    const auto alive = [&] { return parts.child.running(); };
    Result<GdbStub> stub = GdbStub::connect(parts.directory.file("gdb"), options.patience, alive);
    if (!stub) return stub.error();
    parts.stub.emplace(std::move(*stub));
    Result<int> serial = connect_to(parts.directory.file("serial"), options.patience, alive);
    if (!serial) return serial.error();
    parts.serial = *serial;
    if (Status there = parts.to_entry(entry); !there) return there;
    if (options.with_ram)
        if (Status saved = parts.save_ram(); !saved) return saved;
    if (options.checkpoint_distance != 0)
        if (Status found = parts.find_csrs(); !found) return found;
    if (Status telling = parts.tell(parts.directory.file("log")); !telling) return telling;
    // Fewer turns between the two processes; a refusal only costs time.
    ::fcntl(parts.log, F_SETPIPE_SZ, 1 << 20);
    ::fcntl(parts.log, F_SETFL, 0);
    return Ok{};
}

Result<QemuRun> QemuRun::start(const QemuOptions& options) {
    Result<u64> entry = options.board->entry(options.kernel);
    if (!entry) return entry.error().in("starting QEMU");
    Result<support::PrivateDirectory> directory = support::PrivateDirectory::make();
    if (!directory) return directory.error();
    const std::string log = directory->file("log");
    if (::mkfifo(log.c_str(), 0600) != 0) return error("{}: no FIFO: {}", log, std::strerror(errno));
    const int from_log = ::open(log.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (from_log < 0) return error("{}: {}", log, std::strerror(errno));
    const std::string errors = directory->file("errors");
    Result<support::ChildProcess> child =
        support::ChildProcess::start(options.board->program, arguments(options, *directory), false, errors);
    QemuRun run(std::unique_ptr<Parts>(new Parts{std::move(*directory), std::move(*child), options}));
    run.parts_->log = from_log;
    run.parts_->script = options.script;
    if (Status begun = run.begin(options, *entry); !begun) {
        const Result<Bytes> words = read_file(errors, 64_KiB);
        if (!words || words->empty()) return begun.error().in("starting QEMU");
        return begun.error().in("starting QEMU ({})",
                                text::printable({reinterpret_cast<const char*>(words->data()), words->size()}));
    }
    return run;
}

LogSource QemuRun::log() {
    return [parts = parts_.get()](char* into, std::size_t most) { return parts->read(into, most); };
}

QemuStream& QemuRun::stream() {
    if (!parts_->stream) parts_->stream.emplace(log());
    return *parts_->stream;
}

const Bytes& QemuRun::ram() const { return parts_->ram; }

const std::string& QemuRun::console() {
    while (parts_->serial >= 0 && parts_->read_console()) {}
    return parts_->console;
}

int QemuRun::wait() {
    const auto end = std::chrono::steady_clock::now() + parts_->options.patience;
    while (parts_->child.running() && std::chrono::steady_clock::now() < end) ::poll(nullptr, 0, 1);
    parts_->child.end();
    return parts_->child.wait();
}
}  // namespace ring::lockstep
