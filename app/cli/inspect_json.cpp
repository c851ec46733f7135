#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "elf/rows.hpp"
#include "inspect_parts.hpp"

namespace ring::cli {
namespace {
using Json = nlohmann::ordered_json;
using text::hex;

// "p_filesz" -> "filesz", "EI_CLASS" -> "class".
std::string key(std::string_view name) {
    std::string out(name.substr(name.find('_') + 1));
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

void put(Json& into, const elf::FieldRow& row, const elf::ByteField& field) {
    const std::string name = key(row.name);
    into[name] = hex(row.value);
    if (field.shown == elf::Shown::Name || field.shown == elf::Shown::Flags) into[name + "_name"] = row.text;
}

template <class Record>
Json record(const Record& from, u64 machine, std::span<const elf::ByteField> layout) {
    Json out = Json::object();
    out["index"] = hex(from.index);
    const std::vector<elf::FieldRow> rows = elf::field_rows(from, machine);
    for (std::size_t i = 0; i < rows.size(); ++i) put(out, rows[i], layout[i]);
    return out;
}

Json header(const elf::File& file) {
    Json out = Json::object();
    if (!file.recognised()) return out;
    Json identification = Json::object();
    const std::vector<elf::FieldRow> rows = elf::field_rows(file.header());
    for (std::size_t i = 0; i < rows.size(); ++i)
        put(rows[i].name.starts_with("EI_") ? identification : out, rows[i], elf::ehdr::layout[i]);
    out["ident"] = std::move(identification);
    return out;
}

Json issues(const std::vector<elf::Issue>& list) {
    Json out = Json::array();
    for (const elf::Issue& issue : list)
        out.push_back({{"offset", hex(issue.bytes.offset)},
                       {"size", hex(issue.bytes.size)},
                       {"what", issue.what},
                       {"rule", issue.rule}});
    return out;
}

Json mapping(const elf::File& file) {
    Json out = Json::array();
    const std::vector<std::vector<unsigned>> all = elf::section_mapping(file);
    for (std::size_t i = 0; i < all.size(); ++i) {
        Json names = Json::array(), indices = Json::array();
        for (unsigned index : all[i]) {
            names.push_back(text::printable(file.name(file.sections()[index])));
            indices.push_back(hex(index));
        }
        out.push_back({{"segment", hex(i)}, {"sections", std::move(names)}, {"indices", std::move(indices)}});
    }
    return out;
}

Json load(const elf::File& file) {
    const elf::LoadPlan plan = elf::plan_load(file);
    Json out = {{"loadable", plan.loadable()}, {"pages", hex(plan.pages.size())}};
    if (plan.entry) out["entry"] = hex(*plan.entry);
    out["refusals"] = issues(plan.refusals);
    out["warnings"] = issues(plan.warnings);
    return out;
}
}  // namespace

Json facts_json(const elf::File& file) {
    Json out = Json::object();
    out["header"] = header(file);
    out["segments"] = Json::array();
    for (const elf::Segment& segment : file.segments())
        out["segments"].push_back(record(segment, file.machine(), elf::phdr::layout));
    out["sections"] = Json::array();
    for (const elf::Section& section : file.sections()) {
        Json each = record(section, file.machine(), elf::shdr::layout);
        each["name_offset"] = each["name"];
        each["name"] = text::printable(file.name(section));
        out["sections"].push_back(std::move(each));
    }
    out["mapping"] = mapping(file);
    if (file.recognised()) out["load"] = load(file);
    out["issues"] = issues(file.issues());
    if (file.issues_dropped() != 0) out["issues_dropped"] = hex(file.issues_dropped());
    return out;
}
}  // namespace ring::cli
