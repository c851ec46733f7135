// The rules of the ELF header. Each is one sentence of the specification, and one comparison.
#include "base/text.hpp"
#include "rules.hpp"

namespace ring::elf::rules {
namespace {
constexpr std::string_view ident_version_rule = "gABI \"ELF Identification\", EI_VERSION: must be EV_CURRENT, 1";
constexpr std::string_view osabi_rule =
    "gABI \"ELF Identification\", EI_OSABI: 0, or one of the listed values when the file uses extensions; values from "
    "64 to 255 belong to the processor, and neither x86-64 nor RISC-V defines one";
constexpr std::string_view abiversion_rule =
    "gABI \"ELF Identification\", EI_ABIVERSION: 0 unless the owner of EI_OSABI gives it a meaning";
constexpr std::string_view pad_rule = "gABI \"ELF Identification\", EI_PAD: unused bytes are set to zero";
constexpr std::string_view type_rule =
    "gABI \"ELF Header\", e_type: 1 relocatable, 2 executable, 3 shared, 4 core; from 0xfe00 the system's and the "
    "processor's own";
constexpr std::string_view machine_rule = "gABI \"ELF Header\", e_machine: the number of the required architecture";
constexpr std::string_view version_rule = "gABI \"ELF Header\", e_version: must be EV_CURRENT, 1";
constexpr std::string_view x86_flags_rule = "x86-64 psABI \"ELF Header\": no processor flags are defined, e_flags is 0";
constexpr std::string_view riscv_flags_rule =
    "RISC-V psABI \"ELF Object Files\", File Header: e_flags has RVC (bit 0), the float ABI (bits 2:1), RVE (bit 3) "
    "and "
    "TSO (bit 4); bits 23:5 are reserved";
constexpr std::string_view ehsize_rule =
    "gABI \"ELF Header\", e_ehsize: the size of the ELF header, 64 for a 64-bit file";
constexpr std::string_view phentsize_rule =
    "gABI \"ELF Header\", e_phentsize: the size of one program header, 56 for a 64-bit file";
constexpr std::string_view shentsize_rule =
    "gABI \"ELF Header\", e_shentsize: the size of one section header, 64 for a 64-bit file";
constexpr std::string_view phoff_rule =
    "gABI \"ELF Header\", e_phoff, e_phnum: both are zero when there is no program header table, and neither otherwise";
constexpr std::string_view shoff_rule =
    "gABI \"ELF Header\", e_shoff, e_shnum: both are zero when there is no section header table, and e_shoff is not "
    "otherwise";
constexpr std::string_view align_rule =
    "gABI \"Data Representation\": structures lie at their natural alignment, 8 bytes for the tables of a 64-bit file";
constexpr std::string_view overlap_rule =
    "gABI \"ELF Header\": the header and the tables are different parts of the file";
constexpr std::string_view need_segments_rule =
    "gABI \"File Format\": a file that is to be executed, or a core file, has a program header table";
constexpr std::string_view need_sections_rule =
    "gABI \"File Format\": a file used for linking has a section header table";
constexpr std::string_view shnum_rule =
    "gABI \"ELF Header\", e_shnum: a number of sections from 0xff00 is held by sh_size of section header 0";
constexpr std::string_view shstrndx_rule =
    "gABI \"ELF Header\", e_shstrndx: the index of the section of names, an SHT_STRTAB; 0 when there is none";
constexpr std::string_view section0_rule =
    "gABI \"Section Header\", section header 0: all fields are zero, except those that hold an extended number";

constexpr u64 riscv_reserved_flags = 0x00ffffe0;

struct Part {
    std::string_view name;
    ByteRange bytes;
};
bool overlap(const ByteRange& a, const ByteRange& b) {
    return a.size != 0 && b.size != 0 && a.offset < b.offset + b.size && b.offset < a.offset + a.size;
}

void identification(const Header& h, Issues& out) {
    const u64 osabi = h.get(ehdr::osabi), abiversion = h.get(ehdr::abiversion);
    if (h.get(ehdr::ident_version) != 1)
        out.add(h.where(ehdr::ident_version), ident_version_rule, "EI_VERSION is {}", h.get(ehdr::ident_version));
    if (!find(osabi_names, osabi)) out.add(h.where(ehdr::osabi), osabi_rule, "EI_OSABI is {}", osabi);
    if (abiversion != 0 && osabi == 0)
        out.add(h.where(ehdr::abiversion), abiversion_rule, "EI_ABIVERSION is {}, but EI_OSABI is ELFOSABI_NONE",
                abiversion);
    if (h.get(ehdr::pad) != 0)
        out.add(h.where(ehdr::pad), pad_rule, "the padding is {}", text::bytes(h.raw().subspan(9, 7)));
}

void kind(const Header& h, Issues& out) {
    const u64 type = h.type(), machine = h.machine(), flags = h.get(ehdr::flags);
    if (type == et::none || (type > et::core && type < et::os_low))
        out.add(h.where(ehdr::type), type_rule, "e_type is {}", text::hex(type));
    if (machine == em::none || !find(machine_names, machine))
        out.add(h.where(ehdr::machine), machine_rule, "e_machine is {}: no machine that is known here",
                text::hex(machine));
    if (h.get(ehdr::version) != 1)
        out.add(h.where(ehdr::version), version_rule, "e_version is {}", h.get(ehdr::version));
    if (machine == em::x86_64 && flags != 0)
        out.add(h.where(ehdr::flags), x86_flags_rule, "e_flags is {}", text::hex(flags));
    if (machine == em::riscv && (flags & riscv_reserved_flags) != 0)
        out.add(h.where(ehdr::flags), riscv_flags_rule, "e_flags is {}: reserved bits {}", text::hex(flags),
                text::hex(flags & riscv_reserved_flags));
}

void tables(const File& file, Issues& out) {
    const Header& h = file.header();
    const u64 phoff = h.get(ehdr::phoff), phnum = h.get(ehdr::phnum), phentsize = h.get(ehdr::phentsize);
    const u64 shoff = h.get(ehdr::shoff), shnum = h.get(ehdr::shnum), shentsize = h.get(ehdr::shentsize);
    if (h.get(ehdr::ehsize) != ehdr::bytes)
        out.add(h.where(ehdr::ehsize), ehsize_rule, "e_ehsize is {}", h.get(ehdr::ehsize));
    if (phentsize != phdr::bytes && (phnum != 0 || phentsize != 0))
        out.add(h.where(ehdr::phentsize), phentsize_rule, "e_phentsize is {}", phentsize);
    if (shentsize != shdr::bytes && (shoff != 0 || shentsize != 0))
        out.add(h.where(ehdr::shentsize), shentsize_rule, "e_shentsize is {}", shentsize);
    if ((phoff == 0) != (phnum == 0))
        out.add(h.where(phoff == 0 ? ehdr::phoff : ehdr::phnum), phoff_rule, "e_phoff is {} and e_phnum is {}",
                text::hex(phoff), phnum);
    if (shoff == 0 && shnum != 0) out.add(h.where(ehdr::shoff), shoff_rule, "e_shoff is 0 and e_shnum is {}", shnum);
    if (shoff != 0 && shnum == 0 && file.sections().empty())
        out.add(h.where(ehdr::shnum), shoff_rule, "e_shoff is {}, but there are no sections", text::hex(shoff));
    if (shnum >= shn::loreserve) out.add(h.where(ehdr::shnum), shnum_rule, "e_shnum is {}", shnum);
    for (const ByteField* field : {&ehdr::phoff, &ehdr::shoff})
        if (h.get(*field) % 8 != 0)
            out.add(h.where(*field), align_rule, "{} is {}, not a multiple of 8", field->name,
                    text::hex(h.get(*field)));
    if ((h.type() == et::exec || h.type() == et::dyn || h.type() == et::core) && phnum == 0)
        out.add(h.where(ehdr::phnum), need_segments_rule, "a file of type {} without program headers",
                find(type_names, h.type())->name);
    if (h.type() == et::rel && shoff == 0)
        out.add(h.where(ehdr::shoff), need_sections_rule, "a file of type ET_REL without section headers");

    const Part parts[] = {
        {"ELF header", {0, ehdr::bytes}},
        {"program header table", {phoff, file.segments().size() * phentsize}},
        {"section header table", {shoff, file.sections().size() * shentsize}},
    };
    for (int i = 0; i < 3; ++i)
        for (int j = i + 1; j < 3; ++j)
            if (overlap(parts[i].bytes, parts[j].bytes))
                out.add(h.where(j == 1 ? ehdr::phoff : ehdr::shoff), overlap_rule, "the {} at {} overlaps the {} at {}",
                        parts[j].name, text::hex(parts[j].bytes.offset), parts[i].name,
                        text::hex(parts[i].bytes.offset));
}

void names(const File& file, Issues& out) {
    const Header& h = file.header();
    const u64 raw = h.get(ehdr::shstrndx), index = file.names_index();
    if (raw == 0 && file.sections().size() > 1)
        out.add(h.where(ehdr::shstrndx), shstrndx_rule, "e_shstrndx is 0: the {} sections have no names",
                file.sections().size());
    if (raw >= shn::loreserve && raw != shn::xindex)
        out.add(h.where(ehdr::shstrndx), shstrndx_rule, "e_shstrndx is {}, a reserved index", text::hex(raw));
    else if (index >= file.sections().size()) {
        if (index != 0)
            out.add(h.where(ehdr::shstrndx), shstrndx_rule, "section {} holds the names, but {} sections were read",
                    index, file.sections().size());
    } else if (index != 0 && file.sections()[index].type() != sht::strtab)
        out.add(h.where(ehdr::shstrndx), shstrndx_rule, "section {} holds the names, but is of type {}", index,
                section_type_name(file.sections()[index].type(), h.machine()));
}

void section_header_0(const File& file, Issues& out) {
    if (file.sections().empty()) return;
    const Header& h = file.header();
    const Section& zero = file.sections()[0];
    for (const ByteField& field : shdr::layout) {
        const bool extends = (field == shdr::size && h.get(ehdr::shnum) == 0) ||
                             (field == shdr::info && h.get(ehdr::phnum) == pn_xnum) ||
                             (field == shdr::link && h.get(ehdr::shstrndx) == shn::xindex);
        if (!extends && zero.get(field) != 0)
            out.add(zero.where(field), section0_rule, "{} of section header 0 is {}", field.name,
                    text::hex(zero.get(field)));
    }
}
}  // namespace

void header(const File& file, Issues& out) {
    identification(file.header(), out);
    kind(file.header(), out);
    tables(file, out);
    names(file, out);
    section_header_0(file, out);
}
}  // namespace ring::elf::rules
