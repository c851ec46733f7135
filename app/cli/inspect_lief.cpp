#include <fmt/ostream.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "base/text.hpp"
#include "elf/lief_worker.hpp"
#include "inspect_parts.hpp"

namespace ring::cli {
namespace {
using Json = nlohmann::ordered_json;

Result<Json> ask_deep(const std::filesystem::path& path) {
    Result<std::string> answer = elf::LiefWorker::beside_this_program().deep(path);
    if (!answer) return answer.error();
    Json out = Json::parse(*answer, nullptr, false);
    if (!out.is_object()) return error("LIEF's answer cannot be read");
    return out;
}

// The parts of the answer as lists: what a part is called, and the keys that are printed of each entry.
struct Part {
    const char* name;
    std::vector<const char*> keys;
};
const Part parts[] = {
    {"symbols", {"value", "size", "type_name", "binding_name", "table", "name"}},
    {"relocations", {"address", "type", "type_name", "addend", "symbol"}},
    {"dynamic", {"tag", "value", "tag_name"}},
    {"notes", {"type", "name", "description"}},
};

}  // namespace

Json deep_json(const std::filesystem::path& path) {
    Result<Json> answer = ask_deep(path);
    return answer ? std::move(*answer) : Json{{"error", answer.error().sentence()}};
}

void print_deep(const std::filesystem::path& path, std::ostream& out) {
    const Result<Json> answer = ask_deep(path);
    if (!answer) {
        fmt::print(out, "\n{}\n", answer.error().sentence());
        return;
    }
    for (const Part& part : parts) {
        const Json& entries = (*answer)[part.name];
        fmt::print(out, "\n{} (by LIEF): {}\n", part.name, entries.size());
        for (const Json& entry : entries) {
            std::string line = " ";
            for (const char* key : part.keys) line += fmt::format(" {:<18}", entry.value(key, ""));
            line.erase(line.find_last_not_of(' ') + 1);
            out << line << '\n';
        }
    }
}
}  // namespace ring::cli
