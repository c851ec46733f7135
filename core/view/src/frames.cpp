#include "view/frames.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"
#include "columns.hpp"
#include "to_json.hpp"

namespace ring::view {
namespace {
constexpr u64 block_bytes = 64_KiB;
constexpr u64 most_bytes = 4_GiB;
constexpr u64 quiet_bytes = 256_MiB;  // as much silence ends the search for memory
constexpr std::size_t most_walks = 4096;

bool answers(const target::Snapshot& now, u64 at) {
    u8 byte = 0;
    return now.memory && now.memory(PhysAddr{at}, std::span(&byte, 1));
}

// Whose is each frame, as an index into `whose`; later claims win over earlier ones.
class Claims {
  public:
    explicit Claims(const target::Snapshot& now) {
        whose_.push_back({{}, 0, FrameKind::Hole, 0, "nothing answers"});
        whose_.push_back({{}, 0, FrameKind::Unclaimed, 0, "no known owner"});
        u64 end = 0;
        for (u64 at = 0; at < std::min(most_bytes, end + quiet_bytes); at += block_bytes) {
            const bool first = answers(now, at), last = answers(now, at + block_bytes - 1);
            frames_.resize((at + block_bytes) / frame_bytes, 0);
            for (u64 frame = at; frame < at + block_bytes; frame += frame_bytes)
                if (first == last ? first : answers(now, frame)) frames_[frame / frame_bytes] = 1;
            if (first || last) end = at + block_bytes;
        }
        frames_.resize(end / frame_bytes);
    }
    bool at_the_limit() const { return frames_.size() * frame_bytes >= most_bytes; }

    void claim(PhysAddr start, u64 size, FrameKind kind, unsigned level, const std::string& owner) {
        const auto [place, fresh] = index_.try_emplace({kind, level, owner}, static_cast<u32>(whose_.size()));
        if (fresh) whose_.push_back({{}, 0, kind, level, owner});
        const u64 first = start.value / frame_bytes;
        const u64 count = (size + frame_bytes - 1) / frame_bytes;
        for (u64 i = first; i < frames_.size() && i - first < count; ++i)
            if (frames_[i] != 0) frames_[i] = place->second;
    }

    std::vector<FrameRange> ranges() const {
        std::vector<FrameRange> out;
        for (std::size_t i = 0; i < frames_.size();) {
            std::size_t end = i + 1;
            while (end < frames_.size() && frames_[end] == frames_[i]) ++end;
            FrameRange range = whose_[frames_[i]];
            range.start = PhysAddr{i * frame_bytes};
            range.size = (end - i) * frame_bytes;
            out.push_back(std::move(range));
            i = end;
        }
        return out;
    }

  private:
    std::vector<u32> frames_;
    std::vector<FrameRange> whose_;
    std::map<std::tuple<FrameKind, unsigned, std::string>, u32> index_;
};

bool is_kernels(std::span<const Owner> owners, const std::string& name) {
    const auto found = std::ranges::find(owners, name, &Owner::name);
    return found != owners.end() && found->kernel;
}

void claim_pages(Claims& claims, const target::Snapshot& now, const Mappings& mappings, std::span<const Owner> owners) {
    const u64 sp = now.registers.get(now.arch->sp).value_or(0);
    for (const MappingRow& row : mappings.rows) {
        const bool kernel = is_kernels(owners, row.owner);
        if (row.owner.empty() && row.user) {
            const bool stack = sp - row.start.value < row.size;
            claims.claim(row.physical, row.size, stack ? FrameKind::Stack : FrameKind::UserMemory, 0,
                         stack ? "the stack in use" : "user memory");
        } else if (!row.owner.empty()) {
            claims.claim(row.physical, row.size, kernel ? FrameKind::Kernel : FrameKind::Program, 0,
                         text::printable(row.owner));
        }
    }
}

// The tables of the present tree, from the root down, also those that map nothing. A walk tells what an entry leads to;
// an entry that is 0 leads nowhere on any architecture, so it is not asked about.
class Tables {
  public:
    Tables(Claims& claims, const target::Snapshot& now, const Mappings& mappings)
        : claims_(claims), now_(now), mappings_(mappings) {}

