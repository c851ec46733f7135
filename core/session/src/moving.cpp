// Commands that move the machine along the axis of time.
#include <fmt/format.h>

#include "answers.hpp"
#include "base/text.hpp"
#include "command_rows.hpp"
#include "session/stepping.hpp"

namespace ring::session::rows {
namespace {
Answer standing(Session& session, const Result<target::StopReason>& stop) {
    if (!stop) {
        session.moved();  // it may have moved before it failed
        return stop.error();
    }
    session.moved(*stop);
    return where_it_stands(session);
}

Result<u64> count(Session& session, Words& words, u64 otherwise) {
    if (words.empty()) return otherwise;
    return session.number(words.rest());
}

// Forwards there is nothing after a final stop; say so rather than stand still in silence.
Status can_go_on(Session& session) {
    const target::StopReason& stop = session.now().stop;
    if (!stop.final()) return Ok{};
    if (session.target().awaits_input())
        return error("{}; `send TEXT` types a line there", text::printable(stop.sentence));
    return error("the machine has stopped for good ({}); `back` and `restart` still work",
                 text::printable(stop.sentence));
}
}  // namespace

Answer step(Session& session, Words& words) {
    Result<u64> n = count(session, words, 1);
    if (!n) return n.error();
    if (Status s = can_go_on(session); !s) return s.error();
    return standing(session, session.target().step(*n));
}

Answer back(Session& session, Words& words) {
    Result<u64> n = count(session, words, 1);
    if (!n) return n.error();
    return standing(session, session.target().back(*n));
}

Answer resume(Session& session, Words& words) {
    Result<u64> most = count(session, words, most_steps);
    if (!most) return most.error();
    if (Status s = can_go_on(session); !s) return s.error();
    return standing(session, session.target().run(*most, session.cancel()));
}

Answer run_to(Session& session, Words& words) {
    if (words.empty()) return error("it wants an address or a symbol");
    Result<VirtAddr> to = session.place(words.rest());
    if (!to) return to.error();
    if (Status s = can_go_on(session); !s) return s.error();
    return standing(session, session::run_to(session, *to));
}

Answer go_to(Session& session, Words& words) {
    if (words.empty()) return error("it wants the number of a step, or a symbol to run to");
    const std::string_view where = words.rest();
    if (where[0] < '0' || where[0] > '9') return run_to(session, words);
    Result<u64> step = session.number(where);
    if (!step) return step.error();
    if (*step < session.now().step && !session.target().capabilities().back)
        return error("this target cannot go back in time");
    return standing(session, session.target().goto_step(*step, session.cancel()));
}

Answer step_over(Session& session, Words& words) {
    if (Status s = words.end(); !s) return s.error();
    if (Status s = can_go_on(session); !s) return s.error();
    return standing(session, session::step_over(session));
}

Answer step_out(Session& session, Words& words) {
    if (Status s = words.end(); !s) return s.error();
    if (Status s = can_go_on(session); !s) return s.error();
    return standing(session, session::step_out(session));
}

Answer step_line(Session& session, Words& words) {
    if (Status s = words.end(); !s) return s.error();
    if (Status s = can_go_on(session); !s) return s.error();
    return standing(session, session::step_line(session));
}

Answer restart(Session& session, Words& words) {
    if (Status s = words.end(); !s) return s.error();
    return standing(session, session.target().goto_step(0, session.cancel()));
}
}  // namespace ring::session::rows
