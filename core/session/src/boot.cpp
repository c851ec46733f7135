#include "session/boot.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/data_dir.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "elf/names.hpp"
#include "elf/notes.hpp"
#include "elf/rows.hpp"
#include "lesson/load.hpp"

namespace ring::session {
namespace {
namespace fs = std::filesystem;

// Where the teaching kernel puts a position-independent program (kernels/x86_64/layout.hpp, user_dynamic_base).
constexpr u64 user_dynamic_base = 0x10000000;

std::string shown(const fs::path& path) { return text::printable(path.string()); }

Result<std::shared_ptr<const elf::File>> open_elf(const fs::path& path) {
    Result<elf::File> file = elf::open(path);
    if (!file) return file.error();
    return std::make_shared<const elf::File>(std::move(*file));
}

// What the embedded machine can run at all.
Status fits(const elf::File& file, const fs::path& path) {
    if (!file.recognised())
        return error("{} is not a 64-bit little-endian ELF file; 32-bit kernels and programs are not modelled",
                     shown(path));
    if (file.machine() != elf::em::x86_64)
        return error("{} is for {}; the embedded machine is an x86-64 one", shown(path),
                     elf::value_text(elf::ehdr::machine, file.machine(), file.machine()));
    const u64 type = file.header().type();
    if (type != elf::et::exec && type != elf::et::dyn)
        return error("{} is no program: its type is {}", shown(path),
                     elf::value_text(elf::ehdr::type, type, file.machine()));
    return Ok{};
}

// The words of a command line are separated by spaces, and nothing quotes them.
Result<std::string> words_of(const std::string& name, const std::vector<std::string>& arguments) {
    std::string out = name;
    std::ranges::replace(out, ' ', '_');
    for (const std::string& word : arguments) {
        if (word.empty() || word.find_first_of(std::string_view(" \0", 2)) != std::string::npos)
            return error("the argument '{}' is empty or has a space in it, which the kernel's command line cannot say",
                         text::printable(word));
        out += ' ' + word;
    }
    return out;
}

Bytes bytes_of(const elf::File& file) { return {file.bytes().begin(), file.bytes().end()}; }

Part part(std::string role, const fs::path& path, std::shared_ptr<const elf::File> file) {
    const bool moved = role == "user" && file->recognised() && file->header().type() == elf::et::dyn;
    return {std::move(role), path.filename().string(), std::move(file), moved ? user_dynamic_base : 0, path};
}

// Appends a module; the first is the user program when it is an ELF file.
Status add_module(Prepared& to, const fs::path& path, const std::vector<std::string>& arguments) {
    Result<std::shared_ptr<const elf::File>> file = open_elf(path);
    if (!file) return file.error();
    const std::string name = path.filename().string();
    Result<std::string> words = words_of(name, arguments);
    if (!words) return words.error();
    to.options.modules.push_back({bytes_of(**file), name, *words});
    if (to.options.modules.size() == 1 && (*file)->recognised()) to.parts.push_back(part("user", path, *file));
    return Ok{};
}

Status set_kernel(Prepared& to, const fs::path& path) {
    Result<std::shared_ptr<const elf::File>> file = open_elf(path);
    if (!file) return file.error();
    if (Status s = fits(**file, path); !s) return s;
    if (Result<u32> entry = elf::pvh_entry(**file); !entry)
        return error("{} cannot be started as a kernel: {}", shown(path), entry.error().sentence());
    to.options.kernel = bytes_of(**file);
    to.options.kernel_name = path.filename().string();
    to.parts.push_back(part("kernel", path, *file));
    return Ok{};
}
}  // namespace

fs::path teaching_kernel() { return data_dir() / "kernels" / "x86_64" / "kernel.elf"; }

fs::path teaching_program(std::string_view name) {
    return data_dir() / "kernels" / "x86_64" / "user" / (std::string(name) + ".elf");
}

Result<Prepared> prepare(const Spec& spec) {
    Result<std::shared_ptr<const elf::File>> file = open_elf(spec.file);
    if (!file) return file.error();
    if (Status s = fits(**file, spec.file); !s) return s.error();
    const bool kernel =
        spec.as == As::Kernel || (spec.as == As::FileDecides && static_cast<bool>(elf::pvh_entry(**file)));
    Prepared out;
    out.options.command_line = spec.command_line;
    out.options.ram_bytes = spec.ram_bytes;
    out.options.amd = spec.amd;
    if (Status s = set_kernel(out, kernel ? spec.file : teaching_kernel()); !s) return s.error();
    std::vector<fs::path> modules = spec.modules;
    if (!kernel) modules.insert(modules.begin(), spec.file);
    if (modules.empty() && !spec.arguments.empty())
        return error("the arguments are for a module, and there is none: add --module FILE");
    for (std::size_t i = 0; i < modules.size(); ++i)
        if (Status s = add_module(out, modules[i], i == 0 ? spec.arguments : std::vector<std::string>{}); !s)
            return s.error();
    return out;
}

Result<Prepared> prepare(const lesson::Lesson& lesson, const lesson::Setup& setup) {
    const auto path_of = [&](const lesson::Guest& guest, bool kernel) -> Result<fs::path> {
        if (!guest.known) return lesson::file_of(lesson, guest);
        if (!kernel) return teaching_program(guest.name);
        if (guest.name == "x86_64") return teaching_kernel();
        return error("{}: there is no teaching kernel '{}'", lesson::to_text(guest.place), guest.name);
    };
    Prepared out;
    out.options.command_line = setup.words;
    out.options.ram_bytes = lesson.machine.ram_bytes;
    out.options.amd = lesson.machine.amd;
    Result<fs::path> kernel = path_of(setup.kernel, true);
    if (!kernel) return kernel.error();
    if (Status s = set_kernel(out, *kernel); !s) return s.error();
    for (std::size_t i = 0; i < setup.modules.size(); ++i) {
        Result<fs::path> module = path_of(setup.modules[i], false);
        if (!module) return module.error();
        if (Status s = add_module(out, *module, i == 0 ? setup.arguments : std::vector<std::string>{}); !s)
            return s.error();
    }
    return out;
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
