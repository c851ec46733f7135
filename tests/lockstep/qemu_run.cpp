#include "qemu_run.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/file.hpp"
#include "base/text.hpp"
#include "child_process.hpp"
#include "elf/file.hpp"
#include "elf/notes.hpp"
#include "gdb_stub.hpp"

namespace ring::lockstep {
namespace {
Result<u32> entry_of(const std::filesystem::path& kernel) {
    Result<elf::File> file = elf::open(kernel);
    if (!file) return file.error();
    return elf::pvh_entry(*file);
}

std::vector<std::string> arguments(const QemuOptions& options, const support::PrivateDirectory& directory) {
    std::vector<std::string> all{"-machine",
                                 "pc",
                                 "-m",
                                 std::to_string(options.ram_mib) + "M",
                                 "-display",
                                 "none",
                                 "-no-reboot",
                                 "-net",
                                 "none",
                                 "-rtc",
                                 "base=2020-01-01T00:00:00,clock=vm",
                                 "-monitor",
                                 "none",
                                 "-serial",
                                 "file:" + directory.file("serial"),
                                 "-device",
                                 "isa-debug-exit,iobase=0xf4,iosize=4",
                                 "-S",
                                 "-gdb",
                                 "unix:" + directory.file("gdb") + ",server=on,wait=off",
                                 "-kernel",
                                 options.kernel.string()};
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

// Runs SeaBIOS to the kernel's entry and switches the log on there.
// `ram`: the file that takes the memory; empty: none wanted.
Status tell_from(GdbStub& stub, u32 entry, const std::string& log, const std::string& ram, u64 ram_bytes) {
    const std::string place = fmt::format("1,{:x},1", entry);
    Result<std::string> answer = stub.ask("Z" + place);
    if (answer && *answer != "OK") return error("no breakpoint: {}", text::printable(*answer));
    if (answer) answer = stub.ask("c");
    if (answer && !answer->starts_with("T05")) return error("SeaBIOS ended with {}", text::printable(*answer));
    if (answer) answer = stub.ask("z" + place);
    if (!answer) return answer.error().in("reaching the kernel's entry {}", text::hex(u64{entry}));
    if (!ram.empty())
        if (Status saved = stub.monitor(fmt::format("pmemsave 0 {} \"{}\"", ram_bytes, ram)); !saved) return saved;
    for (const std::string& command :
         {std::string("singlestep on"), "logfile " + log, std::string("log cpu,int,nochain,exec")})
        if (Status done = stub.monitor(command); !done) return done;
    return stub.send("c");
}
}  // namespace

struct QemuRun::Parts {
    support::PrivateDirectory directory;
    support::ChildProcess child;
    std::optional<GdbStub> stub;
    std::optional<QemuStream> stream;
    std::chrono::seconds patience;
    int log = -1;
    Bytes ram{};
    ~Parts() {
        if (log >= 0) ::close(log);
    }
};

QemuRun::QemuRun(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
QemuRun::QemuRun(QemuRun&&) noexcept = default;
QemuRun& QemuRun::operator=(QemuRun&&) noexcept = default;
QemuRun::~QemuRun() = default;

Result<QemuRun> QemuRun::start(const QemuOptions& options) {
    Result<u32> entry = entry_of(options.kernel);
    if (!entry) return entry.error().in("starting QEMU");
    Result<support::PrivateDirectory> directory = support::PrivateDirectory::make();
    if (!directory) return directory.error();
    const std::string log = directory->file("log");
    if (::mkfifo(log.c_str(), 0600) != 0) return error("{}: no FIFO: {}", log, std::strerror(errno));
    const int from_log = ::open(log.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (from_log < 0) return error("{}: {}", log, std::strerror(errno));
    const std::string errors = directory->file("errors");
    Result<support::ChildProcess> child =
        support::ChildProcess::start("qemu-system-x86_64", arguments(options, *directory), false, errors);
    auto parts =
        std::unique_ptr<Parts>(new Parts{std::move(*directory), std::move(*child), {}, {}, options.patience, from_log});
    const auto with_words = [&](const Error& failure) {
        const Result<Bytes> words = read_file(errors, 64_KiB);
        if (!words || words->empty()) return failure.in("starting QEMU");
        return failure.in("starting QEMU ({})",
                          text::printable({reinterpret_cast<const char*>(words->data()), words->size()}));
    };
    Result<GdbStub> stub =
        GdbStub::connect(parts->directory.file("gdb"), options.patience, [&] { return parts->child.running(); });
    if (!stub) return with_words(stub.error());
    parts->stub.emplace(std::move(*stub));
    const std::string ram = options.with_ram ? parts->directory.file("ram") : std::string();
    if (Status telling = tell_from(*parts->stub, *entry, log, ram, u64{options.ram_mib} << 20); !telling)
        return with_words(telling.error());
    if (options.with_ram) {
        Result<Bytes> bytes = read_file(ram);
        if (!bytes) return with_words(bytes.error());
        parts->ram = std::move(*bytes);
    }
    // Fewer turns between the two processes; a refusal only costs time.
    ::fcntl(from_log, F_SETPIPE_SZ, 1 << 20);
    ::fcntl(from_log, F_SETFL, 0);
    const int patience_ms = static_cast<int>(std::chrono::milliseconds(options.patience).count());
    parts->stream.emplace([from_log, patience_ms](char* into, std::size_t most) -> Result<std::size_t> {
        pollfd waiting{from_log, POLLIN, 0};
        if (::poll(&waiting, 1, patience_ms) <= 0)
            return error("QEMU printed nothing for {} seconds", patience_ms / 1000);
        const ssize_t count = ::read(from_log, into, most);
        if (count < 0) return error("reading QEMU's log: {}", std::strerror(errno));
        return static_cast<std::size_t>(count);
    });
    return QemuRun(std::move(parts));
}

QemuStream& QemuRun::stream() { return *parts_->stream; }
const Bytes& QemuRun::ram() const { return parts_->ram; }

std::string QemuRun::console() const {
    const Result<Bytes> bytes = read_file(parts_->directory.file("serial"), 64_MiB);
    return bytes ? std::string(bytes->begin(), bytes->end()) : std::string();
}

int QemuRun::wait() {
    const auto end = std::chrono::steady_clock::now() + parts_->patience;
    while (parts_->child.running() && std::chrono::steady_clock::now() < end) ::poll(nullptr, 0, 1);
    parts_->child.end();
    return parts_->child.wait();
}
}  // namespace ring::lockstep