    // The walk to some page tells how many levels there are. False: there was more than was looked at.
    bool claim() {
        if (mappings_.rows.empty()) return true;
        const arch::Walk walk = walk_to(mappings_.rows.front().start);
        if (walk.levels.empty() || walk.page_size == 0) return true;
        u64 reach = walk.page_size;
        for (std::size_t level = 1; level < walk.levels.size(); ++level) reach *= entries;
        table(walk.levels[0], 0, 0, reach);
        return walks_ <= most_walks;
    }

  private:
    static constexpr u64 entries = 512;

    arch::Walk walk_to(VirtAddr at) {
        ++walks_;
        return now_.arch->look(now_.registers, at, now_.memory);
    }
    bool is_page(u64 at, u64 size) const {
        auto row = std::ranges::upper_bound(mappings_.rows, VirtAddr{at}, {}, &MappingRow::start);
        if (row == mappings_.rows.begin()) return false;
        --row;
        return at - row->start.value < row->size && row->page_size == size;
    }
    // Each entry of the table covers `reach` bytes, the first from `start` on.
    void table(const arch::WalkLevel& here, unsigned level, u64 start, u64 reach) {
        if (!seen_.insert(here.base.value).second) return;  // a tree may lead back into itself
        claims_.claim(here.base, frame_bytes, FrameKind::Table, level, std::string(here.table));
        if (reach <= frame_bytes) return;
        Bytes raw(frame_bytes);
        if (!now_.memory(here.base, raw)) return;
        for (u64 index = 0; index < entries && walks_ <= most_walks; ++index) {
            const auto entry = std::span(raw).subspan(index * 8, 8);
            if (std::ranges::all_of(entry, [](u8 byte) { return byte == 0; })) continue;
            u64 at = start + index * reach;
            // The upper half of a root's addresses is at the top of the address space.
            if (level == 0 && index >= entries / 2) at |= ~(reach * entries - 1);
            if (is_page(at, reach)) continue;
            const arch::Walk walk = walk_to(VirtAddr{at});
            if (walk.levels.size() > level + 1) table(walk.levels[level + 1], level + 1, at, reach / entries);
        }
    }

    Claims& claims_;
    const target::Snapshot& now_;
    const Mappings& mappings_;
    std::set<u64> seen_;
    std::size_t walks_ = 0;
};
}  // namespace

std::string_view name(FrameKind kind) {
    switch (kind) {
        case FrameKind::Hole:
            return "hole";
        case FrameKind::Unclaimed:
            return "no known owner";
        case FrameKind::Kernel:
            return "kernel image";
        case FrameKind::Program:
            return "program";
        case FrameKind::UserMemory:
            return "user memory";
        case FrameKind::Stack:
            return "stack";
        case FrameKind::Table:
            return "page table";
    }
    return "";
}

const FrameRange* Frames::at(PhysAddr address) const {
    auto place = std::ranges::upper_bound(ranges, address, {}, &FrameRange::start);
    if (place == ranges.begin()) return nullptr;
    --place;
    return address.value - place->start.value < place->size ? &*place : nullptr;
}

Frames frames_view(const target::Snapshot& snapshot, const Mappings& mappings, std::span<const Owner> owners) {
    Frames out;
    Claims claims(snapshot);
    claim_pages(claims, snapshot, mappings, owners);
    const bool all = Tables(claims, snapshot, mappings).claim();
    out.ranges = claims.ranges();
    out.complete = all && mappings.complete && !claims.at_the_limit();
    if (out.ranges.empty()) out.unavailable = "this target does not let physical memory be read";
    return out;
}

std::string text(const Frames& frames) {
    if (!frames.unavailable.empty()) return "no frames: " + frames.unavailable + '\n';
    Columns columns;
    columns.row({"first", "last", "size", "kind", "owner"});
    for (const FrameRange& range : frames.ranges)
        columns.row({text::hex_padded(range.start.value, 9), text::hex_padded(range.last().value, 9),
                     text::size(range.size), std::string(name(range.kind)), range.owner});
    return columns.text() + (frames.complete ? "" : "... and more than was looked at\n");
}

std::string json(const Frames& frames) {
    Json out{{"complete", frames.complete}};
    if (!frames.unavailable.empty()) out["unavailable"] = frames.unavailable;
    out["ranges"] = array(frames.ranges, [](const FrameRange& range) {
        return Json{{"start", number(range.start)},
                    {"size", number(range.size)},
                    {"kind", name(range.kind)},
                    {"owner", range.owner}};
    });
    return line(Json{{"frames", std::move(out)}});
}
}  // namespace ring::view
