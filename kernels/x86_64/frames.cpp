#include "frames.hpp"

#include "console.hpp"
#include "layout.hpp"
#include "start_info.hpp"

extern "C" char kernel_end[];

namespace {

u64 next_frame, end_of_ram;        // everything in [next_frame, end_of_ram) was never handed out, the module aside
u64 reserved_start, reserved_end;  // the module
u64 free_list;                     // frames that came back; the first 8 bytes of each hold the next one's address
u64 free_count;

}  // namespace

extern "C" void frames_init() {
    next_frame = page_up(reinterpret_cast<u64>(kernel_end) - kernel_base);
    // Frames are written through the direct map, and until paging_setup is done that is what boot.S mapped.
    end_of_ram = page_down(boot.ram_end < early_map_bytes ? boot.ram_end : early_map_bytes);
    reserved_start = page_down(boot.module_start);
    reserved_end = page_up(boot.module_start + boot.module_bytes);
    print("frames: 4 KiB each, from the end of the kernel on, around the module\n");
}

extern "C" u64 frame_allocate() {
    u64 frame = free_list;
    if (frame != 0) {
        free_list = *direct<u64>(frame);
        free_count--;
    } else {
        if (next_frame >= reserved_start && next_frame < reserved_end) next_frame = reserved_end;
        if (next_frame >= end_of_ram) return 0;
        frame = next_frame;
        next_frame += page_bytes;
    }
    void* to = direct<void>(frame);
    u64 count = page_bytes / 8;  // 512 stores of 8 bytes
    asm volatile("rep stosq" : "+D"(to), "+c"(count) : "a"(u64{0}) : "memory");
    return frame;
}

void frame_free(u64 frame) {
    *direct<u64>(frame) = free_list;
    free_list = frame;
    free_count++;
}

u64 frames_left() {
    u64 fresh = next_frame < end_of_ram ? end_of_ram - next_frame : 0;
    if (reserved_start >= next_frame && reserved_end <= end_of_ram) fresh -= reserved_end - reserved_start;
    return fresh / page_bytes + free_count;
}
