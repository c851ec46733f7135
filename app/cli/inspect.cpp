#include "inspect.hpp"

#include <nlohmann/json.hpp>
#include <ostream>

#include "inspect_parts.hpp"

namespace ring::cli {
namespace {
int fail(std::ostream& err, const Error& failure, int status) {
    err << "ringscope: " << failure.sentence() << '\n';
    return status;
}
}  // namespace

int inspect_command(const InspectOptions& options, std::ostream& out, std::ostream& err) {
    const Result<elf::File> file = elf::open(options.file);
    if (!file) return fail(err, file.error(), 2);
    if (options.edits() || !options.save_as.empty()) {
        const Status saved = save_edited(options, *file, out);
        return saved ? 0 : fail(err, saved.error(), 2);
    }
    if (options.json) {
        nlohmann::ordered_json facts = facts_json(*file);
        if (options.disassemble && file->recognised()) {
            Result<nlohmann::ordered_json> code = disassembly_json(*file);
            if (!code) return fail(err, code.error(), 1);
            facts["disassembly"] = std::move(*code);
        }
        if (options.deep && file->recognised()) facts["deep"] = deep_json(options.file);
        out << facts.dump() << '\n';
    } else {
        print_text(*file, out);
        if (options.deep && file->recognised()) print_deep(options.file, out);
        if (options.disassemble && file->recognised())
            if (const Status done = print_disassembly(*file, out); !done) return fail(err, done.error(), 1);
    }
    if (!file->recognised()) return fail(err, error("{}", file->issues().front().what), 1);
    return 0;
}
}  // namespace ring::cli
