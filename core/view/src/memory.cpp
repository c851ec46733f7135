#include "view/memory.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "to_json.hpp"

namespace ring::view {
namespace {
// Where the bytes from `at` to the end of its page are; absent with the reason in `why`.
std::optional<PhysAddr> place(const target::Snapshot& now, u64 at, bool physical, std::string& why) {
    if (physical) return PhysAddr{at};
    const arch::Walk walk = now.arch->look(now.registers, VirtAddr{at}, now.memory);
    if (walk.ok) return walk.physical;
    why = walk.verdict;
    return std::nullopt;
}

char letter(std::optional<u8> byte) { return byte && *byte >= 32 && *byte < 127 ? static_cast<char>(*byte) : '.'; }
}  // namespace

std::optional<u8> Memory::read(u64 address) const {
    const u64 into = address - at;
    if (into >= size || into / MemoryRow::bytes >= rows.size()) return std::nullopt;
    return rows[into / MemoryRow::bytes].byte[into % MemoryRow::bytes];
}

bool Memory::readable() const {
    return std::ranges::any_of(rows, [](const MemoryRow& row) {
        return std::ranges::any_of(row.byte, [](const auto& byte) { return byte.has_value(); });
    });
}

Memory memory_view(const target::Snapshot& snapshot, u64 at, u64 size, bool physical) {
    Memory out;
    out.at = at;
    out.size = size;
    out.physical = physical;
    out.step = snapshot.step;
    constexpr u64 page = 4096;
    std::optional<PhysAddr> here;
    std::string why;
    for (u64 done = 0; done < size; done += MemoryRow::bytes) {
        MemoryRow row;
        row.address = at + done;
        row.count = static_cast<unsigned>(std::min<u64>(MemoryRow::bytes, size - done));
        for (unsigned i = 0; i < row.count; ++i) {
            const u64 address = row.address + i;
            if (address % page == 0 || done + i == 0) {
                why.clear();
                here = place(snapshot, address, physical, why);
                if (here) here->value -= address % page;
            }
            u8 value = 0;
            if (here && snapshot.memory && snapshot.memory(PhysAddr{here->value + address % page}, {&value, 1}))
                row.byte[i] = value;
            else if (row.reason.empty())
                row.reason = here ? "nothing answers at this physical address" : why;
        }
        out.rows.push_back(std::move(row));
    }
    return out;
}

unsigned mark_changes(Memory& now, const Memory& before) {
    unsigned count = 0;
    if (now.physical != before.physical) return 0;
    for (MemoryRow& row : now.rows)
        for (unsigned i = 0; i < row.count; ++i) {
            const std::optional<u8> old = before.read(row.address + i);
            if (!old || !row.byte[i] || *old == *row.byte[i]) continue;
            row.changed = static_cast<u16>(row.changed | 1u << i);
            ++count;
        }
    return count;
}

std::string text(const Memory& memory) {
    std::string out;
    for (const MemoryRow& row : memory.rows) {
        std::string bytes, letters;
        for (unsigned i = 0; i < row.count; ++i) {
            bytes += row.byte[i] ? text::digits(*row.byte[i], 2) + ' ' : std::string("?? ");
            letters += letter(row.byte[i]);
        }
        out += fmt::format("{}  {:48} {}\n", text::hex_padded(row.address, 16), bytes, letters);
    }
    return out;
}

std::string json(const Memory& memory) {
    std::string hex;
    for (const MemoryRow& row : memory.rows)
        for (unsigned i = 0; i < row.count; ++i) {
            if (!hex.empty()) hex += ' ';
            hex += row.byte[i] ? text::digits(*row.byte[i], 2) : "??";
        }
    Json out{{"address", number(memory.at)}, {"bytes", std::move(hex)}};
    if (memory.physical) out["physical"] = true;
    return line(out);
}
}  // namespace ring::view
