// What can be typed after `ringscope`: one structure a subcommand, filled by parse() (options.cpp, the only user of
// CLI11) and carried out by the function beside it.
// The rule: each function returns the exit status. Facts go to `out`, one sentence of failure to `err`: 2 for misuse, 1
// for a check that failed; `run` has its own numbers, since the guest's exit status passes through.
#pragma once
#include <filesystem>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/types.hpp"
#include "inspect.hpp"
#include "session/boot.hpp"
#include "session/session.hpp"

namespace ring::cli {

struct LessonsOptions {
    bool json = false;
};
int lessons_command(const LessonsOptions& options, std::ostream& out, std::ostream& err);

struct WalkOptions {
    std::string lesson;
    std::string variant;  // empty: the lesson itself
    bool all = false;     // the lesson, then every variant
    bool json = false;
    std::optional<bool> ask;  // absent: when standard input and output are a terminal
};
int walk_command(const WalkOptions& options, std::ostream& out, std::ostream& err);

struct RunOptions {
    session::Spec spec;
    u64 most = ~u64{0};  // steps
};
inline constexpr int status_out_of_budget = 124, status_failed = 125, status_interrupted = 130;
int run_command(const RunOptions& options, std::ostream& out, std::ostream& err);

struct DebugOptions {
    std::string what;  // a lesson, or a file; empty: the first lesson
    std::string variant;
    session::Spec spec;  // all but the file
    std::vector<std::string> commands;
    bool json = false;
};
int debug_command(const DebugOptions& options, std::ostream& out, std::ostream& err);

// What `what` names, started. Errors: it is neither, or it cannot be started.
Result<std::unique_ptr<session::Session>> open_session(const DebugOptions& options);

struct AppOptions {
    DebugOptions start;         // what is shown; nothing named: the first lesson
    std::string screenshot;     // a PNG is written here, then the window closes
    std::string theme;          // empty: as it was left
    std::string layout;         // of panels, as layout.hpp says; empty: the kept one
    int width = 0, height = 0;  // of the window, in pixels at 100 %; 0: the kept ones
    float scale = 0;            // 0: what the display asks for
};

struct WhyOptions {
    session::Spec spec;
    u64 most = 1'000'000'000;
    bool json = false;
};
int why_command(const WhyOptions& options, std::ostream& out, std::ostream& err);

struct ShowOptions {
    std::string topic;
    std::string arch = "x86-64";
    bool json = false;
};
int show_command(const ShowOptions& options, std::ostream& out, std::ostream& err);

using Options = std::variant<AppOptions, LessonsOptions, WalkOptions, RunOptions, DebugOptions, WhyOptions, ShowOptions,
                             InspectOptions>;
struct Parsed {
    Options options;
    std::optional<int> status;  // set when there is nothing to do any more: help was printed, or the words are wrong
};
// Help goes to standard output, what is wrong with the words to standard error.
Parsed parse(int argc, char** argv);

int fail(std::ostream& err, const Error& failure, int status = 2);
// What is to be said about a session that has just been opened.
void warn(std::ostream& err, const session::Session& session);
}  // namespace ring::cli
