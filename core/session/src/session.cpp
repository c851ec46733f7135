#include "session/session.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "session/commands.hpp"
#include "timeline/embedded.hpp"
#include "view/disassembly.hpp"

namespace ring::session {
namespace {
view::CodeKind code_kind(arch::Instructions instructions) {
    switch (instructions) {
        case arch::Instructions::X86_16:
            return view::CodeKind::X86_16;
        case arch::Instructions::X86_32:
            return view::CodeKind::X86_32;
        case arch::Instructions::X86_64:
            return view::CodeKind::X86_64;
        case arch::Instructions::RiscV64:
            return view::CodeKind::Riscv64;
    }
    return view::CodeKind::X86_64;
}

// The longest instruction's bytes, as far as they are mapped.
Bytes code_at(const target::Snapshot& now, VirtAddr at) {
    constexpr u64 longest = 15;
    if (std::optional<Bytes> all = now.read(at, longest)) return *all;
    Bytes out;
    while (out.size() < longest) {
        const std::optional<Bytes> one = now.read(VirtAddr{at.value + out.size()}, 1);
        if (!one) break;
        out.push_back((*one)[0]);
    }
    return out;
}

std::optional<view::CodeLine> line_at(const target::Snapshot& now, VirtAddr at) {
    const Bytes code = code_at(now, at);
    if (code.empty()) return std::nullopt;
    return view::Disassembler(code_kind(now.arch->instructions(now.registers))).line(at, code);
}

Result<std::unique_ptr<Session>> start(const Prepared& prepared) {
    Result<SymbolBook> symbols = read_symbols(prepared.parts);
    if (!symbols) return symbols.error();
    Result<std::unique_ptr<target::Target>> target = timeline::boot_embedded(prepared.options);
    if (!target) return target.error().in("starting {}", text::printable(prepared.options.kernel_name));
    return std::make_unique<Session>(std::move(*target), std::move(*symbols), prepared.parts, prepared.warnings);
}

std::vector<std::filesystem::path> folders_of(const std::vector<Part>& parts) {
    std::vector<std::filesystem::path> out;
    for (const Part& part : parts)
        if (part.path.has_parent_path()) out.push_back(part.path.parent_path());
    return out;
}

// The object begins with the command that it answers.
void name_command(lesson::Answer& answer) {
    const std::string command = nlohmann::json(text::printable(answer.command)).dump();
    answer.json = "{\"command\":" + command + (answer.json == "{}" ? "" : ",") + answer.json.substr(1);
}
}  // namespace

Session::Session(std::unique_ptr<target::Target> target, SymbolBook symbols, std::vector<Part> parts,
                 std::vector<std::string> warnings)
    : target_(std::move(target)),
      symbols_(std::move(symbols)),
      parts_(std::move(parts)),
      warnings_(std::move(warnings)),
      sources_(folders_of(parts_), [this](const std::string& file) { return symbols_.lines_of(file); }) {
    surroundings_.symbol = [this](std::string_view name) { return symbols_.find(name); };
    surroundings_.instruction = [this](VirtAddr at) { return instruction(at); };
    surroundings_.file = [this](std::string_view role) -> const elf::File* {
        for (const Part& part : parts_)
            if (part.role == role) return part.file.get();
        return nullptr;
    };
    moved();
}
Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::open(const Spec& spec) {
    Result<Prepared> prepared = prepare(spec);
    if (!prepared) return prepared.error();
    return start(*prepared);
}

Result<std::unique_ptr<Session>> Session::open_lesson(lesson::Lesson lesson, std::string_view variant) {
    const lesson::Variant* chosen = variant.empty() ? nullptr : lesson.variant(variant);
    if (!variant.empty() && !chosen)
        return error("the lesson {} has no variant '{}'", lesson.id, text::printable(variant));
    Result<Prepared> prepared = prepare(lesson, chosen ? chosen->setup : lesson.setup);
    if (!prepared) return prepared.error().in("lesson {}", lesson.id);
    Result<std::unique_ptr<Session>> out = start(*prepared);
    if (!out) return out.error().in("lesson {}", lesson.id);
    Session& session = **out;
    session.lesson_ = std::make_unique<const lesson::Lesson>(std::move(lesson));
    session.player_ = std::make_unique<lesson::Player>(
        *session.lesson_, variant.empty() ? nullptr : session.lesson_->variant(variant), session);
    return out;
}

void Session::moved() {
    const arch::RegisterFile before = std::move(now_.registers);
    now_ = target::take_snapshot(*target_, before);
}

void Session::moved(const target::StopReason& stop) {
    moved();
    now_.stop = stop;
    // The target knows a breakpoint for each place; its user knows one number.
    if (stop.kind != target::StopKind::Breakpoint) return;
    const auto here = std::ranges::find_if(now_.breakpoints, [&](const auto& one) {
        return one.second.kind == target::BreakKind::Address && one.second.address == now_.pc();
    });
    if (here != now_.breakpoints.end() && here->second.part_of)
        now_.stop.sentence = "breakpoint " + std::to_string(*here->second.part_of) + " at " + here->second.label;
}

Result<lesson::Answer> Session::execute(std::string_view line) {
    Words words(line);
    const std::string_view name = words.next();
    if (name.empty()) return error("there is no command; `help` lists them");
    const Command* command = find_command(name);
    if (!command) return error("there is no command '{}'; `help` lists them", text::printable(name));
    const target::Capabilities can = target_->capabilities();
    if (command->needs == Needs::Back && !can.back)
        return error("{}: this target cannot go back in time", command->name);
    if (command->needs == Needs::Console && !can.console) return error("{}: this target has no console", command->name);
    if (command->needs == Needs::Lesson && !player_) return error("{}: no lesson is being played", command->name);
    cancel_ = false;
    Result<lesson::Answer> answer = command->run(*this, words);
    if (!answer) return answer.error().in("{}", command->name);
    answer->command = line;
    name_command(*answer);
    return answer;
}

Result<lesson::Value> Session::value(std::string_view expression) const {
    Result<lesson::Expression> parsed = lesson::Expression::parse(expression);
    if (!parsed) return parsed.error();
    return parsed->evaluate(facts());
}

Result<u64> Session::number(std::string_view expression) const {
    Result<lesson::Expression> parsed = lesson::Expression::parse(expression);
    if (!parsed) return parsed.error();
    return parsed->evaluate_number(facts());
}

Result<VirtAddr> Session::place(std::string_view words) const {
    Result<std::vector<VirtAddr>> all = places(words);
    if (!all) return all.error();
    return all->front();
}

Result<std::vector<VirtAddr>> Session::places(std::string_view words) const {
    Result<u64> at = number(words);
    if (at) return std::vector{VirtAddr{*at}};
    const std::size_t colon = words.rfind(':');
    const bool line = colon != std::string_view::npos && colon + 1 < words.size() &&
                      words.find_first_not_of("0123456789", colon + 1) == std::string_view::npos;
    if (!line) return at.error();
    return symbols_.find_line(words);
}

std::optional<view::SourcePlace> Session::source_place(VirtAddr at) const {
    const std::optional<elf::SourceLine> line = symbols_.line(at);
    if (!line) return std::nullopt;
    return view::SourcePlace{text::printable(line->file), line->line};
}

std::shared_ptr<const view::SourceFile> Session::source_file(const view::SourcePlace& place) const {
    return sources_.open(place.file);
}

Result<lesson::Value> Session::evaluate(const lesson::Expression& expression) { return expression.evaluate(facts()); }

std::string Session::instruction(VirtAddr at) const {
    const std::optional<view::CodeLine> line = line_at(now_, at);
    return line && line->is_instruction ? line->text() : "";
}

u64 Session::instruction_length(VirtAddr at) const {
    const std::optional<view::CodeLine> line = line_at(now_, at);
    return line && line->is_instruction ? line->bytes.size() : 0;
}
}  // namespace ring::session
