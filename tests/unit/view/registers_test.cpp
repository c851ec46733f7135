#include "view/registers.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "golden.hpp"
#include "world.hpp"

using namespace ring;
using test::World;

TEST_CASE("registers as text: a changed one is marked and its old value stands beside it") {
    World world;
    world.target.at("rax") = 60;
    world.target.at("rflags") = 0x246;
    world.target.at("cs.attributes") = 0xc0fb;
    test::check_golden("view/registers", view::text(view::registers_view(world.snapshot(), test::names)));
}

TEST_CASE("registers: only what differs from the previous stop is changed, and its fields say which bits moved") {
    World world;
    world.target.at("rflags") = 0x203;
    const view::Registers rows = view::registers_view(world.snapshot());
    CHECK(rows.changed == 1);
    CHECK(rows.privilege == "ring 3");
    CHECK(rows.mode == "64-bit mode");
    const view::RegisterRow* const rflags = rows.find("rflags");
    REQUIRE(rflags);
    CHECK(rflags->before == 0x202);
    CHECK(rflags->bits_text() == "IF CF");
    for (const view::FieldValue& field : rflags->fields) CHECK(field.changed == (field.name == "CF"));
    CHECK_FALSE(rows.find("rax")->changed);
}

TEST_CASE("registers: at the first stop nothing is called changed") {
    World world;
    world.before = {};
    CHECK(view::registers_view(world.snapshot()).changed == 0);
}

TEST_CASE("registers: what a target does not know is unavailable, and not zero") {
    World world;
    world.target.state.registers.known[*arch::find_register(world.target.arch(), "rbx")] = false;
    const target::Snapshot snapshot = world.snapshot();
    const view::Registers rows = view::registers_view(snapshot);
    CHECK(rows.find("rbx")->hex() == "unavailable");
    const auto json = nlohmann::json::parse(view::json(rows));
    CHECK(json["registers"]["groups"][0]["registers"][3]["name"] == "rbx");
    CHECK(json["registers"]["groups"][0]["registers"][3]["value"].is_null());
}

TEST_CASE("registers: the parts of a segment register stand in its row") {
    World world;
    const view::Registers rows = view::registers_view(world.snapshot());
    const view::RegisterRow* const cs = rows.find("cs");
    REQUIRE(cs);
    REQUIRE(cs->parts.size() == 3);
    CHECK(cs->parts[2].name == "attributes");
    CHECK(cs->parts[2].value == 0xa0fb);
    CHECK(rows.find("cs.base") == nullptr);
}

TEST_CASE("system registers as text: every bit that is set says what it does") {
    World world;
    world.target.at("EFER") &= ~x86_64::efer::SCE.mask();
    test::check_golden("view/system", view::text(view::system_view(world.snapshot(), test::names)));
}

TEST_CASE("system registers as JSON are one line with numbers as strings") {
    World world;
    const std::string line = view::json(view::system_view(world.snapshot()));
    CHECK(line.find('\n') == line.npos);
    CHECK(line.find("\"value\":\"0x80010031\"") != line.npos);
    CHECK(nlohmann::json::parse(line)["system"]["privilege"] == "ring 3");
}

TEST_CASE("a reserved field is a row only when it is not zero") {
    CHECK(view::field_values(x86_64::efer::layout, 0x100).size() == 4);
    const std::vector<view::FieldValue> rows = view::field_values(x86_64::efer::layout, 0x102);
    REQUIRE(rows.size() == 5);
    CHECK(rows[1].name == "reserved[7:1]");
}
