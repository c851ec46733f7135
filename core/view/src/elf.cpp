#include "view/elf.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "columns.hpp"
#include "elf/names.hpp"
#include "elf/rows.hpp"
#include "to_json.hpp"
#include "view/elf_ribbon.hpp"

namespace ring::view {
namespace {
std::string without(std::string_view prefix, std::string name) {
    return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

std::string section_name(const elf::File& file, unsigned index) {
    return text::printable(file.name(file.sections()[index]));
}
}  // namespace

ElfView elf_view(const elf::File& file, std::string_view name) {
    ElfView out;
    out.name = text::printable(name);
    out.issues = file.issues();
    if (!file.recognised()) {
        out.unavailable = "not an ELF-64 little-endian file";
        return out;
    }
    const elf::Header& header = file.header();
    out.type = elf::value_text(elf::ehdr::type, header.type(), header.machine());
    out.machine = elf::value_text(elf::ehdr::machine, header.machine(), header.machine());
    if (header.entry() != 0) out.entry = VirtAddr{header.entry()};
    const std::vector<std::vector<unsigned>> mapping = elf::section_mapping(file);
    for (const elf::Segment& segment : file.segments()) {
        ElfSegment row;
        row.index = segment.index;
        row.type = without("PT_", elf::segment_type_name(segment.type(), header.machine()));
        row.flags = elf::rwx(segment.flags());
        row.offset = segment.offset();
        row.start = VirtAddr{segment.vaddr()};
        row.file_size = segment.filesz();
        row.memory_size = segment.memsz();
        row.align = segment.align();
        if (segment.index < mapping.size())
            for (unsigned index : mapping[segment.index]) row.sections.push_back(section_name(file, index));
        out.segments.push_back(std::move(row));
    }
    for (const elf::Section& section : file.sections()) {
        if (section.type() == elf::sht::null) continue;
        out.sections.push_back({section.index, section_name(file, section.index),
                                without("SHT_", elf::section_type_name(section.type(), header.machine())),
                                VirtAddr{section.addr()}, section.offset(), section.size()});
    }
    out.gaps = elf_gaps(file);
    return out;
}

std::string text(const ElfView& elf) {
    if (!elf.unavailable.empty()) return fmt::format("{}: {}\n", elf.name, elf.unavailable);
    std::string out = fmt::format("{}: {}, {}, {}\n\nsegments\n", elf.name, elf.type, elf.machine,
                                  elf.entry ? "entry " + text::hex(*elf.entry) : "no entry");
    Columns segments(2);
    segments.row({"", "type", "rights", "file offset", "address", "in file", "in memory", "sections"});
    for (const ElfSegment& row : elf.segments)
        segments.row({std::to_string(row.index), row.type, row.flags, text::hex(row.offset), text::hex(row.start),
                      text::hex(row.file_size), text::hex(row.memory_size), joined(row.sections, " ")});
    out += segments.text();
    if (!elf.sections.empty()) {
        Columns sections(2);
        out += "\nsections\n";
        sections.row({"", "name", "type", "address", "file offset", "size"});
        for (const ElfSection& row : elf.sections)
            sections.row({std::to_string(row.index), row.name, row.type, text::hex(row.start), text::hex(row.offset),
                          text::hex(row.size)});
        out += sections.text();
    }
    constexpr std::size_t most_gaps = 20;
    std::vector<std::string> gaps;
    for (const elf::ByteRange& gap : elf.gaps)
        if (gaps.size() < most_gaps) gaps.push_back(fmt::format("{} + {}", text::hex(gap.offset), text::hex(gap.size)));
    if (elf.gaps.size() > most_gaps) gaps.push_back(fmt::format("and {} more", elf.gaps.size() - most_gaps));
    if (!gaps.empty()) out += "\n" + wrapped("described by nothing: ", joined(gaps, ", "), 2);
    if (!elf.issues.empty()) out += "\nissues\n";
    for (const elf::Issue& issue : elf.issues) {
        out += wrapped(fmt::format("  {}, {}: ", text::hex(issue.bytes.offset), text::size(issue.bytes.size)),
                       issue.what, 4);
        out += wrapped("    ", issue.rule, 4);
    }
    return out;
}

std::string json(const ElfView& elf) {
    Json out{{"name", elf.name}, {"type", elf.type}, {"machine", elf.machine}, {"entry", number(elf.entry)}};
    if (!elf.unavailable.empty()) out["unavailable"] = elf.unavailable;
    out["segments"] = array(elf.segments, [](const ElfSegment& row) {
        return Json{{"index", number(u64{row.index})},  {"type", row.type},           {"flags", row.flags},
                    {"offset", number(row.offset)},     {"vaddr", number(row.start)}, {"filesz", number(row.file_size)},
                    {"memsz", number(row.memory_size)}, {"align", number(row.align)}, {"sections", row.sections}};
    });
    out["sections"] = array(elf.sections, [](const ElfSection& row) {
        return Json{{"index", number(u64{row.index})},
                    {"name", row.name},
                    {"type", row.type},
                    {"addr", number(row.start)},
                    {"offset", number(row.offset)},
                    {"size", number(row.size)}};
    });
    out["gaps"] = array(elf.gaps, [](const elf::ByteRange& gap) {
        return Json{{"offset", number(gap.offset)}, {"size", number(gap.size)}};
    });
    out["issues"] = array(elf.issues, [](const elf::Issue& issue) {
        return Json{{"offset", number(issue.bytes.offset)},
                    {"size", number(issue.bytes.size)},
                    {"what", issue.what},
                    {"rule", issue.rule}};
    });
    return line(Json{{"elf", std::move(out)}});
}
}  // namespace ring::view
