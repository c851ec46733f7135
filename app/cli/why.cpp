// `ringscope why`: run to the end, then go back to the fault that led there, and let the machine explain it.
// A fault is taken as handled when the machine went on to another one after it, or to a clean end; the last one before
// the end is what nobody handled.
#include "view/why.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "base/text.hpp"
#include "guest_text.hpp"
#include "options.hpp"
#include "running.hpp"
#include "session/session.hpp"

namespace ring::cli {
namespace {
using session::Session;

std::string last_lines(const std::string& console, std::size_t most) {
    std::string all = GuestText().news(console, true);
    while (!all.empty() && all.back() == '\n') all.pop_back();
    std::size_t from = all.size();
    for (std::size_t lines = 0; lines < most && from != 0; ++lines) {
        from = all.rfind('\n', from - 1);
        if (from == std::string::npos) from = 0;
    }
    std::string out;
    std::size_t at = from == 0 ? 0 : from + 1;
    while (at < all.size()) {
        const std::size_t end = std::min(all.find('\n', at), all.size());
        out += "  | " + all.substr(at, end - at) + '\n';
        at = end + 1;
    }
    return out;
}

view::Why explain(const Session& session) {
    return view::why_view(session.now(), [&](VirtAddr at) { return session.symbols().label(at); });
}
}  // namespace

int why_command(const WhyOptions& options, std::ostream& out, std::ostream& err) {
    Result<std::unique_ptr<Session>> opened = Session::open(options.spec);
    if (!opened) return fail(err, opened.error());
    Session& session = **opened;
    warn(err, session);
    target::Target& target = session.target();
    const Running running(session.cancel(), "running to the end");
    Result<target::StopReason> stop = target.run(options.most, session.cancel());
    if (!stop) return fail(err, stop.error(), 1);
    if (stop->kind == target::StopKind::Cancelled) return fail(err, error("interrupted"), status_interrupted);

    const u64 end = target.steps();
    const std::string console = target.console();
    const std::optional<target::FaultStory> last = target.last_unasked_fault();
    if (last && last->step != end)
        if (Result<target::StopReason> there = target.goto_step(last->step, session.cancel()); !there)
            return fail(err, there.error(), 1);
    session.moved();

    nlohmann::ordered_json json{
        {"stop", target::name(stop->kind)}, {"sentence", text::printable(stop->sentence)}, {"step", text::hex(end)}};
    if (stop->exit_code) json["exit_code"] = text::hex(*stop->exit_code);
    json["fault_step"] = last ? nlohmann::ordered_json(text::hex(last->step)) : nlohmann::ordered_json();
    std::string told = fmt::format("{} after {} steps.\n", text::printable(stop->sentence), end);
    const std::string lines = last_lines(console, 4);
    if (!lines.empty()) told += "Its last words:\n" + lines;
    if (!last) {
        told += "\nNo fault was raised.\n";
    } else {
        const view::Why why = explain(session);
        json.update(nlohmann::ordered_json::parse(view::json(why), nullptr, false));
        told += fmt::format(
            "\nThe last fault was raised at step {}, in {}.\n{}", last->step,
            session.symbols().label(last->pc).empty() ? text::hex(last->pc) : session.symbols().label(last->pc),
            view::text(why));
        told += fmt::format("\nTo stand right before it: ringscope debug {} -x 'goto {}' -x 'show registers'\n",
                            text::printable(options.spec.file.string()), last->step - 1);
    }
    out << (options.json ? json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n' : told);
    return 0;
}
}  // namespace ring::cli
