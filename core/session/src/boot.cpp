#include "session/boot.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "elf/names.hpp"
#include "elf/rows.hpp"
#include "guest_system.hpp"
#include "lesson/load.hpp"

namespace ring::session {
namespace {
namespace fs = std::filesystem;

std::string shown(const fs::path& path) { return text::printable(path.string()); }

Result<std::shared_ptr<const elf::File>> open_elf(const fs::path& path) {
    Result<elf::File> file = elf::open(path);
    if (!file) return file.error();
    return std::make_shared<const elf::File>(std::move(*file));
}

// What an embedded machine can run at all.
Result<const GuestSystem*> system_of(const elf::File& file, const fs::path& path) {
    if (!file.recognised())
        return error("{} is not a 64-bit little-endian ELF file; 32-bit kernels and programs are not modelled",
                     shown(path));
    const GuestSystem* const system = find_system(file.machine());
    if (!system)
        return error("{} is for {}; the embedded machines are x86-64 and riscv64", shown(path),
                     elf::value_text(elf::ehdr::machine, file.machine(), file.machine()));
    const u64 type = file.header().type();
    if (type != elf::et::exec && type != elf::et::dyn)
        return error("{} is no program: its type is {}", shown(path),
                     elf::value_text(elf::ehdr::type, type, file.machine()));
    return system;
}

Status set_kernel(Prepared& to, const GuestSystem& system, const fs::path& path) {
    Result<std::shared_ptr<const elf::File>> file = open_elf(path);
    if (!file) return file.error();
    if (Result<const GuestSystem*> its = system_of(**file, path); !its) return its.error();
    if ((*file)->machine() != system.machine) return error("{} is no kernel for {}", shown(path), system.arch);
    if (Status s = system.kernel(**file); !s)
        return error("{} cannot be started as a kernel: {}", shown(path), s.error().sentence());
    to.options.kernel = {(*file)->bytes().begin(), (*file)->bytes().end()};
    to.options.kernel_name = path.filename().string();
    to.parts.push_back({"kernel", to.options.kernel_name, *file, 0, path});
    return Ok{};
}

// Programs are what their kernel knows as such; the first may be looked at through its symbols.
Status add_program(Luggage& to, const fs::path& path) {
    Result<std::shared_ptr<const elf::File>> file = open_elf(path);
    if (!file) return file.error();
    to.programs.push_back({path, *file});
    return Ok{};
}

Result<Prepared> packed(Prepared out, const GuestSystem& system, const Luggage& luggage) {
    if (!luggage.programs.empty() && luggage.programs.front().file->recognised()) {
        const Program& program = luggage.programs.front();
        out.parts.push_back(
            {"user", program.path.filename().string(), program.file, system.bias(*program.file), program.path});
    }
    if (Status s = system.hand_over(out, luggage); !s) return s.error();
    Result<std::vector<std::string>> warnings = machine::boot_warnings(out.options);
    if (!warnings) return warnings.error();
    out.warnings.insert(out.warnings.end(), warnings->begin(), warnings->end());
    return out;
}
}  // namespace

Result<Prepared> prepare(const Spec& spec) {
    Result<std::shared_ptr<const elf::File>> file = open_elf(spec.file);
    if (!file) return file.error();
    Result<const GuestSystem*> known = system_of(**file, spec.file);
    if (!known) return known.error();
    const GuestSystem& system = **known;
    const bool kernel = spec.as == As::Kernel || (spec.as == As::FileDecides && bool{system.kernel(**file)});
    Prepared out;
    out.options.command_line = spec.command_line;
    out.options.ram_bytes = spec.ram_bytes;
    out.options.amd = spec.amd;
    out.options.svade = spec.svade;
    Luggage luggage;
    luggage.kernel = kernel ? spec.file : teaching_kernel(system);
    luggage.files = spec.files;
    luggage.arguments = spec.arguments;
    luggage.only_program = spec.only_program;
    if (Status s = set_kernel(out, system, luggage.kernel); !s) return s.error();
    if (!kernel)
        if (Status s = add_program(luggage, spec.file); !s) return s.error();
    if (!system.modules_are_programs && spec.modules.size() == 1) luggage.archive = spec.modules.front();
    if (!system.modules_are_programs && spec.modules.size() > 1)
        return error("the board has room for one module, the kernel's first files; {} were given", spec.modules.size());
    for (const fs::path& module : spec.modules)
        if (system.modules_are_programs)
            if (Status s = add_program(luggage, module); !s) return s.error();
    luggage.run = !luggage.programs.empty() && !spec.shell;
    return packed(std::move(out), system, luggage);
}

Result<Prepared> prepare(const lesson::Lesson& lesson, const lesson::Setup& setup) {
    const GuestSystem* const system = find_system(std::string_view(lesson.machine.arch));
    if (!system) return error("there is no machine '{}'", text::printable(lesson.machine.arch));
    const auto path_of = [&](const lesson::Guest& guest, bool kernel) -> Result<fs::path> {
        if (!guest.known) return lesson::file_of(lesson, guest);
        if (!kernel) return teaching_program(*system, guest.name);
        if (guest.name == system->folder) return teaching_kernel(*system);
        return error("{}: there is no teaching kernel '{}' for {}", lesson::to_text(guest.place), guest.name,
                     system->arch);
    };
    Prepared out;
    out.options.command_line = setup.words;
    out.options.ram_bytes = lesson.machine.ram_bytes;
    out.options.amd = lesson.machine.amd;
    out.options.svade = lesson.machine.svade;
    Luggage luggage;
    luggage.arguments = setup.arguments;
    luggage.run = !setup.modules.empty() && !setup.shell;
    Result<fs::path> kernel = path_of(setup.kernel, true);
    if (!kernel) return kernel.error();
    luggage.kernel = *kernel;
    if (Status s = set_kernel(out, *system, *kernel); !s) return s.error();
    for (const lesson::Guest& guest : setup.modules) {
        Result<fs::path> module = path_of(guest, false);
        if (!module) return module.error();
        if (Status s = add_program(luggage, *module); !s) return s.error();
    }
    if (!setup.files.name.empty()) {
        Result<fs::path> files = lesson::file_of(lesson, setup.files);
        if (!files) return files.error();
        luggage.files = *files;
    }
    return packed(std::move(out), *system, luggage);
}

Result<SymbolBook> read_symbols(const std::vector<Part>& parts) {
    SymbolBook out;
    for (const Part& part : parts) {
        Result<elf::Symbols> symbols = elf::Symbols::read(*part.file, part.bias);
        if (symbols) out.add(part.role, std::move(*symbols));  // a file that elfutils refuses runs without names
    }
    return out;
}
}  // namespace ring::session
