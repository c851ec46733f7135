#include "elf/notes.hpp"

#include "base/text.hpp"
#include "rules.hpp"

namespace ring::elf {
namespace {
constexpr std::string_view note_rule =
    "gABI \"Note Section\": three 4-byte words (namesz, descsz, type), the name with its NUL, the descriptor; both "
    "padded "
    "to 4 bytes (8 where the segment is aligned so)";
constexpr u64 header_bytes = 12;
constexpr std::size_t most = 65536;
constexpr u32 pvh_note_type = 18;

u32 word_at(ByteSpan bytes, u64 at) {
    return static_cast<u32>(bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16) | static_cast<u32>(bytes[at + 3])
                                                                                        << 24;
}

void read_notes(const File& file, ByteRange where, u64 align, Notes& out, Issues& issues) {
    const ByteSpan bytes = file.slice(where);
    const auto padded = [&](u64 size) { return align == 8 ? (size + 7) & ~u64{7} : (size + 3) & ~u64{3}; };
    u64 at = 0;
    while (at < bytes.size() && out.list.size() < most) {
        const u64 left = bytes.size() - at;
        const u64 name_size = left >= header_bytes ? word_at(bytes, at) : 0;
        const u64 descriptor_size = left >= header_bytes ? word_at(bytes, at + 4) : 0;
        const u64 descriptor_at = padded(header_bytes + name_size);
        if (left < header_bytes || rules::runs_past(descriptor_at, descriptor_size, left)) {
            issues.add({where.offset + at, std::min<u64>(left, header_bytes)}, note_rule,
                       "the note at {} does not fit into the {} that are left of its segment",
                       text::hex(where.offset + at), text::size(left));
            return;
        }
        std::string_view name(reinterpret_cast<const char*>(bytes.data() + at + header_bytes), name_size);
        if (!name.empty() && name.back() == 0) name.remove_suffix(1);
        out.list.push_back({{where.offset + at, descriptor_at + descriptor_size},
                            name,
                            word_at(bytes, at + 8),
                            {where.offset + at + descriptor_at, descriptor_size}});
        at += padded(descriptor_at + descriptor_size);
    }
}

bool is_executable_at(const File& file, PhysAddr at) {
    for (const Segment& s : file.segments())
        if (s.is_load() && (s.flags() & pf::x) && at.value >= s.paddr() && at.value - s.paddr() < s.memsz())
            return true;
    return false;
}
}  // namespace

Notes notes(const File& file) {
    Notes out;
    Issues issues;
    for (const Segment& segment : file.segments())
        if (segment.type() == pt::note)
            read_notes(file, {segment.offset(), segment.filesz()}, segment.align(), out, issues);
    if (file.segments().empty())
        for (const Section& section : file.sections())
            if (section.type() == sht::note)
                read_notes(file, {section.offset(), section.size()}, section.addralign(), out, issues);
    out.issues = issues.list();
    return out;
}

Result<u32> pvh_entry(const File& file) {
    for (const Note& note : notes(file).list) {
        if (note.name != "Xen" || note.type != pvh_note_type) continue;
        const ByteSpan value = file.slice(note.descriptor);
        if (value.size() != 4 && value.size() != 8)
            return error("the PVH note at {} holds {} bytes, not an address", text::hex(note.bytes.offset),
                         value.size());
        const u32 entry = word_at(value, 0);
        if (value.size() == 8 && word_at(value, 4) != 0)
            return error("the PVH note at {} holds an address beyond 4 GiB", text::hex(note.bytes.offset));
        if (!is_executable_at(file, {entry}))
            return error("the PVH entry {} is in no executable segment's physical memory", text::hex(PhysAddr{entry}));
        return entry;
    }
    return error("there is no PVH note (name \"Xen\", type {}), so it is no kernel that starts by PVH", pvh_note_type);
}
}  // namespace ring::elf
