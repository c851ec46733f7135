// `ringscope debug`: the command table in a terminal. Commands come from -x, else from a prompt or standard input.
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <ostream>

#include "base/text.hpp"
#include "first_lesson.hpp"
#include "options.hpp"
#include "running.hpp"
#include "session/commands.hpp"
#include "session/session.hpp"
#include "session/telling.hpp"

namespace ring::cli {
namespace {
using session::Session;

// One command; the exit status, 0 when it was done.
int carry_out(Session& session, std::string_view line, bool json, std::ostream& out, std::ostream& err) {
    const Running running(session.cancel(), "running");
    Result<lesson::Answer> answer = session.execute(line);
    if (!answer) return fail(err, answer.error(), 2);
    if (json)
        out << answer->json << '\n';
    else
        out << answer->text;
    out.flush();
    return answer->failed ? 1 : 0;
}

std::string prompt(const Session& session) {
    const target::Snapshot& now = session.now();
    return "(" + now.arch->privilege(now.registers).name + ") ";
}
}  // namespace

Result<std::unique_ptr<Session>> open_session(const DebugOptions& options) {
    std::error_code failed;
    if (!options.what.empty() && std::filesystem::is_regular_file(options.what, failed)) {
        if (!options.variant.empty()) return error("--variant is for a lesson, {} is a file", options.what);
        session::Spec spec = options.spec;
        spec.file = options.what;
        return Session::open(spec);
    }
    std::string name = options.what;
    if (name.empty()) {
        Result<std::string> first = first_lesson();
        if (!first) return first.error();
        name = *first;
    }
    if (name.find_first_of("./") != std::string::npos && !std::filesystem::is_directory(name, failed))
        return error("{}: there is no such file", text::printable(name));
    Result<lesson::Lesson> lesson = session::load_lesson(name);
    if (!lesson) return lesson.error();
    return Session::open_lesson(std::move(*lesson), options.variant);
}

int debug_command(const DebugOptions& options, std::ostream& out, std::ostream& err) {
    Result<std::unique_ptr<Session>> opened = open_session(options);
    if (!opened) return fail(err, opened.error(), 2);
    Session& session = **opened;
    warn(err, session);

    for (const std::string& line : options.commands) {
        if (session::is_quit(line)) return 0;
        if (const int status = carry_out(session, line, options.json, out, err); status != 0) return status;
    }
    if (!options.commands.empty()) return 0;

    const bool by_hand = is_terminal(STDIN_FILENO);
    if (by_hand && !options.json) out << (session.player() ? session::before_step(*session.player()) : "");
    std::string line;
    for (;;) {
        if (by_hand) out << prompt(session) << std::flush;
        if (!std::getline(std::cin, line)) break;
        if (session::is_quit(line)) return 0;
        if (line.find_first_not_of(" \t\r") == std::string::npos || line.front() == '#') continue;
        const int status = carry_out(session, line, options.json, out, err);
        if (status != 0 && !by_hand) return status;  // a script stops at its first mistake
    }
    if (by_hand) out << '\n';
    return 0;
}
}  // namespace ring::cli
