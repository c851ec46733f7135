#include "start_info.hpp"

#include "console.hpp"
#include "layout.hpp"
#include "stop.hpp"

Boot boot;

namespace {

// Xen, public/arch-x86/hvm/start_info.h, "struct hvm_start_info", version 1. All addresses are physical.
struct StartInfo {
    u32 magic, version, flags, module_count;
    u64 modules, command_line, rsdp, memory_map;
    u32 memory_map_count, reserved;
};
struct Module {
    u64 start, bytes, command_line, reserved;
};
struct MemoryRange {
    u64 start, bytes;
    u32 type, reserved;
};
static_assert(sizeof(StartInfo) == 56 && sizeof(Module) == 32 && sizeof(MemoryRange) == 24);
constexpr u32 start_info_magic = 0x336ec578, usable_ram = 1;

extern "C" char kernel_end[];

// A structure that the early tables do not map would be a page fault, long before there is a table of handlers for it.
template <typename T>
const T* reachable(u64 physical, u64 count) {
    if (physical >= early_map_bytes || count > (early_map_bytes - physical) / sizeof(T))
        panic("start_info: a structure lies beyond the first GiB");
    return direct<const T>(physical);
}

void copy_text(char (&to)[256], u64 physical) {
    u64 length = 0;
    if (physical != 0) {
        const char* from = reachable<char>(physical, 1);
        const u64 room = early_map_bytes - physical < sizeof to ? early_map_bytes - physical : sizeof to;
        while (length + 1 < room && from[length] != '\0') {
            to[length] = from[length];
            length++;
        }
    }
    to[length] = '\0';  // longer than the buffer: cut, not overrun
}

void find_ram(const StartInfo& info) {
    if (info.version < 1 || info.memory_map_count == 0) panic("start_info: no memory map");
    const auto* ranges = reachable<MemoryRange>(info.memory_map, info.memory_map_count);
    const u64 end = reinterpret_cast<u64>(kernel_end) - kernel_base;
    for (u32 i = 0; i < info.memory_map_count; i++) {
        const MemoryRange& range = ranges[i];
        if (range.type != usable_ram || range.start > end || range.bytes <= end - range.start) continue;
        boot.ram_start = range.start;
        boot.ram_end = range.start + range.bytes;
    }
    if (boot.ram_end == 0) panic("start_info: the memory map has no RAM where the kernel is");
}

}  // namespace

extern "C" void read_start_info(u64 physical) {
    const StartInfo& info = *reachable<StartInfo>(physical, 1);
    if (info.magic != start_info_magic) panic("start_info: wrong magic number, this is not a PVH loader");
    copy_text(boot.command_line, info.command_line);
    find_ram(info);

    // The first module is the program; a loader may bring more, we have no use for them.
    if (info.module_count != 0) {
        const Module& module = *reachable<Module>(info.modules, 1);
        if (module.start + module.bytes < module.start) panic("start_info: the module wraps around the address space");
        boot.module_start = module.start;
        boot.module_bytes = module.bytes;
        copy_text(boot.module_command_line, module.command_line);
    }
    print("start_info: command line \"", static_cast<const char*>(boot.command_line), "\", modules ",
          dec(info.module_count), "\n");
}
