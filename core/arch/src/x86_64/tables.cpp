// GDT, LDT, IDT and TSS as rows: each entry read through the page tables with ring 0's rights, as the CPU would.
// SDM Vol. 3A 3.4.5 "Segment Descriptors", 3.5 "System Descriptor Types", 6.14.1 "64-Bit Mode IDT", 8.7 "Task
// Management in 64-bit Mode".
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "arch/x86_64/arch.hpp"
#include "base/text.hpp"
#include "x86_64/architecture.hpp"

namespace ring::x86_64 {
namespace {
using arch::SystemTable;
using arch::TableEntry;
using arch::TableField;

u64 word_of(const Bytes& raw, std::size_t offset, std::size_t size = 8) {
    u64 value = 0;
    std::memcpy(&value, raw.data() + offset, std::min(size, raw.size() - offset));
    return value;
}

void put_fields(TableEntry& entry, std::span<const Field> layout, u64 word, unsigned shift) {
    for (const Field& field : layout)
        if (!field.reserved())
            entry.fields.push_back(
                {std::string(field.name), field.get(word), std::string(field.meaning), field.low + shift, field.width});
}

void derive(TableEntry& entry, std::string name, u64 value, std::string meaning) {
    entry.fields.push_back({std::move(name), value, std::move(meaning), 0, 0});
}

void refuse(TableEntry& entry, std::string problem) {
    if (!entry.valid) return;  // the first reason is the one that the CPU would meet
    entry.valid = false;
    entry.problem = std::move(problem);
}

TableEntry unreadable(unsigned index, u64 offset, VirtAddr address, const std::string& why) {
    TableEntry entry;
    entry.index = index;
    entry.offset = offset;
    entry.address = address;
    entry.title = "cannot be read";
    refuse(entry, why);
    return entry;
}

// ---- segment descriptors ------------------------------------------------------------------------------------------

// SDM Vol. 3A Table 3-2 "System-Segment and Gate-Descriptor Types". Empty: reserved.
constexpr std::string_view legacy_types[16] = {"",
                                               "available 16-bit TSS",
                                               "LDT",
                                               "busy 16-bit TSS",
                                               "16-bit call gate",
                                               "task gate",
                                               "16-bit interrupt gate",
                                               "16-bit trap gate",
                                               "",
                                               "available 32-bit TSS",
                                               "",
                                               "busy 32-bit TSS",
                                               "32-bit call gate",
                                               "",
                                               "32-bit interrupt gate",
                                               "32-bit trap gate"};
constexpr std::string_view long_types[16] = {"",
                                             "",
                                             "LDT",
                                             "",
                                             "",
                                             "",
                                             "",
                                             "",
                                             "",
                                             "available 64-bit TSS",
                                             "",
                                             "busy 64-bit TSS",
                                             "64-bit call gate",
                                             "",
                                             "64-bit interrupt gate",
                                             "64-bit trap gate"};

// In long mode the descriptors of LDT, TSS and call gates take two slots.
bool two_slots(const Cpu& cpu, u64 low) {
    if (!cpu.long_mode() || descriptor::S.set(low)) return false;
    const u64 type = descriptor::Type.get(low);
    return type == 2 || type == 9 || type == 11 || type == 12;
}

std::string code_title(u64 low) {
    const u64 type = descriptor::Type.get(low);
    const bool wide = descriptor::L.set(low);
    std::string out = wide ? "64-bit code" : descriptor::DB.set(low) ? "32-bit code" : "16-bit code";
    out += fmt::format(", DPL {}", descriptor::DPL.get(low));
    if (!attributes::Readable.set(type)) out += ", execute-only";
    if (attributes::Conforming.set(type)) out += ", conforming";
    return out;
}

std::string data_title(u64 low) {
    const u64 type = descriptor::Type.get(low);
    std::string out = fmt::format("data, DPL {}", descriptor::DPL.get(low));
    out += attributes::Writable.set(type) ? ", writable" : ", read-only";
    if (attributes::ExpandDown.set(type)) out += ", expand-down";
    return out;
}

u64 base_of(u64 low, u64 high) {
    return descriptor::BaseLow.get(low) | descriptor::BaseHigh.get(low) << 24 | descriptor::BaseTop.get(high) << 32;
}

u64 limit_of(u64 low) {
    const u64 limit = descriptor::LimitLow.get(low) | descriptor::LimitHigh.get(low) << 16;
    return descriptor::G.set(low) ? limit << 12 | 0xfff : limit;
}

void describe_segment(TableEntry& entry, const Cpu& cpu, u64 low) {
    const bool code = attributes::Code.set(descriptor::Type.get(low));
    entry.title = code ? code_title(low) : data_title(low);
    derive(entry, "base", base_of(low, 0),
           cpu.long_mode() && descriptor::L.set(low) ? "not used in 64-bit mode" : "first linear address");
    derive(entry, "limit", limit_of(low), "last byte, granularity applied");
    if (code && descriptor::L.set(low) && descriptor::DB.set(low))
        refuse(entry, "L and D are both set, which is reserved: loading CS with it raises #GP");
}

void describe_system(TableEntry& entry, const Cpu& cpu, u64 low, u64 high) {
    const u64 type = descriptor::Type.get(low);
    const std::string_view kind = (cpu.long_mode() ? long_types : legacy_types)[type];
    if (kind.empty()) {
        entry.title = fmt::format("system, type {}", type);
        refuse(entry, fmt::format("type {} of a system descriptor is reserved{}", type,
                                  cpu.long_mode() ? " in long mode" : ""));
        return;
    }
    entry.title = kind;
    if (kind.ends_with("gate")) {
        derive(entry, "selector", gate::Selector.get(low), "code segment of the target");
        derive(entry, "offset",
               gate::OffsetLow.get(low) | gate::OffsetMiddle.get(low) << 16 | gate::OffsetHigh.get(high) << 32,
               "target");
        return;
    }
    const u64 base = base_of(low, high);
    derive(entry, "base", base, "first linear address");
    derive(entry, "limit", limit_of(low), "last byte, granularity applied");
    if (!two_slots(cpu, low)) return;
    if (!canonical(base)) refuse(entry, fmt::format("the base {} is not canonical", text::hex(base)));
    if (high >> 40 & 0x1f) refuse(entry, "bits 12:8 of the last doubleword are not 0: loading it raises #GP");
}

struct User {
    std::string_view name;
    const Segment* segment;
};

std::vector<User> users_of(const Cpu& cpu) {
    return {{"CS", &cpu.segment[CS]}, {"SS", &cpu.segment[SS]}, {"DS", &cpu.segment[DS]}, {"ES", &cpu.segment[ES]},
            {"FS", &cpu.segment[FS]}, {"GS", &cpu.segment[GS]}, {"TR", &cpu.tr},          {"LDTR", &cpu.ldtr}};
}

// The selectors that point here, and what tells the entry from the hidden parts that the CPU really uses.
void mark_users(TableEntry& entry, const Cpu& cpu, bool local, u64 low) {
    const u64 set_by_loading = descriptor::S.set(low) ? 1 : 2;  // the accessed bit of a segment, the busy bit of a TSS
    for (const User& user : users_of(cpu)) {
        const u16 chosen = user.segment->selector;
        const bool same_table = selector::TI.set(chosen) == local && !(local && user.name == "LDTR");
        if (!same_table || selector::Index.get(chosen) != entry.index || (!local && entry.index == 0)) continue;
        if (!entry.in_use.empty()) entry.in_use += ' ';
        entry.in_use += user.name;
        const u64 there = low >> 40 & 0xf0ff & ~set_by_loading;
        const u64 hidden = user.segment->attributes & 0xf0ffu & ~set_by_loading;
        if (there != hidden)
            derive(entry, fmt::format("{}.attributes", user.name), user.segment->attributes,
                   fmt::format("the hidden part of {} is not this entry: it was loaded without reading it (syscall, "
                               "sysret) or the entry has changed since",
                               user.name));
    }
}

TableEntry descriptor_entry(const Cpu& cpu, bool local, unsigned index, VirtAddr address, Bytes raw, bool cut) {
    TableEntry entry;
    entry.index = index;
    entry.offset = u64{8} * index;
    entry.address = address;
    const u64 low = word_of(raw, 0);
    const u64 high = raw.size() > 8 ? word_of(raw, 8) : 0;
    entry.raw = std::move(raw);
    if (low == 0 && high == 0) {
        entry.title = "null";
        mark_users(entry, cpu, local, low);
        return entry;
    }
    put_fields(entry, descriptor::layout, low, 0);
    if (entry.raw.size() > 8) put_fields(entry, descriptor::system_high, high, 64);
    if (descriptor::S.set(low))
        describe_segment(entry, cpu, low);
    else
        describe_system(entry, cpu, low, high);
    if (cut) refuse(entry, "its upper half lies outside the table's limit");
    if (!descriptor::P.set(low)) entry.title += ", not present";
    if (!local && index == 0) entry.title = "null (selector 0 is never looked up): " + entry.title;
    mark_users(entry, cpu, local, low);
    return entry;
}

void put_descriptors(SystemTable& table, const Cpu& cpu, bool local, LinearMemory& memory) {
    const u64 slots = std::min<u64>((table.limit + 1) / 8, 8192);  // a selector has 13 bits of index
    for (u64 index = 0; index < slots; ++index) {
        const VirtAddr address{table.base.value + 8 * index};
        Bytes raw(8);
        if (!memory.read(address, raw)) {
            table.entries.push_back(unreadable(static_cast<unsigned>(index), 8 * index, address, memory.trouble()));
            break;
        }
        const bool wide = two_slots(cpu, word_of(raw, 0));
        const bool cut = wide && index + 1 >= slots;
        if (wide && !cut) {
            raw.resize(16);
            if (!memory.read(address, raw)) raw.resize(8);
        }
        table.entries.push_back(descriptor_entry(cpu, local, static_cast<unsigned>(index), address, raw, cut));
        if (raw.size() == 16) ++index;
    }
}

// ---- gates --------------------------------------------------------------------------------------------------------

std::string vector_name(unsigned vector) {
    for (const arch::Cause& cause : cause_table())
        if (cause.number == vector) return fmt::format("{} {}", cause.mnemonic, cause.name);
    return fmt::format("vector {}", vector);
}

// Why the CPU would refuse to deliver through this gate; what it points at is read, too.
void check_gate(TableEntry& entry, const Cpu& cpu, u64 low, u64 handler, LinearMemory& memory) {
    if (!gate::P.set(low)) return;
    const u64 type = gate::Type.get(low);
    const u64 chosen = gate::Selector.get(low);
    const bool accepted = cpu.long_mode() ? type == 14 || type == 15 : type >= 5 && type != 8 && type < 16;
    if (!accepted || gate::Z44.set(low))
        return refuse(entry, fmt::format("type {} is no interrupt or trap gate", type));
    if (type == 5) return;
    if ((chosen & ~u64{3}) == 0) return refuse(entry, "its selector is null");
    if (cpu.long_mode() && !canonical(handler)) return refuse(entry, "the handler's address is not canonical");
    if (selector::TI.set(chosen)) return;  // into the LDT: shown as it is
    Bytes raw(8);
    const u64 offset = chosen & ~u64{7};
    if (offset + 7 > cpu.gdtr.limit)
        return refuse(entry, fmt::format("its selector {} lies outside the GDT", text::hex(chosen)));
    if (!memory.read(VirtAddr{cpu.gdtr.base + offset}, raw)) return;
    const u64 target = word_of(raw, 0);
    const bool code = descriptor::S.set(target) && attributes::Code.set(descriptor::Type.get(target));
    if (!code || !descriptor::P.set(target))
        return refuse(entry, fmt::format("its selector {} names no present code segment", text::hex(chosen)));
    if (cpu.long_mode() && !(descriptor::L.set(target) && !descriptor::DB.set(target)))
        refuse(entry, fmt::format("its selector {} names no 64-bit code segment", text::hex(chosen)));
}

TableEntry gate_entry(const Cpu& cpu, unsigned vector, u64 size, VirtAddr address, Bytes raw, LinearMemory& memory) {
    TableEntry entry;
    entry.index = vector;
    entry.offset = size * vector;
    entry.address = address;
    const u64 low = word_of(raw, 0);
    const u64 high = size > 8 ? word_of(raw, 8) : 0;
    const u64 handler = gate::OffsetLow.get(low) | gate::OffsetMiddle.get(low) << 16 | gate::OffsetHigh.get(high) << 32;
    entry.raw = std::move(raw);
    const std::string_view kind = (cpu.long_mode() ? long_types : legacy_types)[gate::Type.get(low)];
    entry.title = fmt::format("{}: {} to {}:{}, DPL {}", vector_name(vector), kind.empty() ? "no gate" : kind,
                              text::hex(gate::Selector.get(low)), text::hex(handler), gate::DPL.get(low));
    if (cpu.long_mode() && gate::IST.get(low) != 0) entry.title += fmt::format(", IST {}", gate::IST.get(low));
    if (!gate::P.set(low)) entry.title += ", not present";
    put_fields(entry, gate::layout, low, 0);
    if (size > 8) put_fields(entry, gate::high, high, 64);
    derive(entry, "handler", handler, "linear address of the first instruction");
    check_gate(entry, cpu, low, handler, memory);
    return entry;
}

void put_gates(SystemTable& table, const Cpu& cpu, LinearMemory& memory) {
    const u64 size = cpu.long_mode() ? 16 : 8;
    const u64 gates = std::min<u64>((table.limit + 1) / size, 256);
    for (u64 vector = 0; vector < gates; ++vector) {
        const VirtAddr address{table.base.value + size * vector};
        Bytes raw(size);
        if (!memory.read(address, raw)) {
            table.entries.push_back(
                unreadable(static_cast<unsigned>(vector), size * vector, address, memory.trouble()));
            break;
        }
        if (std::ranges::all_of(raw, [](u8 byte) { return byte == 0; })) continue;
        table.entries.push_back(gate_entry(cpu, static_cast<unsigned>(vector), size, address, std::move(raw), memory));
    }
}

// ---- the task-state segment ---------------------------------------------------------------------------------------

struct TssField {
    std::string_view name;
    u64 offset;
    unsigned size;  // bytes
    std::string_view meaning;
};
// SDM Vol. 3A Figure 8-11 "64-Bit TSS Format" and Figure 8-2 "32-Bit Task-State Segment (TSS)".
constexpr TssField tss64[] = {
    {"RSP0", 4, 8, "stack for entering ring 0"},
    {"RSP1", 12, 8, "stack for entering ring 1"},
    {"RSP2", 20, 8, "stack for entering ring 2"},
    {"IST1", 36, 8, "stack of gates with IST = 1"},
    {"IST2", 44, 8, "stack of gates with IST = 2"},
    {"IST3", 52, 8, "stack of gates with IST = 3"},
    {"IST4", 60, 8, "stack of gates with IST = 4"},
    {"IST5", 68, 8, "stack of gates with IST = 5"},
    {"IST6", 76, 8, "stack of gates with IST = 6"},
    {"IST7", 84, 8, "stack of gates with IST = 7"},
    {"I/O map base", 102, 2, "offset of the I/O permission bitmap"},
};
constexpr TssField tss32[] = {
    {"ESP0", 4, 4, "stack for entering ring 0"},
    {"SS0", 8, 2, "its segment"},
    {"ESP1", 12, 4, "stack for entering ring 1"},
    {"SS1", 16, 2, "its segment"},
    {"ESP2", 20, 4, "stack for entering ring 2"},
    {"SS2", 24, 2, "its segment"},
    {"I/O map base", 102, 2, "offset of the I/O permission bitmap"},
};

std::string tss_meaning(const TssField& field, u64 value, u64 limit) {
    if (field.offset == 102 && value > limit)
        return "beyond the limit: there is no bitmap, so rings above IOPL may use no port";
    return std::string(field.meaning);
}

void put_tss(SystemTable& table, const Cpu& cpu, LinearMemory& memory) {
    unsigned index = 0;
    for (const TssField& field :
         cpu.long_mode() ? std::span<const TssField>(tss64) : std::span<const TssField>(tss32)) {
        TableEntry entry;
        entry.index = index++;
        entry.offset = field.offset;
        entry.address = VirtAddr{table.base.value + field.offset};
        entry.title = field.name;
        entry.raw.resize(field.size);
        if (!memory.read(entry.address, entry.raw)) {
            table.entries.push_back(unreadable(entry.index, field.offset, entry.address, memory.trouble()));
            break;
        }
        const u64 value = word_of(entry.raw, 0, field.size);
        entry.fields.push_back(
            {std::string(field.name), value, tss_meaning(field, value, table.limit), 0, 8 * field.size});
        if (field.offset + field.size - 1 > table.limit)
            refuse(entry, "lies outside the limit of TR");
        else if (field.size == 8 && !canonical(value))
            refuse(entry, fmt::format("{} is not canonical: a push there raises #SS", text::hex(value)));
        table.entries.push_back(std::move(entry));
    }
}

// ---- which tables there are ---------------------------------------------------------------------------------------

// A table of which nothing at all could be read is not shown as one broken row.
void finish(SystemTable& table) {
    if (table.entries.size() != 1 || table.entries[0].title != "cannot be read") return;
    table.unavailable = table.entries[0].problem;
    table.entries.clear();
}

std::string why_not(const arch::RegisterFile& file, Reg base, Reg limit, std::string_view load) {
    const auto at = file.get(id(base));
    const auto size = file.get(id(limit));
    if (!at || !size) return "this target does not tell where it is";
    if (*at == 0 && (*size == 0 || *size == 0xffff))
        return fmt::format("none is loaded: {} has not been executed", load);
    return {};
}
}  // namespace

std::vector<SystemTable> system_tables(const arch::RegisterFile& file, const arch::PhysReader& reader) {
    const Cpu cpu = cpu_of(file);
    LinearMemory memory(cpu, reader);
    std::vector<SystemTable> out;
    const bool real_mode = !cr0::PE.set(cpu.cr0);
    constexpr std::string_view in_real_mode = "the CPU is in real mode, which uses no descriptors";

    SystemTable gdt{"GDT", VirtAddr{cpu.gdtr.base}, cpu.gdtr.limit, {}, {}};
    gdt.unavailable = real_mode ? std::string(in_real_mode) : why_not(file, Reg::gdtr_base, Reg::gdtr_limit, "lgdt");
    if (gdt.unavailable.empty()) put_descriptors(gdt, cpu, false, memory);
    out.push_back(std::move(gdt));

    if (!real_mode && cpu.ldtr.usable()) {
        SystemTable ldt{"LDT", VirtAddr{cpu.ldtr.base}, cpu.ldtr.limit, {}, {}};
        put_descriptors(ldt, cpu, true, memory);
        out.push_back(std::move(ldt));
    }

    SystemTable idt{"IDT", VirtAddr{cpu.idtr.base}, cpu.idtr.limit, {}, {}};
    idt.unavailable = real_mode ? std::string(in_real_mode) : why_not(file, Reg::idtr_base, Reg::idtr_limit, "lidt");
    if (idt.unavailable.empty()) put_gates(idt, cpu, memory);
    out.push_back(std::move(idt));

    SystemTable tss{"TSS", VirtAddr{cpu.tr.base}, cpu.tr.limit, {}, {}};
    if (real_mode)
        tss.unavailable = in_real_mode;
    else if (!file.get(id(Reg::tr_base)) || !file.get(id(Reg::tr_limit)))
        tss.unavailable = "this target does not tell where it is";
    else if (!cpu.tr.usable() || selector::Index.get(cpu.tr.selector) == 0)
        tss.unavailable = "none is loaded: ltr has not been executed";
    else
        put_tss(tss, cpu, memory);
    out.push_back(std::move(tss));
    for (SystemTable& table : out) finish(table);
    return out;
}
}  // namespace ring::x86_64
