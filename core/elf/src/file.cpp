#include "elf/file.hpp"

#include <algorithm>

#include "base/file.hpp"
#include "base/text.hpp"
#include "rules.hpp"

namespace ring::elf {
namespace {
constexpr std::string_view magic_rule = "gABI \"ELF Identification\": a file starts with 7f 45 4c 46";
constexpr std::string_view size_rule = "gABI \"ELF Header\": the header of a 64-bit file has 64 bytes";
constexpr std::string_view class_rule =
    "gABI \"ELF Identification\", EI_CLASS: 1 is 32-bit, 2 is 64-bit; only 64-bit files are read here";
constexpr std::string_view data_rule =
    "gABI \"ELF Identification\", EI_DATA: 1 is little-endian, 2 is big-endian; only little-endian files are read here";
constexpr std::string_view table_rule =
    "gABI \"ELF Header\": a table of headers has (number of entries) * (size of an entry) bytes, all in the file";
constexpr std::string_view entry_size_rule =
    "gABI \"ELF Header\": e_phentsize and e_shentsize are the size of one entry; Elf64_Phdr has 56 bytes, Elf64_Shdr "
    "64";
constexpr std::string_view extended_rule =
    "gABI \"ELF Header\": a number that does not fit is held by section header 0 (sh_info, sh_size, sh_link)";

// Is this an ELF file that we read at all? If not, says why.
bool recognise(const Bytes& bytes, Issues& issues) {
    constexpr u8 magic[] = {0x7f, 'E', 'L', 'F'};
    const std::size_t have = std::min<std::size_t>(bytes.size(), 4);
    if (have < 4 || !std::equal(magic, magic + 4, bytes.begin())) {
        issues.add({0, have}, magic_rule, "the first bytes are {}: this is not an ELF file",
                   have == 0 ? "missing" : text::bytes(ByteSpan(bytes).first(have)));
        return false;
    }
    if (bytes.size() > 4 && bytes[4] != 2) {
        issues.add({4, 1}, class_rule, "EI_CLASS is {}{}", bytes[4], bytes[4] == 1 ? ": a 32-bit file" : "");
        return false;
    }
    if (bytes.size() > 5 && bytes[5] != 1) {
        issues.add({5, 1}, data_rule, "EI_DATA is {}{}", bytes[5], bytes[5] == 2 ? ": a big-endian file" : "");
        return false;
    }
    if (bytes.size() < ehdr::bytes) {
        issues.add({0, bytes.size()}, size_rule, "the file ends after {}, inside the ELF header",
                   text::size(bytes.size()));
        return false;
    }
    return true;
}

// A table of `count` entries of `stride` bytes each: how many of them are in the file. Says so when not all are.
struct Table {
    std::string_view name;
    u64 offset, count, stride;
    u32 needed;  // bytes that an entry of this kind has
    ByteRange offset_field, size_field;
};
u64 readable(const Table& table, u64 file_size, u64 most, Issues& issues) {
    if (table.count == 0 || table.offset == 0) return 0;
    if (table.stride < table.needed) {
        issues.add(table.size_field, entry_size_rule,
                   "an entry of the {} table has {} bytes, less than the {} of its fields: the table is not read",
                   table.name, table.stride, table.needed);
        return 0;
    }
    u64 fit = 0;
    if (table.offset < file_size && file_size - table.offset >= table.needed)
        fit = (file_size - table.offset - table.needed) / table.stride + 1;
    if (fit < table.count)
        issues.add(table.offset_field, table_rule,
                   "the {} table has {} entries of {} bytes at {}, but the file has {} bytes: {} of them are in it",
                   table.name, table.count, table.stride, text::hex(table.offset), text::hex(file_size), fit);
    if (std::min(fit, table.count) > most)
        issues.add(table.offset_field, "a limit of this reader", "only the first {} entries of the {} table are read",
                   most, table.name);
    return std::min({fit, table.count, most});
}
}  // namespace

const Header& File::header() const {
    RING_ASSERT(header_.has_value());
    return *header_;
}

ByteSpan File::slice(ByteRange range) const {
    const u64 size = bytes_->size();
    if (range.offset >= size) return {};
    return ByteSpan(*bytes_).subspan(range.offset, std::min(range.size, size - range.offset));
}

ByteSpan File::contents(const Section& section) const {
    return section.has_bytes() ? slice({section.offset(), section.size()}) : ByteSpan{};
}

std::string_view File::name(const Section& section) const {
    if (names_index_ == 0 || names_index_ >= sections_.size()) return {};
    const ByteSpan names = contents(sections_[names_index_]);
    const u64 start = section.get(shdr::name);
    if (start >= names.size()) return {};
    // Looking at no more of it bounds the time that a million headers with one endless name can take.
    const ByteSpan rest = names.subspan(start, std::min<u64>(names.size() - start, most_name_bytes));
    const auto end = std::find(rest.begin(), rest.end(), u8{0});
    if (end == rest.end() && rest.size() < most_name_bytes) return {};
    return {reinterpret_cast<const char*>(rest.data()), static_cast<std::size_t>(end - rest.begin())};
}

const Section* File::section(std::string_view wanted) const {
    for (const Section& section : sections_)
        if (name(section) == wanted) return &section;
    return nullptr;
}

File parse(std::shared_ptr<const Bytes> bytes) {
    File file;
    file.bytes_ = std::move(bytes);
    Issues& issues = file.issues_;
    if (!recognise(*file.bytes_, issues)) return file;
    const ByteSpan all = file.bytes();
    file.header_.emplace(all, 0);
    const Header& header = *file.header_;

    // Section header 0 first: the other two counts can be in it.
    const u64 section_offset = header.get(ehdr::shoff), section_stride = header.get(ehdr::shentsize);
    u64 section_count = header.get(ehdr::shnum);
    std::optional<Section> first;
    if (section_offset != 0 && section_stride >= shdr::bytes &&
        !rules::runs_past(section_offset, shdr::bytes, all.size()))
        first.emplace(all.subspan(section_offset), section_offset, 0);
    if (section_count == 0 && first) section_count = first->size();
    const u64 sections = readable({"section header", section_offset, section_count, section_stride, shdr::bytes,
                                   header.where(ehdr::shoff), header.where(ehdr::shentsize)},
                                  all.size(), File::most_sections, issues);
    file.sections_.reserve(sections);
    for (u64 i = 0; i < sections; ++i) {
        const u64 at = section_offset + i * section_stride;
        file.sections_.emplace_back(all.subspan(at), at, static_cast<unsigned>(i));
    }

    u64 segment_count = header.get(ehdr::phnum);
    if (segment_count == pn_xnum) {
        if (first)
            segment_count = first->info();
        else
            issues.add(header.where(ehdr::phnum), extended_rule,
                       "e_phnum is 65535 (PN_XNUM), but there is no section header 0 that says how many there are");
    }
    const u64 segment_offset = header.get(ehdr::phoff), segment_stride = header.get(ehdr::phentsize);
    const u64 segments = readable({"program header", segment_offset, segment_count, segment_stride, phdr::bytes,
                                   header.where(ehdr::phoff), header.where(ehdr::phentsize)},
                                  all.size(), File::most_segments, issues);
    file.segments_.reserve(segments);
    for (u64 i = 0; i < segments; ++i) {
        const u64 at = segment_offset + i * segment_stride;
        file.segments_.emplace_back(all.subspan(at), at, static_cast<unsigned>(i));
    }

    file.names_index_ = header.get(ehdr::shstrndx);
    if (file.names_index_ == shn::xindex) {
        if (first)
            file.names_index_ = first->link();
        else
            issues.add(header.where(ehdr::shstrndx), extended_rule,
                       "e_shstrndx is 65535 (SHN_XINDEX), but there is no section header 0 that holds the index");
    }

    rules::header(file, issues);
    rules::loadable(file, issues);
    rules::segments(file, issues);
    rules::sections(file, issues);
    return file;
}

File parse(Bytes bytes) { return parse(std::make_shared<const Bytes>(std::move(bytes))); }

Result<File> open(const std::filesystem::path& path) {
    Result<Bytes> bytes = read_file(path);
    if (!bytes) return bytes.error();
    return parse(std::move(*bytes));
}
}  // namespace ring::elf
