#include "view/stack.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "columns.hpp"
#include "owners.hpp"
#include "to_json.hpp"

namespace ring::view {
namespace {
constexpr unsigned slots_below = 2;

u64 word_bytes(arch::Instructions mode) {
    switch (mode) {
        case arch::Instructions::X86_16:
            return 2;
        case arch::Instructions::X86_32:
            return 4;
        default:
            return 8;
    }
}

// Names of the general registers that hold this address.
std::string pointing_here(const target::Snapshot& snapshot, VirtAddr at) {
    std::vector<std::string> names;
    for (arch::RegisterId id = 0; id < snapshot.arch->registers.size(); ++id)
        if (snapshot.arch->registers[id].group == arch::Group::General && snapshot.registers.get(id) == at.value)
            names.emplace_back(snapshot.arch->registers[id].name);
    return joined(names, " ");
}

StackSlot slot_at(const target::Snapshot& snapshot, VirtAddr at, u64 size, const Symbolizer& symbolizer,
                  std::span<const Owner> owners) {
    StackSlot out;
    out.address = at;
    std::vector<std::string> notes;
    if (const std::string names = pointing_here(snapshot, at); !names.empty()) notes.push_back("<- " + names);
    if (const std::optional<Bytes> raw = snapshot.read(at, size)) {
        u64 value = 0;
        for (std::size_t i = raw->size(); i-- > 0;) value = value << 8 | (*raw)[i];
        out.value = value;
        if (value != 0) out.symbol = symbol(symbolizer, VirtAddr{value});
        if (const std::string owner = owner_of(owners, VirtAddr{value}); !owner.empty() && value != 0)
            notes.push_back(text::printable(owner));
    }
    out.note = joined(notes, "  ");
    return out;
}
}  // namespace

Stack stack_view(const target::Snapshot& snapshot, const Symbolizer& symbolizer, std::span<const Owner> owners,
                 unsigned slots) {
    Stack out;
    const arch::Arch& arch = *snapshot.arch;
    out.pointer_name = arch.registers[arch.sp].name;
    const std::optional<u64> pointer = snapshot.registers.get(arch.sp);
    if (!pointer) {
        out.unavailable = fmt::format("this target does not tell {}", out.pointer_name);
        return out;
    }
    out.pointer = VirtAddr{*pointer};
    const u64 size = word_bytes(arch.instructions(snapshot.registers));
    bool any = false;
    for (unsigned i = 0; i < slots + slots_below; ++i) {
        const VirtAddr at{*pointer + (u64{i} - slots_below) * size};
        if ((i < slots_below) != (at < out.pointer)) continue;  // beyond an end of the address space
        StackSlot slot = slot_at(snapshot, at, size, symbolizer, owners);
        slot.below = i < slots_below;
        any = any || (slot.value && !slot.below);
        if (slot.value || at == out.pointer) out.slots.push_back(std::move(slot));
    }
    if (!any) {
        out.slots.clear();
        out.unavailable =
            fmt::format("nothing is mapped where {} points: {}", out.pointer_name, text::hex(out.pointer));
    }
    return out;
}

std::string text(const Stack& stack) {
    if (!stack.unavailable.empty()) return "no stack: " + stack.unavailable + '\n';
    Columns columns;
    for (const StackSlot& slot : stack.slots) {
        const std::string place = slot.address >= stack.pointer
                                      ? fmt::format("+{}", text::hex(slot.address.value - stack.pointer.value))
                                      : fmt::format("-{}", text::hex(stack.pointer.value - slot.address.value));
        columns.row({slot.address == stack.pointer ? ">"
                     : slot.below                  ? "."
                                                   : " ",
                     place, text::hex(slot.address), slot.value ? text::hex_padded(*slot.value, 16) : "not mapped",
                     slot.symbol, slot.note});
    }
    return columns.text();
}

std::string json(const Stack& stack) {
    Json out{{"register", stack.pointer_name}, {"pointer", number(stack.pointer)}};
    if (!stack.unavailable.empty()) out["unavailable"] = stack.unavailable;
    out["slots"] = array(stack.slots, [](const StackSlot& slot) {
        return Json{{"address", number(slot.address)},
                    {"value", number(slot.value)},
                    {"symbol", slot.symbol},
                    {"note", slot.note},
                    {"below", slot.below}};
    });
    return line(Json{{"stack", std::move(out)}});
}
}  // namespace ring::view
