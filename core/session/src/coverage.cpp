#include <fmt/format.h>

#include "answers.hpp"
#include "session/commands.hpp"

namespace ring::session {
namespace {
struct Kind {
    arch::Executor by;
    std::string_view word, title;
};
constexpr Kind kinds[] = {
    {arch::Executor::MicroSteps, "micro-steps", "executed by micro-steps of our own"},
    {arch::Executor::Engine, "engine", "executed by the engine, being unprivileged"},
    {arch::Executor::Nobody, "nobody yet", "not modelled yet: the machine stops and says so"},
};

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

lesson::Answer coverage(const arch::Arch& arch) {
    std::string text;
    Json list = Json::array();
    const std::vector<arch::Coverage> all = arch.coverage();
    for (const Kind& kind : kinds) {
        std::vector<std::string> words;
        for (const arch::Coverage& one : all) {
            if (one.by != kind.by) continue;
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
