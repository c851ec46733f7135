// The PVH boot: kernel segments at their physical addresses, start_info and what it points to in low memory, the
// modules below the end of RAM, the CPU in 32-bit protected mode.
// Source: Xen "x86/HVM direct boot ABI (PVH)" and the layout of struct hvm_start_info in Xen's public headers; the
// memory map is the one that QEMU's `pc` gives to a guest.
#include <algorithm>
#include <array>
#include <cstring>

#include "base/text.hpp"
#include "elf/image.hpp"
#include "elf/notes.hpp"
#include "machine/pc_machine.hpp"

namespace ring::machine {
namespace {
constexpr u64 start_info_at = 0x9000, memory_map_at = 0x9100, module_list_at = 0x9400, gdt_at = 0x9700,
              text_at = 0x9800, text_end = 0x10000;
constexpr u64 low_ram_end = 0x9fc00, high_ram_start = 1_MiB;
constexpr u64 firmware_top = 0x20000;  // QEMU keeps ACPI tables in the last 128 KiB of RAM
constexpr u32 start_info_magic = 0x336ec578;

struct Writer {
    PcMachine& machine;
    u64 at;
    template <class T>
    void put(T value) {
        std::array<u8, sizeof(T)> bytes;
        std::memcpy(bytes.data(), &value, sizeof(T));
        machine.write_ram(at, bytes);
        at += sizeof(T);
    }
};

void put_memory_map(PcMachine& machine, u64 ram_bytes, u32& entries) {
    constexpr u32 ram = 1, reserved = 2;
    struct Range {
        u64 first, end;
        u32 type;
    };
    const Range ranges[] = {{0, low_ram_end, ram},
                            {low_ram_end, 0xa0000, reserved},
                            {0xf0000, 0x100000, reserved},
                            {high_ram_start, ram_bytes - firmware_top, ram},
                            {ram_bytes - firmware_top, ram_bytes, reserved},
                            {0xfffc0000, 0x100000000, reserved}};
    Writer writer{machine, memory_map_at};
    for (const Range& range : ranges) {
        writer.put<u64>(range.first);
        writer.put<u64>(range.end - range.first);
        writer.put<u32>(range.type);
        writer.put<u32>(0);
    }
    entries = std::size(ranges);
}

x86_64::Cpu entry_state(u32 entry) {
    x86_64::Cpu cpu;
    const auto segment = [](u16 selector, u16 attributes, u32 limit) {
        x86_64::Segment out;
        out.selector = selector;
        out.attributes = attributes;
        out.limit = limit;
        return out;
    };
    cpu.segment[x86_64::CS] = segment(8, 0xc09b, 0xffffffff);  // 32-bit code, DPL 0
    for (const auto name : {x86_64::SS, x86_64::DS, x86_64::ES, x86_64::FS, x86_64::GS})
        cpu.segment[name] = segment(16, 0xc093, 0xffffffff);  // data, writable, DPL 0
    cpu.tr = segment(0, 0x008b, 0x67);                        // a 32-bit TSS at 0, as the ABI wants
    cpu.ldtr = segment(0, 0x0082, 0);
    cpu.gdtr = {gdt_at, 23};
    cpu.idtr = {0, 0};
    cpu.cr0 = 0x11;  // PE, ET
    cpu.gpr[x86_64::RBX] = start_info_at;
    cpu.rip = entry;
    return cpu;
}

// Texts of the command lines, one behind the other; nullopt when the place is full.
struct Texts {
    PcMachine& machine;
    u64 at = text_at;
    std::optional<u64> add(std::string_view text) {
        if (text.size() + 1 > text_end - at) return std::nullopt;
        const u64 here = at;
        Bytes bytes(text.begin(), text.end());
        bytes.push_back(0);
        machine.write_ram(here, bytes);
        at += bytes.size();
        return here;
    }
};
}  // namespace

Status boot_pvh(PcMachine& machine, const BootOptions& options) {
    const std::string name = text::printable(options.kernel_name);
    const auto file_bytes = std::make_shared<const Bytes>(options.kernel);
    const elf::File file = elf::parse(file_bytes);
    const Result<u32> entry = elf::pvh_entry(file);
    if (!entry) return entry.error().in("{}", name);
    const Result<elf::Image> image = elf::build_image(file, elf::plan_load(file));
    if (!image) return image.error().in("{}", name);
    const u64 ram_bytes = machine.ram().size();
    const u64 top = ram_bytes - firmware_top;
    u64 kernel_end = 0;
    for (const elf::ImagePiece& piece : image->pieces) {
        const u64 first = piece.physical.value;
        if (first < high_ram_start || first > top || piece.memory_size > top - first)
            return error("{}: segment {} wants physical memory {} to {}, RAM for kernels is {} to {}", name,
                         piece.segment, text::hex(first), text::hex(first + piece.memory_size),
                         text::hex(high_ram_start), text::hex(top));
        machine.write_ram(first, piece.bytes);
        kernel_end = std::max(kernel_end, first + piece.memory_size);
    }

    if (options.modules.size() > (gdt_at - module_list_at) / 32)
        return error("{} modules are more than the {} that fit", options.modules.size(),
                     (gdt_at - module_list_at) / 32);
    Texts texts{machine};
    const std::optional<u64> kernel_line = texts.add(options.command_line);
    if (!kernel_line)
        return error("the kernel's command line has {} bytes, {} fit", options.command_line.size(),
                     text_end - text_at - 1);
    u64 module_end = top;
    Writer list{machine, module_list_at};
    for (const BootModule& module : options.modules) {
        if (module.data.size() > module_end - kernel_end)
            return error("{} ({}) does not fit into the {} of RAM behind the kernel", text::printable(module.name),
                         text::size(module.data.size()), text::size(ram_bytes));
        const u64 at = (module_end - module.data.size()) & ~u64{page_bytes - 1};
        if (at < kernel_end) return error("{} does not fit into RAM behind the kernel", text::printable(module.name));
        machine.write_ram(at, module.data);
        module_end = at;
        const std::optional<u64> line = texts.add(module.command_line);
        if (!line) return error("the command lines together have more than {} bytes", text_end - text_at);
        list.put<u64>(at);
        list.put<u64>(module.data.size());
        list.put<u64>(*line);
        list.put<u64>(0);
    }

    u32 map_entries = 0;
    put_memory_map(machine, ram_bytes, map_entries);
    Writer gdt{machine, gdt_at};
    gdt.put<u64>(0);
    gdt.put<u64>(0x00cf9b000000ffff);
    gdt.put<u64>(0x00cf93000000ffff);
    Writer info{machine, start_info_at};
    info.put<u32>(start_info_magic);
    info.put<u32>(1);  // version: with a memory map
    info.put<u32>(0);
    info.put<u32>(static_cast<u32>(options.modules.size()));
    info.put<u64>(options.modules.empty() ? 0 : module_list_at);
    info.put<u64>(*kernel_line);
    info.put<u64>(0);  // no RSDP: there are no ACPI tables
    info.put<u64>(memory_map_at);
    info.put<u32>(map_entries);
    info.put<u32>(0);

    x86_64::Cpu cpu = entry_state(*entry);
    cpu.vendor = options.amd ? x86_64::Vendor::Amd : x86_64::Vendor::Intel;
    machine.set_cpu(cpu);
    return Ok{};
}
}  // namespace ring::machine
