#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "elf/image.hpp"

namespace ring::elf {
namespace {
constexpr std::string_view dynamic_rule =
    "gABI \"Dynamic Section\": DT_RELA and DT_RELR are the addresses, DT_RELASZ and DT_RELRSZ the sizes of tables in "
    "the "
    "program's memory; an entry has DT_RELAENT (24) or DT_RELRENT (8) bytes";
constexpr std::string_view target_rule =
    "gABI \"Relocation\", r_offset: the word to change lies in the program's memory";
constexpr std::string_view linker_rule =
    "psABI \"Relocation Types\": only the RELATIVE type needs no symbol; all others need a dynamic linker";

constexpr u64 dt_null = 0, dt_rela = 7, dt_relasz = 8, dt_relaent = 9, dt_relr = 36, dt_relrsz = 35, dt_relrent = 37;
constexpr u64 relative_x86_64 = 8, relative_riscv = 3;
constexpr u64 rela_bytes = 24, relr_bytes = 8;
constexpr std::size_t most = 1 << 22;

u64 word_at(ByteSpan bytes, u64 at) {
    u64 value = 0;
    for (int i = 8; i-- > 0;) value = value << 8 | bytes[at + static_cast<u64>(i)];
    return value;
}

// The entries of the dynamic array that matter here; the last of each kind counts.
struct Dynamic {
    std::array<std::optional<u64>, 38> entry;
    ByteRange where;
    std::optional<u64> operator[](u64 tag) const { return entry[tag]; }
};
Dynamic dynamic(const File& file) {
    Dynamic out;
    for (const Segment& segment : file.segments()) {
        if (segment.type() != pt::dynamic) continue;
        const ByteSpan bytes = file.contents(segment);
        out.where = {segment.offset(), segment.filesz()};
        for (u64 at = 0; at + 16 <= bytes.size(); at += 16) {
            const u64 tag = word_at(bytes, at);
            if (tag == dt_null) break;
            if (tag < out.entry.size()) out.entry[tag] = word_at(bytes, at + 8);
        }
        break;
    }
    return out;
}

class Reader {
  public:
    Reader(const File& file, const LoadPlan& plan) : file_(file), plan_(plan), dynamic_(dynamic(file)) {}
    RelativeRelocations read() {
        addends();
        packed();
        out_.issues = issues_.list();
        return std::move(out_);
    }

  private:
    // A table in the program's memory, as bytes of the file. An empty one with an issue when it is not all there.
    ByteRange table(u64 address_tag, u64 size_tag, u64 entry_tag, u64 entry_bytes, std::string_view name) {
        const std::optional<u64> address = dynamic_[address_tag], size = dynamic_[size_tag];
        if (!address || !size || *size == 0) return {};
        if (dynamic_[entry_tag].value_or(entry_bytes) != entry_bytes || *size % entry_bytes != 0) {
            issues_.add(dynamic_.where, dynamic_rule, "{}: entries of {} bytes, {} bytes in all", name,
                        dynamic_[entry_tag].value_or(entry_bytes), *size);
            return {};
        }
        const VirtAddr start{*address + plan_.bias};
        const PlannedSegment* segment = plan_.segment_at(start);
        const std::optional<u64> offset = plan_.file_offset(start);
        if (!segment || !offset || *size > segment->file.size - (start.value - segment->start.value)) {
            issues_.add(dynamic_.where, dynamic_rule, "{}: {} bytes at {} are not in one segment's file bytes", name,
                        text::hex(*size), text::hex(VirtAddr{*address}));
            return {};
        }
        return {*offset, *size};
    }

    // `where` is without the bias.
    void add(u64 entry_offset, u64 where, u64 value) {
        const VirtAddr target{where + plan_.bias};
        const PlannedSegment* segment = plan_.segment_at(target);
        if (!segment || segment->memory_size - (target.value - segment->start.value) < 8)
            issues_.add({entry_offset, 8}, target_rule, "a relocation changes 8 bytes at {}, outside every segment",
                        text::hex(VirtAddr{where}));
        else if (out_.list.size() < most)
            out_.list.push_back({entry_offset, target, value});
        else
            issues_.add({entry_offset, 8}, "a limit of Ringscope", "more than {} relocations", most);
    }

    void addends() {
        const u64 relative = file_.machine() == em::riscv ? relative_riscv : relative_x86_64;
        const ByteRange range = table(dt_rela, dt_relasz, dt_relaent, rela_bytes, "DT_RELA");
        const ByteSpan bytes = file_.slice(range);
        for (u64 at = 0; at + rela_bytes <= bytes.size(); at += rela_bytes) {
            const u64 info = word_at(bytes, at + 8), type = info & 0xffffffff;
            if (type == relative)
                add(range.offset + at, word_at(bytes, at), word_at(bytes, at + 16) + plan_.bias);
            else if (type != 0)
                issues_.add({range.offset + at, rela_bytes}, linker_rule,
                            "relocation of type {} for symbol {}: not applied", type, info >> 32);
        }
    }

    // An even word is an address; each bit from 1 of an odd word stands for one of the 63 words that follow.
    void packed() {
        const ByteRange range = table(dt_relr, dt_relrsz, dt_relrent, relr_bytes, "DT_RELR");
        const ByteSpan bytes = file_.slice(range);
        u64 next = 0;
        for (u64 at = 0; at + relr_bytes <= bytes.size() && out_.list.size() < most; at += relr_bytes) {
            const u64 entry = word_at(bytes, at), here = range.offset + at;
            if ((entry & 1) == 0) {
                add(here, entry, in_place(entry) + plan_.bias);
                next = entry + 8;
                continue;
            }
            for (u64 bit = 1; bit < 64; ++bit)
                if (entry >> bit & 1) add(here, next + (bit - 1) * 8, in_place(next + (bit - 1) * 8) + plan_.bias);
            next += 63 * 8;
        }
    }

    // The word that the file puts at an address (without the bias); zeros where the file has none.
    u64 in_place(u64 where) const {
        const std::optional<u64> offset = plan_.file_offset({where + plan_.bias});
        const PlannedSegment* segment = plan_.segment_at({where + plan_.bias});
        if (!offset || !segment || segment->file.offset + segment->file.size - *offset < 8) return 0;
        const ByteSpan bytes = file_.slice({*offset, 8});
        return bytes.size() == 8 ? word_at(bytes, 0) : 0;
    }

    const File& file_;
    const LoadPlan& plan_;
    const Dynamic dynamic_;
    Issues issues_;
    RelativeRelocations out_;
};
}  // namespace

RelativeRelocations relative_relocations(const File& file, const LoadPlan& plan) {
    if (!plan.loadable() || file.header().type() != et::dyn) return {};
    return Reader(file, plan).read();
}
}  // namespace ring::elf
