// The rules of section headers.
#include <algorithm>

#include "base/text.hpp"
#include "rules.hpp"

namespace ring::elf::rules {
namespace {
constexpr std::string_view name_rule =
    "gABI \"Section Header\", sh_name: the index of a NUL-terminated string in the section of names";
constexpr std::string_view type_rule =
    "gABI \"Section Header\", sh_type: values below 0x60000000 are those listed; SHT_SHLIB has no meaning";
constexpr std::string_view flags_rule =
    "gABI \"Section Header\", sh_flags: undefined bits are zero; 0x0ff00000 belongs to the system, 0xf0000000 to the "
    "processor";
constexpr std::string_view in_file_rule =
    "gABI \"Section Header\", sh_offset, sh_size: the section's bytes are in the file";
constexpr std::string_view wrap_rule =
    "gABI \"Section Header\", sh_addr, sh_size: the section's memory does not wrap around the end of the address space";
constexpr std::string_view align_rule =
    "gABI \"Section Header\", sh_addralign: 0, 1 or a power of two, and sh_addr is a multiple of it";
constexpr std::string_view link_rule =
    "gABI \"Section Header\", \"sh_link and sh_info Interpretation\": for this type sh_link is the index of a section "
    "of the right type";
constexpr std::string_view info_rule =
    "gABI \"Section Header\", \"sh_link and sh_info Interpretation\": sh_info of symbols is one more than the last "
    "local one; of relocations, the section that they change";
constexpr std::string_view entsize_rule =
    "gABI \"Section Header\", sh_entsize: the size of one entry (symbol 24, relocation with addend 24, without 16, "
    "dynamic entry 16), and sh_size is a multiple of it";
constexpr std::string_view overlap_rule = "gABI \"Sections\": sections in a file do not overlap";
constexpr std::string_view segment_rule =
    "gABI \"Program Loading\": a section with SHF_ALLOC is brought to sh_addr by the loadable segment that its "
    "sh_offset is in";

constexpr u64 defined_flags = 0xff7 | shf::os_mask | shf::processor_mask;

std::string label(const File& file, const Section& s) {
    const std::string_view name = file.name(s);
    return name.empty() ? fmt::format("section {}", s.index)
                        : fmt::format("section {} ({})", s.index, text::printable(name.substr(0, 64)));
}

// What the specification fixes for a type of section: the size of its entries, and the type that sh_link leads to.
struct TypeFacts {
    u64 type, entry, linked, or_linked;
};
constexpr TypeFacts facts[] = {
    {sht::symtab, 24, sht::strtab, sht::strtab},      {sht::dynsym, 24, sht::strtab, sht::strtab},
    {sht::rela, 24, sht::symtab, sht::dynsym},        {sht::rel, 16, sht::symtab, sht::dynsym},
    {sht::dynamic, 16, sht::strtab, sht::strtab},     {sht::hash, 0, sht::dynsym, sht::symtab},
    {sht::gnu_hash, 0, sht::dynsym, sht::symtab},     {sht::gnu_versym, 2, sht::dynsym, sht::symtab},
    {sht::gnu_verneed, 0, sht::strtab, sht::strtab},  {sht::gnu_verdef, 0, sht::strtab, sht::strtab},
    {sht::symtab_shndx, 4, sht::symtab, sht::symtab}, {sht::group, 4, sht::symtab, sht::symtab},
};

void place(const File& file, const Section& s, Issues& out) {
    if (s.has_bytes() && runs_past(s.offset(), s.size(), file.bytes().size()))
        out.add(s.where(shdr::offset), in_file_rule, "{}: {} bytes at {} run past the end of the file ({} bytes)",
                label(file, s), text::hex(s.size()), text::hex(s.offset()), text::hex(file.bytes().size()));
    if ((s.flags() & shf::alloc) && s.size() != 0 && s.addr() + (s.size() - 1) < s.addr())
        out.add(s.where(shdr::addr), wrap_rule, "{}: {} bytes from {} wrap around", label(file, s), text::hex(s.size()),
                text::hex(VirtAddr{s.addr()}));
    if (s.addralign() > 1 && !is_power_of_two(s.addralign()))
        out.add(s.where(shdr::addralign), align_rule, "{}: sh_addralign is {}", label(file, s),
                text::hex(s.addralign()));
    else if (s.addralign() > 1 && s.addr() % s.addralign() != 0)
        out.add(s.where(shdr::addr), align_rule, "{}: sh_addr {} is not a multiple of sh_addralign {}", label(file, s),
                text::hex(VirtAddr{s.addr()}), text::hex(s.addralign()));
}

void links(const File& file, const Section& s, Issues& out) {
    const std::vector<Section>& all = file.sections();
    if (s.link() >= all.size()) {
        out.add(s.where(shdr::link), link_rule, "{}: sh_link is {}, but there are {} sections", label(file, s),
                s.link(), all.size());
        return;
    }
    const auto fact =
        std::find_if(std::begin(facts), std::end(facts), [&](const TypeFacts& f) { return f.type == s.type(); });
    if (fact != std::end(facts)) {
        const u64 linked = all[s.link()].type();
        // Relocations of a static executable need no symbols: no link.
        const bool may_be_absent = s.type() == sht::rela || s.type() == sht::rel;
        const bool absent = s.link() == 0;
        // A tool that strips a file may keep a header of a section whose contents moved elsewhere.
        const bool moved = linked == sht::nobits;
        if (!(absent && may_be_absent) && !moved && linked != fact->linked && linked != fact->or_linked)
            out.add(s.where(shdr::link), link_rule, "{}: a {} is linked to section {}, of type {}", label(file, s),
                    section_type_name(s.type(), file.machine()), s.link(), section_type_name(linked, file.machine()));
        if (fact->entry != 0 && s.entsize() != fact->entry)
            out.add(s.where(shdr::entsize), entsize_rule, "{}: sh_entsize is {}", label(file, s), s.entsize());
        else if (fact->entry != 0 && s.size() % fact->entry != 0)
            out.add(s.where(shdr::size), entsize_rule, "{}: {} bytes are no whole number of entries of {}",
                    label(file, s), s.size(), fact->entry);
    }
    const bool is_symbols = s.type() == sht::symtab || s.type() == sht::dynsym;
    if (is_symbols && s.info() > s.size() / 24)
        out.add(s.where(shdr::info), info_rule, "{}: sh_info is {}, but there are {} symbols", label(file, s), s.info(),
                s.size() / 24);
    const bool is_relocations = s.type() == sht::rela || s.type() == sht::rel;
    if ((is_relocations || (s.flags() & shf::info_link)) && s.info() >= all.size())
        out.add(s.where(shdr::info), info_rule, "{}: sh_info is {}, but there are {} sections", label(file, s),
                s.info(), all.size());
}

void name_type_flags(const File& file, const Section& s, ByteSpan names, Issues& out) {
    const u64 name = s.get(shdr::name);
    if (!names.empty() && name != 0 && (name >= names.size() || file.name(s).empty()) &&
        !(name < names.size() && names[name] == 0))
        out.add(s.where(shdr::name), name_rule, "section {}: sh_name {} is not a string in the {} bytes of names",
                s.index, text::hex(name), text::hex(names.size()));
    if ((s.type() > sht::relr || s.type() == sht::shlib || s.type() == 12 || s.type() == 13) && s.type() < sht::os_low)
        out.add(s.where(shdr::type), type_rule, "{}: sh_type is {}", label(file, s),
                section_type_name(s.type(), file.machine()));
    if ((s.flags() & ~defined_flags) != 0)
        out.add(s.where(shdr::flags), flags_rule, "{}: sh_flags is {}: undefined bits {}", label(file, s),
                text::hex(s.flags()), text::hex(s.flags() & ~defined_flags));
}

void overlaps(const File& file, Issues& out) {
    std::vector<const Section*> by_offset;
    for (const Section& s : file.sections())
        if (s.has_bytes() && s.size() != 0 && !runs_past(s.offset(), s.size(), file.bytes().size()))
            by_offset.push_back(&s);
    std::stable_sort(by_offset.begin(), by_offset.end(),
                     [](const Section* a, const Section* b) { return a->offset() < b->offset(); });
    const Section* furthest = nullptr;
    for (const Section* s : by_offset) {
        if (furthest && s->offset() < furthest->offset() + furthest->size())
            out.add(s->where(shdr::offset), overlap_rule, "{} starts at {}, inside {} ({} bytes at {})",
                    label(file, *s), text::hex(s->offset()), label(file, *furthest), text::hex(furthest->size()),
                    text::hex(furthest->offset()));
        if (!furthest || s->offset() + s->size() > furthest->offset() + furthest->size()) furthest = s;
    }
}

// Do the two views of the file agree? A section in memory has the distance of its segment between offset and address.
void agreement(const File& file, Issues& out) {
    std::vector<const Segment*> loads;
    for (const Segment& segment : file.segments())
        if (segment.is_load() && segment.filesz() != 0) loads.push_back(&segment);
    if (loads.empty() || (file.header().type() != et::exec && file.header().type() != et::dyn)) return;
    std::stable_sort(loads.begin(), loads.end(),
                     [](const Segment* a, const Segment* b) { return a->vaddr() < b->vaddr(); });
    for (const Section& s : file.sections()) {
        if ((s.flags() & shf::alloc) == 0 || !s.has_bytes() || s.size() == 0) continue;
        auto after = std::upper_bound(loads.begin(), loads.end(), s.addr(),
                                      [](u64 wanted, const Segment* load) { return wanted < load->vaddr(); });
        const Segment* load = after == loads.begin() ? nullptr : *(after - 1);
        if (!load || runs_past(s.addr() - load->vaddr(), s.size(), load->filesz()))
            out.add(s.where(shdr::addr), segment_rule, "{}: {} bytes at {} are in no loadable segment's file bytes",
                    label(file, s), text::hex(s.size()), text::hex(VirtAddr{s.addr()}));
        else if (s.offset() - load->offset() != s.addr() - load->vaddr())
            out.add(s.where(shdr::offset), segment_rule,
                    "{}: sh_offset is {}, but segment {} puts offset {} at its address {}", label(file, s),
                    text::hex(s.offset()), load->index, text::hex(load->offset() + (s.addr() - load->vaddr())),
                    text::hex(VirtAddr{s.addr()}));
    }
}
}  // namespace

void sections(const File& file, Issues& out) {
    const u64 index = file.names_index();
    ByteSpan names;
    if (index != 0 && index < file.sections().size()) names = file.contents(file.sections()[index]);
    for (const Section& s : file.sections()) {
        if (s.index == 0 || s.type() == sht::null) continue;
        name_type_flags(file, s, names, out);
        place(file, s, out);
        links(file, s, out);
    }
    overlaps(file, out);
    agreement(file, out);
}
}  // namespace ring::elf::rules
