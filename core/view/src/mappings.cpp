#include "view/mappings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "columns.hpp"
#include "owners.hpp"
#include "to_json.hpp"

namespace ring::view {
namespace {
constexpr std::size_t most_ranges = 4096;

// Splits a range where an owner begins or ends, on page boundaries: a page belongs to the first owner that touches it.
void put(Mappings& out, const arch::Mapping& range, std::span<const Owner> owners) {
    u64 done = 0;
    while (done < range.size) {
        const VirtAddr at{range.start.value + done};
        const std::string owner = owner_of(owners, at, range.page_size);
        u64 size = range.page_size;
        while (done + size < range.size && owner_of(owners, VirtAddr{at.value + size}, range.page_size) == owner)
            size += range.page_size;
        out.rows.push_back({at, size, PhysAddr{range.physical.value + done}, range.page_size, range.writable,
                            range.executable, range.user, owner});
        done += size;
    }
}
}  // namespace

std::string owner_of(std::span<const Owner> owners, VirtAddr at, u64 size) {
    for (const Owner& owner : owners) {
        const bool starts_before_end = owner.start.value <= at.value + (size - 1);
        const bool ends_after_start = owner.size != 0 && owner.start.value + (owner.size - 1) >= at.value;
        if (starts_before_end && ends_after_start) return owner.name;
    }
    return "";
}

std::string MappingRow::rights() const {
    return fmt::format("R{}{} {}", writable ? 'W' : '-', executable ? 'X' : '-', user ? 'U' : '-');
}

Mappings mappings_view(const target::Snapshot& snapshot, std::span<const Owner> owners) {
    Mappings out;
    if (!snapshot.arch->address_space) {
        out.unavailable = fmt::format("the address space of {} cannot be listed yet", snapshot.arch->name);
        return out;
    }
    arch::AddressSpace space = snapshot.arch->address_space(snapshot.registers, snapshot.memory, most_ranges);
    out.unavailable = std::move(space.unavailable);
    out.complete = space.complete;
    for (const arch::Mapping& range : space.ranges) put(out, range, owners);
    if (out.rows.empty() && out.unavailable.empty()) out.unavailable = "nothing is mapped";
    return out;
}

std::string text(const Mappings& mappings) {
    if (!mappings.unavailable.empty()) return "no mappings: " + mappings.unavailable + '\n';
    Columns columns;
    columns.row({"first", "last", "size", "rights", "physical", "pages", "owner"});
    for (const MappingRow& row : mappings.rows)
        columns.row({text::hex_padded(row.start.value, 16), text::hex_padded(row.last().value, 16),
                     text::size(row.size), row.rights(), text::hex(row.physical), text::size(row.page_size),
                     text::printable(row.owner)});
    return columns.text() + (mappings.complete ? "" : "... and more than can be shown\n");
}

std::string json(const Mappings& mappings) {
    Json out{{"complete", mappings.complete}};
    if (!mappings.unavailable.empty()) out["unavailable"] = mappings.unavailable;
    out["ranges"] = array(mappings.rows, [](const MappingRow& row) {
        return Json{{"start", number(row.start)},
                    {"size", number(row.size)},
                    {"physical", number(row.physical)},
                    {"page_size", number(row.page_size)},
                    {"writable", row.writable},
                    {"executable", row.executable},
                    {"user", row.user},
                    {"owner", text::printable(row.owner)}};
    });
    return line(Json{{"mappings", std::move(out)}});
}
}  // namespace ring::view
