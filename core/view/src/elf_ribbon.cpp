#include "view/elf_ribbon.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "elf/names.hpp"

namespace ring::view {
namespace {
constexpr std::size_t most_parts = 4000;

class Making {
  public:
    explicit Making(const elf::File& file) : file_(file), size_(file.bytes().size()) {}

    void add(unsigned lane, std::string id, std::string label, u64 offset, u64 size) {
        if (offset >= size_ || size == 0) return;
        if (out_.parts.size() >= most_parts) {
            out_.complete = false;
            return;
        }
        out_.parts.push_back({lane, std::move(id), std::move(label), {offset, std::min(size, size_ - offset)}, 0, 0});
    }

    ElfRibbon done() {
        std::vector<u64> borders{0, size_};
        for (const RibbonPart& part : out_.parts) {
            borders.push_back(part.bytes.offset);
            borders.push_back(part.bytes.offset + part.bytes.size);
        }
        std::ranges::sort(borders);
        borders.erase(std::unique(borders.begin(), borders.end()), borders.end());
        std::vector<double> place{0};
        for (std::size_t i = 1; i < borders.size(); ++i)
            place.push_back(place.back() + std::log2(2.0 + static_cast<double>(borders[i] - borders[i - 1])));
        const auto at = [&](u64 offset) {
            return place[static_cast<std::size_t>(std::ranges::lower_bound(borders, offset) - borders.begin())] /
                   std::max(1.0, place.back());
        };
        for (RibbonPart& part : out_.parts) {
            part.from = at(part.bytes.offset);
            part.to = at(part.bytes.offset + part.bytes.size);
        }
        return std::move(out_);
    }

  private:
    const elf::File& file_;
    u64 size_;
    ElfRibbon out_;
};
}  // namespace

ElfRibbon elf_ribbon(const elf::File& file) {
    Making making(file);
    if (!file.recognised()) return {};
    making.add(0, "header", "ELF header", 0, elf::ehdr::bytes);
    const auto tables = [&](const auto& list, const char* id, const char* label) {
        if (!list.empty())
            making.add(0, id, label, list.front().where().offset, list.size() * list.front().where().size);
    };
    tables(file.segments(), "program-headers", "program headers");
    tables(file.sections(), "section-headers", "section headers");
    for (unsigned i = 0; const elf::Issue& issue : file.issues())
        making.add(3, fmt::format("broken/{}", i++), issue.what, issue.bytes.offset, issue.bytes.size);
    for (const elf::Segment& segment : file.segments())
        if (segment.is_load())
            making.add(1, fmt::format("segment/{}", segment.index),
                       fmt::format("LOAD {} {}", segment.index, elf::rwx(segment.flags())), segment.offset(),
                       segment.filesz());
    for (const elf::Section& section : file.sections())
        if (section.has_bytes())
            making.add(2, fmt::format("section/{}", section.index), text::printable(file.name(section)).substr(0, 80),
                       section.offset(), section.size());
    return making.done();
}
}  // namespace ring::view
