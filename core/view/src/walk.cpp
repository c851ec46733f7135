#include "view/walk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <ranges>

#include "base/text.hpp"
#include "columns.hpp"
#include "rows_json.hpp"

namespace ring::view {
namespace {
constexpr u64 entry_bytes = 8;

WalkEntry entry_at(const target::Snapshot& snapshot, const arch::WalkLevel& level, unsigned index) {
    WalkEntry out;
    out.index = index;
    out.address = PhysAddr{level.base.value + entry_bytes * index};
    std::array<u8, entry_bytes> raw{};
    if (snapshot.memory && snapshot.memory(out.address, raw)) {
        u64 value;
        std::memcpy(&value, raw.data(), sizeof value);
        out.entry = value;
        out.bits = set_fields(level.layout, value);
    }
    return out;
}

// `neighbours` on each side of the entry used; at an end of the table the window shifts instead of shrinking.
std::vector<WalkEntry> window(const target::Snapshot& snapshot, const arch::WalkLevel& level, unsigned neighbours) {
    constexpr unsigned entries = 512;
    const unsigned count = std::min(2 * neighbours + 1, entries);
    const unsigned first = std::min(level.index > neighbours ? level.index - neighbours : 0u, entries - count);
    std::vector<WalkEntry> out;
    for (unsigned i = first; i < first + count; ++i) {
        WalkEntry entry = i == level.index ? WalkEntry{i, level.entry_address, level.entry,
                                                       set_fields(level.layout, level.entry), true}
                                           : entry_at(snapshot, level, i);
        out.push_back(std::move(entry));
    }
    return out;
}

std::string next_of(const arch::Walk& walk, std::size_t i) {
    if (i + 1 < walk.levels.size())
        return fmt::format("{} at {}", walk.levels[i + 1].table, text::hex(walk.levels[i + 1].base));
    if (!walk.ok || !walk.page_size) return "";
    return fmt::format("page at {}", text::hex(walk.physical.value & ~(walk.page_size - 1)));
}

// The lowest bit of the address that the top table's index is taken from: the one that alone makes it 1.
unsigned top_bit(const target::Snapshot& snapshot) {
    for (unsigned bit : {30u, 39u, 48u}) {
        const arch::Walk probe =
            snapshot.arch->walk(snapshot.registers, VirtAddr{u64{1} << bit}, arch::Access::Read, {}, snapshot.memory);
        if (!probe.levels.empty() && probe.levels.front().index == 1) return bit;
    }
    return 0;
}

// The control register that names the top table, whichever it is called.
std::string root_of(const target::Snapshot& snapshot, const arch::Walk& walk) {
    if (walk.levels.empty()) return "";
    const u64 base = walk.levels.front().base.value;
    for (arch::RegisterId id = 0; id < snapshot.arch->registers.size(); ++id) {
        const arch::Register& shape = snapshot.arch->registers[id];
        const std::optional<u64> value = snapshot.registers.get(id);
        if (shape.name != snapshot.arch->root_register || !value) continue;
        for (const Field& field : shape.fields)
            if (field.width > 16 && !field.reserved() && field.get(*value) << 12 == base)
                return fmt::format("{} = {}", shape.name, text::hex(*value));
    }
    return "";
}

std::string rights(const arch::Walk& walk) {
    return fmt::format("{}{}{}", walk.writable ? "writable" : "read-only", walk.executable ? ", executable" : "",
                       walk.user ? ", user" : ", supervisor");
}
}  // namespace

namespace {
constexpr arch::Access accesses[] = {arch::Access::Read, arch::Access::Write, arch::Access::Execute};

WalkRight right_of(const arch::Walk& walk) {
    WalkRight out{walk.access, walk.ok, {}, {}, walk.verdict};
    for (const arch::WalkLevel& level : walk.levels)
        if (level.failed) {
            out.table = level.table;
            out.field = level.failing_field;
        }
    return out;
}

// The two privileges that page tables tell apart: the kernel's and the program's.
std::vector<WalkRights> rights_of(const target::Snapshot& snapshot, VirtAddr address) {
    std::vector<WalkRights> out;
    for (const arch::Level& level : snapshot.arch->page_levels) {
        WalkRights row;
        row.level = level.number;
        row.kernel = &level == snapshot.arch->page_levels.data();
        for (arch::Access access : accesses) {
            const arch::Walk walk =
                snapshot.arch->walk(snapshot.registers, address, access, level.number, snapshot.memory);
            row.privilege = walk.privilege;
            row.rights.push_back(right_of(walk));
        }
        out.push_back(std::move(row));
    }
    return out;
}

std::string said(const WalkRight& right) {
    if (right.allowed) return "yes";
    if (right.table.empty()) return "NO";
    return right.field.empty() ? fmt::format("NO: {}", right.table)
                               : fmt::format("NO: {} {}", right.table, right.field);
}
}  // namespace

std::optional<WalkView> walk_of_fault(const target::Snapshot& snapshot, const target::FaultStory& story,
                                      const Symbolizer& symbolizer) {
    const std::size_t at = story.fault.rfind(" at 0x");
    if (at == std::string::npos) return std::nullopt;
    u64 address = 0;
    for (char c : std::string_view(story.fault).substr(at + 6)) {
        const bool digit = c >= '0' && c <= '9';
        if (!digit && (c < 'a' || c > 'f')) return std::nullopt;
        address = address << 4 | static_cast<u64>(digit ? c - '0' : c - 'a' + 10);
    }
    for (arch::Access access : accesses)
        for (const arch::Level& level : std::views::reverse(snapshot.arch->page_levels)) {
            WalkView walk = walk_view(snapshot, VirtAddr{address}, access, level.number, symbolizer);
            if (!walk.walk.ok && walk.walk.verdict == story.sentence) return walk;
        }
    return std::nullopt;
}

WalkView walk_view(const target::Snapshot& snapshot, VirtAddr address, arch::Access access,
                   std::optional<unsigned> privilege, const Symbolizer& symbolizer, unsigned neighbours) {
    WalkView out;
    out.walk = snapshot.arch->walk(snapshot.registers, address, access, privilege, snapshot.memory);
    out.root = root_of(snapshot, out.walk);
    out.symbol = symbol(symbolizer, address);
    constexpr unsigned index_bits = 9;
    const unsigned top = out.walk.levels.empty() ? 0 : top_bit(snapshot);
    for (std::size_t i = 0; i < out.walk.levels.size(); ++i) {
        const arch::WalkLevel& level = out.walk.levels[i];
        WalkStage stage;
        stage.level = level;
        if (top >= index_bits * i + 12) {
            stage.low = top - index_bits * static_cast<unsigned>(i);
            stage.width = index_bits;
        }
        stage.fields = field_values(level.layout, level.entry);
        stage.bits = set_fields(level.layout, level.entry);
        stage.entries = window(snapshot, level, neighbours);
        stage.next = next_of(out.walk, i);
        out.stages.push_back(std::move(stage));
    }
    if (!out.stages.empty()) out.rights = rights_of(snapshot, address);
    return out;
}

std::string text(const WalkView& view) {
    const arch::Walk& walk = view.walk;
    std::string out = fmt::format("{} of {}{} by {}\n", name(walk.access), text::hex(walk.address),
                                  view.symbol.empty() ? "" : " (" + view.symbol + ")", walk.privilege);
    if (!view.root.empty()) out += view.root + '\n';
    Columns columns;
    for (const WalkStage& stage : view.stages)
        for (const WalkEntry& entry : stage.entries) {
            const bool failed = entry.used && stage.level.failed;
            std::string last = entry.used && !stage.next.empty() ? "-> " + stage.next : "";
            if (failed)
                last = stage.level.failing_field.empty() ? "the walk stops here"
                                                         : "the walk stops here: " + stage.level.failing_field;
            columns.row({failed       ? "x"
                         : entry.used ? ">"
                                      : " ",
                         entry.used ? std::string(stage.level.table) : "", fmt::format("[{:>3}]", entry.index),
                         text::hex(entry.address), entry.entry ? text::hex_padded(*entry.entry, 16) : "unavailable",
                         entry.entry && *entry.entry == 0 ? "-" : entry.bits, last});
        }
    out += columns.text();
    if (walk.ok && walk.page_size)
        out += fmt::format("result   {} in a page of {}, {}\n", text::hex(walk.physical), text::size(walk.page_size),
                           rights(walk));
    if (!view.rights.empty()) {
        Columns table(0);
        std::vector<std::string> head{"rights "};
        for (const WalkRight& right : view.rights.front().rights) head.emplace_back(name(right.access));
        table.row(std::move(head));
        for (const WalkRights& row : view.rights) {
            std::vector<std::string> cells{row.privilege};
            for (const WalkRight& right : row.rights) cells.push_back(said(right));
            table.row(std::move(cells));
        }
        out += table.text();
    }
    const auto add = [&](std::string_view label, const std::string& words) {
        if (!words.empty()) out += wrapped(fmt::format("{:<9}", label), words, 9);
    };
    if (!walk.fault.empty()) add("fault", walk.fault);
    add("verdict", walk.verdict);
    add("rule", walk.rule);
    add("repair", walk.repair);
    return out;
}

std::string json(const WalkView& view) {
    const arch::Walk& walk = view.walk;
    Json out{{"address", number(walk.address)},
             {"access", std::string(name(walk.access))},
             {"privilege", std::string(walk.privilege)},
             {"paging", walk.paging},
             {"ok", walk.ok}};
    if (!view.symbol.empty()) out["symbol"] = view.symbol;
    if (!view.root.empty()) out["root"] = view.root;
    out["levels"] = array(view.stages, [](const WalkStage& stage) {
        const arch::WalkLevel& level = stage.level;
        Json one{{"table", std::string(level.table)},
                 {"base", number(level.base)},
                 {"index", number(u64{level.index})},
                 {"index_low", number(u64{stage.low})},
                 {"index_width", number(u64{stage.width})},
                 {"entry_address", number(level.entry_address)},
                 {"entry", number(level.entry)},
                 {"leaf", level.leaf},
                 {"failed", level.failed}};
        if (!level.failing_field.empty()) one["failing_field"] = level.failing_field;
        one["fields"] = array(stage.fields, [](const FieldValue& field) { return to_json(field); });
        one["neighbours"] = array(stage.entries, [](const WalkEntry& entry) {
            return Json{{"index", number(u64{entry.index})},
                        {"address", number(entry.address)},
                        {"entry", number(entry.entry)},
                        {"bits", entry.bits}};
        });
        return one;
    });
    if (walk.ok) {
        out["physical"] = number(walk.physical);
        if (walk.page_size) {
            out["page_size"] = number(walk.page_size);
            out["writable"] = walk.writable;
            out["user"] = walk.user;
            out["executable"] = walk.executable;
        }
    }
    if (!view.rights.empty())
        out["rights"] = array(view.rights, [](const WalkRights& row) {
            Json one{{"privilege", row.privilege}};
            for (const WalkRight& right : row.rights) {
                Json cell{{"allowed", right.allowed}};
                if (!right.table.empty()) cell["table"] = right.table;
                if (!right.field.empty()) cell["field"] = right.field;
                one[std::string(name(right.access))] = std::move(cell);
            }
            return one;
        });
    out["verdict"] = walk.verdict;
    if (!walk.fault.empty()) out["fault"] = walk.fault;
    if (!walk.rule.empty()) out["rule"] = walk.rule;
    if (!walk.repair.empty()) out["repair"] = walk.repair;
    return line(Json{{"walk", std::move(out)}});
}
}  // namespace ring::view
