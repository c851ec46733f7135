// What elfutils keeps of one file: its handles, and what was read from them once.
// The rule: everything here is read at the first use and bounded, since the file may be made to hurt.
#pragma once
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "elf/symbols.hpp"

namespace ring::elf {

// A path as recorded. A compiler that was told to replace the project's directory by "." still has its own working
// directory put in front by libdw; what counts is behind the ".".
inline std::string recorded(std::string_view path) {
    if (const std::size_t dot = path.rfind("/./"); dot != std::string_view::npos) path.remove_prefix(dot + 1);
    while (path.starts_with("./")) path.remove_prefix(2);
    return std::string(path);
}

struct Symbols::Library {
    static constexpr std::size_t most_rows = 1 << 24, most_units = 1 << 16;

    // A row of a line table: from `address` on, until the next row. Where `ends` there is no line any more.
    struct Row {
        u64 address = 0;
        u32 file = 0;  // in `files`
        int line = 0;
        int column = 0;
        bool ends = false;
        bool statement = false;  // a good place for a breakpoint
    };
    struct Unit {
        Dwarf_Die die{};
        Dwarf_Addr bias = 0;
    };

    Dwfl_Callbacks callbacks{};
    Dwfl* session = nullptr;
    Dwfl_Module* module = nullptr;
    bool relocatable = false;
    std::vector<std::string> files;
    Library() = default;
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;
    ~Library() {
        if (session) dwfl_end(session);
    }

    const std::vector<Unit>& units() {
        if (read_units_) return units_;
        read_units_ = true;
        Dwarf_Addr bias = 0;
        for (Dwarf_Die* unit = nullptr; (unit = dwfl_module_nextcu(module, unit, &bias)) != nullptr;) {
            if (units_.size() == most_units) break;
            units_.push_back({*unit, bias});
        }
        return units_;
    }

    // All line tables as one, ascending by address. libdw's own way from an address to its unit needs .debug_aranges,
    // which clang does not write.
    const std::vector<Row>& lines() {
        if (read_lines_) return rows_;
        read_lines_ = true;
        std::map<std::string, u32> known;
        Dwarf_Addr bias = 0;
        for (Dwarf_Die* unit = nullptr; (unit = dwfl_module_nextcu(module, unit, &bias)) != nullptr;) {
            Dwarf_Lines* table = nullptr;
            std::size_t count = 0;
            if (dwarf_getsrclines(unit, &table, &count) == 0) add_unit(table, count, bias, known);
        }
        std::stable_sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) {
            return std::tuple(a.address, !a.ends) < std::tuple(b.address, !b.ends);
        });
        return rows_;
    }

    // Call frame information: what debuggers are told, and what unwinders of exceptions are told.
    Dwarf_CFI* debug_frame(Dwarf_Addr& bias) { return dwfl_module_dwarf_cfi(module, &bias); }
    Dwarf_CFI* eh_frame(Dwarf_Addr& bias) { return dwfl_module_eh_cfi(module, &bias); }

  private:
    void add_unit(Dwarf_Lines* table, std::size_t count, Dwarf_Addr bias, std::map<std::string, u32>& known) {
        bool dead = false, starts = true;
        for (std::size_t i = 0; i < count && rows_.size() < most_rows; ++i) {
            Dwarf_Line* const line = dwarf_onesrcline(table, i);
            Dwarf_Addr address = 0;
            Row row;
            if (dwarf_lineaddr(line, &address) != 0 || dwarf_lineendsequence(line, &row.ends) != 0) continue;
            // A linker that drops a function leaves its lines, at address 0.
            if (starts) dead = address == 0 && !relocatable;
            starts = row.ends;
            const char* const name = dwarf_linesrc(line, nullptr, nullptr);
            if (dead || !name || dwarf_lineno(line, &row.line) != 0 || dwarf_linecol(line, &row.column) != 0) continue;
            if (dwarf_linebeginstatement(line, &row.statement) != 0) row.statement = false;
            row.address = address + bias;
            const auto [file, added] = known.try_emplace(recorded(name), static_cast<u32>(files.size()));
            if (added) files.push_back(file->first);
            row.file = file->second;
            rows_.push_back(row);
        }
    }
    std::vector<Row> rows_;
    std::vector<Unit> units_;
    bool read_lines_ = false, read_units_ = false;
};
}  // namespace ring::elf
