// From the YAML tree to a Lesson: every key is known by name, everything else is an error with its line.
#include "lesson/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "arch/arch.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "lesson/markdown.hpp"
#include "prose.hpp"
#include "yaml_tree.hpp"

namespace ring::lesson {
namespace {
using yaml::Node;
constexpr const char* yaml_file = "lesson.yaml";
constexpr const char* prose_file = "lesson.md";
constexpr std::size_t most_steps = 200, most_variants = 50, most_words_bytes = 300;
constexpr std::size_t most_ids = 16, most_id_bytes = 64;  // of a step's point and panels

template <class... Args>
Error at(unsigned line, fmt::format_string<Args...> what, Args&&... args) {
    return Error(to_text({yaml_file, line}) + ": " + fmt::format(what, std::forward<Args>(args)...));
}

const Node* find(const Node& map, std::string_view key) {
    for (const auto& [name, value] : map.keys)
        if (name == key) return &value;
    return nullptr;
}

// A word that becomes part of a path or of an identifier.
bool plain_name(std::string_view name) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    };
    return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, plain);
}

class Reader {
  public:
    Reader(Prose& prose, const LoadOptions& options) : prose_(prose), options_(options) {}

    Result<Lesson> lesson(const Node& root) {
        Lesson out;
        if (Status s = only_keys(root, "a lesson",
                                 {"id", "title", "summary", "machine", "kernel", "words", "modules", "arguments",
                                  "files", "shell", "steps", "variants"});
            !s)
            return s.error();
        if (Status s = scalar(root, "id", out.id, Need::Yes); !s) return s.error();
        if (!plain_name(out.id)) return at(root.line, "id is to be a word of letters, digits, '-' and '_'");
        if (Status s = scalar(root, "title", out.title, Need::Yes); !s) return s.error();
        if (Status s = scalar(root, "summary", out.summary, Need::Yes); !s) return s.error();
        out.introduction = prose_.introduction;
        if (Status s = machine(root, out.machine); !s) return s.error();
        if (Status s = setup(root, out.setup); !s) return s.error();
        if (out.setup.kernel.name.empty()) return at(root.line, "the lesson names no kernel");
        if (Status s = steps(root, out.steps); !s) return s.error();
        if (Status s = variants(root, out); !s) return s.error();
        for (const Section& section : prose_.sections)
            if (!section.used)
                return error("{}: no step has the title '{}'", to_text({prose_file, section.line}),
                             text::printable(section.title));
        return out;
    }

  private:
    enum class Need : bool { No, Yes };

    static Status only_keys(const Node& node, std::string_view what, std::initializer_list<std::string_view> known) {
        if (node.kind != Node::Kind::Map) return at(node.line, "{} is to be written as keys and values", what);
        for (const auto& [key, value] : node.keys)
            if (std::ranges::find(known, key) == known.end())
                return at(value.line, "{} has no '{}'; it has {}", what, text::printable(key),
                          fmt::join(known.begin(), known.end(), ", "));
        return Ok{};
    }

    static Status scalar(const Node& map, std::string_view key, std::string& out, Need need) {
        const Node* found = find(map, key);
        if (!found || found->kind == Node::Kind::Null) {
            if (need == Need::Yes) return at(map.line, "'{}' is missing", key);
            return Ok{};
        }
        if (found->kind != Node::Kind::Scalar) return at(found->line, "'{}' is to be a text", key);
        out = found->scalar;
        if (need == Need::Yes && out.empty()) return at(found->line, "'{}' is empty", key);
        return Ok{};
    }

    static Status yes_or_no(const Node& map, std::string_view key, bool& out) {
        std::string word;
        if (Status s = scalar(map, key, word, Need::No); !s) return s;
        if (!word.empty() && word != "yes" && word != "no") return at(map.line, "'{}' is yes or no", key);
        if (!word.empty()) out = word == "yes";
        return Ok{};
    }

