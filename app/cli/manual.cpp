#include "manual.hpp"

#include <fmt/format.h>

#include "gui/keys.hpp"
#include "session/commands.hpp"

namespace ring::cli {
namespace {
// A backslash and a leading dot or quote mean something to troff.
std::string plain(std::string_view text) {
    std::string out = text.starts_with('.') || text.starts_with('\'') ? "\\&" : "";
    for (const char c : text) {
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else
            out += c;
    }
    return out;
}

std::string rows(std::span<const session::Command> table) {
    std::string out;
    for (const session::Command& row : table)
        out += fmt::format(".TP\n.B {}\n{}{}\n", plain(fmt::format("{} {}", row.name, row.usage)), plain(row.help),
                           row.shortcut.empty() ? "" : fmt::format(" ({} in the window)", plain(row.shortcut)));
    return out;
}
}  // namespace

std::string manual() {
    std::string out = R"(.TH RINGSCOPE 1
.SH NAME
ringscope \- an oscilloscope for privilege transitions
.SH SYNOPSIS
.B ringscope
[open [LESSON|FILE.elf]] | lessons | walk LESSON | run FILE.elf | debug [LESSON|FILE.elf] | inspect FILE | why KERNEL
.SH DESCRIPTION
Ringscope loads a kernel and a user program into an emulated machine and steps them, forwards and backwards, through
everything that happens between an ELF file and user mode. Each subcommand tells its options with \-\-help.
.SH COMMANDS
The words of
.B debug \-x
and of the field at the top of the window. An unambiguous beginning is enough.
)";
    out += rows(session::commands()) + ".SH TOPICS OF SHOW\n" + rows(session::topics()) + ".SH THE WINDOW\n";
    std::string menu;
    for (const gui::KeyRow& row : gui::keys()) {
        if (row.menu != menu) out += fmt::format(".SS {}\n", plain(menu = row.menu));
        out += fmt::format(".TP\n.B {}{}\n{}\n", plain(row.title), row.keys.empty() ? "" : "  " + plain(row.keys),
                           plain(row.help));
    }
    out += R"(.SH EXIT STATUS
2 for misuse, 1 for a failed check;
.B run
passes the guest's exit code through, 125 is Ringscope's own failure, 124 an exhausted \-\-max.
.SH FILES
$XDG_CONFIG_HOME/ringscope/settings.json, $XDG_STATE_HOME/ringscope/history.json
.SH ENVIRONMENT
.TP
.B RINGSCOPE_DATA
the folder that holds lessons and kernels
.TP
.B RINGSCOPE_SOURCES
a folder where source files are looked for
)";
    return out;
}
}  // namespace ring::cli
