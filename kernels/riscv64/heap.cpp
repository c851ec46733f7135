#include "heap.hpp"

#include "layout.hpp"
#include "stop.hpp"

namespace {

// The heap is a row of blocks without gaps, each with this header in front. A search takes the first that fits and cuts
// off what it does not need; free neighbours are joined while passing by.
struct Block {
    u64 bytes;  // with the header
    u64 used;   // one of the two marks: a stray write into a header is noticed
};
constexpr u64 mark_used = 0x64657375, mark_free = 0x65657266;
static_assert(sizeof(Block) == 16);

Block* const first = reinterpret_cast<Block*>(heap_start);
Block* const end = reinterpret_cast<Block*>(heap_end);

Block* next(Block* block) { return reinterpret_cast<Block*>(reinterpret_cast<u64>(block) + block->bytes); }

}  // namespace

extern "C" void heap_setup() { *first = {heap_end - heap_start, mark_free}; }

extern "C" void* heap_allocate(u64 bytes) {
    if (bytes > heap_end - heap_start) return nullptr;
    const u64 wanted = ((bytes + 15) & ~u64{15}) + sizeof(Block);
    for (Block* block = first; block != end; block = next(block)) {
        if (block->used == mark_used) continue;
        if (block->used != mark_free) panic("heap: a block's header was overwritten");
        while (next(block) != end && next(block)->used == mark_free) block->bytes += next(block)->bytes;
        if (block->bytes < wanted) continue;
        if (block->bytes - wanted > sizeof(Block)) {
            Block* rest = reinterpret_cast<Block*>(reinterpret_cast<u64>(block) + wanted);
            *rest = {block->bytes - wanted, mark_free};
            block->bytes = wanted;
        }
        block->used = mark_used;
        return block + 1;
    }
    return nullptr;
}

extern "C" void heap_free(void* piece) {
    if (piece == nullptr) return;
    Block* block = static_cast<Block*>(piece) - 1;
    if (block->used != mark_used) panic("heap: freed twice");
    block->used = mark_free;
}
