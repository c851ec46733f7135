// The functions behind the command table, by what they do; commands.cpp gives them their names.
#pragma once
#include "session/commands.hpp"
#include "session/session.hpp"

namespace ring::session::rows {
using Answer = Result<lesson::Answer>;

// moving.cpp
Answer step(Session&, Words&);
Answer back(Session&, Words&);
Answer resume(Session&, Words&);  // "continue"
Answer run_to(Session&, Words&);
Answer go_to(Session&, Words&);
Answer step_over(Session&, Words&);
Answer step_out(Session&, Words&);
Answer step_line(Session&, Words&);
Answer restart(Session&, Words&);

// stopping.cpp
Answer add_break(Session&, Words&);
Answer watch(Session&, Words&);
Answer remove(Session&, Words&);  // "delete"

// looking.cpp
Answer show(Session&, Words&);
Answer memory(Session&, Words&);
Answer print(Session&, Words&);
Answer check(Session&, Words&);
Answer help(Session&, Words&);
Answer quit(Session&, Words&);

// teaching.cpp
Answer lesson_step(Session&, Words&);
Answer next(Session&, Words&);

// changing.cpp
Answer set(Session&, Words&);
Answer send(Session&, Words&);
}  // namespace ring::session::rows