    // One text, or a list of texts.
    static Result<std::vector<const Node*>> texts(const Node& map, std::string_view key) {
        std::vector<const Node*> out;
        const Node* found = find(map, key);
        if (!found || found->kind == Node::Kind::Null) return out;
        if (found->kind == Node::Kind::Scalar) return std::vector<const Node*>{found};
        if (found->kind != Node::Kind::Sequence) return at(found->line, "'{}' is to be a text or a list of texts", key);
        for (const Node& item : found->items) {
            if (item.kind != Node::Kind::Scalar) return at(item.line, "'{}' is to be a list of texts", key);
            out.push_back(&item);
        }
        return out;
    }

    Status machine(const Node& root, Machine& out) {
        const Node* node = find(root, "machine");
        if (!node) return Ok{};
        if (Status s = only_keys(*node, "machine", {"arch", "ram", "cpu", "svade"}); !s) return s;
        std::string ram, cpu;
        if (Status s = scalar(*node, "arch", out.arch, Need::No); !s) return s;
        const arch::Arch* const known = arch::find_architecture(out.arch);
        if (!known)
            return at(node->line, "arch '{}' is not known; there are {}", text::printable(out.arch),
                      arch::architecture_names());
        if (Status s = scalar(*node, "cpu", cpu, Need::No); !s) return s;
        if (Status s = yes_or_no(*node, "svade", out.svade); !s) return s;
        if (!cpu.empty() && cpu != "intel" && cpu != "amd") return at(node->line, "cpu is intel or amd");
        out.amd = cpu == "amd";
        for (const std::string_view option : {cpu.empty() ? "" : "cpu", out.svade ? "svade" : ""})
            if (!option.empty() && std::ranges::find(known->options, option) == known->options.end())
                return at(node->line, "{} has no option '{}'", out.arch, option);
        if (Status s = scalar(*node, "ram", ram, Need::No); !s) return s;
        if (!ram.empty()) {
            u64 mib = 0;
            const std::size_t digits = std::min(ram.find_first_not_of("0123456789"), ram.size());
            if (digits >= 1 && digits <= 4) mib = std::stoull(ram.substr(0, digits));
            if (ram.substr(digits) != " MiB" || mib < 4 || mib > 1024)
                return at(node->line, "ram is to be between '4 MiB' and '1024 MiB'");
            out.ram_bytes = mib * 1_MiB;
        }
        return Ok{};
    }

    static Result<Guest> guest(const Node& node) {
        Guest out;
        out.name = node.scalar;
        out.place = {yaml_file, node.line};
        out.known = plain_name(out.name);
        const std::filesystem::path path(out.name);
        const bool leaves = path.is_absolute() || std::ranges::find(path, "..") != path.end();
        if (!out.known && (leaves || out.name.empty() || out.name.size() > 200))
            return at(node.line, "'{}' is neither a known name nor a file below the lesson's folder",
                      text::printable(out.name));
        return out;
    }

    // What a variant does not say is the lesson's.
    Status setup(const Node& map, Setup& out) {
        if (const Node* kernel = find(map, "kernel")) {
            if (kernel->kind != Node::Kind::Scalar) return at(kernel->line, "'kernel' is to be a name");
            Result<Guest> read = guest(*kernel);
            if (!read) return read.error();
            out.kernel = *read;
        }
        if (Status s = scalar(map, "words", out.words, Need::No); !s) return s;
        if (find(map, "modules")) {
            Result<std::vector<const Node*>> names = texts(map, "modules");
            if (!names) return names.error();
            if (names->size() > 8) return at(map.line, "there are more than 8 modules");
            out.modules.clear();
            for (const Node* name : *names) {
                Result<Guest> read = guest(*name);
                if (!read) return read.error();
                out.modules.push_back(*read);
            }
        }
        if (find(map, "arguments")) {
            Result<std::vector<const Node*>> words = texts(map, "arguments");
            if (!words) return words.error();
            out.arguments.clear();
            for (const Node* word : *words) out.arguments.push_back(word->scalar);
        }
        if (const Node* files = find(map, "files")) {
            if (files->kind != Node::Kind::Scalar) return at(files->line, "'files' is to be a folder's name");
            Result<Guest> read = guest(*files);
            if (!read) return read.error();
            out.files = *read;
        }
        if (Status s = yes_or_no(map, "shell", out.shell); !s) return s;
        return Ok{};
    }

