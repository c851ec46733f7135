// csrrw, csrrs, csrrc and their immediate forms: one list for each CSR, the same checks in the same order, and at the
// end what a write to this one causes. Unprivileged 9 "Zicsr"; Privileged 2.1 "CSR Address Mapping Conventions".
#include <fmt/format.h>

#include <array>
#include <vector>

#include "base/text.hpp"
#include "riscv64/csr_row.hpp"
#include "riscv64/lists.hpp"

namespace ring::riscv64 {
namespace {
bool writes(const Instruction& instruction) { return instruction.action == CsrAction::Write || instruction.rs1 != 0; }

std::string number_text(u16 number) { return text::hex_padded(number, 3); }

Outcome check_exists(Context& context) {
    const u16 number = context.instruction.csr;
    context.note([&] {
        const CsrEntry* const entry = find_csr(number);
        return fmt::format("{} is {}", number_text(number), entry ? entry->name : "no register of this hart");
    });
    return find_csr(number) ? Outcome::Next : context.illegal(Reason::CsrDoesNotExist, number);
}

Outcome check_privilege(Context& context) {
    const u16 number = context.instruction.csr;
    const auto lowest = static_cast<Mode>(number >> 8 & 3);
    context.note([&] {
        return fmt::format("{} needs {}; this is {}", number_text(number), name(lowest), name(context.cpu.mode));
    });
    return context.cpu.mode >= lowest ? Outcome::Next : context.illegal(Reason::CsrPrivilege, number);
}

Outcome check_writable(Context& context) {
    const u16 number = context.instruction.csr;
    const bool write = writes(context.instruction);
    context.note([&] {
        return fmt::format("bits 11:10 of {} are {}; this instruction {}", number_text(number), number >> 10,
                           write ? "writes" : "only reads");
    });
    return write && number >> 10 == 3 ? context.illegal(Reason::CsrReadOnly, number) : Outcome::Next;
}

Outcome check_floats(Context& context, u16) {
    const u64 fs = mstatus::FS.get(context.cpu.mstatus);
    context.note([&] { return fmt::format("mstatus.FS = {}", fs); });
    return fs ? Outcome::Next : context.illegal(Reason::FpuOff, context.cpu.mstatus);
}

Outcome check_counter(Context& context, u16 number) {
    const Cpu& cpu = context.cpu;
    const unsigned bit = number - 0xc00u;
    const u64 machine = cpu.mcounteren >> bit & 1, supervisor = cpu.scounteren >> bit & 1;
    context.note([&] {
        return fmt::format("{}: mcounteren[{}] = {}, scounteren[{}] = {}", name(cpu.mode), bit, machine, bit,
                           supervisor);
    });
    if (cpu.mode == Mode::M) return Outcome::Next;
    if (!machine) return context.illegal(Reason::CounterDisabled, number, 0);
    if (cpu.mode == Mode::U && !supervisor) return context.illegal(Reason::CounterDisabled, number, 1);
    return Outcome::Next;
}

Outcome check_stimecmp(Context& context, u16 number) {
    const Cpu& cpu = context.cpu;
    const bool enabled = envcfg::STCE.set(cpu.menvcfg) && counters::TM.set(cpu.mcounteren);
    context.note([&] {
        return fmt::format("{}: menvcfg.STCE = {}, mcounteren.TM = {}", name(cpu.mode), envcfg::STCE.get(cpu.menvcfg),
                           counters::TM.get(cpu.mcounteren));
    });
    return enabled || cpu.mode == Mode::M ? Outcome::Next : context.illegal(Reason::StimecmpDisabled, number);
}

Outcome check_satp(Context& context, u16) {
    const Cpu& cpu = context.cpu;
    context.note([&] { return fmt::format("{}: mstatus.TVM = {}", name(cpu.mode), mstatus::TVM.get(cpu.mstatus)); });
    const bool trapped = cpu.mode == Mode::S && mstatus::TVM.set(cpu.mstatus);
    return trapped ? context.illegal(Reason::SatpTvm, cpu.mstatus) : Outcome::Next;
}

Outcome check_gate(Context& context) {
    const u16 number = context.instruction.csr;
    switch (find_row(number)->gate) {
        case Gate::Floats:
            return check_floats(context, number);
        case Gate::Counter:
            return check_counter(context, number);
        case Gate::Stimecmp:
            return check_stimecmp(context, number);
        case Gate::Satp:
            return check_satp(context, number);
        default:
            context.note([] { return std::string("nothing switches this one off"); });
            return Outcome::Next;
    }
}

Outcome read_old(Context& context) {
    const Instruction& instruction = context.instruction;
    context.scratch.previous = read_csr(context, instruction.csr);
    context.note([&] {
        return fmt::format(
            "{} = {}{}", find_csr(instruction.csr)->name, text::hex(context.scratch.previous),
            instruction.action == CsrAction::Write && instruction.rd == 0 ? "; rd = x0 does not want it" : "");
    });
    return Outcome::Next;
}

Outcome compute_new(Context& context) {
    const Instruction& instruction = context.instruction;
    const u64 operand = instruction.immediate ? instruction.rs1 : context.cpu.x[instruction.rs1];
    u64& value = context.scratch.value;
    if (!writes(instruction)) {
        context.note([&] { return std::string("nothing: no bit is asked for, so the register is not written"); });
        return Outcome::Next;
    }
    switch (instruction.action) {
        case CsrAction::Write:
            value = operand;
            break;
        case CsrAction::Set:
            value = csr_to_modify(context, instruction.csr) | operand;
            break;
        case CsrAction::Clear:
            value = csr_to_modify(context, instruction.csr) & ~operand;
            break;
    }
    context.note([&] { return fmt::format("operand {}, so {}", text::hex(operand), text::hex(value)); });
    return Outcome::Next;
}

Outcome write_rd(Context& context) {
    const Instruction& instruction = context.instruction;
    if (instruction.rd) context.cpu.x[instruction.rd] = context.scratch.previous;
    context.note([&] {
        if (instruction.rd == 0) return std::string("rd = x0: dropped");
        return fmt::format("{} <- {}", register_name(instruction.rd), text::hex(context.scratch.previous));
    });
    return Outcome::Next;
}

Outcome write_register(Context& context) {
    const u16 number = context.instruction.csr;
    const CsrRow& row = *find_row(number);
    if (!writes(context.instruction)) {
        context.note([] { return std::string("not written"); });
        return Outcome::Done;
    }
    const u64 legal = row.legal(context.cpu, number, context.scratch.value);
    if (row.write) row.write(context, number, legal);
    context.note([&] {
        const u64 asked = context.scratch.value;
        return legal == asked ? fmt::format("{} <- {}", row.entry.name, text::hex(legal))
                              : fmt::format("{} <- {}: {} is not legal as a whole ({})", row.entry.name,
                                            text::hex(legal), text::hex(asked), row.entry.values);
    });
    return Outcome::Done;
}

using enum arch::Kind;
constexpr std::size_t step_count = 8;
constexpr std::array<Step, step_count> common = {{
    {Check,
     "the number names a CSR of this hart",
     "Privileged 2.1 CSR Address Mapping Conventions: else illegal",
     {},
     {},
     check_exists},
    {Check,
     "the mode is at least what bits 9:8 of the number say",
     "Privileged 2.1 CSR Address Mapping Conventions: else illegal",
     {Reg::mode},
     {},
     check_privilege},
    {Check,
     "a CSR whose bits 11:10 are 3 is only read; csrrs and csrrc with rs1 = x0 do not write",
     "Privileged 2.1 CSR Address Mapping Conventions: else illegal",
     {},
     {},
     check_writable},
    {Check,
     "no status bit keeps this mode from the CSR",
     "Privileged 3.1.6.5 Virtualization Support (TVM), 3.1.6.6 Extension Context Status (FS), 3.1.11 and 4.1.5 "
     "Counter-Enable; Sstc 1.0 "
     "2.2: else illegal",
     {Reg::mode, Reg::mstatus, Reg::mcounteren, Reg::scounteren, Reg::menvcfg},
     {},
     check_gate},
    {Read, "read the CSR", "Unprivileged 9.1 CSR Instructions", {}, {}, read_old},
    {Read,
     "the new value: the operand; or the old one with the operand's bits set, or cleared",
     "Unprivileged 9.1 CSR Instructions",
     {},
     {},
     compute_new},
    {Write, "rd <- the old value", "Unprivileged 9.1 CSR Instructions", {}, {}, write_rd},
    {Write, "", "", {}, {}, write_register},
}};

constexpr Step unknown_steps[] = {common[0]};

struct Lists {
    std::vector<std::array<Step, step_count>> steps;
    std::vector<List> lists;
};

const Lists& all_lists() {
    static const Lists all = [] {
        Lists out;
        const std::span<const CsrRow> rows = csr_rows();
        out.steps.reserve(rows.size());  // the spans below point into it
        out.lists.reserve(rows.size());
        for (const CsrRow& row : rows) {
            std::array<Step, step_count>& steps = out.steps.emplace_back(common);
            if (row.entry.reg != Reg::count) steps[4].reads = {row.entry.reg};
            steps[7].text = row.effect;
            steps[7].rule = row.entry.section;
            steps[7].reads = row.reads;
            steps[7].writes = row.writes;
            out.lists.push_back({row.list, row.entry.meaning, {row.entry.section, "", ""}, steps});
        }
        return out;
    }();
    return all;
}
}  // namespace

const List csr_unknown{"csr unknown",
                       "a CSR that this hart does not have",
                       {"Privileged", "2.1", "CSR Address Mapping Conventions"},
                       unknown_steps};

std::span<const List> csr_lists() { return all_lists().lists; }

const List& csr_list_for(u16 number) {
    const CsrRow* const row = find_row(number);
    return row ? csr_lists()[static_cast<std::size_t>(row - csr_rows().data())] : csr_unknown;
}
}  // namespace ring::riscv64
