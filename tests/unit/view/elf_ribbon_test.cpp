#include "view/elf_ribbon.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "elf_builder.hpp"
#include "view/elf.hpp"

using namespace ring;

namespace {
// Two LOAD segments of which the second begins inside the first, a note inside the first, a segment without bytes, and
// bytes behind them that nothing describes.
test::ElfBuilder overlapping() {
    test::ElfBuilder file;
    file.header.e_entry = 0x400200;
    file.load(PF_R | PF_X, 0x200, 0x400200, Bytes(0x100, 0x90));
    file.load(PF_R, 0x280, 0x500280, Bytes(0x180, 1));
    file.segment(PT_NOTE, PF_R, 0x210, 0x400210, 0x20, 0x20, 4);
    file.segment(PT_GNU_STACK, PF_R | PF_W, 0, 0, 0, 0, 16);
    file.put(0x480, Bytes(0x10, 7));
    return file;
}

const view::RibbonPart* part(const view::ElfRibbon& ribbon, std::string_view id) {
    const auto found = std::ranges::find(ribbon.parts, id, &view::RibbonPart::id);
    return found == ribbon.parts.end() ? nullptr : &*found;
}
}  // namespace

TEST_CASE("elf ribbon: every segment has a place; those that overlap have lanes of their own") {
    const view::ElfRibbon ribbon = view::elf_ribbon(elf::parse(overlapping().build()));
    for (const char* id : {"header", "program-headers", "segment/0", "segment/1", "segment/2"})
        REQUIRE(part(ribbon, id));
    CHECK(part(ribbon, "segment/0")->label == "LOAD 0 R-X");
    CHECK(part(ribbon, "segment/2")->label == "NOTE 2 R--");
    CHECK(part(ribbon, "segment/0")->lane + 1 == part(ribbon, "segment/1")->lane);
    CHECK(ribbon.lanes[part(ribbon, "segment/0")->lane] == "LOAD");
    CHECK(ribbon.lanes[part(ribbon, "segment/1")->lane].empty());
    CHECK(ribbon.lanes[part(ribbon, "segment/2")->lane] == "others");
    REQUIRE(ribbon.absent.size() == 1);
    CHECK(ribbon.absent[0].index == 3);
    CHECK(ribbon.absent[0].label == "GNU_STACK 3 RW-");
    CHECK(ribbon.absent[0].why == "no bytes in the file");
    for (const view::RibbonPart& a : ribbon.parts)
        for (const view::RibbonPart& b : ribbon.parts)
            if (&a != &b && a.lane == b.lane) CHECK((a.to <= b.from || b.to <= a.from));
}

TEST_CASE("elf ribbon: what nothing describes is a gap, and gaps and parts cover the file") {
    const elf::File file = elf::parse(overlapping().build());
    const std::vector<elf::ByteRange> gaps = view::elf_gaps(file);
    REQUIRE(gaps.size() == 2);
    CHECK(gaps[0] == elf::ByteRange{64 + 4 * 56, 0x200 - (64 + 4 * 56)});
    CHECK(gaps[1].offset == 0x400);
    CHECK(gaps[1].offset + gaps[1].size == file.bytes().size());
    const view::ElfRibbon ribbon = view::elf_ribbon(file);
    REQUIRE(part(ribbon, "gap/0x400"));
    CHECK(part(ribbon, "gap/0x400")->kind == view::RibbonKind::Gap);
    CHECK(part(ribbon, "gap/0x400")->to == doctest::Approx(1));
    CHECK(view::text(view::elf_view(file, "x")).find("described by nothing: 0x120 + 0xe0, 0x400 + 0x90") !=
          std::string::npos);
}

TEST_CASE("elf ribbon: a place on the line grows with the offset, and a part lies between its ends") {
    const elf::File file = elf::parse(overlapping().build());
    const view::ElfRibbon ribbon = view::elf_ribbon(file);
    CHECK(ribbon.at(0) == 0);
    CHECK(ribbon.at(file.bytes().size()) == 1);
    CHECK(ribbon.at(~u64{0}) == 1);
    for (u64 at = 1; at <= file.bytes().size(); ++at) CHECK(ribbon.at(at - 1) < ribbon.at(at));
    CHECK(ribbon.at(0x200) == doctest::Approx(part(ribbon, "segment/0")->from));
}

TEST_CASE("elf ribbon: a segment that runs past the end is cut there, one that begins behind it is told beside") {
    test::ElfBuilder builder = overlapping();
    builder.segments[1].p_filesz = builder.segments[1].p_memsz = 0x10000;
    builder.segments[2].p_offset = 0x100000;
    const view::ElfRibbon ribbon = view::elf_ribbon(elf::parse(builder.build()));
    REQUIRE(part(ribbon, "segment/1"));
    CHECK(part(ribbon, "segment/1")->cut());
    CHECK(part(ribbon, "segment/1")->claimed == 0x10000);
    CHECK(part(ribbon, "segment/1")->to == doctest::Approx(1));
    CHECK_FALSE(part(ribbon, "segment/0")->cut());
    REQUIRE(ribbon.absent.size() == 2);
    CHECK(ribbon.absent[0].index == 2);
    CHECK(ribbon.absent[0].why == "begins behind the end of the file");
    CHECK(std::ranges::any_of(ribbon.parts, [](const auto& one) { return one.kind == view::RibbonKind::Issue; }));
}
