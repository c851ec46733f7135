#include "view/micro.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "columns.hpp"
#include "rows_json.hpp"

namespace ring::view {
namespace {
MicroRegister make_register(const arch::Arch& arch, const arch::RegisterNote& note) {
    MicroRegister out;
    out.id = note.id;
    out.before = note.before;
    out.after = note.after;
    out.written = note.written;
    if (note.id >= arch.registers.size()) return out;  // a target's own numbering; the value still stands
    const arch::Register& shape = arch.registers[note.id];
    out.name = shape.name;
    out.bits = shape.bits;
    out.layout = shape.fields;
    out.fields = field_values(shape.fields, note.after, note.written ? std::optional(note.before) : std::nullopt);
    std::erase_if(out.fields, [&](const FieldValue& f) { return note.written ? !f.changed : f.value == 0; });
    return out;
}

MicroRow make_row(const arch::Arch& arch, const arch::MicroRecord& record, unsigned number) {
    MicroRow out;
    out.number = number;
    out.kind = record.kind;
    out.outcome = record.outcome;
    out.text = record.text;
    out.detail = record.detail;
    out.rule = record.rule;
    out.depth = record.depth;
    for (const arch::RegisterNote& note : record.registers) out.registers.push_back(make_register(arch, note));
    for (const arch::MemoryNote& note : record.memory) out.memory.push_back({note});
    out.moves = moves_of(out);
    out.looked = looked_at(out);
    return out;
}

std::string_view outcome_name(arch::Outcome outcome) {
    switch (outcome) {
        case arch::Outcome::Next:
            return "next";
        case arch::Outcome::Done:
            return "done";
        case arch::Outcome::Again:
            return "again";
        case arch::Outcome::Fault:
            return "fault";
    }
    return "";
}

std::string register_text(const MicroRegister& reg) {
    if (!reg.written) return fmt::format("{} = {}", reg.name, text::hex(reg.after));
    if (reg.before == reg.after) return fmt::format("{} stays {}", reg.name, text::hex(reg.after));
    std::string out = fmt::format("{} {} -> {}", reg.name, text::hex(reg.before), text::hex(reg.after));
    std::vector<std::string> moved;
    for (const FieldValue& field : reg.fields)
        moved.push_back(fmt::format("{} {} -> {}", field.name, text::hex(field.before), text::hex(field.value)));
    if (!moved.empty()) out += " (" + joined(moved) + ')';
    return out;
}

std::string memory_text(const arch::MemoryNote& note) {
    const std::string what = note.what.empty() ? fmt::format("{} bytes", note.size) : note.what;
    const std::string where = note.virtual_address ? fmt::format("{} (physical {})", text::hex(*note.virtual_address),
                                                                 text::hex(note.physical))
                                                   : text::hex(note.physical);
    if (!note.written) return fmt::format("{} at {} = {}", what, where, text::hex(note.after));
    return fmt::format("{} at {}: {} -> {}", what, where, text::hex(note.before), text::hex(note.after));
}

Json end_json(const MoveEnd& end) {
    return Json{{"name", end.name},
                {"low", number(u64{end.low})},
                {"width", number(u64{end.width})},
                {"value", number(end.value)}};
}

Json to_json(const MicroRow& row) {
    Json out{{"number", number(u64{row.number})},
             {"kind", std::string(name(row.kind))},
             {"outcome", std::string(outcome_name(row.outcome))},
             {"text", row.text},
             {"rule", row.rule}};
    if (!row.detail.empty()) out["detail"] = row.detail;
    if (row.depth) out["depth"] = number(u64{row.depth});
    if (!row.registers.empty())
        out["registers"] = array(row.registers, [](const MicroRegister& reg) {
            Json one{{"name", reg.name},
                     {"before", number(reg.before)},
                     {"after", number(reg.after)},
                     {"written", reg.written}};
            if (!reg.fields.empty()) one["fields"] = array(reg.fields, [](const FieldValue& f) { return to_json(f); });
            return one;
        });
    if (!row.memory.empty())
        out["memory"] = array(row.memory, [](const MicroMemory& memory) {
            const arch::MemoryNote& note = memory.note;
            return Json{{"virtual", number(note.virtual_address)},
                        {"physical", number(note.physical)},
                        {"size", number(u64{note.size})},
                        {"before", number(note.before)},
                        {"after", number(note.after)},
                        {"written", note.written},
                        {"what", note.what}};
        });
    if (!row.moves.empty())
        out["moves"] = array(row.moves, [](const Move& move) {
            Json one{{"from", array(move.from, [](const MoveEnd& end) { return end_json(end); })},
                     {"to", end_json(move.to)}};
            if (!move.formula.empty()) one["formula"] = move.formula;
            return one;
        });
    return out;
}

Json to_json(const MicroTransition& transition) {
    return Json{{"name", transition.name},
                {"title", transition.title},
                {"citation", transition.citation},
                {"faulted", transition.faulted},
                {"steps", array(transition.rows, [](const MicroRow& row) { return to_json(row); })}};
}
}  // namespace

Micro micro_view(const target::Snapshot& snapshot) {
    Micro out;
    out.step = snapshot.step;
    unsigned number = 0;
    // Faults come in the order of the transitions that raised them; when their numbers differ, none is named.
    const auto faulted = std::ranges::count(snapshot.transitions, true, &arch::TransitionRecord::faulted);
    std::size_t next = static_cast<std::size_t>(faulted) == snapshot.faults.size() ? 0 : snapshot.faults.size();
    for (const arch::TransitionRecord& record : snapshot.transitions) {
        MicroTransition transition{record.name, record.title, record.citation, record.faulted, {}, {}};
        if (record.faulted && next < snapshot.faults.size()) transition.fault = snapshot.faults[next++].fault;
        for (const arch::MicroRecord& step : record.steps)
            transition.rows.push_back(make_row(*snapshot.arch, step, ++number));
        out.transitions.push_back(std::move(transition));
    }
    if (!out.transitions.empty()) return out;
    if (!snapshot.capabilities.transitions)
        out.unavailable = "this target does not tell its micro-steps";
    else if (snapshot.step == 0)
        out.unavailable = "nothing has run yet";
    else
        out.unavailable =
            fmt::format("step {} was an ordinary instruction: nothing privileged happened", snapshot.step);
    return out;
}

std::string text(const MicroRow& row) {
    const std::size_t shift = 2 * row.depth;
    const std::string mark = row.failed() ? "x " : "  ";
    const std::string first = fmt::format("{:{}}{}{:>3} {:<5}  ", "", shift, mark, row.number, name(row.kind));
    const std::size_t hang = first.size();
    std::string out = wrapped(first, row.text, hang);
    const std::string indent(hang + 2, ' ');
    const auto add = [&](std::string_view label, const std::string& said) {
        const std::string head = fmt::format("{:{}}{:<8}", "", hang, label);
        if (!said.empty()) out += wrapped(head, said, head.size());
    };
    if (row.failed())
        add("FAILED", row.detail.empty() ? "the check does not hold" : row.detail);
    else
        add("here", row.detail);
    std::vector<std::string> read;
    for (const MicroRegister& reg : row.registers)
        if (!reg.written) read.push_back(register_text(reg));
    add("reads", joined(read));
    for (const MicroMemory& memory : row.memory)
        add(memory.note.written ? "writes" : "reads", memory_text(memory.note));
    for (const MicroRegister& reg : row.registers)
        if (reg.written) add("writes", register_text(reg));
    for (const Move& move : row.moves)
        if (!move.formula.empty()) add("moves", text(move));
    add("rule", row.rule);
    return out;
}

std::string text(const MicroTransition& transition) {
    std::string out = wrapped(
        "",
        fmt::format("{}: {}{}", transition.name, transition.title, transition.faulted ? " -- stopped by a fault" : ""),
        2);
    if (!transition.citation.empty()) out += wrapped("", transition.citation, 2);
    for (const MicroRow& row : transition.rows) out += text(row);
    return out;
}

std::string text(const Micro& micro) {
    if (!micro.unavailable.empty()) return wrapped("", "no micro-steps: " + micro.unavailable, 2);
    std::string out = fmt::format("step {}\n", micro.step);
    for (const MicroTransition& transition : micro.transitions) out += '\n' + text(transition);
    return out;
}

std::string json(const MicroTransition& transition) { return line(to_json(transition)); }

std::string json(const Micro& micro) {
    Json out{{"step", number(micro.step)}};
    if (!micro.unavailable.empty()) out["unavailable"] = micro.unavailable;
    out["transitions"] = array(micro.transitions, [](const MicroTransition& one) { return to_json(one); });
    return line(Json{{"micro", std::move(out)}});
}
}  // namespace ring::view