    Status commands(const Node& map, std::string_view key, std::string_view prefix, std::vector<Command>& out) {
        Result<std::vector<const Node*>> lines = texts(map, key);
        if (!lines) return lines.error();
        for (const Node* line : *lines) {
            Command command{std::string(prefix) + line->scalar, {yaml_file, line->line}};
            if (command.words.size() > most_words_bytes) return at(line->line, "a command is too long");
            if (options_.check_command)
                if (Status s = options_.check_command(command.words); !s)
                    return Error(to_text(command.place) + ": " + s.error().sentence());
            out.push_back(std::move(command));
        }
        return Ok{};
    }

    // Ids of the window's: what a step points at.
    static Status ids(const Node& map, std::string_view key, std::vector<std::string>& out) {
        Result<std::vector<const Node*>> list = texts(map, key);
        if (!list) return list.error();
        if (list->size() > most_ids) return at(map.line, "'{}' names more than {}", key, most_ids);
        for (const Node* one : *list) {
            const auto printable = [](char c) { return c > ' ' && c <= '~'; };
            if (one->scalar.empty() || one->scalar.size() > most_id_bytes ||
                !std::ranges::all_of(one->scalar, printable))
                return at(one->line, "'{}' names by 1 to {} printable characters, not '{}'", key, most_id_bytes,
                          text::printable(one->scalar.substr(0, most_id_bytes)));
            out.push_back(one->scalar);
        }
        return Ok{};
    }

    static Result<Predicate> predicate(const Node& node) {
        if (node.kind != Node::Kind::Scalar) return at(node.line, "an expression is to be a text");
        Result<Expression> parsed = Expression::parse(node.scalar);
        if (!parsed) return at(node.line, "{}", parsed.error().sentence());
        return Predicate{*parsed, {yaml_file, node.line}};
    }

    // {when: expression, <word>: text}
    static Status when_and(const Node& node, std::string_view what, std::optional<Predicate>& when, std::string& say) {
        if (Status s = only_keys(node, what, {"when", "say"}); !s) return s;
        if (Status s = scalar(node, "say", say, Need::Yes); !s) return s;
        const Node* found = find(node, "when");
        if (!found) return at(node.line, "{} has no 'when'", what);
        Result<Predicate> read = predicate(*found);
        if (!read) return read.error();
        when = *read;
        return Ok{};
    }

    Status prediction(const Node& node, std::optional<Prediction>& out) {
        if (Status s = only_keys(node, "a prediction", {"question", "choices", "value"}); !s) return s;
        Prediction read;
        read.place = {yaml_file, node.line};
        if (Status s = scalar(node, "question", read.question, Need::Yes); !s) return s;
        const Node* choices = find(node, "choices");
        const Node* value = find(node, "value");
        if (!choices == !value) return at(node.line, "a prediction has either choices or a value");
        if (value) {
            Result<Predicate> expected = predicate(*value);
            if (!expected) return expected.error();
            read.value = *expected;
        } else {
            if (choices->kind != Node::Kind::Sequence || choices->items.size() < 2 || choices->items.size() > 8)
                return at(choices->line, "there are to be 2 to 8 choices");
            for (const Node& item : choices->items) {
                std::optional<Predicate> when;
                std::string say;
                if (Status s = when_and(item, "a choice", when, say); !s) return s;
                read.choices.push_back({say, *when});
            }
        }
        out = std::move(read);
        return Ok{};
    }

