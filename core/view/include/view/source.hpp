// The source behind an address: the file's text, the line, its breakpoints, and the functions merged into this place.
// The rule: a line is marked only where the program's own line table says so; a file that is not there is named as it
// was recorded, with where it was looked for.
// Not here: finding the file (session/source_files.hpp) and reading line tables (elf/symbols.hpp).
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "target/target.hpp"

namespace ring::view {

struct SourcePlace {
    std::string file;          // as recorded, printable
    int line = 0;              // from 1; 0: none
    std::string text() const;  // "kernels/x86_64/syscalls.cpp:71"; "" without a line
};
using SourceNamer = std::function<std::optional<SourcePlace>(VirtAddr)>;

// A file as it was found, shared by all who show it.
struct SourceFile {
    std::string recorded;                        // printable
    std::string found;                           // where, printable; empty when it was not found
    std::vector<std::string> lines;              // printable, tabs expanded
    std::string trouble;                         // why there are no lines, and what to do; empty when there are
    std::vector<std::pair<int, VirtAddr>> code;  // lines that have instructions, ascending, with the first of each
    const std::string* line(int number) const;   // null: there is no such line
    std::optional<VirtAddr> address(int number) const;
};
using SourceOpener = std::function<std::shared_ptr<const SourceFile>(const SourcePlace&)>;

struct InlinedRow {
    std::string function;  // printable
    SourcePlace call;      // where it is called
};

struct Source {
    std::optional<VirtAddr> at;  // absent: a line was asked for that has no instructions
    bool next = false;           // `at` is the next instruction to run
    std::string symbol;          // of `at`
    SourcePlace place;
    std::shared_ptr<const SourceFile> file;
    std::vector<InlinedRow> inlined;                                // innermost first
    std::vector<std::pair<int, target::BreakpointId>> breakpoints;  // by line of this file
    std::string unavailable;                                        // one sentence, with what to do; else empty
    std::optional<target::BreakpointId> breakpoint(int line) const;
};
// `place`: a line to show in the place of that of `at`.
Source source_view(const target::Snapshot& snapshot, std::optional<VirtAddr> at,
                   const std::optional<SourcePlace>& place, const SourceNamer& name, const SourceOpener& open,
                   std::vector<InlinedRow> inlined, std::string symbol);
// The lines around the one in question, at most `around` before and after it.
std::string text(const Source& source, int around = 8);
std::string json(const Source& source, int around = 8);
}  // namespace ring::view
