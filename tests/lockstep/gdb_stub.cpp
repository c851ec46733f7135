#include "gdb_stub.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/text.hpp"

namespace ring::lockstep {

Result<int> connect_to(const std::string& path, std::chrono::seconds patience, const std::function<bool()>& alive) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return error("{}: the path is too long", path);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket < 0) return error("no socket: {}", std::strerror(errno));
    // QEMU makes the socket some milliseconds after its start.
    const auto end = std::chrono::steady_clock::now() + patience;
    while (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        const int why = errno;
        const bool gone = !alive();
        if (gone || std::chrono::steady_clock::now() > end) {
            ::close(socket);
            return gone ? error("QEMU has ended") : error("{}: {}", path, std::strerror(why));
        }
        ::poll(nullptr, 0, 2);
    }
    return socket;
}

Result<GdbStub> GdbStub::connect(const std::string& socket_path, std::chrono::seconds patience,
                                 const std::function<bool()>& alive) {
    Result<int> socket = connect_to(socket_path, patience, alive);
    if (!socket) return socket.error();
    return GdbStub(*socket, patience);
}

GdbStub::GdbStub(GdbStub&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), patience_(other.patience_), unread_(std::move(other.unread_)) {}

GdbStub::~GdbStub() {
    if (socket_ >= 0) ::close(socket_);
}

Status GdbStub::send(const std::string& packet) {
    u8 sum = 0;
    for (char byte : packet) sum = static_cast<u8>(sum + static_cast<u8>(byte));
    const std::string framed = "$" + packet + "#" + text::digits(sum, 2);
    if (::send(socket_, framed.data(), framed.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(framed.size()))
        return error("QEMU's GDB stub is gone");
    return Ok{};
}

std::optional<std::string> GdbStub::arrived() {
    const std::size_t start = unread_.find('$'), end = unread_.find('#', start);
    if (start == std::string::npos || end == std::string::npos || unread_.size() < end + 3) return std::nullopt;
    std::string packet = unread_.substr(start + 1, end - start - 1);
    unread_.erase(0, end + 3);
    ::send(socket_, "+", 1, MSG_NOSIGNAL);
    return packet;
}

bool GdbStub::interrupt() { return ::send(socket_, "\x03", 1, MSG_NOSIGNAL) == 1; }

bool GdbStub::read_more() {
    char buffer[4096];
    const ssize_t count = ::recv(socket_, buffer, sizeof buffer, 0);
    if (count > 0) unread_.append(buffer, static_cast<std::size_t>(count));
    return count > 0;
}

Result<std::string> GdbStub::receive() {
    for (;;) {
        if (std::optional<std::string> packet = arrived()) return *packet;
        pollfd waiting{socket_, POLLIN, 0};
        const auto most = std::chrono::milliseconds(patience_).count();
        if (::poll(&waiting, 1, static_cast<int>(most)) <= 0) return error("QEMU's GDB stub is silent");
        if (!read_more()) return error("QEMU's GDB stub is gone");
    }
}

Result<std::string> GdbStub::ask(const std::string& packet) {
    if (Status sent = send(packet); !sent) return sent.error();
    return receive();
}

Status GdbStub::monitor(const std::string& command) {
    std::string packet = "qRcmd,";
    for (char byte : command) packet += text::digits(static_cast<u8>(byte), 2);
    if (Status sent = send(packet); !sent) return sent;
    std::string printed;
    for (;;) {
        Result<std::string> answer = receive();
        if (!answer) return answer.error();
        if (!answer->starts_with('O')) return error("monitor command \"{}\": {}", command, *answer);
        if (*answer == "OK") break;
        for (std::size_t i = 1; i + 1 < answer->size(); i += 2)
            printed += static_cast<char>(std::strtoul(answer->substr(i, 2).c_str(), nullptr, 16));
    }
    if (!printed.empty()) return error("monitor command \"{}\": {}", command, text::printable(printed));
    return Ok{};
}
}  // namespace ring::lockstep
