#include "answers.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace ring::session {
namespace {
std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json fault_json(const target::FaultStory& story) {
    return {{"fault", story.fault},
            {"pc", text::hex(story.pc)},
            {"sentence", story.sentence},
            {"rule", story.rule},
            {"repair", story.repair}};
}
}  // namespace

lesson::Answer answer(std::string text, const Json& fields) { return {{}, std::move(text), dump(fields)}; }

std::string address_text(const Session& session, VirtAddr at) {
    const std::string label = session.symbols().label(at);
    return label.empty() ? text::hex(at) : fmt::format("{} ({})", text::hex(at), label);
}

lesson::Answer where_it_stands(Session& session) {
    const target::Snapshot& now = session.now();
    const arch::Privilege privilege = now.arch->privilege(now.registers);
    const std::string instruction = session.instruction(now.pc());
    const std::string label = session.symbols().label(now.pc());
    const std::string source = session.symbols().source(now.pc());

    std::string out;
    if (now.stop.kind != target::StopKind::Step || now.stop.sentence != "step")
        out += text::printable(now.stop.sentence) + '\n';
    for (const arch::TransitionRecord& one : now.transitions)
        out += fmt::format("last step: {}, {} micro-steps{}\n", one.name, one.steps.size(),
                           one.faulted ? ", stopped by a fault" : "");
    for (const target::FaultStory& story : now.faults) out += fmt::format("{}: {}\n", story.fault, story.sentence);
    out += fmt::format("step {}  {}  {}{}  {}\n", now.step, privilege.name, text::hex(now.pc()),
                       label.empty() ? "" : " <" + label + ">",
                       instruction.empty() ? "(no instruction can be read here)" : instruction);

    Json json{{"step", text::hex(now.step)},
              {"stop", target::name(now.stop.kind)},
              {"sentence", text::printable(now.stop.sentence)},
              {"privilege", privilege.name},
              {"level", text::hex(privilege.level)},
              {"mode", privilege.mode},
              {"pc", text::hex(now.pc())},
              {"symbol", label},
              {"source", source},
              {"instruction", instruction}};
    if (now.stop.exit_code) json["exit_code"] = text::hex(*now.stop.exit_code);
    if (now.stop.address) json["address"] = text::hex(*now.stop.address);
    json["transitions"] = Json::array();
    for (const arch::TransitionRecord& one : now.transitions) json["transitions"].push_back(one.name);
    json["faults"] = Json::array();
    for (const target::FaultStory& story : now.faults) json["faults"].push_back(fault_json(story));
    return answer(std::move(out), json);
}
}  // namespace ring::session