    Result<Step> step(const Node& node) {
        Step out;
        out.place = {yaml_file, node.line};
        if (Status s = only_keys(
                node, "a step",
                {"title", "text", "explain", "goto", "run", "show", "point", "panels", "predict", "check", "hint"});
            !s)
            return s.error();
        if (Status s = scalar(node, "title", out.title, Need::Yes); !s) return s.error();
        if (Status s = scalar(node, "text", out.text, Need::No); !s) return s.error();
        if (Status s = scalar(node, "explain", out.explain, Need::No); !s) return s.error();
        if (Section* section = prose_.find(out.title)) {
            if (section->used)
                return at(node.line, "the section '{}' of {} already belongs to a step", out.title, prose_file);
            section->used = true;
            if (out.text.empty()) out.text = section->before;
            if (out.explain.empty()) out.explain = section->after;
        }
        if (out.text.empty())
            return at(node.line, "'{}' has no text, here or in {}", text::printable(out.title), prose_file);
        if (Status s = commands(node, "goto", "goto ", out.run); !s) return s.error();
        if (Status s = commands(node, "run", "", out.run); !s) return s.error();
        if (Status s = commands(node, "show", "show ", out.show); !s) return s.error();
        if (Status s = ids(node, "point", out.point); !s) return s.error();
        if (Status s = ids(node, "panels", out.panels); !s) return s.error();
        if (const Node* predict = find(node, "predict"))
            if (Status s = prediction(*predict, out.predict); !s) return s.error();
        Result<std::vector<const Node*>> checks = texts(node, "check");
        if (!checks) return checks.error();
        for (const Node* check : *checks) {
            Result<Predicate> read = predicate(*check);
            if (!read) return read.error();
            out.checks.push_back(*read);
        }
        if (const Node* hints = find(node, "hint")) {
            const bool one = hints->kind != Node::Kind::Sequence;
            for (std::size_t i = 0; i < (one ? 1 : hints->items.size()); ++i) {
                const Node& hint = one ? *hints : hints->items[i];
                Hint read;
                if (hint.kind == Node::Kind::Scalar)
                    read.say = hint.scalar;
                else if (Status s = when_and(hint, "a hint", read.when, read.say); !s)
                    return s.error();
                if (read.say.empty()) return at(hint.line, "a hint says nothing");
                out.hints.push_back(std::move(read));
            }
        }
        return out;
    }

    Status steps(const Node& map, std::vector<Step>& out) {
        const Node* list = find(map, "steps");
        if (!list || list->kind != Node::Kind::Sequence || list->items.empty())
            return at(map.line, "'steps' is to be a list of steps");
        if (list->items.size() > most_steps) return at(list->line, "there are more than {} steps", most_steps);
        for (const Node& item : list->items) {
            Result<Step> read = step(item);
            if (!read) return read.error();
            out.push_back(std::move(*read));
        }
        return Ok{};
    }

    Status variants(const Node& root, Lesson& out) {
        const Node* list = find(root, "variants");
        if (!list || list->kind == Node::Kind::Null) return Ok{};
        if (list->kind != Node::Kind::Sequence || list->items.size() > most_variants)
            return at(list->line, "'variants' is to be a list of at most {}", most_variants);
        for (const Node& node : list->items) {
            Variant variant;
            if (Status s = only_keys(
                    node, "a variant",
                    {"id", "title", "summary", "kernel", "words", "modules", "arguments", "files", "shell", "steps"});
                !s)
                return s;
            if (Status s = scalar(node, "id", variant.id, Need::Yes); !s) return s;
            if (!plain_name(variant.id) || out.variant(variant.id))
                return at(node.line, "a variant's id is a word that no other variant has");
            if (Status s = scalar(node, "title", variant.title, Need::Yes); !s) return s;
            if (Status s = scalar(node, "summary", variant.summary, Need::Yes); !s) return s;
            variant.setup = out.setup;
            if (Status s = setup(node, variant.setup); !s) return s;
            if (Status s = steps(node, variant.steps); !s) return s;
            out.variants.push_back(std::move(variant));
        }
        return Ok{};
    }

    Prose& prose_;
    const LoadOptions& options_;
};

