#include <fmt/ostream.h>

#include <ostream>

#include "base/text.hpp"
#include "elf/rows.hpp"
#include "inspect_parts.hpp"

namespace ring::cli {
namespace {
using text::hex;

std::string plural(u64 count, std::string_view word) {
    return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

void print_header(const elf::File& file, std::ostream& out) {
    fmt::print(out, "ELF header\n  {:<7} {:>4}  {:<14} {:<18} {}\n", "offset", "size", "field", "value", "meaning");
    for (const elf::FieldRow& row : elf::field_rows(file.header()))
        fmt::print(out, "  {:<7} {:>4}  {:<14} {:<18} {}\n", hex(row.bytes.offset), row.bytes.size, row.name, row.text,
                   row.meaning);
}

void print_segments(const elf::File& file, std::ostream& out) {
    fmt::print(out, "\nProgram headers: {}\n", file.segments().size());
    if (file.segments().empty()) return;
    fmt::print(out, "  {:>3}  {:<19} {:<5} {:<12} {:<18} {:<18} {:<12} {:<12} {}\n", "", "type", "flags", "offset",
               "vaddr", "paddr", "filesz", "memsz", "align");
    for (const elf::Segment& s : file.segments())
        fmt::print(out, "  {:>3}  {:<19} {:<5} {:<12} {:<18} {:<18} {:<12} {:<12} {}\n", s.index,
                   elf::segment_type_name(s.type(), file.machine()), elf::rwx(s.flags()), hex(s.offset()),
                   hex(VirtAddr{s.vaddr()}), hex(PhysAddr{s.paddr()}), hex(s.filesz()), hex(s.memsz()), hex(s.align()));
}

// The names of flags without what they share: "WRITE ALLOC".
std::string short_flags(const elf::Section& section, u64 machine) {
    if (section.flags() == 0) return "-";
    std::string flags = elf::value_text(elf::shdr::flags, section.flags(), machine);
    for (std::size_t at = 0; (at = flags.find("SHF_", at)) != std::string::npos;) flags.erase(at, 4);
    return flags;
}

void print_sections(const elf::File& file, std::ostream& out) {
    fmt::print(out, "\nSection headers: {}\n", file.sections().size());
    if (file.sections().empty()) return;
    fmt::print(out, "  {:>3}  {:<20} {:<18} {:<18} {:<10} {:<10} {:>5} {:>4} {:>5} {:>6}  {}\n", "", "name", "type",
               "addr", "offset", "size", "entry", "link", "info", "align", "flags");
    for (const elf::Section& s : file.sections())
        fmt::print(out, "  {:>3}  {:<20} {:<18} {:<18} {:<10} {:<10} {:>5} {:>4} {:>5} {:>6}  {}\n", s.index,
                   text::printable(file.name(s)), elf::section_type_name(s.type(), file.machine()),
                   hex(VirtAddr{s.addr()}), hex(s.offset()), hex(s.size()), hex(s.entsize()), s.link(), s.info(),
                   hex(s.addralign()), short_flags(s, file.machine()));
}

void print_mapping(const elf::File& file, std::ostream& out) {
    if (file.segments().empty() || file.sections().empty()) return;
    fmt::print(out, "\nSections in segments\n");
    const std::vector<std::vector<unsigned>> mapping = elf::section_mapping(file);
    for (const elf::Segment& s : file.segments()) {
        fmt::print(out, "  {:>3}  {:<{}}", s.index, elf::segment_type_name(s.type(), file.machine()),
                   mapping[s.index].empty() ? 0 : 19);
        for (unsigned index : mapping[s.index])
            fmt::print(out, " {}", text::printable(file.name(file.sections()[index])));
        out << '\n';
    }
}

void print_issues(const std::vector<elf::Issue>& issues, u64 dropped, std::ostream& out) {
    for (const elf::Issue& issue : issues)
        fmt::print(out, "  {:<10} {:>4}  {}\n                    {}\n", hex(issue.bytes.offset), issue.bytes.size,
                   issue.what, issue.rule);
    if (dropped != 0) fmt::print(out, "  and {} more\n", dropped);
}

void print_plan(const elf::File& file, std::ostream& out) {
    if (file.header().type() != elf::et::exec && file.header().type() != elf::et::dyn) return;
    const elf::LoadPlan plan = elf::plan_load(file);
    if (!plan.loadable()) {
        fmt::print(out, "\nLoad plan: refused\n");
        print_issues(plan.refusals, 0, out);
        return;
    }
    fmt::print(out, "\nLoad plan: {}, {}, {}\n", plural(plan.segments.size(), "segment"),
               plural(plan.pages.size(), "page"), plan.entry ? "entry " + hex(*plan.entry) : "no entry");
    for (std::size_t i = 0, first = 0; i < plan.pages.size(); ++i) {
        const elf::PlannedPage &page = plan.pages[i], &start = plan.pages[first];
        const bool goes_on = i + 1 < plan.pages.size() && plan.pages[i + 1].flags == start.flags &&
                             plan.pages[i + 1].start.value == page.start.value + elf::page_size;
        if (goes_on) continue;
        fmt::print(out, "  {:<18} to {:<18} {}  {}\n", hex(start.start),
                   hex(VirtAddr{page.start.value + elf::page_size - 1}), elf::rwx(start.flags),
                   plural(i - first + 1, "page"));
        first = i + 1;
    }
    print_issues(plan.warnings, 0, out);
}
}  // namespace

void print_text(const elf::File& file, std::ostream& out) {
    if (file.recognised()) {
        print_header(file, out);
        print_segments(file, out);
        print_sections(file, out);
        print_mapping(file, out);
        print_plan(file, out);
        out << '\n';
    }
    fmt::print(out, "Issues: {}\n", file.issues().size() + file.issues_dropped());
    print_issues(file.issues(), file.issues_dropped(), out);
}
}  // namespace ring::cli
