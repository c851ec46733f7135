// An ELF-64 little-endian file, read without trusting a byte of it: header, program headers, section headers, each
// field with its bytes in the file, and every broken rule as an Issue. The rule: parse() never fails and never
// allocates by a number that the file's size does not bear out. A file that is not ELF-64 little-endian has issues and
// no headers (recognised() is false). Not here: what a loader would do with it (load_plan.hpp), symbols and lines
// (symbols.hpp).
#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "elf/issue.hpp"
#include "elf/layout.hpp"

namespace ring::elf {

struct Header : Record<ehdr::bytes> {
    using Record::Record;
    u64 type() const { return get(ehdr::type); }
    u64 machine() const { return get(ehdr::machine); }
    u64 entry() const { return get(ehdr::entry); }
};

struct Segment : Record<phdr::bytes> {
    Segment(ByteSpan from, u64 at, unsigned number) : Record(from, at), index(number) {}
    unsigned index;
    u64 type() const { return get(phdr::type); }
    u64 flags() const { return get(phdr::flags); }
    u64 offset() const { return get(phdr::offset); }
    u64 vaddr() const { return get(phdr::vaddr); }
    u64 paddr() const { return get(phdr::paddr); }
    u64 filesz() const { return get(phdr::filesz); }
    u64 memsz() const { return get(phdr::memsz); }
    u64 align() const { return get(phdr::align); }
    bool is_load() const { return type() == pt::load; }
};

struct Section : Record<shdr::bytes> {
    Section(ByteSpan from, u64 at, unsigned number) : Record(from, at), index(number) {}
    unsigned index;
    u64 type() const { return get(shdr::type); }
    u64 flags() const { return get(shdr::flags); }
    u64 addr() const { return get(shdr::addr); }
    u64 offset() const { return get(shdr::offset); }
    u64 size() const { return get(shdr::size); }
    u64 link() const { return get(shdr::link); }
    u64 info() const { return get(shdr::info); }
    u64 addralign() const { return get(shdr::addralign); }
    u64 entsize() const { return get(shdr::entsize); }
    bool has_bytes() const { return type() != sht::null && type() != sht::nobits; }
};

class File {
  public:
    // More section headers than this are not read (an issue says so).
    static constexpr u64 most_sections = 1 << 20;
    static constexpr u64 most_segments = 1 << 20;
    static constexpr u64 most_name_bytes = 4096;

    bool recognised() const { return header_.has_value(); }
    const Header& header() const;  // only when recognised()
    const std::vector<Segment>& segments() const { return segments_; }
    const std::vector<Section>& sections() const { return sections_; }
    const std::vector<Issue>& issues() const { return issues_.list(); }
    u64 issues_dropped() const { return issues_.dropped(); }
    ByteSpan bytes() const { return *bytes_; }

    // The bytes of a range, as far as the file has them.
    ByteSpan slice(ByteRange range) const;
    ByteSpan contents(const Segment& segment) const { return slice({segment.offset(), segment.filesz()}); }
    ByteSpan contents(const Section& section) const;  // empty for SHT_NULL and SHT_NOBITS
    // The name as it lies in the file (its first 4 KiB), "" when it is not a string in its table. Show it by
    // text::printable().
    std::string_view name(const Section& section) const;
    const Section* section(std::string_view name) const;
    // The index of the section of names, after extended numbering; 0 when there is none.
    u64 names_index() const { return names_index_; }
    u64 machine() const { return header_ ? header_->machine() : 0; }

  private:
    friend File parse(std::shared_ptr<const Bytes> bytes);
    std::shared_ptr<const Bytes> bytes_;
    std::optional<Header> header_;
    std::vector<Segment> segments_;
    std::vector<Section> sections_;
    u64 names_index_ = 0;
    Issues issues_;
};

File parse(std::shared_ptr<const Bytes> bytes);
File parse(Bytes bytes);
// Errors: what the host says about reading the file; at most 1 GiB is read.
Result<File> open(const std::filesystem::path& path);

// The sections that lie in a segment, by index, as `readelf -l` lists them: by address and by file offset.
std::vector<unsigned> sections_in(const File& file, const Segment& segment);
// For every segment; the pairs looked at are capped, so a hostile file cannot make it slow (the rest is empty).
std::vector<std::vector<unsigned>> section_mapping(const File& file);
}  // namespace ring::elf
