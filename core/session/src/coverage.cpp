#include <fmt/format.h>

#include <array>

#include "answers.hpp"
#include "arch/x86_64/instruction.hpp"
#include "session/commands.hpp"

namespace ring::session {
namespace {
enum class By : u8 { MicroSteps, Engine, Nobody };
struct Kind {
    By by;
    std::string_view word, title;
};
constexpr Kind kinds[] = {
    {By::MicroSteps, "micro-steps", "executed by micro-steps of our own"},
    {By::Engine, "engine", "executed by the engine, being unprivileged"},
    {By::Nobody, "nobody yet", "not modelled yet: the machine stops and says so"},
};

By executed_by(const x86_64::Coverage& one) {
    if (one.operation == x86_64::Operation::Engine) return By::Engine;
    return one.operation == x86_64::Operation::NotModelled ? By::Nobody : By::MicroSteps;
}

// "  a, b, c" in lines of at most 100 columns.
std::string filled(const std::vector<std::string>& words) {
    std::string out, line;
    for (const std::string& word : words) {
        if (!line.empty() && line.size() + word.size() > 96) {
            out += "  " + line + ",\n";
            line.clear();
        }
        line += (line.empty() ? "" : ", ") + word;
    }
    return out + "  " + line + "\n";
}
}  // namespace

lesson::Answer coverage() {
    std::string text;
    Json list = Json::array();
    for (const Kind& kind : kinds) {
        std::vector<std::string> words;
        for (const x86_64::Coverage& one : x86_64::coverage()) {
            if (executed_by(one) != kind.by) continue;
            words.push_back(one.condition.empty() ? std::string(one.mnemonic)
                                                  : fmt::format("{} ({})", one.mnemonic, one.condition));
            list.push_back({{"mnemonic", one.mnemonic}, {"executed_by", kind.word}, {"condition", one.condition}});
        }
        if (!words.empty())
            text += fmt::format("{}{} ({}):\n{}", text.empty() ? "" : "\n", kind.title, words.size(), filled(words));
    }
    return answer(std::move(text), Json{{"coverage", std::move(list)}});
}
}  // namespace ring::session
