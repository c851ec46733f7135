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
Answer print(Session&, Words&);
Answer check(Session&, Words&);
Answer help(Session&, Words&);
Answer quit(Session&, Words&);

// memory_commands.cpp
Answer memory(Session&, Words&);
Answer find(Session&, Words&);
Answer show_mappings(Session&, Words&);  // topics of `show`
Answer show_frames(Session&, Words&);
Answer show_lens(Session&, Words&);
Answer show_stack(Session&, Words&);

// teaching.cpp
Answer lesson_step(Session&, Words&);
Answer next(Session&, Words&);

// changing.cpp
Answer set(Session&, Words&);
Answer send(Session&, Words&);
}  // namespace ring::session::rows
