// Tells when one of a few files was written anew, by inotify on their folders (a linker replaces the file, so the file
// itself cannot be watched). The rule: `changed` is called from a thread of its own, once for a burst of writes.
#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

namespace ring::gui {

class FileWatch {
  public:
    explicit FileWatch(std::function<void()> changed);
    ~FileWatch();
    FileWatch(const FileWatch&) = delete;
    FileWatch& operator=(const FileWatch&) = delete;
    // Instead of those before; files that cannot be watched are not.
    void watch(const std::vector<std::filesystem::path>& files);

  private:
    struct State;
    std::unique_ptr<State> state_;
};
}  // namespace ring::gui
