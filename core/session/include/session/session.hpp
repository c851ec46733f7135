// A session is one target together with what people need around it: names, the program files, the present moment, and
// a lesson when one is played. Command line, window and lessons talk to it in the words of the command table.
// The rule: a Session belongs to one thread; only cancel() may be touched from another. What execute() answers is a
// value; nothing here prints.
// Not here: the commands themselves (commands.hpp), and what "step over" means (stepping.hpp).
#pragma once
#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lesson/facts.hpp"
#include "lesson/player.hpp"
#include "session/boot.hpp"
#include "session/source_files.hpp"
#include "session/symbol_book.hpp"
#include "target/target.hpp"

namespace ring::session {

class Session final : public lesson::Stage {
  public:
    // A kernel or a user program in the embedded machine. Errors: as prepare() and boot_embedded() say.
    static Result<std::unique_ptr<Session>> open(const Spec& spec);
    // A lesson, or one of its variants, before its first step.
    static Result<std::unique_ptr<Session>> open_lesson(lesson::Lesson lesson, std::string_view variant = {});
    // Any other target.
    Session(std::unique_ptr<target::Target> target, SymbolBook symbols, std::vector<Part> parts = {},
            std::vector<std::string> warnings = {});
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    target::Target& target() { return *target_; }
    const target::Snapshot& now() const { return now_; }  // of the moment after the last command
    const SymbolBook& symbols() const { return symbols_; }
    const std::vector<Part>& parts() const { return parts_; }
    const std::vector<std::string>& warnings() const { return warnings_; }  // about how it was started: sentences
    std::atomic<bool>& cancel() { return cancel_; }  // true stops a run, from any thread; cleared when a command begins

    // One line in the words of the command table. Errors: one sentence: what is misspelt, missing or not possible now.
    Result<lesson::Answer> execute(std::string_view line);

    // The lesson being played; null when there is none.
    lesson::Player* player() { return player_.get(); }

    // For commands and views.
    Result<u64> number(std::string_view expression) const;  // "user:main+4", "$rsp", "0x1000"
    Result<lesson::Value> value(std::string_view expression) const;
    // What an address is named by: a number as above, or FILE:LINE.
    Result<VirtAddr> place(std::string_view words) const;
    // The same, with every copy of a line that the compiler copied; never empty.
    Result<std::vector<VirtAddr>> places(std::string_view words) const;
    std::string instruction(VirtAddr at) const;  // as text; empty where no instruction can be read
    u64 instruction_length(VirtAddr at) const;   // bytes; 0 where none can be read
    // Source lines and files of this session's programs; what is read from a file is kept.
    std::optional<view::SourcePlace> source_place(VirtAddr at) const;
    std::shared_ptr<const view::SourceFile> source_file(const view::SourcePlace& place) const;
    void moved();                                // the target has changed: takes a new snapshot
    void moved(const target::StopReason& stop);  // the same, with the reason as this layer tells it

    Result<lesson::Answer> command(std::string_view words) override { return execute(words); }
    Result<lesson::Value> evaluate(const lesson::Expression& expression) override;

  private:
    lesson::Facts facts() const { return lesson::Facts(now_, surroundings_); }

    std::unique_ptr<target::Target> target_;
    SymbolBook symbols_;
    std::vector<Part> parts_;
    std::vector<std::string> warnings_;
    mutable SourceFiles sources_;  // reading keeps; nothing that is answered changes by it
    target::Snapshot now_;
    lesson::Surroundings surroundings_;
    std::atomic<bool> cancel_ = false;
    std::unique_ptr<const lesson::Lesson> lesson_;
    std::unique_ptr<lesson::Player> player_;
};
}  // namespace ring::session
