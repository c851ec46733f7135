// Registers as rows: value, what it was at the previous stop, every bit field by name.
// The rule: rows come from Arch::registers in its order; a register that the target does not know has no value.
// Not here: which groups a reader wants to see. registers_view shows what a program has, system_view what a kernel has.
#pragma once
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "target/target.hpp"
#include "view/symbolizer.hpp"

namespace ring::view {

// One field of a register or of a table entry, with this moment's value.
struct FieldValue {
    std::string name;
    std::string meaning;
    unsigned low = 0, width = 1;  // bits
    u64 value = 0;
    u64 before = 0;  // when `changed`
    bool changed = false;
};

struct RegisterRow {
    arch::RegisterId id = 0;
    std::string name;  // "rax"; of a part without its head: "base"
    std::string meaning;
    unsigned bits = 64;
    std::optional<u64> value;   // absent: unavailable, or a heading for its parts ("gdtr")
    std::optional<u64> before;  // when changed
    bool changed = false;
    std::string symbol;              // of the value as an address; empty when unknown
    std::vector<FieldValue> fields;  // lowest bit first, reserved ones left out
    std::vector<RegisterRow> parts;  // "cs" has "cs.base", "cs.limit", "cs.attributes"

    std::string hex() const;        // "0x0000000000201120", as wide as the register; "unavailable"
    std::string bits_text() const;  // the fields that are not 0: "IF ZF IOPL=3"; empty without fields
};

struct RegisterGroup {
    arch::Group group = arch::Group::General;
    std::string name;
    std::vector<RegisterRow> rows;
};

struct Registers {
    std::string privilege;  // "ring 3"
    std::string mode;       // "64-bit mode"
    unsigned level = 0;     // of privilege, as the architecture numbers them: 3 is ring 3, or M-mode
    bool kernel = false;    // a level at which a kernel runs, or a higher one
    std::vector<RegisterGroup> groups;
    unsigned changed = 0;  // registers, parts counted
    const RegisterRow* find(std::string_view name) const;
};

inline constexpr arch::Group program_groups[] = {arch::Group::General, arch::Group::Flags, arch::Group::Segment};
inline constexpr arch::Group kernel_groups[] = {arch::Group::Control, arch::Group::System, arch::Group::Machine,
                                                arch::Group::Supervisor, arch::Group::Protection};
inline constexpr arch::Group every_group[] = {
    arch::Group::General, arch::Group::Flags,   arch::Group::Segment,    arch::Group::Control,    arch::Group::System,
    arch::Group::Debug,   arch::Group::Machine, arch::Group::Supervisor, arch::Group::Protection, arch::Group::Vector};

Registers registers_view(const target::Snapshot& snapshot, const Symbolizer& symbolizer = {},
                         std::span<const arch::Group> groups = program_groups);
std::string text(const Registers& registers);
std::string json(const Registers& registers);

inline constexpr arch::Group system_groups[] = {arch::Group::Control,    arch::Group::System,  arch::Group::Segment,
                                                arch::Group::Supervisor, arch::Group::Machine, arch::Group::Protection};

// Control, system and segment registers: the same rows, and their text names every bit, set or not.
struct System {
    Registers registers;
};
System system_view(const target::Snapshot& snapshot, const Symbolizer& symbolizer = {});
std::string text(const System& system);
std::string json(const System& system);

// What a field leads to, by the formula in its meaning: "sysretq: CS = (this + 16) | 3" with this = 0x20 gives
// {"sysretq", "CS", "(0x20 + 16) | 3", 0x33}.
struct Derived {
    std::string by, name, formula;
    u64 value = 0;
};
std::vector<Derived> derived_values(const FieldValue& field);

// A word by its layout: reserved fields are left out unless they are not 0. `before` marks what changed.
std::vector<FieldValue> field_values(std::span<const Field> layout, u64 value, std::optional<u64> before = {});
// The one-bit fields that are set, lowest first: "P R/W U/S A".
std::string set_fields(std::span<const Field> layout, u64 value);
}  // namespace ring::view
