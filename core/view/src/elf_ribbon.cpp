#include "view/elf_ribbon.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "elf/names.hpp"

namespace ring::view {
namespace {
constexpr std::size_t most_parts = 4000, most_gaps = 500;
constexpr unsigned most_lanes = 4;  // of one kind; what overlaps even there lies above each other

struct Table {
    const char *id, *label;
    elf::ByteRange bytes;
};

template <class Records>
elf::ByteRange table_of(const Records& records) {
    if (records.empty()) return {};
    const elf::ByteRange first = records.front().where(), last = records.back().where();
    return {first.offset, last.offset + last.size - first.offset};
}

class Making {
  public:
    explicit Making(const elf::File& file) : size_(file.bytes().size()) {}

    void add(RibbonKind kind, std::string id, std::string label, elf::ByteRange said) {
        if (said.offset >= size_ || said.size == 0) return;
        if (out_.parts.size() >= most_parts) {
            out_.complete = false;
            return;
        }
        const elf::ByteRange bytes{said.offset, std::min(said.size, size_ - said.offset)};
        out_.parts.push_back({kind, 0, std::move(id), std::move(label), bytes, said.size, 0, 0});
    }
    void add_absent(const elf::Segment& segment, std::string label) {
        const bool none = segment.filesz() == 0;
        out_.absent.push_back({segment.index, std::move(label),
                               none ? "no bytes in the file" : "begins behind the end of the file", segment.where()});
    }

    // Each kind gets as many lanes as its overlaps need; at least one, so that an empty one is seen to be empty.
    void put_in_lanes(std::string_view name, std::initializer_list<RibbonKind> kinds) {
        std::vector<RibbonPart*> mine;
        for (RibbonPart& part : out_.parts)
            if (std::ranges::find(kinds, part.kind) != kinds.end()) mine.push_back(&part);
        std::ranges::stable_sort(mine, [](const RibbonPart* a, const RibbonPart* b) {
            return a->bytes.offset != b->bytes.offset ? a->bytes.offset < b->bytes.offset
                                                      : a->bytes.size > b->bytes.size;
        });
        const auto first = static_cast<unsigned>(out_.lanes.size());
        std::vector<u64> ends{0};
        for (RibbonPart* part : mine) {
            auto lane = std::ranges::find_if(ends, [&](u64 end) { return end <= part->bytes.offset; });
            if (lane == ends.end() && ends.size() < most_lanes) lane = ends.insert(ends.end(), 0);
            if (lane == ends.end()) --lane;
            *lane = std::max(*lane, part->bytes.offset + part->bytes.size);
            part->lane = first + static_cast<unsigned>(lane - ends.begin());
        }
        out_.lanes.emplace_back(name);
        out_.lanes.resize(first + ends.size());
    }

    ElfRibbon done() {
        std::vector<u64>& borders = out_.borders;
        borders = {0, size_};
        for (const RibbonPart& part : out_.parts) {
            borders.push_back(part.bytes.offset);
            borders.push_back(part.bytes.offset + part.bytes.size);
        }
        std::ranges::sort(borders);
        borders.erase(std::unique(borders.begin(), borders.end()), borders.end());
        out_.places = {0};
        for (std::size_t i = 1; i < borders.size(); ++i)
            out_.places.push_back(out_.places.back() +
                                  std::log2(2.0 + static_cast<double>(borders[i] - borders[i - 1])));
        const double whole = std::max(1.0, out_.places.back());
        for (double& place : out_.places) place /= whole;
        for (RibbonPart& part : out_.parts) {
            part.from = out_.at(part.bytes.offset);
            part.to = out_.at(part.bytes.offset + part.bytes.size);
        }
        return std::move(out_);
    }

