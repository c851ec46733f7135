// A program of the teaching kernel in a session, driven by the words that people type.
#pragma once
#include <doctest/doctest.h>

#include "base/data_dir.hpp"
#include "session/boot.hpp"
#include "session/session.hpp"

namespace ring::test {
inline std::unique_ptr<session::Session> opened(const session::Spec& spec) {
    Result<std::unique_ptr<session::Session>> out = session::Session::open(spec);
    if (!out) FAIL(out.error().sentence());
    return std::move(*out);
}
inline std::unique_ptr<session::Session> opened(std::string_view program, std::string_view words = {},
                                                std::string_view arch = "x86_64") {
    session::Spec spec;
    spec.file = data_dir() / "kernels" / arch / "user" / (std::string(program) + ".elf");
    spec.command_line = words;
    return opened(spec);
}
inline std::string said(session::Session& session, std::string_view line) {
    const Result<lesson::Answer> answer = session.execute(line);
    if (!answer) FAIL(line, ": ", answer.error().sentence());
    return answer->text;
}
inline std::string label(session::Session& session) { return session.symbols().label(session.now().pc()); }
inline bool in_kernel(session::Session& session) {
    const arch::Arch& arch = *session.now().arch;
    return arch::is_kernel_level(arch, arch.privilege(session.now().registers).level);
}
inline unsigned ring_of(session::Session& session) {
    return session.now().arch->privilege(session.now().registers).level;
}
}  // namespace ring::test
