#include <fmt/ostream.h>

#include <charconv>
#include <ostream>

#include "base/file.hpp"
#include "base/text.hpp"
#include "elf/patch.hpp"
#include "inspect.hpp"
#include "inspect_parts.hpp"

namespace ring::cli {
namespace {
using text::hex;

Result<u64> number(const std::string& typed, const char* what) {
    std::string_view digits = typed;
    const bool hexadecimal = digits.starts_with("0x") || digits.starts_with("0X");
    if (hexadecimal) digits.remove_prefix(2);
    u64 value = 0;
    const auto [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, hexadecimal ? 16 : 10);
    if (failure != std::errc() || end != digits.data() + digits.size())
        return error("{} is not a number: {}", what, text::printable(typed));
    return value;
}

Result<u64> permissions(const std::string& typed) {
    u64 out = 0;
    for (char c : typed) {
        if (c == 'R' || c == 'r')
            out |= elf::pf::r;
        else if (c == 'W' || c == 'w')
            out |= elf::pf::w;
        else if (c == 'X' || c == 'x')
            out |= elf::pf::x;
        else if (c != '-')
            return error("--flags takes letters of RWX, not {}", text::printable(typed));
    }
    return out;
}

// Puts a typed number, when there is one, where it belongs.
Status take(const std::string& typed, const char* what, std::optional<u64>& into) {
    if (typed.empty()) return Ok{};
    const Result<u64> value = number(typed, what);
    if (!value) return value.error();
    into = *value;
    return Ok{};
}

Result<elf::Edits> edits(const InspectOptions& options) {
    elf::Edits out;
    if (Status done = take(options.set_entry, "--set-entry", out.entry); !done) return done.error();
    if (Status done = take(options.segment, "--segment", out.segment); !done) return done.error();
    if (Status done = take(options.vaddr, "--vaddr", out.vaddr); !done) return done.error();
    if (!options.flags.empty()) {
        const Result<u64> flags = permissions(options.flags);
        if (!flags) return flags.error();
        out.flags = *flags;
    }
    if (out.empty()) return error("nothing is changed: say --set-entry, or --segment with --flags or --vaddr");
    if (options.save_as.empty()) return error("an edited file needs a place: say --save-as FILE");
    return out;
}

void print_change(const elf::File& from, const elf::File& to, const elf::Edits& edits, std::ostream& out) {
    if (edits.entry)
        fmt::print(out, "  e_entry {} -> {}\n", hex(VirtAddr{from.header().entry()}),
                   hex(VirtAddr{to.header().entry()}));
    if (!edits.segment) return;
    const elf::Segment &before = from.segments()[*edits.segment], &after = to.segments()[*edits.segment];
    if (edits.flags)
        fmt::print(out, "  segment {} p_flags {} -> {}\n", after.index, elf::rwx(before.flags()),
                   elf::rwx(after.flags()));
    if (edits.vaddr)
        fmt::print(out, "  segment {} p_vaddr {} -> {}\n", after.index, hex(VirtAddr{before.vaddr()}),
                   hex(VirtAddr{after.vaddr()}));
}
}  // namespace

Status save_edited(const InspectOptions& options, const elf::File& file, std::ostream& out) {
    const Result<elf::Edits> wanted = edits(options);
    if (!wanted) return wanted.error();
    Result<Bytes> edited = elf::patch(file, *wanted);
    if (!edited) return edited.error();
    const elf::File result = elf::parse(std::move(*edited));
    if (Status written = write_file(options.save_as, result.bytes()); !written) return written;
    // An executable stays one.
    std::error_code ignored;
    std::filesystem::permissions(options.save_as, std::filesystem::status(options.file, ignored).permissions(),
                                 ignored);
    fmt::print(out, "{}\n", text::printable(options.save_as.string()));
    print_change(file, result, *wanted, out);
    for (const elf::Issue& issue : result.issues()) fmt::print(out, "  issue: {} ({})\n", issue.what, issue.rule);
    return Ok{};
}
}  // namespace ring::cli
