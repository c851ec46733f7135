#include "file_watch.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>

namespace ring::gui {

struct FileWatch::State {
    std::function<void()> changed;
    int notify = -1, wake = -1;
    std::mutex mutex;
    std::map<int, std::set<std::string>> names;  // watch -> files of that folder
    bool ending = false;
    std::thread thread;

    // Is one of the files among these events?
    bool concerns(const char* bytes, ssize_t size) {
        const std::lock_guard lock(mutex);
        bool out = false;
        for (ssize_t at = 0; at < size;) {
            const auto* const event = reinterpret_cast<const inotify_event*>(bytes + at);
            const auto place = names.find(event->wd);
            if (event->len != 0 && place != names.end() && place->second.count(event->name) != 0) out = true;
            at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
        }
        return out;
    }

    void work() {
        constexpr int quiet_ms = 150;  // a burst is over when nothing came for so long
        bool pending = false;
        for (;;) {
            pollfd sources[] = {{notify, POLLIN, 0}, {wake, POLLIN, 0}};
            const int ready = poll(sources, 2, pending ? quiet_ms : -1);
            if (ready == 0) {
                pending = false;
                changed();
                continue;
            }
            if (sources[1].revents != 0) {
                const std::lock_guard lock(mutex);
                if (ending) return;
            }
            alignas(inotify_event) char bytes[4096];
            if (sources[0].revents != 0)
                if (const ssize_t size = read(notify, bytes, sizeof bytes); size > 0)
                    pending = concerns(bytes, size) || pending;
        }
    }
};

FileWatch::FileWatch(std::function<void()> changed) : state_(std::make_unique<State>()) {
    state_->changed = std::move(changed);
    state_->notify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    state_->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (state_->notify >= 0 && state_->wake >= 0)
        state_->thread = std::thread([state = state_.get()] { state->work(); });
}

FileWatch::~FileWatch() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->ending = true;
    }
    const std::uint64_t one = 1;
    if (state_->thread.joinable() && write(state_->wake, &one, sizeof one) == sizeof one) state_->thread.join();
    if (state_->notify >= 0) close(state_->notify);
    if (state_->wake >= 0) close(state_->wake);
}

void FileWatch::watch(const std::vector<std::filesystem::path>& files) {
    const std::lock_guard lock(state_->mutex);
    for (const auto& [id, names] : state_->names) inotify_rm_watch(state_->notify, id);
    state_->names.clear();
    for (const std::filesystem::path& file : files) {
        std::error_code failed;
        const std::filesystem::path whole = std::filesystem::absolute(file, failed);
        const int id = inotify_add_watch(state_->notify, whole.parent_path().c_str(), IN_CLOSE_WRITE | IN_MOVED_TO);
        if (id >= 0) state_->names[id].insert(whole.filename().string());
    }
}
}  // namespace ring::gui
