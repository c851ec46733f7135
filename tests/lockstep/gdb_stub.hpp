// The few words of the GDB remote protocol that start a run: break at the kernel's entry, switch QEMU's log on, go.
// Not here: a GDB client (core/gdb); this one speaks to one QEMU before the comparison begins and at its checkpoints.
#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/types.hpp"

namespace ring::lockstep {

// A connection to a socket that QEMU listens at; `alive` is asked while nobody listens yet. The caller closes it.
Result<int> connect_to(const std::string& path, std::chrono::seconds patience, const std::function<bool()>& alive);

class GdbStub {
  public:
    static Result<GdbStub> connect(const std::string& socket_path, std::chrono::seconds patience,
                                   const std::function<bool()>& alive);
    GdbStub(GdbStub&& other) noexcept;
    GdbStub& operator=(GdbStub&&) = delete;
    ~GdbStub();

    Status send(const std::string& packet);
    Result<std::string> receive();
    Result<std::string> ask(const std::string& packet);
    // For who waits for other things as well: when socket() is readable, read_more() (false: the stub is gone), and
    // then a packet has arrived, or not.
    int socket() const { return socket_; }
    bool interrupt();  // asks it to stop
    bool read_more();
    std::optional<std::string> arrived();
    // A command of QEMU's monitor that prints nothing. What it prints is its failure.
    Status monitor(const std::string& command);

  private:
    GdbStub(int socket, std::chrono::seconds patience) : socket_(socket), patience_(patience) {}
    int socket_;
    std::chrono::seconds patience_;
    std::string unread_;
};
}  // namespace ring::lockstep
