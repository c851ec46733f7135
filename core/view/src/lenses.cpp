#include "view/lenses.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "columns.hpp"
#include "elf/names.hpp"
#include "to_json.hpp"

namespace ring::view {
namespace {
constexpr std::size_t most_pieces = 64;

struct Range {
    u64 start = 0, size = 0;
};

// The bytes that two ranges share; size 0: none. Ranges that would wrap end at the top.
Range shared(u64 a, u64 a_size, u64 b, u64 b_size) {
    if (a_size == 0 || b_size == 0) return {};
    const u64 start = std::max(a, b);
    const u64 a_last = a + std::min(a_size - 1, ~u64{0} - a), b_last = b + std::min(b_size - 1, ~u64{0} - b);
    const u64 last = std::min(a_last, b_last);
    return start > last ? Range{} : Range{start, last - start + 1};
}

class Looking {
  public:
    Looking(const target::Snapshot& now, std::span<const Program> programs, const Mappings& mappings,
            const Frames& frames, Lenses& out)
        : now_(now), programs_(programs), mappings_(mappings), frames_(frames), out_(out) {}

    void from_file(const LensQuery& asked) {
        const auto program = std::ranges::find(programs_, asked.part, &Program::role);
        if (program == programs_.end() || !program->file->recognised())
            return note(fmt::format("there is no ELF file '{}' here", text::printable(asked.part)));
        if (asked.at >= program->file->bytes().size())
            return note(fmt::format("{} has {} bytes: there is none at {}", text::printable(program->name),
                                    program->file->bytes().size(), text::hex(asked.at)));
        add_file(*program, asked.at, asked.size);
        bool loaded = false;
        for (const elf::Segment& segment : program->file->segments()) {
            if (!segment.is_load()) continue;
            const u64 in_file = std::min(segment.filesz(), segment.memsz());
            const Range part = shared(asked.at, asked.size, segment.offset(), in_file);
            if (part.size == 0) continue;
            loaded = true;
            add_segment(*program, segment);
            add_pages(segment.vaddr() + program->bias + (part.start - segment.offset()), part.size);
        }
        if (!loaded) note("no LOAD segment holds these bytes: they are not in memory");
        frames_of_pages();
    }

    void from_virtual(u64 at, u64 size) {
        add_pages(at, size);
        files_of(at, size);
        frames_of_pages();
        aliases();
    }

    void from_physical(u64 at, u64 size) {
        add_frames(at, size);
        for (const MappingRow& row : mappings_.rows) {
            const Range part = shared(at, size, row.physical.value, row.size);
            if (part.size != 0) add_pages(row.start.value + (part.start - row.physical.value), part.size);
        }
        if (out_.pages.empty()) note("no virtual address leads there in the present address space");
        const std::vector<LensPages> found = out_.pages;
        for (const LensPages& pages : found) files_of(pages.start.value, pages.size);
    }

  private:
    void note(std::string words) {
        if (std::ranges::find(out_.notes, words) == out_.notes.end()) out_.notes.push_back(std::move(words));
    }

    void add_file(const Program& program, u64 offset, u64 size) {
        if (out_.files.size() >= most_pieces) return;
        const elf::ByteOwner owner = elf::owner_of(*program.file, offset);
        std::string what = text::printable(owner.text);
        if (offset > owner.bytes.offset && owner.bytes.contains(offset))
            what += fmt::format(" + {}", text::hex(offset - owner.bytes.offset));
        const u64 room = program.file->bytes().size() - offset;
        out_.files.push_back({program.role, text::printable(program.name), {offset, std::min(size, room)}, what});
    }

    void add_segment(const Program& program, const elf::Segment& segment) {
        if (out_.touches_segment(program.role, segment.index) || out_.segments.size() >= most_pieces) return;
        out_.segments.push_back({program.role, segment.index,
                                 fmt::format("LOAD {} of {}, {}, {} + {}", segment.index, text::printable(program.name),
                                             elf::rwx(segment.flags()), text::hex(segment.vaddr() + program.bias),
                                             text::hex(segment.memsz()))});
    }