  private:
    u64 size_;
    ElfRibbon out_;
};

std::string segment_label(const elf::Segment& segment, u64 machine) {
    std::string type = elf::segment_type_name(segment.type(), machine);
    if (type.starts_with("PT_")) type.erase(0, 3);
    return fmt::format("{} {} {}", type, segment.index, elf::rwx(segment.flags()));
}

// Issues of the same bytes are one part.
void add_issues(Making& making, const elf::File& file) {
    const std::vector<elf::Issue>& issues = file.issues();
    std::vector<bool> told(issues.size());
    for (std::size_t i = 0; i < issues.size(); ++i) {
        if (told[i]) continue;
        std::string label = issues[i].what;
        for (std::size_t k = i + 1; k < issues.size(); ++k)
            if (issues[k].bytes == issues[i].bytes) {
                label += '\n' + issues[k].what;
                told[k] = true;
            }
        making.add(RibbonKind::Issue, fmt::format("broken/{}", i), std::move(label), issues[i].bytes);
    }
}
}  // namespace

double ElfRibbon::at(u64 offset) const {
    if (borders.size() < 2 || offset >= borders.back()) return 1;
    const auto next = static_cast<std::size_t>(std::ranges::upper_bound(borders, offset) - borders.begin());
    const double share =
        static_cast<double>(offset - borders[next - 1]) / static_cast<double>(borders[next] - borders[next - 1]);
    return places[next - 1] + (places[next] - places[next - 1]) * share;
}

std::vector<elf::ByteRange> elf_gaps(const elf::File& file) {
    const u64 size = file.bytes().size();
    if (!file.recognised()) return {};
    std::vector<elf::ByteRange> described{{0, elf::ehdr::bytes}, table_of(file.segments()), table_of(file.sections())};
    for (const elf::Segment& segment : file.segments()) described.push_back({segment.offset(), segment.filesz()});
    for (const elf::Section& section : file.sections())
        if (section.has_bytes()) described.push_back({section.offset(), section.size()});
    std::ranges::sort(described, {}, &elf::ByteRange::offset);
    std::vector<elf::ByteRange> out;
    u64 end = 0;
    const auto close = [&](u64 next) {
        if (next > end) out.push_back({end, next - end});
    };
    for (const elf::ByteRange& one : described) {
        if (one.size == 0 || one.offset >= size) continue;
        close(one.offset);
        end = std::max(end, one.offset + std::min(one.size, size - one.offset));
    }
    close(size);
    return out;
}

ElfRibbon elf_ribbon(const elf::File& file) {
    if (!file.recognised()) return {};
    Making making(file);
    making.add(RibbonKind::Header, "header", "ELF header", {0, elf::ehdr::bytes});
    for (const Table& table : {Table{"program-headers", "program headers", table_of(file.segments())},
                               Table{"section-headers", "section headers", table_of(file.sections())}})
        making.add(RibbonKind::Header, table.id, table.label, table.bytes);
    add_issues(making, file);
    for (const elf::Segment& segment : file.segments()) {
        std::string label = segment_label(segment, file.machine());
        if (segment.filesz() == 0 || segment.offset() >= file.bytes().size())
            making.add_absent(segment, std::move(label));
        else
            making.add(segment.is_load() ? RibbonKind::Load : RibbonKind::Segment,
                       fmt::format("segment/{}", segment.index), std::move(label),
                       {segment.offset(), segment.filesz()});
    }
    const std::vector<elf::ByteRange> gaps = elf_gaps(file);
    for (const elf::ByteRange& gap : std::span(gaps).first(std::min(gaps.size(), most_gaps)))
        making.add(RibbonKind::Gap, "gap/" + text::hex(gap.offset), "gap", gap);
    for (const elf::Section& section : file.sections())
        if (section.has_bytes())
            making.add(RibbonKind::Section, fmt::format("section/{}", section.index),
                       text::printable(file.name(section)).substr(0, 80), {section.offset(), section.size()});
    making.put_in_lanes("headers", {RibbonKind::Header, RibbonKind::Gap});
    making.put_in_lanes("LOAD", {RibbonKind::Load});
    making.put_in_lanes("others", {RibbonKind::Segment});
    making.put_in_lanes("sections", {RibbonKind::Section});
    if (!file.issues().empty()) making.put_in_lanes("issues", {RibbonKind::Issue});
    return making.done();
}
}  // namespace ring::view
