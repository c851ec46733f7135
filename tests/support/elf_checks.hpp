// What must hold for the ELF reader on any bytes at all: the property of the fuzz target and of the damaged files.
#pragma once
#include <string>

#include "elf/image.hpp"
#include "elf/notes.hpp"
#include "elf/rows.hpp"

namespace ring::test {

struct ElfVerdict {
    std::string broken_property;  // empty when all of them hold
    std::size_t issues = 0;
    bool recognised = false;
    bool refused = false;
};

inline ElfVerdict check_reader(const Bytes& bytes) {
    const elf::File file = elf::parse(bytes);
    ElfVerdict verdict;
    verdict.issues = file.issues().size();
    verdict.recognised = file.recognised();
    const auto must = [&](bool holds, std::string_view property) {
        if (!holds && verdict.broken_property.empty()) verdict.broken_property = property;
    };
    must(file.recognised() || !file.issues().empty(), "a file that is not read has an issue");
    for (const elf::Issue& issue : file.issues()) {
        must(!issue.what.empty() && !issue.rule.empty(), "an issue says what and by which rule");
        must(issue.bytes.offset + issue.bytes.size <= bytes.size(), "an issue's bytes are in the file");
        must(issue.what.find('\x1b') == std::string::npos, "an issue's text has no escapes");
    }
    for (const elf::Segment& s : file.segments()) {
        must(s.where().offset + s.where().size <= bytes.size(), "a program header's bytes are in the file");
        must(file.contents(s).size() <= s.filesz(), "contents are not longer than p_filesz");
    }
    for (const elf::Section& s : file.sections()) {
        must(s.where().offset + s.where().size <= bytes.size(), "a section header's bytes are in the file");
        must(file.name(s).size() <= elf::File::most_name_bytes, "a name is bounded");
    }
    for (const std::vector<unsigned>& indices : elf::section_mapping(file))
        for (unsigned index : indices) must(index < file.sections().size(), "a mapped section exists");
    for (u64 at : {u64{0}, u64{24}, u64{70}, u64{bytes.size() / 2}, u64{bytes.size()}, ~u64{0}})
        must(elf::owner_of(file, at).kind == elf::ByteOwner::Kind::Nothing || at < bytes.size(),
             "only bytes of the file have an owner");
    for (const elf::Note& note : elf::notes(file).list)
        must(note.bytes.offset + note.bytes.size <= bytes.size(), "a note's bytes are in the file");
    static_cast<void>(static_cast<bool>(elf::pvh_entry(file)));

    const elf::LoadPlan plan = elf::plan_load(file, {.bias = 0x555500000000, .memory_cap = 64_MiB});
    verdict.refused = !plan.loadable();
    must(plan.loadable() || plan.pages.empty(), "a refused plan has no pages");
    must(plan.pages.size() <= 64_MiB / elf::page_size, "a plan keeps to its cap");
    if (!plan.loadable()) return verdict;
    for (std::size_t i = 1; i < plan.pages.size(); ++i)
        must(plan.pages[i - 1].start < plan.pages[i].start, "pages are ascending");
    for (const elf::PlannedSegment& s : plan.segments) {
        must(s.file.size <= s.memory_size, "a planned segment's bytes fit into its memory");
        must(s.file.size == 0 || s.file.offset + s.file.size <= bytes.size(),
             "a planned segment's bytes are in the file");
        must(plan.page_at(s.start) != nullptr, "a planned segment has pages");
        if (s.file.size != 0) must(plan.file_offset(s.start) == s.file.offset, "address and file offset agree");
    }
    Result<elf::Image> image = elf::build_image(file, plan);
    must(static_cast<bool>(image), "what is planned can be built");
    if (image)
        for (const elf::ImagePiece& piece : image->pieces)
            must(piece.bytes.size() <= piece.memory_size, "a piece's bytes fit into its memory");
    return verdict;
}
}  // namespace ring::test