// Every picture that the lesson's texts name can be shown; the first that cannot is named with its place.
Status look_at_pictures(const Lesson& lesson, const Prose& prose) {
    const auto look = [&](std::string_view markdown_text, const Place& place) -> Status {
        for (const Block& block : markdown(markdown_text)) {
            if (block.kind != Block::Kind::Image) continue;
            if (block.file.empty())
                return error("{}: a picture is a .png file below the lesson's folder, named by plain characters",
                             to_text(place));
            if (Result<Picture> read = picture(lesson, block.file); !read)
                return error("{}: picture '{}': {}", to_text(place), text::printable(block.file),
                             read.error().sentence());
        }
        return Ok{};
    };
    if (Status s = look(prose.introduction, {prose_file, 1}); !s) return s;
    for (const Section& section : prose.sections)
        for (const std::string* said : {&section.before, &section.after})
            if (Status s = look(*said, {prose_file, section.line}); !s) return s;
    const auto look_at_steps = [&](const std::vector<Step>& steps) -> Status {
        for (const Step& step : steps)
            for (const std::string* said : {&step.text, &step.explain})
                if (Status s = look(*said, step.place); !s) return s;
        return Ok{};
    };
    if (Status s = look_at_steps(lesson.steps); !s) return s;
    for (const Variant& variant : lesson.variants)
        if (Status s = look_at_steps(variant.steps); !s) return s;
    return Ok{};
}
}  // namespace

std::string to_text(const Place& place) { return fmt::format("{}:{}", place.file, place.line); }

const Variant* Lesson::variant(std::string_view wanted) const {
    for (const Variant& one : variants)
        if (one.id == wanted) return &one;
    return nullptr;
}

Result<Lesson> parse(std::string_view yaml, std::string_view markdown, const LoadOptions& options) {
    if (markdown.size() > yaml::most_bytes)
        return error("{}:1: the file is larger than {}", prose_file, text::size(yaml::most_bytes));
    Result<Node> root = yaml::parse(yaml);
    if (!root) return Error(std::string(yaml_file) + ":" + root.error().sentence());
    Prose prose = cut(markdown);
    return Reader(prose, options).lesson(*root);
}

Result<Lesson> load(const std::filesystem::path& folder, const LoadOptions& options) {
    const auto as_text = [](const Bytes& bytes) { return std::string(bytes.begin(), bytes.end()); };
    Result<Bytes> yaml = read_file(folder / yaml_file, yaml::most_bytes);
    if (!yaml) return yaml.error();
    std::string markdown;
    if (std::error_code failed; std::filesystem::exists(folder / prose_file, failed)) {
        Result<Bytes> bytes = read_file(folder / prose_file, yaml::most_bytes);
        if (!bytes) return bytes.error();
        markdown = as_text(*bytes);
    }
    Result<Lesson> out = parse(as_text(*yaml), markdown, options);
    if (!out) return Error((folder.filename() / out.error().sentence()).string());
    out->folder = folder.string();
    if (Status s = look_at_pictures(*out, cut(markdown)); !s)
        return Error((folder.filename() / s.error().sentence()).string());
    return out;
}

namespace {
// The ids in the file "order", a line each: lessons that build on each other, the first one first.
std::vector<std::string> order_of(const std::filesystem::path& lessons) {
    constexpr u64 most_bytes = 16_KiB;
    std::vector<std::string> out;
    const Result<Bytes> bytes = read_file(lessons / "order", most_bytes);
    if (!bytes) return out;
    out.emplace_back();
    for (const u8 byte : *bytes) {
        if (byte == '\n')
            out.emplace_back();
        else
            out.back() += static_cast<char>(byte);
    }
    return out;
}
}  // namespace

std::vector<std::filesystem::path> find_lessons(const std::filesystem::path& lessons) {
    std::vector<std::filesystem::path> out;
    std::error_code failed;
    for (const auto& one : std::filesystem::directory_iterator(lessons, failed))
        if (std::filesystem::exists(one.path() / yaml_file, failed)) out.push_back(one.path());
    std::ranges::sort(out);
    const std::vector<std::string> first = order_of(lessons);
    std::ranges::stable_sort(out, {}, [&first](const std::filesystem::path& folder) {
        return std::ranges::find(first, folder.filename().string()) - first.begin();
    });
    return out;
}
}  // namespace ring::lesson
