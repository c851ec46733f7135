#include "view/source.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "golden.hpp"
#include "view/code.hpp"
#include "world.hpp"

using namespace ring;
using test::World;

namespace {
std::shared_ptr<const view::SourceFile> file() {
    auto out = std::make_shared<view::SourceFile>();
    out->recorded = "user/main.c";
    out->found = "sources/user/main.c";
    out->lines = {"// A program.", "int user_main(void) {", "    write(1);", "", "    for (;;) {}", "}"};
    out->code = {{2, VirtAddr{0x400000}}, {3, VirtAddr{0x400004}}, {5, VirtAddr{0x400006}}};
    return out;
}
std::optional<view::SourcePlace> place(VirtAddr at) {
    if (at.value < 0x400000 || at.value > 0x400007) return std::nullopt;
    return view::SourcePlace{"user/main.c", at.value < 0x400004 ? 2 : at.value < 0x400006 ? 3 : 5};
}
std::shared_ptr<const view::SourceFile> open(const view::SourcePlace&) { return file(); }
}  // namespace

TEST_CASE("source as text: the line in question, lines with instructions, breakpoints, who inlined it") {
    World world;
    (void)world.target.add_breakpoint({target::BreakKind::Address, {0x400006}, 1, {}, {}});
    const view::Source source = view::source_view(world.snapshot(), VirtAddr{0x400004}, {}, place, open,
                                                  {{"write", {"user/main.c", 3}}}, "user_main+0x4");
    CHECK(source.next);
    CHECK(source.place.line == 3);
    CHECK(source.breakpoint(5) == 1u);
    CHECK_FALSE(source.breakpoint(3));
    test::check_golden("view/source", view::text(source));
    const auto json = nlohmann::json::parse(view::json(source))["source"];
    CHECK(json["line"] == 3);
    CHECK(json["lines"][4]["address"] == "0x400006");
    CHECK(json["lines"][4]["breakpoint"] == true);
}

TEST_CASE("source: an address without a line, and a file that is not there, say what to do") {
    World world;
    const view::Source none = view::source_view(world.snapshot(), VirtAddr{0x500000}, {}, place, open, {}, "");
    CHECK(none.unavailable.find("no source line is recorded for 0x500000") == 0);
    CHECK(none.unavailable.find("-g") != std::string::npos);
    const auto missing = [](const view::SourcePlace& at) {
        auto out = std::make_shared<view::SourceFile>();
        out->trouble = "the source file " + at.file + " is not here";
        return std::shared_ptr<const view::SourceFile>(out);
    };
    const view::Source gone = view::source_view(world.snapshot(), VirtAddr{0x400004}, {}, place, missing, {}, "");
    CHECK(view::text(gone).find("the source file user/main.c is not here\n") != std::string::npos);
}

TEST_CASE("source: a file that is shorter than the line says that it is another one") {
    World world;
    const view::Source source = view::source_view(world.snapshot(), VirtAddr{0x400004},
                                                  view::SourcePlace{"user/main.c", 900}, place, open, {}, "");
    CHECK(view::text(source).find("the file has only 6 lines") != std::string::npos);
}

TEST_CASE("code with source lines between the instructions, and what the next one does") {
    World world;
    view::Code code = view::code_view(world.snapshot(), test::names, {}, 4, 3);
    view::put_sources(code, place, open);
    CHECK(code.follows);
    CHECK(code.flow.enters == VirtAddr{0x2000});  // LSTAR
    test::check_golden("view/code_source", view::text(code));
    world.target.at("EFER") = 0xd00;  // without SCE the instruction is #UD and enters nothing
    CHECK_FALSE(view::code_view(world.snapshot(), test::names, {}, 0, 3).flow.enters);
}

TEST_CASE("code: a conditional branch is taken or not by the flags; calls through registers and memory are followed") {
    World world;
    world.target.at("rip") = test::user_code.value;
    const auto flow = [&](Bytes bytes) {
        world.target.put(PhysAddr{0x5000}, bytes);
        return view::code_view(world.snapshot(), test::names, {}, 0, 1).flow;
    };
    world.target.at("rflags") = 0x242;            // ZF
    CHECK(flow({0x74, 0x10}).branches == true);   // je
    CHECK(flow({0x75, 0x10}).branches == false);  // jne
    CHECK(flow({0x7e, 0x10}).branches == true);   // jle
    CHECK(flow({0x7f, 0x10}).branches == false);  // jg
    CHECK_FALSE(flow({0xeb, 0x10}).branches);     // jmp: not conditional
    world.target.at("rax") = test::user_code.value + 8;
    CHECK(flow({0xff, 0xd0}).enters == VirtAddr{0x400008});  // call rax
    CHECK(flow({0xff, 0xd0}).enters_symbol == "user_main+0x8");
    world.target.put_word(PhysAddr{0x6010}, 0x400004);
    world.target.at("rbx") = 2;
    world.target.at("rax") = test::user_data.value;
    CHECK(flow({0xff, 0x14, 0xd8}).enters == VirtAddr{0x400004});              // call [rax + 8*rbx]
    CHECK(flow({0xff, 0x50, 0x10}).enters == VirtAddr{0x400004});              // call [rax + 0x10]
    CHECK(flow({0xff, 0x15, 0x0a, 0x10, 0, 0}).enters == VirtAddr{0x400004});  // call [rip + 0x100a]
    world.target.put_word(PhysAddr{0x6fe0}, 0x400008);
    CHECK(flow({0xc3}).enters == VirtAddr{0x400008});  // ret
    CHECK(flow({0xc3}).returns);
}
