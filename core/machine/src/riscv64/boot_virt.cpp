#include "machine/boot_virt.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "elf/image.hpp"
#include "elf/names.hpp"
#include "machine/devices/fdt.hpp"

namespace ring::machine {
namespace {
constexpr u64 device_tree_room = 1_MiB, device_tree_alignment = 2_MiB, device_tree_end = 3_GiB;
constexpr u64 most_initrd_distance = 128_MiB;

PhysAddr device_tree_place(u64 ram_bytes) {
    const u64 end = std::min(virt::ram_base.value + ram_bytes, device_tree_end);
    return PhysAddr{(end - device_tree_room) & ~(device_tree_alignment - 1)};
}

Status check_file(const elf::File& file) {
    if (!file.recognised() || file.machine() != elf::em::riscv) return error("it is not a 64-bit RISC-V ELF file");
    if (file.header().type() != elf::et::exec)
        return error("it is not linked for a fixed address (ET_EXEC), and nothing moves a kernel here");
    return Ok{};
}

Status check_ram(u64 ram_bytes) {
    if (ram_bytes % 4_KiB != 0 || ram_bytes < virt::least_ram || ram_bytes > virt::most_ram)
        return error("the board takes {} to {} of RAM in whole pages, not {}", text::size(virt::least_ram),
                     text::size(virt::most_ram), text::size(ram_bytes));
    return Ok{};
}

// The code that has run when the kernel's first instruction is reached, and the note for a firmware behind it: magic,
// version, next address, next mode (S), options, hart. RISC-V instructions in the order of their addresses.
ResetRom reset_rom(PhysAddr device_tree, u64 kernel_first) {
    constexpr u32 auipc_t0 = 0x00000297, addi_a2_t0_note = 0x02828613, csrr_a0_mhartid = 0xf1402573,
                  ld_a1_t0_tree = 0x0202b583, ld_t0_t0_start = 0x0182b283, jr_t0 = 0x00028067;
    const auto low = [](u64 value) { return static_cast<u32>(value); };
    const auto high = [](u64 value) { return static_cast<u32>(value >> 32); };
    return {auipc_t0,
            addi_a2_t0_note,
            csrr_a0_mhartid,
            ld_a1_t0_tree,
            ld_t0_t0_start,
            jr_t0,
            low(virt::ram_base.value),
            high(virt::ram_base.value),
            low(device_tree.value),
            high(device_tree.value),
            0x4942534f,  // "OSBI"
            0,
            2,
            0,
            low(kernel_first),
            high(kernel_first),
            1,
            0,
            0,
            0,
            0,
            0};
}
constexpr u64 note_at = 10 * 4;  // in the ROM

riscv64::Cpu entry_state(PhysAddr device_tree) {
    constexpr unsigned t0 = 5, a0 = 10, a1 = 11, a2 = 12;
    riscv64::Cpu cpu;
    cpu.pc = virt::ram_base.value;
    cpu.x[t0] = virt::ram_base.value;
    cpu.x[a0] = 0;
    cpu.x[a1] = device_tree.value;
    cpu.x[a2] = virt_range(VirtOwner::Rom).first.value + note_at;
    return cpu;
}

// Adds a piece, unless it leaves RAM or lies on another one.
Status add(VirtBoot& boot, u64 ram_bytes, BootPiece piece) {
    const u64 first = piece.first.value, size = piece.memory_bytes, ram = virt::ram_base.value;
    if (first < ram || first - ram > ram_bytes || size > ram_bytes - (first - ram))
        return error("{} ({} at {}) lies outside RAM, which is {} to {}", piece.what, text::size(size),
                     text::hex(piece.first), text::hex(virt::ram_base), text::hex(ram + ram_bytes));
    for (const BootPiece& other : boot.pieces)
        if (first < other.end() && other.first.value < piece.end())
            return error("{} ({} at {}) and {} ({} at {}) overlap; more RAM keeps them apart", piece.what,
                         text::size(size), text::hex(piece.first), other.what, text::size(other.memory_bytes),
                         text::hex(other.first));
    boot.pieces.push_back(std::move(piece));
    return Ok{};
}

void warn_of_entry(VirtBoot& boot, const elf::File& file, const std::string& name) {
    if (const u64 entry = file.header().entry(); entry != virt::ram_base.value)
        boot.warnings.push_back(
            fmt::format("{} says that it starts at {}; without a BIOS this board starts at {}, as QEMU's does", name,
                        text::hex(entry), text::hex(virt::ram_base)));
    const bool covered = std::any_of(boot.pieces.begin(), boot.pieces.end(), [](const BootPiece& piece) {
        return piece.first <= virt::ram_base && virt::ram_base.value < piece.first.value + piece.bytes.size();
    });
    if (!covered)
        boot.warnings.push_back(
            fmt::format("nothing of {} lies at {}, where the hart starts", name, text::hex(virt::ram_base)));
}
}  // namespace

Result<VirtBoot> plan_virt_boot(const BootOptions& options) {
    const std::string name = text::printable(options.kernel_name);
    if (Status ram = check_ram(options.ram_bytes); !ram) return ram.error();
    if (options.modules.size() > 1)
        return error("the board has one initrd, and {} modules were given", options.modules.size());

    const elf::File file = elf::parse(std::make_shared<const Bytes>(options.kernel));
    if (Status usable = check_file(file); !usable) return usable.error().in("{}", name);
    Result<elf::Image> image = elf::build_image(file, elf::plan_load(file));
    if (!image) return image.error().in("{}", name);
    if (image->pieces.empty()) return error("{}: it has nothing to load", name);

    VirtBoot boot;
    u64 kernel_first = ~u64{0};
    for (elf::ImagePiece& piece : image->pieces) {
        kernel_first = std::min(kernel_first, piece.physical.value);
        BootPiece out{piece.physical, std::move(piece.bytes), piece.memory_size,
                      fmt::format("segment {} of {}", piece.segment, name)};
        if (Status added = add(boot, options.ram_bytes, std::move(out)); !added) return added.error();
    }
    warn_of_entry(boot, file, name);

    VirtTree tree{options.ram_bytes, options.command_line, std::nullopt, 0};
    if (!options.modules.empty()) {
        const BootModule& module = options.modules.front();
        boot.initrd = PhysAddr{kernel_first + std::min(options.ram_bytes / 2, most_initrd_distance)};
        tree.initrd = boot.initrd;
        tree.initrd_bytes = module.data.size();
        BootPiece out{*boot.initrd, module.data, module.data.size(),
                      fmt::format("the initrd {}", text::printable(module.name))};
        if (Status added = add(boot, options.ram_bytes, std::move(out)); !added) return added.error();
    }

    boot.device_tree = device_tree_place(options.ram_bytes);
    Bytes blob = virt_device_tree(tree);
    if (blob.size() > device_tree_room)
        return error("the command line of {} does not fit into the device tree, which has {}",
                     text::size(options.command_line.size()), text::size(device_tree_room));
    if (Status added =
            add(boot, options.ram_bytes, {boot.device_tree, std::move(blob), device_tree_room, "the device tree"});
        !added)
        return added.error();
    boot.rom = reset_rom(boot.device_tree, kernel_first);
    boot.cpu = entry_state(boot.device_tree);
    return boot;
}
}  // namespace ring::machine
