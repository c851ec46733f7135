#include "view/frames.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

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

// One walk for each stretch that a lowest table covers finds all tables that are in use. False: there were too many.
bool claim_tables(Claims& claims, const target::Snapshot& now, const Mappings& mappings) {
    std::size_t walks = 0;
    for (const MappingRow& row : mappings.rows) {
        const u64 stretch = row.page_size * 512;
        for (u64 at = row.start.value;;) {
            if (++walks > most_walks) return false;
            const arch::Walk walk = now.arch->reach(now.registers, VirtAddr{at}, now.memory);
            for (unsigned level = 0; level < walk.levels.size(); ++level)
                claims.claim(walk.levels[level].base, frame_bytes, FrameKind::Table, level,
                             std::string(walk.levels[level].table));
            if (stretch == 0) break;
            const u64 next = (at / stretch + 1) * stretch;
            if (next <= at || next - row.start.value >= row.size) break;
            at = next;
        }
    }
    return true;
}
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
    const bool all = claim_tables(claims, snapshot, mappings);
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
