#include "view/breakpoints.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "columns.hpp"
#include "to_json.hpp"

namespace ring::view {
namespace {
std::string access_to(const target::Breakpoint& one, std::string_view how) {
    return fmt::format("when {} at {} {} {}", one.size == 1 ? "the byte" : fmt::format("{} bytes", one.size),
                       text::hex(one.address), one.size == 1 ? "is" : "are", how);
}

std::string what(const target::Breakpoint& one) {
    using target::BreakKind;
    switch (one.kind) {
        case BreakKind::Address:
            return "before the instruction at " + text::hex(one.address);
        case BreakKind::Write:
            return access_to(one, "written");
        case BreakKind::Read:
            return access_to(one, "read");
        case BreakKind::ReadWrite:
            return access_to(one, "read or written");
        case BreakKind::PrivilegeChange:
            return "when the privilege changes";
        case BreakKind::Trap:
            return one.vector ? fmt::format("at trap {}", *one.vector) : "at any trap";
        case BreakKind::AddressSpace:
            return "when the address space changes";
    }
    return "";
}
}  // namespace

Breakpoints breakpoints_view(const target::Snapshot& snapshot, const Symbolizer& symbolizer) {
    Breakpoints out;
    for (const auto& [id, breakpoint] : snapshot.breakpoints) {
        if (breakpoint.part_of) {
            const auto whole = std::ranges::find(out.rows, *breakpoint.part_of, &BreakpointRow::id);
            if (whole != out.rows.end()) {
                whole->also.push_back(breakpoint.address);
                whole->what += ", " + text::hex(breakpoint.address);
                continue;
            }
        }
        BreakpointRow row{id, breakpoint, what(breakpoint), text::printable(breakpoint.label), {}};
        const bool has_address =
            breakpoint.kind == target::BreakKind::Address || breakpoint.kind == target::BreakKind::Write ||
            breakpoint.kind == target::BreakKind::Read || breakpoint.kind == target::BreakKind::ReadWrite;
        if (row.symbol.empty() && has_address) row.symbol = symbol(symbolizer, breakpoint.address);
        out.rows.push_back(std::move(row));
    }
    return out;
}

std::string text(const Breakpoints& breakpoints) {
    if (breakpoints.rows.empty()) return "no breakpoints\n";
    Columns columns;
    for (const BreakpointRow& row : breakpoints.rows) columns.row({std::to_string(row.id), row.what, row.symbol});
    return columns.text();
}

std::string json(const Breakpoints& breakpoints) {
    return line(Json{{"breakpoints", array(breakpoints.rows, [](const BreakpointRow& row) {
                          return Json{{"id", number(u64{row.id})},
                                      {"what", row.what},
                                      {"symbol", row.symbol},
                                      {"address", number(row.breakpoint.address)},
                                      {"size", number(row.breakpoint.size)},
                                      {"also", array(row.also, [](VirtAddr at) { return number(at); })}};
                      })}});
}
}  // namespace ring::view
