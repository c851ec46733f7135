// ringscope-elf: LIEF's answers about one ELF file. The file is descriptor 0, the answer goes to descriptor 1, a
// refusal is a sentence on descriptor 2 and exit status 1. Nothing else is open, and nothing else can be opened.
//
//     ringscope-elf MEMORY_BYTES CPU_SECONDS deep
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <string_view>

#include "confinement.hpp"
#include "lief_work.hpp"

namespace {
using namespace ring;

Result<Bytes> read_input() {
    Bytes out;
    for (;;) {
        const std::size_t had = out.size();
        out.resize(had + 1_MiB);
        const ssize_t got = ::read(0, out.data() + had, 1_MiB);
        if (got < 0) return error("the file cannot be read");
        out.resize(had + static_cast<std::size_t>(got));
        if (got == 0) return out;
    }
}

bool write_all(int to, ByteSpan data) {
    while (!data.empty()) {
        const ssize_t written = ::write(to, data.data(), data.size());
        if (written <= 0) return false;
        data = data.subspan(static_cast<std::size_t>(written));
    }
    return true;
}
ByteSpan as_bytes(std::string_view text) { return {reinterpret_cast<const u8*>(text.data()), text.size()}; }

Status answer(int argc, char** argv) {
    if (argc != 4 || std::string_view(argv[3]) != "deep") return error("this program is started by ringscope");
    ::close_range(3, ~0u, 0);
    if (Status done = worker::limit(std::strtoull(argv[1], nullptr, 0), std::strtoull(argv[2], nullptr, 0)); !done)
        return done;
    const Result<Bytes> file = read_input();
    if (!file) return file.error();
    if (Status done = worker::confine(); !done) return done;
    const Result<std::string> text = worker::deep(*file);
    if (!text) return text.error();
    return write_all(1, as_bytes(*text)) ? Status(Ok{}) : error("nobody reads the answer");
}
}  // namespace

int main(int argc, char** argv) {
    try {
        const Status done = answer(argc, argv);
        if (done) ::_exit(0);
        write_all(2, as_bytes(done.error().sentence()));
    } catch (const std::bad_alloc&) {
        write_all(2, as_bytes("LIEF wanted more memory than it is given"));
    } catch (const std::exception& failure) {
        write_all(2, as_bytes(std::string_view(failure.what()).substr(0, 200)));
    }
    // No destructors of a library that may be in any state.
    ::_exit(1);
}
