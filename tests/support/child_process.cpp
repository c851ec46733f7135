#include "child_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

extern char** environ;

namespace ring::support {
namespace {
int status_of(int raw) { return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw); }
}  // namespace

Result<ChildProcess> ChildProcess::start(const std::string& program, const std::vector<std::string>& arguments,
                                         bool piped, const std::string& error_file) {
    int in[2] = {-1, -1}, out[2] = {-1, -1};
    // Close-on-exec: another child started meanwhile must not keep these open.
    if (piped && (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0))
        return error("starting {}: no pipe: {}", program, std::strerror(errno));
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (piped) {
        posix_spawn_file_actions_adddup2(&actions, in[0], 0);
        posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    } else {
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    }
    posix_spawn_file_actions_addopen(&actions, 2, error_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    std::vector<char*> argv{const_cast<char*>(program.c_str())};
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    ChildProcess child;
    const int failed = ::posix_spawnp(&child.id_, program.c_str(), &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (piped) {
        ::close(in[0]);
        ::close(out[1]);
    }
    child.to_child_ = in[1];
    child.from_child_ = out[0];
    if (failed != 0) {
        child.id_ = -1;
        return error("starting {}: {}", program, std::strerror(failed));
    }
    return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept { *this = std::move(other); }

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
    if (this == &other) return *this;
    end();
    close_pipes();
    id_ = std::exchange(other.id_, -1);
    to_child_ = std::exchange(other.to_child_, -1);
    from_child_ = std::exchange(other.from_child_, -1);
    status_ = other.status_;
    return *this;
}

ChildProcess::~ChildProcess() {
    end();
    close_pipes();
}

void ChildProcess::close_pipes() {
    if (to_child_ >= 0) ::close(to_child_);
    if (from_child_ >= 0) ::close(from_child_);
    to_child_ = from_child_ = -1;
}

void ChildProcess::close_input() {
    if (to_child_ >= 0) ::close(to_child_);
    to_child_ = -1;
}

int ChildProcess::wait() {
    int raw = 0;
    if (id_ > 0 && ::waitpid(id_, &raw, 0) == id_) status_ = status_of(raw);
    id_ = -1;
    return status_;
}

bool ChildProcess::running() {
    int raw = 0;
    if (id_ <= 0) return false;
    if (::waitpid(id_, &raw, WNOHANG) != id_) return true;
    status_ = status_of(raw);
    id_ = -1;
    return false;
}

void ChildProcess::end() {
    if (id_ <= 0) return;
    ::kill(id_, SIGKILL);
    wait();
}

Result<PrivateDirectory> PrivateDirectory::make() {
    std::error_code code;
    std::string path = (std::filesystem::temp_directory_path(code) / "ringscope-XXXXXX").string();
    if (code || ::mkdtemp(path.data()) == nullptr) return error("no private directory: {}", std::strerror(errno));
    return PrivateDirectory(path);
}

PrivateDirectory::~PrivateDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}
}  // namespace ring::support
