#include "frames.hpp"

#include "boot_info.hpp"
#include "cpu.hpp"
#include "layout.hpp"

namespace {

u64 next_frame;  // everything from here to boot.ram_end was never handed out, the two reserved ranges aside
u64 free_list;   // frames that came back; the first 8 bytes of each hold the next one's address

// Is `frame` in [start, start + bytes)? Then goes on behind it.
bool skip(u64& frame, u64 start, u64 bytes) {
    if (bytes == 0 || frame < page_down(start) || frame >= start + bytes) return false;
    frame = page_up(start + bytes);
    return true;
}

}  // namespace

extern "C" void frames_setup() { next_frame = frames_start; }

extern "C" u64 frame_allocate() {
    u64 frame = free_list;
    if (frame != 0) {
        free_list = *physical<u64>(frame);
    } else {
        while (skip(next_frame, boot.initrd_start, boot.initrd_bytes) ||
               skip(next_frame, boot.tree_start, boot.tree_bytes)) {}
        if (next_frame >= boot.ram_end) return 0;
        frame = next_frame;
        next_frame += page_bytes;
    }
    memset(physical<void>(frame), 0, page_bytes);
    return frame;
}

extern "C" void frame_free(u64 frame) {
    *physical<u64>(frame) = free_list;
    free_list = frame;
}
