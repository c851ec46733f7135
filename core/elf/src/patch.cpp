#include "elf/patch.hpp"

namespace ring::elf {
namespace {
void overwrite(Bytes& file, ByteRange where, u64 value) {
    for (u64 i = 0; i < where.size; ++i) file[where.offset + i] = static_cast<u8>(value >> (8 * i));
}
}  // namespace

Result<Bytes> patch(const File& file, const Edits& edits) {
    if (!file.recognised()) return error("not an ELF file that can be edited");
    if ((edits.flags || edits.vaddr) && !edits.segment) return error("which segment is to be changed was not said");
    if (edits.segment && *edits.segment >= file.segments().size())
        return error("there is no segment {}: the file has {}", *edits.segment, file.segments().size());
    Bytes out(file.bytes().begin(), file.bytes().end());
    if (edits.entry) overwrite(out, file.header().where(ehdr::entry), *edits.entry);
    if (edits.flags) overwrite(out, file.segments()[*edits.segment].where(phdr::flags), *edits.flags);
    if (edits.vaddr) overwrite(out, file.segments()[*edits.segment].where(phdr::vaddr), *edits.vaddr);
    return out;
}
}  // namespace ring::elf
