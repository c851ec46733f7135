// The rules of program headers: those that a loader must refuse to break (loadable), and the others.
#include <algorithm>

#include "base/text.hpp"
#include "rules.hpp"

namespace ring::elf::rules {
namespace {
constexpr std::string_view in_file_rule =
    "gABI \"Program Header\", p_offset, p_filesz: the segment's bytes are in the file";
constexpr std::string_view wrap_rule =
    "gABI \"Program Header\", p_vaddr, p_memsz: the segment's memory does not wrap around the end of the address space";
constexpr std::string_view filesz_rule =
    "gABI \"Program Header\", PT_LOAD: the file size may not be larger than the memory size";
constexpr std::string_view align_rule = "gABI \"Program Header\", p_align: 0, 1 or a power of two";
constexpr std::string_view congruent_rule = "gABI \"Program Header\", p_align: p_vaddr equals p_offset, modulo p_align";
constexpr std::string_view overlap_rule =
    "gABI \"Program Header\", PT_LOAD: a byte of memory is described by one loadable segment";
constexpr std::string_view order_rule =
    "gABI \"Program Header\", PT_LOAD: loadable segments are in ascending order of p_vaddr";
constexpr std::string_view entry_rule =
    "gABI \"ELF Header\", e_entry: control goes to this address first, so it lies in a loadable segment with PF_X";
constexpr std::string_view type_rule =
    "gABI \"Program Header\", p_type: values below 0x60000000 are those listed; PT_SHLIB has no meaning";
constexpr std::string_view flags_rule =
    "gABI \"Program Header\", p_flags: PF_X, PF_W, PF_R; the rest belongs to system (0x0ff00000) and processor "
    "(0xf0000000)";
constexpr std::string_view once_rule =
    "gABI \"Program Header\", PT_PHDR, PT_INTERP: at most one of each, and before every loadable segment";
constexpr std::string_view phdr_rule =
    "gABI \"Program Header\", PT_PHDR: the location and size of the program header table itself, in the file and in "
    "memory";
constexpr std::string_view interp_rule = "gABI \"Program Header\", PT_INTERP: a path name that ends with a NUL byte";
constexpr std::string_view within_rule =
    "gABI \"Program Header\": what is used at run time lies in a loadable segment, at the place that its p_offset has "
    "there";
constexpr std::string_view dynamic_rule = "gABI \"Dynamic Section\": an array of Elf64_Dyn, 16 bytes each";

bool is_executable_file(const File& file) {
    return file.header().type() == et::exec || file.header().type() == et::dyn;
}

std::vector<const Segment*> loads_by_address(const File& file) {
    std::vector<const Segment*> loads;
    for (const Segment& segment : file.segments())
        if (segment.is_load() && segment.memsz() != 0) loads.push_back(&segment);
    std::stable_sort(loads.begin(), loads.end(),
                     [](const Segment* a, const Segment* b) { return a->vaddr() < b->vaddr(); });
    return loads;
}

// The loadable segment that holds [address, address + size); `loads` is sorted by address.
const Segment* holder(const std::vector<const Segment*>& loads, u64 address, u64 size) {
    auto after = std::upper_bound(loads.begin(), loads.end(), address,
                                  [](u64 wanted, const Segment* load) { return wanted < load->vaddr(); });
    if (after == loads.begin()) return nullptr;
    const Segment& load = **(after - 1);
    return runs_past(address - load.vaddr(), size, load.memsz()) ? nullptr : &load;
}

void one_load(const File& file, const Segment& s, Issues& out) {
    if (s.filesz() > s.memsz())
        out.add(s.where(phdr::filesz), filesz_rule, "segment {}: p_filesz {} is larger than p_memsz {}", s.index,
                text::hex(s.filesz()), text::hex(s.memsz()));
    if (s.memsz() != 0 && s.vaddr() + (s.memsz() - 1) < s.vaddr())
        out.add(s.where(phdr::vaddr), wrap_rule, "segment {}: {} bytes from {} wrap around", s.index,
                text::hex(s.memsz()), text::hex(VirtAddr{s.vaddr()}));
    if (s.filesz() != 0 && runs_past(s.offset(), s.filesz(), file.bytes().size()))
        out.add(s.where(phdr::offset), in_file_rule,
                "segment {}: {} bytes at {} run past the end of the file ({} bytes)", s.index, text::hex(s.filesz()),
                text::hex(s.offset()), text::hex(file.bytes().size()));
    if (s.align() > 1 && !is_power_of_two(s.align()))
        out.add(s.where(phdr::align), align_rule, "segment {}: p_align is {}", s.index, text::hex(s.align()));
    else if (s.align() > 1 && ((s.vaddr() ^ s.offset()) & (s.align() - 1)) != 0)
        out.add(s.where(phdr::vaddr), congruent_rule,
                "segment {}: p_vaddr {} and p_offset {} are not equal modulo p_align {}", s.index,
                text::hex(VirtAddr{s.vaddr()}), text::hex(s.offset()), text::hex(s.align()));
}

void one_other(const File& file, const Segment& s, Issues& out) {
    if (s.filesz() != 0 && runs_past(s.offset(), s.filesz(), file.bytes().size()))
        out.add(s.where(phdr::offset), in_file_rule,
                "segment {}: {} bytes at {} run past the end of the file ({} bytes)", s.index, text::hex(s.filesz()),
                text::hex(s.offset()), text::hex(file.bytes().size()));
    if (s.align() > 1 && !is_power_of_two(s.align()))
        out.add(s.where(phdr::align), align_rule, "segment {}: p_align is {}", s.index, text::hex(s.align()));
    else if (s.align() > 1 && s.filesz() != 0 && ((s.vaddr() ^ s.offset()) & (s.align() - 1)) != 0)
        out.add(s.where(phdr::vaddr), congruent_rule,
                "segment {}: p_vaddr {} and p_offset {} are not equal modulo p_align {}", s.index,
                text::hex(VirtAddr{s.vaddr()}), text::hex(s.offset()), text::hex(s.align()));
    if (s.type() == pt::tls && s.filesz() > s.memsz())
        out.add(s.where(phdr::filesz), filesz_rule, "segment {}: p_filesz {} is larger than p_memsz {}", s.index,
                text::hex(s.filesz()), text::hex(s.memsz()));
}

void type_and_flags(const File& file, const Segment& s, Issues& out) {
    const bool listed = s.type() <= pt::tls && s.type() != pt::shlib;
    if (!listed && (s.type() < pt::os_low || s.type() > pt::processor_high))
        out.add(s.where(phdr::type), type_rule, "segment {}: p_type is {}", s.index,
                segment_type_name(s.type(), file.machine()));
    constexpr u64 defined = pf::r | pf::w | pf::x | pf::os_mask | pf::processor_mask;
    if ((s.flags() & ~defined) != 0)
        out.add(s.where(phdr::flags), flags_rule, "segment {}: p_flags is {}: reserved bits {}", s.index,
                text::hex(s.flags()), text::hex(s.flags() & ~defined));
}

void program_header_segment(const File& file, const Segment& s, Issues& out) {
    const Header& h = file.header();
    const u64 table = file.segments().size() * h.get(ehdr::phentsize);
    if (s.offset() != h.get(ehdr::phoff))
        out.add(s.where(phdr::offset), phdr_rule, "segment {}: PT_PHDR says {}, e_phoff says {}", s.index,
                text::hex(s.offset()), text::hex(h.get(ehdr::phoff)));
    if (s.filesz() != table)
        out.add(s.where(phdr::filesz), phdr_rule, "segment {}: PT_PHDR has {} bytes, the table {}", s.index,
                text::hex(s.filesz()), text::hex(table));
    if (s.memsz() != s.filesz())
        out.add(s.where(phdr::memsz), phdr_rule, "segment {}: PT_PHDR has {} bytes in memory, {} in the file", s.index,
                text::hex(s.memsz()), text::hex(s.filesz()));
}

// Segments that a running program uses lie inside a PT_LOAD, with the same distance between offset and address.
bool is_part_of_a_load(u64 type) {
    return type == pt::dynamic || type == pt::interp || type == pt::phdr || type == pt::tls || type == pt::gnu_relro ||
           type == pt::gnu_eh_frame || type == pt::note || type == pt::gnu_property;
}
void inside_a_load(const std::vector<const Segment*>& loads, const Segment& s, Issues& out) {
    // A thread-local template's zeros (.tbss) take no room in the program's memory.
    const u64 room = s.type() == pt::tls ? s.filesz() : s.memsz();
    if (room == 0) return;
    const Segment* load = holder(loads, s.vaddr(), s.type() == pt::gnu_relro ? 1 : room);
    if (!load) {
        // A note that is only for tools need not be in memory.
        if (s.type() != pt::note || s.vaddr() != 0)
            out.add(s.where(phdr::vaddr), within_rule, "segment {} ({} bytes at {}) is in no loadable segment", s.index,
                    text::hex(room), text::hex(VirtAddr{s.vaddr()}));
    } else if (s.filesz() != 0 && s.offset() - load->offset() != s.vaddr() - load->vaddr()) {
        out.add(s.where(phdr::offset), within_rule,
                "segment {}: p_offset is {}, but segment {} puts offset {} at its address {}", s.index,
                text::hex(s.offset()), load->index, text::hex(load->offset() + (s.vaddr() - load->vaddr())),
                text::hex(VirtAddr{s.vaddr()}));
    }
}

void interpreter(const File& file, const Segment& s, Issues& out) {
    const ByteSpan path = file.contents(s);
    if (path.empty() || path.back() != 0 || path.front() == 0)
        out.add(s.where(phdr::filesz), interp_rule, "segment {}: the interpreter's path is {}", s.index,
                path.empty() || path.front() == 0 ? "empty" : "not terminated");
}
}  // namespace

void loadable(const File& file, Issues& out) {
    for (const Segment& segment : file.segments())
        if (segment.is_load()) one_load(file, segment, out);
    const std::vector<const Segment*> loads = loads_by_address(file);
    if (file.header().type() != et::core)
        for (std::size_t i = 1; i < loads.size(); ++i) {
            const Segment &low = *loads[i - 1], &high = *loads[i];
            if (high.vaddr() - low.vaddr() < low.memsz())
                out.add(high.where(phdr::vaddr), overlap_rule,
                        "segment {} starts at {}, inside segment {} ({} bytes from {})", high.index,
                        text::hex(VirtAddr{high.vaddr()}), low.index, text::hex(low.memsz()),
                        text::hex(VirtAddr{low.vaddr()}));
        }
    const u64 entry = file.header().entry();
    if (is_executable_file(file) && entry != 0) {
        const Segment* load = holder(loads, entry, 1);
        if (!load)
            out.add(file.header().where(ehdr::entry), entry_rule, "e_entry {} is in no loadable segment",
                    text::hex(VirtAddr{entry}));
        else if ((load->flags() & pf::x) == 0)
            out.add(file.header().where(ehdr::entry), entry_rule, "e_entry {} is in segment {}, which is {}",
                    text::hex(VirtAddr{entry}), load->index, rwx(load->flags()));
    }
}

void segments(const File& file, Issues& out) {
    const std::vector<const Segment*> loads = loads_by_address(file);
    const bool executable = is_executable_file(file);
    bool seen_load = false, seen_phdr = false, seen_interp = false;
    const Segment* previous = nullptr;
    for (const Segment& s : file.segments()) {
        type_and_flags(file, s, out);
        if (s.type() == pt::null) continue;
        if (!s.is_load()) one_other(file, s, out);
        if (s.is_load()) {
            if (previous && s.vaddr() < previous->vaddr() && file.header().type() != et::core)
                out.add(s.where(phdr::vaddr), order_rule, "segment {} at {} comes after segment {} at {}", s.index,
                        text::hex(VirtAddr{s.vaddr()}), previous->index, text::hex(VirtAddr{previous->vaddr()}));
            previous = &s;
            seen_load = true;
        }
        if (s.type() == pt::phdr || s.type() == pt::interp) {
            bool& seen = s.type() == pt::phdr ? seen_phdr : seen_interp;
            if (seen || seen_load)
                out.add(s.where(phdr::type), once_rule, "segment {} is {} {}", s.index, seen ? "another" : "a late",
                        segment_type_name(s.type(), file.machine()));
            seen = true;
        }
        if (s.type() == pt::phdr) program_header_segment(file, s, out);
        if (s.type() == pt::interp) interpreter(file, s, out);
        if (s.type() == pt::dynamic && s.filesz() % 16 != 0)
            out.add(s.where(phdr::filesz), dynamic_rule, "segment {}: {} bytes are no whole number of entries", s.index,
                    text::hex(s.filesz()));
        if (executable && is_part_of_a_load(s.type())) inside_a_load(loads, s, out);
    }
}
}  // namespace ring::elf::rules
