#include <doctest/doctest.h>

#include <fstream>

#include "opened.hpp"
#include "session/reloading.hpp"

using namespace ring;
using test::said;

namespace {
std::string line_with(std::string_view text) {
    std::ifstream source(RING_SOURCE_DIR "/tests/session/twice.c");
    int number = 0;
    for (std::string line; std::getline(source, line);) {
        ++number;
        if (line.find(text) != std::string::npos) return "twice.c:" + std::to_string(number);
    }
    FAIL("no such line: ", text);
    return "";
}
std::unique_ptr<session::Session> twice() {
    session::Spec spec;
    spec.file = RING_TWICE;
    return test::opened(spec);
}
}  // namespace

TEST_CASE("a breakpoint on a line that was copied stops at every copy, under one number") {
    const auto session = twice();
    const std::string line = line_with("in both copies");
    const std::string set = said(*session, "break " + line);
    CHECK(set.starts_with("breakpoint 1, at 2 places: "));
    CHECK(set.find("first+") != std::string::npos);
    CHECK(set.find("second+") != std::string::npos);
    for (const char* const function : {"first", "second"}) {
        said(*session, "continue");
        CHECK(session->now().stop.kind == target::StopKind::Breakpoint);
        CHECK(session->now().stop.sentence == "breakpoint 1 at " + line);
        CHECK(test::label(*session).starts_with(function));
    }
    const std::string listed = said(*session, "show breakpoints");
    CHECK(std::count(listed.begin(), listed.end(), '\n') == 1);
    CHECK(listed.find(", 0x") != std::string::npos);
    said(*session, "continue");
    CHECK(session->now().stop.kind == target::StopKind::Exited);
}

TEST_CASE("a breakpoint at several places is removed whole, by its number or by a part's") {
    const auto session = twice();
    const std::string line = line_with("in both copies");
    said(*session, "break " + line);
    said(*session, "break _start");
    CHECK(session->target().breakpoints().size() == 3);
    said(*session, "delete 1");
    REQUIRE(session->target().breakpoints().size() == 1);
    CHECK(session->target().breakpoints()[0].second.label == "_start");
    said(*session, "break " + line);
    said(*session, "delete " + std::to_string(session->target().breakpoints().back().first));
    CHECK(session->target().breakpoints().size() == 1);
    said(*session, "break " + line);
    CHECK(said(*session, "delete all").starts_with("2 breakpoints are gone"));
    CHECK(session->target().breakpoints().empty());
}

TEST_CASE("a line that goes on behind a copied function is one place") {
    const auto session = twice();
    CHECK(said(*session, "break " + line_with("goes on behind a copy")).starts_with("breakpoint 1: "));
}

TEST_CASE("opened again, a breakpoint at several places is still one") {
    const auto old = twice(), fresh = twice();
    said(*old, "break " + line_with("in both copies"));
    CHECK(session::keep_breakpoints(*old, *fresh) == "loaded anew; 1 breakpoint kept");
    CHECK(fresh->target().breakpoints().size() == 2);
    said(*fresh, "delete 1");
    CHECK(fresh->target().breakpoints().empty());
}

TEST_CASE("`break vector` is `break trap`") {
    const auto session = twice();
    CHECK(said(*session, "break vector 14") == "breakpoint 1: when vector 14 is taken\n");
    CHECK(session->target().breakpoints()[0].second.kind == target::BreakKind::Trap);
}
