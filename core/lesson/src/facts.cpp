#include "lesson/facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <sstream>

#include "base/text.hpp"

namespace ring::lesson {
namespace {
using target::Snapshot;

Value bits(u64 raw, std::span<const Field> layout) {
    Value out = number(raw);
    for (const Field& field : layout)
        if (!field.reserved()) out.fields.emplace_back(std::string(field.name), number(field.get(raw)));
    return out;
}

Value record(std::vector<std::pair<std::string, Value>> fields) {
    Value out;
    out.kind = Value::Kind::Record;
    out.fields = std::move(fields);
    return out;
}

std::vector<std::string_view> names_of(std::span<const arch::Level> levels) {
    std::vector<std::string_view> out;
    for (const arch::Level& one : levels) out.push_back(one.name);
    return out;
}

// ---- facts: names without arguments ------------------------------------------------------------------------------

struct Fact {
    FactHelp help;
    Value (*look)(const Snapshot&);
};

Value transition_names(const Snapshot& now) {
    std::string all;
    for (const arch::TransitionRecord& one : now.transitions) all += (all.empty() ? "" : ", ") + one.name;
    return text(all);
}

Value memory_accesses(const Snapshot& now) {
    u64 count = 0;
    for (const arch::TransitionRecord& one : now.transitions)
        for (const arch::MicroRecord& step : one.steps) count += step.memory.size();
    return number(count);
}

template <class Get>
Value of_fault(const Snapshot& now, Get get) {
    return now.last_fault ? text(get(*now.last_fault)) : text("");
}

constexpr Fact facts[] = {
    {{"privilege", "the privilege now, by name: 'ring 3', 'U-mode'"},
     [](const Snapshot& now) { return text(now.arch->privilege(now.registers).name); }},
    {{"ring", "the privilege level now as a number: 0 to 3 on x86-64; 3 in M-, 1 in S-, 0 in U-mode"},
     [](const Snapshot& now) { return number(now.arch->privilege(now.registers).level); }},
    {{"mode", "'64-bit mode', 'compatibility mode', ...; 'Sv39', 'addresses are physical'"},
     [](const Snapshot& now) { return text(now.arch->privilege(now.registers).mode); }},
    {{"pc", "address of the next instruction"}, [](const Snapshot& now) { return number(now.pc().value); }},
    {{"step", "how many steps were taken since the start"}, [](const Snapshot& now) { return number(now.step); }},
    {{"stop", "why the machine stands: 'step', 'breakpoint', 'exited', 'triple fault', ..."},
     [](const Snapshot& now) { return text(std::string(target::name(now.stop.kind))); }},
    {{"exit_code", "what the guest ended the machine with; 0 while it has not"},
     [](const Snapshot& now) { return number(now.stop.exit_code.value_or(0)); }},
    {{"console", "all that the guest has printed"}, [](const Snapshot& now) { return text(now.console); }},
    {{"fault", "the latest fault: '#PF(0x6) at 0x40000010', 'load page fault at 0x0'; '' before the first"},
     [](const Snapshot& now) { return of_fault(now, [](const target::FaultStory& f) { return f.fault; }); }},
    {{"fault_sentence", "why it was raised"},
     [](const Snapshot& now) { return of_fault(now, [](const target::FaultStory& f) { return f.sentence; }); }},
    {{"fault_repair", "the smallest change that would have let it pass"},
     [](const Snapshot& now) { return of_fault(now, [](const target::FaultStory& f) { return f.repair; }); }},
    {{"fault_pc", "address of the instruction that faulted; 0 before the first fault"},
     [](const Snapshot& now) { return number(now.last_fault ? now.last_fault->pc.value : 0); }},
    {{"fault_step", "the step that raised it; 0 before the first fault"},
     [](const Snapshot& now) { return number(now.last_fault ? now.last_fault->step : 0); }},
    {{"faults", "how many faults the last step raised"}, [](const Snapshot& now) { return number(now.faults.size()); }},
    {{"transitions", "what the last step did besides plain execution: 'sysretq', 'page walk, exception', ..."},
     transition_names},
    {{"micro_memory", "how many memory accesses its micro-steps made"}, memory_accesses},
};

// ---- functions ---------------------------------------------------------------------------------------------------

using Arguments = std::vector<Value>;

Result<u64> number_at(const Arguments& arguments, std::size_t i) {
    if (i >= arguments.size() || arguments[i].kind != Value::Kind::Number)
        return error("argument {} is to be a number", i + 1);
    return arguments[i].number;
}
Result<std::string> text_at(const Arguments& arguments, std::size_t i) {
    if (i >= arguments.size() || arguments[i].kind != Value::Kind::Text)
        return error("argument {} is to be a text in single quotes", i + 1);
    return arguments[i].text;
}

Result<Value> memory(const Snapshot& now, const Arguments& arguments) {
    Result<u64> at = number_at(arguments, 0), size = number_at(arguments, 1);
    if (!at) return at.error();
    if (!size) return size.error();
    if (*size == 0 || *size > 8) return error("memory() reads 1 to 8 bytes as one number");
    const std::optional<Bytes> bytes = now.read(VirtAddr{*at}, *size);
    if (!bytes) return error("{} is not mapped", ring::text::hex(*at));
    u64 value = 0;
    for (std::size_t i = bytes->size(); i-- > 0;) value = value << 8 | (*bytes)[i];
    return number(value);
}

Result<Value> guest_string(const Snapshot& now, const Arguments& arguments) {
    Result<u64> at = number_at(arguments, 0);
    if (!at) return at.error();
    std::string out;
    for (u64 i = 0; i < 256; ++i) {
        const std::optional<Bytes> byte = now.read(VirtAddr{*at + i}, 1);
        if (!byte) return error("{} is not mapped", ring::text::hex(*at + i));
        if ((*byte)[0] == 0) break;
        out += static_cast<char>((*byte)[0]);
    }
    return text(out);
}

Result<arch::Walk> take_walk(const Snapshot& now, const Arguments& arguments, std::size_t access_at) {
    Result<u64> at = number_at(arguments, 0);
    if (!at) return at.error();
    AccessWords words;
    if (arguments.size() > access_at) {
        Result<std::string> named = text_at(arguments, access_at);
        if (!named) return named.error();
        Result<AccessWords> parsed = access_words(*named, *now.arch);
        if (!parsed) return parsed.error();
        words = *parsed;
    }
    return now.arch->walk(now.registers, VirtAddr{*at}, words.access, words.level, now.memory);
}

Result<Value> walk(const Snapshot& now, const Arguments& arguments) {
    Result<arch::Walk> walked = take_walk(now, arguments, 1);
    if (!walked) return walked.error();
    std::string table, field;
    for (const arch::WalkLevel& level : walked->levels)
        if (level.failed) table = level.table, field = level.failing_field;
    return record({{"ok", truth(walked->ok)},
                   {"physical", number(walked->physical.value)},
                   {"page_size", number(walked->page_size)},
                   {"levels", number(walked->levels.size())},
                   {"writable", truth(walked->writable)},
                   {"user", truth(walked->user)},
                   {"executable", truth(walked->executable)},
                   {"fault", text(walked->fault)},
                   {"table", text(table)},
                   {"field", text(field)},
                   {"verdict", text(walked->verdict)}});
}

Result<Value> entry(const Snapshot& now, const Arguments& arguments) {
    Result<std::string> table = text_at(arguments, 1);
    if (!table) return table.error();
    Result<arch::Walk> walked = take_walk(now, {arguments[0]}, 1);
    if (!walked) return walked.error();
    for (const arch::WalkLevel& level : walked->levels)
        if (level.table == *table) return bits(level.entry, level.layout);
    return error("the walk of {} has no entry in a {}", ring::text::hex(walked->address), *table);
}

Value table_entry(const arch::TableEntry& found) {
    std::vector<std::pair<std::string, Value>> fields;
    for (const arch::TableField& field : found.fields) fields.emplace_back(field.name, number(field.value));
    fields.emplace_back("title", text(found.title));
    fields.emplace_back("valid", truth(found.valid));
    fields.emplace_back("in_use", text(found.in_use));
    u64 raw = 0;
    for (std::size_t i = std::min<std::size_t>(8, found.raw.size()); i-- > 0;) raw = raw << 8 | found.raw[i];
    fields.emplace_back("raw", number(raw));
    return record(std::move(fields));
}

template <class Matches>
Result<Value> in_table(const Snapshot& now, std::string_view name, u64 wanted, Matches matches) {
    for (const arch::SystemTable& table : now.arch->tables(now.registers, now.memory)) {
        if (table.name != name) continue;
        if (!table.unavailable.empty()) return error("the {} is unavailable: {}", name, table.unavailable);
        for (const arch::TableEntry& one : table.entries)
            if (matches(one)) return table_entry(one);
        return error("the {} has no entry {}", name, ring::text::hex(wanted));
    }
    return error("{} has no {}", now.arch->name, name);
}

Result<Value> gdt(const Snapshot& now, const Arguments& arguments) {
    Result<u64> selector = number_at(arguments, 0);
    if (!selector) return selector.error();
    const u64 offset = *selector & 0xfff8;  // without RPL and TI
    return in_table(now, "GDT", *selector, [&](const arch::TableEntry& one) { return one.offset == offset; });
}

Result<Value> idt(const Snapshot& now, const Arguments& arguments) {
    Result<u64> vector = number_at(arguments, 0);
    if (!vector) return vector.error();
    return in_table(now, "IDT", *vector, [&](const arch::TableEntry& one) { return one.index == *vector; });
}

// The fields of all its entries: RSP0 to RSP2, IST1 to IST7.
Result<Value> tss(const Snapshot& now, const Arguments&) {
    for (const arch::SystemTable& table : now.arch->tables(now.registers, now.memory)) {
        if (table.name != "TSS") continue;
        if (!table.unavailable.empty()) return error("the TSS is unavailable: {}", table.unavailable);
        std::vector<std::pair<std::string, Value>> fields;
        for (const arch::TableEntry& one : table.entries)
            for (const arch::TableField& field : one.fields) fields.emplace_back(field.name, number(field.value));
        return record(std::move(fields));
    }
    return error("{} has no TSS", now.arch->name);
}

// A table by its name, and an entry by its number.
Result<Value> table(const Snapshot& now, const Arguments& arguments) {
    Result<std::string> name = text_at(arguments, 0);
    Result<u64> number = number_at(arguments, 1);
    if (!name) return name.error();
    if (!number) return number.error();
    return in_table(now, *name, *number, [&](const arch::TableEntry& one) { return one.index == *number; });
}

// What a cause register says, or a vector. An interrupt is marked in bit 63 there, and by the architecture's own bit
// in the number of a cause.
Result<Value> cause(const Snapshot& now, const Arguments& arguments) {
    Result<u64> number = number_at(arguments, 0);
    if (!number) return number.error();
    const bool interrupt = *number >> 63 != 0;
    const u64 code = *number & ~(u64{1} << 63);
    if (code >= 128 || (interrupt && now.arch->interrupt_bit == 0))
        return text(fmt::format("vector {}", ring::text::hex(*number)));
    return text(arch::cause_name(*now.arch, static_cast<unsigned>(code) | (interrupt ? now.arch->interrupt_bit : 0)));
}

// How the micro-step of the last step went whose text contains the words.
Result<Value> micro(const Snapshot& now, const Arguments& arguments) {
    Result<std::string> words = text_at(arguments, 0);
    if (!words) return words.error();
    for (const arch::TransitionRecord& transition : now.transitions)
        for (const arch::MicroRecord& step : transition.steps)
            if (step.text.find(*words) != std::string::npos)
                return text(step.outcome == arch::Outcome::Fault ? "failed" : "done");
    return text("");
}

Result<Value> count(const Snapshot& now, const Arguments& arguments) {
    Result<std::string> kind = text_at(arguments, 0);
    if (!kind) return kind.error();
    const auto of_kind = [&](const target::Event& event) { return target::name(event.kind) == *kind; };
    return number(static_cast<u64>(std::ranges::count_if(now.events, of_kind)));
}

// ---- the files that run -------------------------------------------------------------------------------------------

Result<const elf::File*> file_named(const Surroundings& around, const Arguments& arguments) {
    Result<std::string> role = text_at(arguments, 0);
    if (!role) return role.error();
    const elf::File* found = around.file ? around.file(*role) : nullptr;
    if (!found || !found->recognised()) return error("there is no ELF file '{}'", ring::text::printable(*role));
    return found;
}

Result<Value> file(const Surroundings& around, const Arguments& arguments) {
    Result<const elf::File*> found = file_named(around, arguments);
    if (!found) return found.error();
    const auto loads = std::ranges::count_if((*found)->segments(), &elf::Segment::is_load);
    return record({{"entry", number((*found)->header().entry())},
                   {"headers", number((*found)->segments().size())},
                   {"loads", number(static_cast<u64>(loads))},
                   {"issues", number((*found)->issues().size())}});
}

Result<Value> segment(const Surroundings& around, const Arguments& arguments) {
    Result<const elf::File*> found = file_named(around, arguments);
    if (!found) return found.error();
    Result<u64> index = number_at(arguments, 1);
    if (!index) return index.error();
    if (*index >= (*found)->segments().size()) return error("there is no program header {}", *index);
    const elf::Segment& one = (*found)->segments()[*index];
    return record({{"type", text(elf::segment_type_name(one.type(), (*found)->machine()))},
                   {"flags", text(elf::rwx(one.flags()))},
                   {"offset", number(one.offset())},
                   {"vaddr", number(one.vaddr())},
                   {"filesz", number(one.filesz())},
                   {"memsz", number(one.memsz())}});
}

struct FileFunction {
    std::string_view name;
    FactHelp help;
    std::size_t arguments;
    Result<Value> (*look)(const Surroundings&, const Arguments&);
};
constexpr FileFunction file_functions[] = {
    {"file", {"file('user')", "the ELF file of the program, or 'kernel': .entry .headers .loads .issues"}, 1, file},
    {"segment",
     {"segment('user', 1)", "one of its program headers: .type .flags .offset .vaddr .filesz .memsz"},
     2,
     segment},
};

struct Function {
    std::string_view name;
    FactHelp help;
    std::size_t least, most;  // arguments
    Result<Value> (*look)(const Snapshot&, const Arguments&);
};

constexpr Function functions[] = {
    {"memory", {"memory(address, size)", "1 to 8 bytes as a number, through the page tables"}, 2, 2, memory},
    {"string", {"string(address)", "the text there, up to its zero byte"}, 1, 1, guest_string},
    {"walk",
     {"walk(address, 'user write')",
      "the page walk: .ok .physical .page_size .levels .writable .user .executable .fault .table .field .verdict"},
     1,
     2,
     walk},
    {"entry",
     {"entry(address, 'PD')", "an entry of the walk ('level 0' on RISC-V), with its bits: .P .R .U .A .D .XD ..."},
     2,
     2,
     entry},
    {"gdt", {"gdt(selector)", "a descriptor: .title .type .DPL .P .L ... .raw"}, 1, 1, gdt},
    {"idt", {"idt(vector)", "a gate: .title .selector .IST .DPL .P ..."}, 1, 1, idt},
    {"tss", {"tss()", "the task state segment: .RSP0 .IST1 ..."}, 0, 0, tss},
    {"table", {"table('PMP', 0)", "an entry of any table: .title .valid .raw, and its fields"}, 2, 2, table},
    {"cause", {"cause($scause)", "the name of a cause: 'load page fault', '#PF (Page Fault)'"}, 1, 1, cause},
    {"micro",
     {"micro('EFER.SCE')", "the last step's micro-step with these words: 'done', 'failed', '' when there is none"},
     1,
     1,
     micro},
    {"count", {"count('privilege')", "how many events of that kind there were"}, 1, 1, count},
};
}  // namespace

Result<Value> Facts::named_register(std::string_view name) const {
    const std::optional<arch::RegisterId> id = arch::find_register(*now_.arch, name);
    if (!id) return error("{} has no register '{}'", now_.arch->name, ring::text::printable(name));
    const std::optional<u64> value = now_.registers.get(*id);
    if (!value) return error("{} is unavailable on this target", now_.arch->registers[*id].name);
    return bits(*value, now_.arch->registers[*id].fields);
}

Result<Value> Facts::named(std::string_view name) const {
    if (name == "instruction") return text(around_.instruction ? around_.instruction(now_.pc()) : "");
    for (const Fact& fact : facts)
        if (fact.help.name == name) return fact.look(now_);
    if (!around_.symbol) return error("there is no symbol '{}'", ring::text::printable(name));
    Result<VirtAddr> address = around_.symbol(name);
    if (!address) return address.error();
    return number(address->value);
}

Result<Value> Facts::call(std::string_view wanted, const std::vector<Value>& arguments) const {
    for (const Function& function : functions) {
        if (function.name != wanted) continue;
        if (arguments.size() < function.least || arguments.size() > function.most)
            return error("it is used as {}", function.help.name);
        Result<Value> value = function.look(now_, arguments);
        if (!value) return value.error().in("{}()", wanted);
        return value;
    }
    for (const FileFunction& function : file_functions) {
        if (function.name != wanted) continue;
        if (arguments.size() != function.arguments) return error("it is used as {}", function.help.name);
        Result<Value> value = function.look(around_, arguments);
        if (!value) return value.error().in("{}()", wanted);
        return value;
    }
    return error("there is no function '{}'", ring::text::printable(wanted));
}

Result<AccessWords> access_words(std::string_view words, const arch::Arch& arch) {
    AccessWords out;
    const auto level_named = [&arch](const std::string& name) {
        return std::ranges::find_if(arch.levels, [&](const arch::Level& one) {
            return std::ranges::equal(
                one.name, name, [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
        });
    };
    std::istringstream in{std::string(words)};
    for (std::string word; in >> word;) {
        if (word == "r" || word == "read") {
            out.access = arch::Access::Read;
        } else if (word == "w" || word == "write") {
            out.access = arch::Access::Write;
        } else if (word == "x" || word == "execute") {
            out.access = arch::Access::Execute;
        } else if (word == "user") {
            out.level = arch.levels.back().number;
        } else {
            // A level's name is one word ("S-mode") or two ("ring 3").
            auto found = level_named(word);
            std::string second;
            if (found == arch.levels.end() && in >> second) found = level_named(word + ' ' + second);
            if (found == arch.levels.end())
                return error("'{}' is no access; there are read, write, execute, user, {}", ring::text::printable(word),
                             fmt::join(names_of(arch.levels), ", "));
            out.level = found->number;
        }
    }
    return out;
}

std::span<const FactHelp> fact_help() {
    static const std::vector<FactHelp> all = [] {
        std::vector<FactHelp> out;
        for (const Fact& fact : facts) out.push_back(fact.help);
        out.push_back({"instruction", "the next instruction as text"});
        for (const Function& function : functions) out.push_back(function.help);
        for (const FileFunction& function : file_functions) out.push_back(function.help);
        return out;
    }();
    return all;
}
}  // namespace ring::lesson
