// Programs and files as an archive, which the kernel takes for its first files, and a program run by a line for its
// shell (kernels/riscv64).
#include "base/file.hpp"
#include "base/text.hpp"
#include "base/ustar.hpp"
#include "guest_files.hpp"
#include "guest_system.hpp"

namespace ring::session {
namespace {
namespace fs = std::filesystem;

// kernels/riscv64 boot_info.hpp, command_line_bytes; process.hpp, argument_limit.
constexpr std::size_t command_line_bytes = 1024, most_arguments = 32;

std::string name_in_bin(const fs::path& program) {
    return "bin/" + (program.extension() == ".elf" ? program.stem() : program.filename()).string();
}

// A word between quotes, as kernels/riscv64/words.cpp takes it apart.
Result<std::string> quoted(const std::string& word) {
    if (word.find('\0') != std::string::npos) return error("an argument has a NUL in it, which ends a command line");
    if (!word.empty() && word.find_first_of(" \"\\") == std::string::npos) return word;
    std::string out = "\"";
    for (const char c : word) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

bool has_a_line(std::string_view words) {
    return words == "--" || words.starts_with("-- ") || words.ends_with(" --") ||
           words.find(" -- ") != std::string_view::npos;
}

// "quiet -- run /bin/NAME ARGUMENTS"
Status add_run(std::string& line, const Luggage& luggage) {
    if (has_a_line(line)) return error("the command line has a line after '--' already, and a program is run by one");
    const auto add = [&line](std::string_view words) { (line += line.empty() ? "" : " ") += words; };
    if (luggage.only_program) add("quiet");
    if (luggage.arguments.size() >= most_arguments)
        return error("{} arguments are more than the {} that the kernel passes on", luggage.arguments.size(),
                     most_arguments - 1);
    add("-- run");
    std::vector<std::string> words{"/" + name_in_bin(luggage.programs.front().path)};
    words.insert(words.end(), luggage.arguments.begin(), luggage.arguments.end());
    for (const std::string& word : words) {
        Result<std::string> one = quoted(word);
        if (!one) return one.error();
        add(*one);
    }
    if (line.size() >= command_line_bytes)
        return error("the arguments make a command line of {} bytes, and the kernel takes {}", line.size(),
                     command_line_bytes - 1);
    return Ok{};
}
}  // namespace

Status hand_over_archive(Prepared& to, const Luggage& luggage) {
    if (luggage.programs.empty() && !luggage.arguments.empty())
        return error("the arguments are for a program, and there is none; --append gives words to the kernel");
    if (luggage.run)
        if (Status s = add_run(to.options.command_line, luggage); !s) return s;

    fs::path base = luggage.archive;
    std::error_code failed;
    if (base.empty()) {
        const fs::path beside = luggage.kernel.parent_path() / "initrd.tar";
        if (fs::is_regular_file(beside, failed)) base = beside;
    }
    Bytes first;
    if (!base.empty()) {
        Result<Bytes> read = read_file(base, to.options.ram_bytes);
        if (!read) return read.error();
        first = std::move(*read);
    }
    const std::string name = base.empty() ? "initrd.tar" : base.filename().string();
    // What is given as it is stays as it is: another kernel's first files need be no archive.
    if (luggage.programs.empty() && luggage.files.empty()) {
        if (!base.empty()) to.options.modules.push_back({std::move(first), name, {}});
        return Ok{};
    }
    Ustar out;
    if (Status s = out.append(first); !s) return s.error().in("{}", text::printable(base.string()));
    for (const Program& program : luggage.programs)
        if (Status s = out.add_file(name_in_bin(program.path), program.file->bytes()); !s) return s;
    if (!luggage.files.empty())
        if (Status s = add_folder(out, luggage.files, to.options.ram_bytes, to.warnings); !s)
            return s.error().in("--files {}", text::printable(luggage.files.string()));
    to.options.modules.push_back({std::move(out).finish(), name, {}});
    return Ok{};
}
}  // namespace ring::session
