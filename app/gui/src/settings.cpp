#include "settings.hpp"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/file.hpp"

namespace ring::gui {
namespace {
namespace fs = std::filesystem;
using Json = nlohmann::json;
constexpr u64 most_bytes = 1_MiB;
constexpr std::size_t most_recent = 12, most_lessons = 200, longest = 4096;

fs::path folder(const char* variable, const char* usual) {
    const auto value = [](const char* name) { return std::string(std::getenv(name) ? std::getenv(name) : ""); };
    const std::string set = value(variable), home = value("HOME");
    if (set.starts_with('/')) return fs::path(set) / "ringscope";  // XDG: what is relative is to be ignored
    return home.empty() ? fs::path() : fs::path(home) / usual / "ringscope";
}

Json read(const fs::path& path) {
    const Result<Bytes> bytes = read_file(path, most_bytes);
    if (!bytes) return Json::object();
    Json out = Json::parse(bytes->begin(), bytes->end(), nullptr, false);
    return out.is_object() ? out : Json::object();
}

std::string text(const Json& from, const char* key, std::string other) {
    const auto place = from.find(key);
    if (place == from.end() || !place->is_string() || place->get_ref<const std::string&>().size() > longest)
        return other;
    return place->get<std::string>();
}

double number(const Json& from, const char* key, double least, double most, double other) {
    const auto place = from.find(key);
    if (place == from.end() || !place->is_number()) return other;
    const double value = place->get<double>();
    return value >= least && value <= most ? value : other;
}

Status write(const fs::path& path, const Json& json) {
    std::error_code failed;
    fs::create_directories(path.parent_path(), failed);
    const std::string out = json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
    return write_file(path, {reinterpret_cast<const u8*>(out.data()), out.size()});
}
}  // namespace

void Settings::remember(const std::string& what) {
    std::erase(recent, what);
    recent.insert(recent.begin(), what);
    if (recent.size() > most_recent) recent.resize(most_recent);
}

Folders user_folders() { return {folder("XDG_CONFIG_HOME", ".config"), folder("XDG_STATE_HOME", ".local/state")}; }

Settings read_settings(const Folders& folders) {
    Settings out;
    const Json config = folders.config.empty() ? Json::object() : read(folders.config / "settings.json");
    out.theme = text(config, "theme", out.theme);
    out.scale = static_cast<float>(number(config, "scale", 0.5, 4, 0));
    out.width = static_cast<int>(number(config, "width", 320, 16384, 0));
    out.height = static_cast<int>(number(config, "height", 240, 16384, 0));
    out.preset = text(config, "preset", out.preset);
    out.pace = static_cast<float>(number(config, "pace", 0.1, 10, 1));
    if (const auto layouts = config.find("layouts"); layouts != config.end() && layouts->is_object())
        for (const auto& [name, layout] : layouts->items())
            if (layout.is_string() && name.size() < 64 && out.layouts.size() < 32)
                out.layouts[name] = layout.get<std::string>().substr(0, longest);
    const Json state = folders.state.empty() ? Json::object() : read(folders.state / "history.json");
    if (const auto recent = state.find("recent"); recent != state.end() && recent->is_array())
        for (const Json& one : *recent)
            if (one.is_string() && one.get_ref<const std::string&>().size() < longest &&
                out.recent.size() < most_recent)
                out.recent.push_back(one.get<std::string>());
    if (const auto lessons = state.find("lessons"); lessons != state.end() && lessons->is_object())
        for (const auto& [id, steps] : lessons->items())
            if (steps.is_number_unsigned() && steps.get<u64>() < 10'000 && out.lessons.size() < most_lessons)
                out.lessons[id] = steps.get<unsigned>();
    return out;
}

Status write_settings(const Folders& folders, const Settings& settings) {
    if (folders.config.empty() || folders.state.empty()) return Ok{};
    const Json config{{"theme", settings.theme},   {"scale", settings.scale},   {"width", settings.width},
                      {"height", settings.height}, {"preset", settings.preset}, {"layouts", settings.layouts},
                      {"pace", settings.pace}};
    if (Status written = write(folders.config / "settings.json", config); !written) return written;
    return write(folders.state / "history.json", Json{{"recent", settings.recent}, {"lessons", settings.lessons}});
}
}  // namespace ring::gui
