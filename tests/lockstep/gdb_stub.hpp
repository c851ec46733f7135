// The few words of the GDB remote protocol that start a run: break at the kernel's entry, switch QEMU's log on, go.
// Not here: a GDB client (core/gdb); this one speaks to one QEMU and only before the comparison begins.
#pragma once
#include <chrono>
#include <functional>
#include <string>

#include "base/result.hpp"
#include "base/types.hpp"

namespace ring::lockstep {

class GdbStub {
  public:
    // `alive` is asked while nobody listens yet.
    static Result<GdbStub> connect(const std::string& socket_path, std::chrono::seconds patience,
                                   const std::function<bool()>& alive);
    GdbStub(GdbStub&& other) noexcept;
    GdbStub& operator=(GdbStub&&) = delete;
    ~GdbStub();

    Status send(const std::string& packet);
    Result<std::string> receive();
    Result<std::string> ask(const std::string& packet);
    // A command of QEMU's monitor that prints nothing. What it prints is its failure.
    Status monitor(const std::string& command);

  private:
    GdbStub(int socket, std::chrono::seconds patience) : socket_(socket), patience_(patience) {}
    int socket_;
    std::chrono::seconds patience_;
    std::string unread_;
};
}  // namespace ring::lockstep
