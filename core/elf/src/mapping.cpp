// Which sections lie in which segment. The gABI does not say; this is the answer that readelf gives, in words:
// a section's bytes and its addresses both lie in the segment's, with four exceptions for thread-local zeros, for
// segments that are about memory only, for PT_PHDR and for empty sections at an edge.
#include "elf/file.hpp"
#include "rules.hpp"

namespace ring::elf {
namespace {
bool takes_only_memory_sections(u64 type) {
    return type == pt::load || type == pt::dynamic || type == pt::gnu_eh_frame || type == pt::gnu_stack ||
           type == pt::gnu_relro || (type >= pt::gnu_mbind_low && type <= pt::gnu_mbind_high);
}

// Is [at, at + size) in [from, from + room)? It must also start in it, so an empty one at the end is outside.
bool starts_and_fits(u64 at, u64 size, u64 from, u64 room) {
    return at >= from && at - from <= room - 1 && !rules::runs_past(at - from, size, room);
}
bool strictly_inside(u64 at, u64 from, u64 room) { return at > from && at - from < room; }

bool lies_in(const Section& section, const Segment& segment) {
    const bool thread_local_data = section.flags() & shf::tls;
    const bool in_memory = section.flags() & shf::alloc;
    const bool in_file = section.type() != sht::nobits;
    const u64 type = segment.type();
    // .tbss takes room in PT_TLS only.
    if (thread_local_data && !in_file && type != pt::tls) return false;
    if (thread_local_data ? !(type == pt::tls || type == pt::gnu_relro || type == pt::load)
                          : type == pt::tls || type == pt::phdr)
        return false;
    if (!in_memory && takes_only_memory_sections(type)) return false;
    if (in_file && !starts_and_fits(section.offset(), section.size(), segment.offset(), segment.filesz())) return false;
    if (in_memory && !starts_and_fits(section.addr(), section.size(), segment.vaddr(), segment.memsz())) return false;
    if ((type == pt::dynamic || type == pt::note) && section.size() == 0 && segment.memsz() != 0)
        return (!in_file || strictly_inside(section.offset(), segment.offset(), segment.filesz())) &&
               (!in_memory || strictly_inside(section.addr(), segment.vaddr(), segment.memsz()));
    return true;
}
constexpr u64 most_pairs = 1 << 24;
}  // namespace

std::vector<unsigned> sections_in(const File& file, const Segment& segment) {
    std::vector<unsigned> found;
    for (const Section& section : file.sections())
        if (section.index != 0 && lies_in(section, segment)) found.push_back(section.index);
    return found;
}

std::vector<std::vector<unsigned>> section_mapping(const File& file) {
    std::vector<std::vector<unsigned>> mapping(file.segments().size());
    u64 pairs = 0;
    for (const Segment& segment : file.segments()) {
        pairs += file.sections().size();
        if (pairs > most_pairs) break;
        mapping[segment.index] = sections_in(file, segment);
    }
    return mapping;
}
}  // namespace ring::elf
