// Another program that a test talks to, started without a shell and gone with its owner.
// The rule: it is ended by its own id, and waited for, when the value goes.
#pragma once
#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace ring::support {

class ChildProcess {
  public:
    // `program` is looked up in PATH; `arguments` without the program's own name. Where `piped`, its standard input
    // and output are pipes, else both are /dev/null. Its standard error goes to `error_file`.
    static Result<ChildProcess> start(const std::string& program, const std::vector<std::string>& arguments, bool piped,
                                      const std::string& error_file = "/dev/null");
    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&& other) noexcept;
    ~ChildProcess();

    int to_child() const { return to_child_; }      // its standard input, -1 without pipes
    int from_child() const { return from_child_; }  // its standard output
    pid_t id() const { return id_; }
    void close_input();  // the end of its standard input
    // Waits for its own end: the exit status, or 128 + the signal that ended it.
    int wait();
    // Ends it now (SIGKILL), if it still runs.
    void end();
    bool running();

  private:
    ChildProcess() = default;
    void close_pipes();
    pid_t id_ = -1;
    int to_child_ = -1, from_child_ = -1;
    int status_ = 0;
};

// A new directory that goes with its owner, with all that is in it.
class PrivateDirectory {
  public:
    static Result<PrivateDirectory> make();
    PrivateDirectory(PrivateDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    PrivateDirectory& operator=(PrivateDirectory&&) = delete;
    ~PrivateDirectory();
    std::string file(const std::string& name) const { return path_ + "/" + name; }

  private:
    explicit PrivateDirectory(std::string path) : path_(std::move(path)) {}
    std::string path_;
};
}  // namespace ring::support
