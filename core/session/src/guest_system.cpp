#include "guest_system.hpp"

#include <algorithm>

#include "base/data_dir.hpp"
#include "elf/names.hpp"
#include "elf/notes.hpp"

namespace ring::session {
namespace {
namespace fs = std::filesystem;

Status has_pvh_note(const elf::File& file) {
    if (Result<u32> entry = elf::pvh_entry(file); !entry) return entry.error();
    return Ok{};
}

// The hart starts there, in M-mode, whatever the file says (machine/boot_virt.hpp): who brings bytes for that place, or
// means to start there, is a kernel.
Status has_machine_mode_base(const elf::File& file) {
    constexpr u64 base = 0x80000000;
    const bool there = std::ranges::any_of(file.segments(), [](const elf::Segment& one) {
        return one.is_load() && one.paddr() <= base && base - one.paddr() < one.memsz();
    });
    if (there || file.header().entry() == base) return Ok{};
    return error("nothing of it lies at 0x80000000, where the hart starts in M-mode");
}

bool is_moved(const elf::File& file) { return file.recognised() && file.header().type() == elf::et::dyn; }

// kernels/x86_64/layout.hpp, user_dynamic_base.
u64 x86_64_bias(const elf::File& file) { return is_moved(file) ? 0x10000000 : 0; }

// kernels/riscv64/layout.hpp, user_start, to which elf_load.cpp's relocation_offset moves the first segment's page.
u64 riscv64_bias(const elf::File& file) {
    constexpr u64 user_start = 0x80400000, page = 4096;
    const auto first = std::ranges::find_if(file.segments(),
                                            [](const elf::Segment& one) { return one.is_load() && one.memsz() != 0; });
    return is_moved(file) && first != file.segments().end() ? user_start - (first->vaddr() & ~(page - 1)) : 0;
}

constexpr GuestSystem systems[] = {
    {elf::em::x86_64, "x86-64", "x86_64", has_pvh_note, x86_64_bias, true, hand_over_modules},
    {elf::em::riscv, "riscv64", "riscv64", has_machine_mode_base, riscv64_bias, false, hand_over_archive},
};

template <class T>
const GuestSystem* find(T GuestSystem::*member, T wanted) {
    const auto found = std::ranges::find(systems, wanted, member);
    return found == std::end(systems) ? nullptr : found;
}
}  // namespace

std::span<const GuestSystem> guest_systems() { return systems; }
const GuestSystem* find_system(u64 machine) { return find(&GuestSystem::machine, machine); }
const GuestSystem* find_system(std::string_view arch) { return find(&GuestSystem::arch, arch); }

fs::path teaching_kernel(const GuestSystem& system) { return data_dir() / "kernels" / system.folder / "kernel.elf"; }
fs::path teaching_program(const GuestSystem& system, std::string_view name) {
    return data_dir() / "kernels" / system.folder / "user" / (std::string(name) + ".elf");
}
}  // namespace ring::session
