// The machine's own thread. It owns the session; intents go in, scenes come out.
// The rule: the user interface never waits. post() and scene() hold a lock only for as long as a pointer takes to copy,
// and whatever takes long (a run, a search, opening a file) ends soon after Pause is posted.
#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "file_watch.hpp"
#include "intents.hpp"
#include "scene.hpp"

namespace ring::gui {

class Worker {
  public:
    using Open = std::function<Result<std::unique_ptr<session::Session>>(const OpenFile&)>;
    // `changed` is called from the worker's thread whenever there is a new scene.
    Worker(Open open, OpenFile first, std::function<void()> changed);
    ~Worker();  // stops what runs
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    void post(Intent intent);
    std::shared_ptr<const Scene> scene() const;  // never null
    bool busy() const;                           // something runs or waits
    bool running() const;                        // the last that was posted is being done
    u64 reached() const;                         // the step that a run has come to
    void wait() const;                           // for tests: until nothing runs or waits

  private:
    void work();
    void open(const OpenFile& wanted);
    Result<std::unique_ptr<session::Session>> load(const OpenFile& wanted);  // on a thread of its own
    void reload();
    void copy(const CopyText& wanted);
    void become(std::unique_ptr<session::Session> session);
    void watch_files();
    void look();  // a new scene of the present moment
    void publish();
    void find(const Find& wanted);
    void carry_out(const Intent& intent);
    void execute(const RunCommand& command);
    bool play_typed(const RunCommand& command);  // false: it is another command
    void play(const PlayLessonStep& step);
    void show_what_was_shown(const lesson::Played& played);
    void put_answer(Answer answer);
    void restart();

    const Open open_;
    OpenFile opened_;
    const std::function<void()> changed_;
    // The worker's own:
    std::unique_ptr<session::Session> session_;
    Scene next_;
    Wishes wishes_;

    mutable std::mutex mutex_;
    mutable std::condition_variable something_;
    mutable std::condition_variable idle_;
    std::deque<Intent> waiting_;
    std::shared_ptr<const Scene> scene_;
    session::Session* running_ = nullptr;  // the session, for another thread to cancel and to ask how far it is
    bool working_ = true;
    bool stopping_ = false;
    struct Loading;
    std::shared_ptr<Loading> loading_;  // what is being opened; its result is waited for
    std::vector<std::thread> loaders_;  // the worker's own; those that were cancelled are still at it
    std::thread thread_;
    FileWatch watch_;
};
}  // namespace ring::gui
