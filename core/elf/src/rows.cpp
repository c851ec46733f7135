#include "elf/rows.hpp"

#include "base/text.hpp"

namespace ring::elf {
namespace {
std::string flag_names(std::span<const Named> names, u64 value) {
    std::string out;
    for (const Named& flag : names)
        if (value & flag.value) {
            if (!out.empty()) out += ' ';
            out += flag.name;
            value &= ~flag.value;
        }
    if (value != 0 || out.empty()) out += (out.empty() ? "" : " ") + text::hex(value);
    return out;
}

template <class RecordType>
std::vector<FieldRow> rows(const RecordType& record, std::span<const ByteField> layout, u64 machine) {
    std::vector<FieldRow> out;
    for (const ByteField& field : layout) {
        const u64 value = record.get(field);
        out.push_back({field.name, value, record.where(field), value_text(field, value, machine), field.meaning});
    }
    return out;
}

// The layout's field that covers byte `at` of the structure.
const ByteField* field_at(std::span<const ByteField> layout, u64 at) {
    for (const ByteField& field : layout)
        if (at >= field.offset && at < field.offset + field.size) return &field;
    return nullptr;
}

template <class Records>
bool find_header(const Records& records, std::span<const ByteField> layout, ByteOwner::Kind kind, std::string_view what,
                 u64 offset, ByteOwner& out) {
    for (const auto& record : records)
        if (record.where().contains(offset)) {
            const ByteField* field = field_at(layout, offset - record.where().offset);
            out = {kind, record.index, field, record.where(*field),
                   fmt::format("{} of {} {}", field->name, what, record.index)};
            return true;
        }
    return false;
}
}  // namespace

std::string value_text(const ByteField& field, u64 value, u64 machine) {
    if (field == phdr::type) return segment_type_name(value, machine);
    if (field == shdr::type) return section_type_name(value, machine);
    if (field == phdr::flags) return rwx(value);
    switch (field.shown) {
        case Shown::Decimal:
            return fmt::format("{}", value);
        case Shown::Flags:
            return flag_names(field.names, value);
        case Shown::Name:
            if (const Named* named = find(field.names, value)) return std::string(named->name);
            break;
        case Shown::Hex:
            break;
    }
    return text::hex(value);
}

std::vector<FieldRow> field_rows(const Header& header) { return rows(header, ehdr::layout, header.machine()); }
std::vector<FieldRow> field_rows(const Segment& segment, u64 machine) { return rows(segment, phdr::layout, machine); }
std::vector<FieldRow> field_rows(const Section& section, u64 machine) { return rows(section, shdr::layout, machine); }

ByteOwner owner_of(const File& file, u64 offset) {
    ByteOwner owner;
    if (!file.recognised() || offset >= file.bytes().size()) return owner;
    if (file.header().where().contains(offset)) {
        const ByteField* field = field_at(ehdr::layout, offset);
        return {ByteOwner::Kind::ElfHeader, 0, field, file.header().where(*field),
                fmt::format("{} of the ELF header", field->name)};
    }
    if (find_header(file.segments(), phdr::layout, ByteOwner::Kind::ProgramHeader, "program header", offset, owner) ||
        find_header(file.sections(), shdr::layout, ByteOwner::Kind::SectionHeader, "section header", offset, owner))
        return owner;
    for (const Section& section : file.sections()) {
        const ByteRange bytes{section.offset(), section.size()};
        if (section.has_bytes() && bytes.contains(offset))
            return {ByteOwner::Kind::SectionContents, section.index, nullptr, bytes,
                    fmt::format("section {}", text::printable(file.name(section)))};
    }
    for (const Segment& segment : file.segments()) {
        const ByteRange bytes{segment.offset(), segment.filesz()};
        if (segment.is_load() && bytes.contains(offset))
            return {ByteOwner::Kind::SegmentContents, segment.index, nullptr, bytes,
                    fmt::format("segment {}", segment.index)};
    }
    return owner;
}
}  // namespace ring::elf
