#include "elf/image.hpp"

#include <algorithm>

namespace ring::elf {
namespace {
void put_word(ImagePiece& piece, u64 at, u64 value) {
    // Only a word of the zeros beyond the file's bytes makes the piece grow.
    if (piece.bytes.size() < at + 8) piece.bytes.resize(at + 8);
    for (u64 i = 0; i < 8; ++i) piece.bytes[at + i] = static_cast<u8>(value >> (8 * i));
}
}  // namespace

Result<Image> build_image(const File& file, const LoadPlan& plan) {
    if (!plan.loadable()) return error("{} ({})", plan.refusals.front().what, plan.refusals.front().rule);
    Image image;
    image.entry = plan.entry;
    image.bias = plan.bias;
    for (const PlannedSegment& s : plan.segments) {
        const ByteSpan from = file.slice(s.file);
        image.pieces.push_back({s.index, s.start, s.physical, s.memory_size, s.flags, Bytes(from.begin(), from.end())});
    }
    RelativeRelocations relocations = relative_relocations(file, plan);
    for (const RelativeRelocation& relocation : relocations.list) {
        const PlannedSegment* segment = plan.segment_at(relocation.where);
        RING_ASSERT(segment != nullptr);
        ImagePiece& piece = image.pieces[static_cast<std::size_t>(segment - plan.segments.data())];
        put_word(piece, relocation.where.value - piece.start.value, relocation.value);
    }
    image.relocations = relocations.list.size();
    image.issues = std::move(relocations.issues);
    return image;
}
}  // namespace ring::elf
