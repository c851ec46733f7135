// `ringscope run`: a guest without a window. Its console is our standard output, its exit status ours.
#include <algorithm>
#include <chrono>
#include <optional>
#include <ostream>

#include "base/text.hpp"
#include "console_input.hpp"
#include "guest_text.hpp"
#include "options.hpp"
#include "running.hpp"
#include "session/session.hpp"

namespace ring::cli {
namespace {
// The run is cut into slices for the console's sake. Each end costs up to a millisecond (the target keeps its last step
// to be looked at), so a slice grows until it takes about a tenth of a second.
constexpr u64 first_slice = 500'000;
constexpr auto long_enough = std::chrono::milliseconds(100);

int status_of(const target::StopReason& stop, std::ostream& err) {
    using target::StopKind;
    switch (stop.kind) {
        case StopKind::Exited:
            return static_cast<int>(stop.exit_code.value_or(0) & 0xff);
        case StopKind::Budget:
            return fail(err, error("{}", stop.sentence), status_out_of_budget);
        case StopKind::Cancelled:
            return fail(err, error("interrupted"), status_interrupted);
        default:
            return fail(err, error("{}", text::printable(stop.sentence)), status_failed);
    }
}
}  // namespace

int run_command(const RunOptions& options, std::ostream& out, std::ostream& err) {
    session::Spec spec = options.spec;
    spec.only_program = true;
    Result<std::unique_ptr<session::Session>> opened = session::Session::open(spec);
    if (!opened) return fail(err, opened.error(), status_failed);
    session::Session& session = **opened;
    warn(err, session);
    target::Target& target = session.target();
    std::optional<Running> running(std::in_place, session.cancel(), "running");
    ConsoleInput input;
    GuestText console;
    bool sleeps = false;  // a guest that waits is given input then, and at no other time
    u64 slice = first_slice;
    for (u64 left = options.most;;) {
        const u64 before = target.steps();
        const auto began = std::chrono::steady_clock::now();
        Result<target::StopReason> stop = target.run(std::min(left, slice), session.cancel());
        if (!stop) return fail(err, stop.error(), status_failed);
        left -= std::min(left, target.steps() - before);
        const bool waits = stop->kind == target::StopKind::Halted && target.awaits_input();
        const bool goes_on = waits || (stop->kind == target::StopKind::Budget && left > 0);
        out << console.news(target.console(), !goes_on) << std::flush;
        if (std::chrono::steady_clock::now() - began < long_enough / 2) slice *= 2;
        sleeps = sleeps || waits;
        std::string typed;
        if (waits) {
            running.emplace(session.cancel(), "");
            typed = input.wait(session.cancel());
            if (!session.cancel()) running.emplace(session.cancel(), "running");
            if (session.cancel()) return fail(err, error("interrupted"), status_interrupted);
            if (typed.empty())
                return fail(err, error("the guest waits for input, and standard input has ended"), status_failed);
        } else if (goes_on && !sleeps) {
            typed = input.look();
        }
        if (!typed.empty())
            if (Status s = target.send_console(typed); !s) return fail(err, s.error(), status_failed);
        if (goes_on) continue;
        if (stop->kind == target::StopKind::Budget)
            stop->sentence = "the budget of " + std::to_string(options.most) + " steps is used up";
        return status_of(*stop, err);
    }
}
}  // namespace ring::cli
