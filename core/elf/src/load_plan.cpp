#include "elf/load_plan.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "rules.hpp"

namespace ring::elf {
namespace {
constexpr std::string_view format_rule = "Ringscope loads ELF-64 little-endian files";
constexpr std::string_view type_rule =
    "gABI \"File Format\": ET_EXEC and ET_DYN are ready to execute; other types need a linker or a debugger";
constexpr std::string_view load_rule = "gABI \"Program Loading\": only PT_LOAD segments bring bytes to memory";
constexpr std::string_view bias_rule =
    "gABI \"Base Address\": an ET_DYN file moves as a whole, by a multiple of its largest p_align";
constexpr std::string_view wrap_rule =
    "gABI \"Base Address\": a program that was moved still does not wrap around the end of the address space";
constexpr std::string_view cap_rule = "a limit of Ringscope, so that a damaged p_memsz cannot take all memory";
constexpr std::string_view wx_rule =
    "no specification forbids it; but bytes that can be written and then executed are what exploits look for";
constexpr std::string_view shared_rule =
    "gABI \"Program Loading\": protection works in pages, so segments that share a page share the union of their "
    "rights";
constexpr std::string_view interp_rule =
    "gABI \"Program Interpreter\": the system starts the interpreter, which loads what is missing; Ringscope does not";
constexpr std::string_view entry_rule = "gABI \"ELF Header\", e_entry: 0 means that there is no entry point";

u64 page_of(u64 address) { return address & ~(page_size - 1); }
u64 pages_touched(const PlannedSegment& s) {
    return (s.start.value + (s.memory_size - 1)) / page_size - s.start.value / page_size + 1;
}

void place_segments(const File& file, const PlanOptions& options, LoadPlan& plan, Issues& refusals) {
    u64 pages = 0;
    for (const Segment& s : file.segments()) {
        if (!s.is_load() || s.memsz() == 0) continue;
        if (plan.bias != 0) {
            const u64 start = s.vaddr() + plan.bias;
            if (start < plan.bias || start + (s.memsz() - 1) < start)
                refusals.add(s.where(phdr::vaddr), wrap_rule, "segment {} moved by {} wraps around", s.index,
                             text::hex(plan.bias));
            if (s.align() > 1 && plan.bias % s.align() != 0)
                refusals.add(s.where(phdr::align), bias_rule, "segment {}: the bias {} is no multiple of p_align {}",
                             s.index, text::hex(plan.bias), text::hex(s.align()));
        }
        PlannedSegment planned{.index = s.index,
                               .start = {s.vaddr() + plan.bias},
                               .physical = {s.paddr()},
                               .memory_size = s.memsz(),
                               .file = {s.offset(), s.filesz()},
                               .flags = s.flags() & (pf::r | pf::w | pf::x)};
        pages += std::min(pages_touched(planned), options.memory_cap / page_size + 1);
        plan.segments.push_back(planned);
        if (pages > options.memory_cap / page_size) {
            refusals.add(s.where(phdr::memsz), cap_rule, "segment {}: with its {} bytes the program needs more than {}",
                         s.index, text::hex(s.memsz()), text::size(options.memory_cap));
            return;
        }
    }
    if (plan.segments.empty())
        refusals.add(file.header().where(ehdr::phnum), load_rule, "the file has no loadable segment");
    std::stable_sort(plan.segments.begin(), plan.segments.end(),
                     [](const PlannedSegment& a, const PlannedSegment& b) { return a.start < b.start; });
}

void place_pages(LoadPlan& plan) {
    for (unsigned i = 0; i < plan.segments.size(); ++i) {
        const PlannedSegment& s = plan.segments[i];
        u64 page = page_of(s.start.value);
        for (u64 left = pages_touched(s); left > 0; --left, page += page_size) {
            if (!plan.pages.empty() && plan.pages.back().start.value == page) {
                plan.pages.back().flags |= s.flags;
                ++plan.pages.back().segment_count;
            } else {
                plan.pages.push_back({{page}, s.flags, i, 1});
            }
        }
    }
}

void warn(const File& file, const LoadPlan& plan, Issues& warnings) {
    for (const PlannedSegment& s : plan.segments)
        if ((s.flags & pf::w) && (s.flags & pf::x))
            warnings.add(file.segments()[s.index].where(phdr::flags), wx_rule, "segment {} is {}", s.index,
                         rwx(s.flags));
    for (const PlannedPage& page : plan.pages) {
        if (page.segment_count < 2) continue;
        const PlannedSegment& last = plan.segments[page.first_segment + page.segment_count - 1];
        warnings.add(file.segments()[last.index].where(phdr::vaddr), shared_rule,
                     "page {} is shared by {} segments, {} the last of them, and becomes {}", text::hex(page.start),
                     page.segment_count, last.index, rwx(page.flags));
    }
    for (const Segment& s : file.segments())
        if (s.type() == pt::interp)
            warnings.add(s.where(), interp_rule, "the program asks for an interpreter (segment {})", s.index);
    if (!plan.entry) warnings.add(file.header().where(ehdr::entry), entry_rule, "e_entry is 0");
}
}  // namespace

LoadPlan plan_load(const File& file, const PlanOptions& options) {
    LoadPlan plan;
    if (!file.recognised()) {
        plan.refusals = file.issues();
        if (plan.refusals.empty()) plan.refusals.push_back({{}, "not such a file", std::string(format_rule)});
        return plan;
    }
    Issues refusals, warnings;
    const Header& header = file.header();
    if (header.type() != et::exec && header.type() != et::dyn)
        refusals.add(
            header.where(ehdr::type), type_rule, "the file is of type {}",
            header.type() <= et::core ? std::string(find(type_names, header.type())->name) : text::hex(header.type()));
    rules::loadable(file, refusals);
    if (header.type() == et::dyn) plan.bias = options.bias;
    if (plan.bias % page_size != 0)
        refusals.add(header.where(ehdr::type), bias_rule, "the bias {} is no multiple of a page", text::hex(plan.bias));
    if (refusals.empty()) place_segments(file, options, plan, refusals);
    if (header.entry() != 0) plan.entry = VirtAddr{header.entry() + plan.bias};
    if (refusals.empty()) place_pages(plan);
    if (refusals.empty()) warn(file, plan, warnings);
    plan.refusals = refusals.list();
    plan.warnings = warnings.list();
    return plan;
}

const PlannedSegment* LoadPlan::segment_at(VirtAddr at) const {
    auto after = std::upper_bound(segments.begin(), segments.end(), at,
                                  [](VirtAddr wanted, const PlannedSegment& s) { return wanted < s.start; });
    if (after == segments.begin()) return nullptr;
    return (after - 1)->contains(at) ? &*(after - 1) : nullptr;
}

const PlannedPage* LoadPlan::page_at(VirtAddr at) const {
    const VirtAddr page{page_of(at.value)};
    auto found = std::lower_bound(pages.begin(), pages.end(), page,
                                  [](const PlannedPage& p, VirtAddr wanted) { return p.start < wanted; });
    return found != pages.end() && found->start == page ? &*found : nullptr;
}

std::optional<u64> LoadPlan::file_offset(VirtAddr at) const {
    const PlannedSegment* segment = segment_at(at);
    if (!segment || at.value - segment->start.value >= segment->file.size) return std::nullopt;
    return segment->file.offset + (at.value - segment->start.value);
}

std::vector<VirtAddr> LoadPlan::addresses_of(u64 offset) const {
    std::vector<VirtAddr> found;
    for (const PlannedSegment& segment : segments)
        if (segment.file.contains(offset)) found.push_back({segment.start.value + (offset - segment.file.offset)});
    return found;
}
}  // namespace ring::elf