    void add_pages(u64 at, u64 size) {
        if (size == 0 || out_.pages.size() >= most_pieces) return;
        for (const LensPages& one : out_.pages)
            if (one.start.value == at && one.size == size) return;
        arch::Walk walk = now_.arch->look(now_.registers, VirtAddr{at}, now_.memory);
        if (!walk.ok) note(fmt::format("{} is not mapped now: {}", text::hex(at), walk.verdict));
        out_.pages.push_back({VirtAddr{at}, size, std::move(walk)});
    }

    void add_frames(u64 at, u64 size) {
        if (size == 0 || out_.frames.size() >= most_pieces) return;
        for (const LensFrames& one : out_.frames)
            if (one.start.value == at && one.size == size) return;
        const FrameRange* const owner = frames_.at(PhysAddr{at});
        out_.frames.push_back({PhysAddr{at}, size, owner ? owner->owner : "beyond the memory that answers"});
    }

    void frames_of_pages() {
        const std::vector<LensPages> pages = out_.pages;
        for (const LensPages& one : pages) {
            for (const MappingRow& row : mappings_.rows) {
                const Range part = shared(one.start.value, one.size, row.start.value, row.size);
                if (part.size != 0) add_frames(row.physical.value + (part.start - row.start.value), part.size);
            }
            if (!one.walk.paging) add_frames(one.start.value, one.size);
        }
    }

    // Other addresses of the same frames.
    void aliases() {
        const std::vector<LensFrames> frames = out_.frames;
        for (const LensFrames& frame : frames)
            for (const MappingRow& row : mappings_.rows) {
                const Range part = shared(frame.start.value, frame.size, row.physical.value, row.size);
                if (part.size == 0) continue;
                const u64 at = row.start.value + (part.start - row.physical.value);
                if (!out_.touches(VirtAddr{at}, part.size)) add_pages(at, part.size);
            }
    }

    void files_of(u64 at, u64 size) {
        for (const Program& program : programs_) {
            if (!program.file->recognised()) continue;
            for (const elf::Segment& segment : program.file->segments()) {
                if (!segment.is_load()) continue;
                const u64 start = segment.vaddr() + program.bias;
                const Range part = shared(at, size, start, segment.memsz());
                if (part.size == 0) continue;
                add_segment(program, segment);
                const u64 into = part.start - start;
                const u64 in_file = std::min(segment.filesz(), segment.memsz());
                if (into >= in_file)
                    note(
                        fmt::format("{} has no bytes in the file: it lies in the part of LOAD {} beyond p_filesz, "
                                    "which starts as zeros (bss)",
                                    text::hex(part.start), segment.index));
                else if (segment.offset() + into < program.file->bytes().size())
                    add_file(program, segment.offset() + into, std::min(part.size, in_file - into));
            }
        }
        if (out_.segments.empty()) note("no segment of a loaded file claims it");
    }

