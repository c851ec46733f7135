#include "base/file.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/text.hpp"

namespace ring {
namespace fs = std::filesystem;

Result<Bytes> read_file(const fs::path& path, u64 most) {
    const std::string name = text::printable(path.string());
    std::error_code code;
    const fs::file_status status = fs::status(path, code);
    if (!fs::exists(status)) return error("{}: no such file", name);
    if (!fs::is_regular_file(status)) return error("{}: not a regular file", name);
    std::ifstream in(path, std::ios::binary);
    if (!in) return error("{}: {}", name, std::strerror(errno));
    const u64 length = fs::file_size(path, code);
    if (code) return error("{}: {}", name, code.message());
    if (length > most) return error("{}: {} is more than the {} read here", name, text::size(length), text::size(most));
    Bytes data(length);
    in.read(reinterpret_cast<char*>(data.data()), static_cast<std::streamsize>(length));
    if (static_cast<u64>(in.gcount()) != length) return error("{}: it became shorter while being read", name);
    return data;
}

Status write_file(const fs::path& path, ByteSpan data) {
    const std::string name = text::printable(path.string());
    fs::path neighbour = path;
    neighbour += "." + std::to_string(::getpid()) + ".new";
    {
        std::ofstream out(neighbour, std::ios::binary | std::ios::trunc);
        out.write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size()));
        out.flush();
        if (!out) {
            std::error_code ignored;
            fs::remove(neighbour, ignored);
            return error("{}: cannot be written", name);
        }
    }
    std::error_code code;
    fs::rename(neighbour, path, code);
    if (code) return error("{}: {}", name, code.message());
    return Ok{};
}
}  // namespace ring
