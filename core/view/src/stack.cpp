#include "view/stack.hpp"

#include <fmt/format.h>

#include <algorithm>

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
// The words that the last step's deliveries pushed, by what the micro-steps called them.
void label_pushes(Stack& out, const target::Snapshot& snapshot) {
    for (const arch::TransitionRecord& transition : snapshot.transitions)
        for (const arch::MicroRecord& step : transition.steps) {
            if (step.depth != 0) continue;  // a page walk's accessed bits
            for (const arch::MemoryNote& note : step.memory) {
                if (!note.written || !note.virtual_address || note.what.empty()) continue;
                const auto slot = std::ranges::find(out.slots, *note.virtual_address, &StackSlot::address);
                if (slot == out.slots.end() || slot->value != note.after) continue;
                slot->label = text::printable(note.what);
                out.frame = "pushed by " + text::printable(transition.title);
            }
        }
}

// System V ABI, AMD64 supplement, 3.4.1 "Initial Stack and Register State"; RISC-V programs start alike.
void label_entry(Stack& out) {
    enum class Next { Argc, Argv, Envp, Auxv } next = Next::Argc;
    unsigned number = 0;
    bool value_of_pair = false;
    for (StackSlot& slot : out.slots) {
        if (slot.below) continue;
        if (!slot.value) return;
        switch (next) {
            case Next::Argc:
                slot.label = "argc";
                next = Next::Argv;
                break;
            case Next::Argv:
            case Next::Envp: {
                const char* const name = next == Next::Argv ? "argv" : "envp";
                if (*slot.value != 0) {
                    slot.label = fmt::format("{}[{}]", name, number++);
                    break;
                }
                slot.label = fmt::format("end of {}", name);
                next = next == Next::Argv ? Next::Envp : Next::Auxv;
                number = 0;
                break;
            }
            case Next::Auxv:
                slot.label = value_of_pair ? "  its value" : *slot.value == 0 ? "AT_NULL" : "auxv type";
                if (!value_of_pair && *slot.value == 0) return;
                value_of_pair = !value_of_pair;
                break;
        }
    }
}
}  // namespace

void label_saved(Stack& stack, const Calls& calls) {
    for (const CallRow& row : calls.rows)
        for (const SavedWord& word : row.saved) {
            const auto slot = std::ranges::find(stack.slots, word.at, &StackSlot::address);
            if (slot == stack.slots.end() || !slot->label.empty() || slot->below) continue;
            slot->label = fmt::format("{} of frame {}", word.name, row.number);
            if (stack.frame.empty())
                stack.frame = fmt::format("frame {}, {}, left by no call", row.number,
                                          row.function.empty() ? text::hex(row.at) : row.function);
        }
}

void mark_changes(Stack& now, const Stack& before) {
    for (StackSlot& slot : now.slots) {
        const auto old = std::ranges::find(before.slots, slot.address, &StackSlot::address);
        if (old == before.slots.end() || !old->value || !slot.value) continue;
        for (unsigned i = 0; i < 8; ++i)
            if ((*old->value >> 8 * i & 255) != (*slot.value >> 8 * i & 255)) slot.changed |= 1u << i;
    }
}

Stack stack_view(const target::Snapshot& snapshot, const Symbolizer& symbolizer, std::span<const Owner> owners,
                 unsigned slots, bool at_entry) {
    Stack out;
    out.step = snapshot.step;
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
    label_pushes(out, snapshot);
    if (at_entry && out.frame.empty() && size == 8) {
        label_entry(out);
        out.frame = "a program's start";
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
                     slot.label.empty()    ? slot.symbol
                     : slot.symbol.empty() ? slot.label
                                           : slot.label + "  " + slot.symbol,
                     slot.note});
    }
    return columns.text() + (stack.frame.empty() ? "" : "labels: " + stack.frame + '\n');
}

std::string json(const Stack& stack) {
    Json out{{"register", stack.pointer_name}, {"pointer", number(stack.pointer)}, {"frame", stack.frame}};
    if (!stack.unavailable.empty()) out["unavailable"] = stack.unavailable;
    out["slots"] = array(stack.slots, [](const StackSlot& slot) {
        return Json{{"address", number(slot.address)},
                    {"value", number(slot.value)},
                    {"symbol", slot.symbol},
                    {"note", slot.note},
                    {"below", slot.below},
                    {"label", slot.label}};
    });
    return line(Json{{"stack", std::move(out)}});
}
}  // namespace ring::view