    const target::Snapshot& now_;
    std::span<const Program> programs_;
    const Mappings& mappings_;
    const Frames& frames_;
    Lenses& out_;
};

std::string chain(const arch::Walk& walk) {
    std::string out;
    for (const arch::WalkLevel& level : walk.levels)
        out += fmt::format("{}{}[{}] at {} = {}", out.empty() ? "" : "  ", level.table, level.index,
                           text::hex(level.entry_address), text::hex(level.entry));
    if (!walk.paging) out = "paging is off";
    return out;
}
std::string words(const LensQuery& query) {
    switch (query.kind) {
        case LensQuery::Kind::File:
            return fmt::format("file {} {}", text::hex(query.at), text::printable(query.part));
        case LensQuery::Kind::Physical:
            return fmt::format("physical {}", text::hex(query.at));
        default:
            return text::hex(query.at);
    }
}
}  // namespace

bool Lenses::touches_file(std::string_view role, u64 offset, u64 size) const {
    return std::ranges::any_of(files, [&](const LensFile& one) {
        return one.role == role && shared(one.bytes.offset, one.bytes.size, offset, size).size != 0;
    });
}
bool Lenses::touches_segment(std::string_view role, unsigned index) const {
    return std::ranges::any_of(segments,
                               [&](const LensSegment& one) { return one.role == role && one.index == index; });
}
bool Lenses::touches(VirtAddr at, u64 size) const {
    return std::ranges::any_of(
        pages, [&](const LensPages& one) { return shared(one.start.value, one.size, at.value, size).size != 0; });
}
bool Lenses::touches(PhysAddr at, u64 size) const {
    return std::ranges::any_of(
        frames, [&](const LensFrames& one) { return shared(one.start.value, one.size, at.value, size).size != 0; });
}

Lenses lenses_view(const target::Snapshot& snapshot, std::span<const Program> programs, const Mappings& mappings,
                   const Frames& frames, const LensQuery& query) {
    Lenses out;
    out.asked = query;
    Looking looking(snapshot, programs, mappings, frames, out);
    if (query.kind == LensQuery::Kind::File) looking.from_file(query);
    if (query.kind == LensQuery::Kind::Virtual) looking.from_virtual(query.at, query.size);
    if (query.kind == LensQuery::Kind::Physical) looking.from_physical(query.at, query.size);
    return out;
}

std::string text(const Lenses& lenses) {
    std::string out = words(lenses.asked) + '\n';
    for (const LensFile& one : lenses.files)
        out += fmt::format("  file     {} {} + {}: {}\n", one.name, text::hex(one.bytes.offset),
                           text::hex(one.bytes.size), one.what);
    for (const LensSegment& one : lenses.segments) out += fmt::format("  segment  {}\n", one.text);
    for (const LensPages& one : lenses.pages) {
        out += fmt::format("  page     {} + {}{}\n", text::hex(one.start), text::hex(one.size),
                           one.walk.ok ? "" : "  not mapped");
        if (const std::string entries = chain(one.walk); !entries.empty()) out += wrapped("           ", entries, 11);
    }
    for (const LensFrames& one : lenses.frames)
        out += fmt::format("  frame    {} + {}: {}\n", text::hex(one.start), text::hex(one.size), one.owner);
    for (const std::string& one : lenses.notes) out += wrapped("  note     ", one, 11);
    return out;
}

std::string json(const Lenses& lenses) {
    Json out{{"asked", words(lenses.asked)}};
    out["files"] = array(lenses.files, [](const LensFile& one) {
        return Json{{"program", one.role},
                    {"name", one.name},
                    {"offset", number(one.bytes.offset)},
                    {"size", number(one.bytes.size)},
                    {"what", one.what}};
    });
    out["segments"] = array(lenses.segments, [](const LensSegment& one) {
        return Json{{"program", one.role}, {"index", number(u64{one.index})}, {"text", one.text}};
    });
    out["pages"] = array(lenses.pages, [](const LensPages& one) {
        return Json{{"start", number(one.start)},
                    {"size", number(one.size)},
                    {"mapped", one.walk.ok},
                    {"chain", array(one.walk.levels, [](const arch::WalkLevel& level) {
                         return Json{{"table", level.table},
                                     {"index", number(u64{level.index})},
                                     {"address", number(level.entry_address)},
                                     {"entry", number(level.entry)}};
                     })}};
    });
    out["frames"] = array(lenses.frames, [](const LensFrames& one) {
        return Json{{"start", number(one.start)}, {"size", number(one.size)}, {"owner", one.owner}};
    });
    out["notes"] = lenses.notes;
    return line(Json{{"lens", std::move(out)}});
}
}  // namespace ring::view
