#include <LIEF/ELF.hpp>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "lief_work.hpp"

namespace ring::worker {
namespace {
using Json = nlohmann::ordered_json;
using text::hex;
namespace lief = LIEF::ELF;

template <class Enum>
void put_named(Json& into, const std::string& key, Enum value) {
    into[key] = hex(static_cast<u64>(value));
    const std::string name = lief::to_string(value);
    if (name != "UNDEFINED" && name != "Undefined" && name != "UNKNOWN") into[key + "_name"] = name;
}

Json symbol(const lief::Symbol& from, const char* table) {
    Json out = {{"table", table},
                {"name", text::printable(from.name())},
                {"value", hex(from.value())},
                {"size", hex(from.size())}};
    put_named(out, "type", from.type());
    put_named(out, "binding", from.binding());
    out["section"] = hex(from.shndx());
    return out;
}

Json relocation(const lief::Relocation& from) {
    Json out = {{"address", hex(from.address())}, {"type", hex(from.type())}};
    // LIEF 0.9 knows no RISC-V: there the number has to do.
    if (from.architecture() == lief::ARCH::EM_X86_64)
        out["type_name"] = lief::to_string(static_cast<lief::RELOC_x86_64>(from.type()));
    out["addend"] = hex(static_cast<u64>(from.addend()));
    if (from.has_symbol()) out["symbol"] = text::printable(from.symbol().name());
    return out;
}
}  // namespace

Result<std::string> deep(const Bytes& file) {
    const std::unique_ptr<lief::Binary> binary = lief::Parser::parse(file, "file");
    if (!binary) return error("LIEF does not read this file");
    const lief::Binary& read = *binary;
    Json out = {{"symbols", Json::array()},
                {"relocations", Json::array()},
                {"dynamic", Json::array()},
                {"notes", Json::array()}};
    for (const lief::Symbol& each : read.static_symbols()) out["symbols"].push_back(symbol(each, "symtab"));
    for (const lief::Symbol& each : read.dynamic_symbols()) out["symbols"].push_back(symbol(each, "dynsym"));
    for (const lief::Relocation& each : read.relocations()) out["relocations"].push_back(relocation(each));
    for (const lief::DynamicEntry& each : read.dynamic_entries()) {
        Json entry;
        put_named(entry, "tag", each.tag());
        entry["value"] = hex(each.value());
        out["dynamic"].push_back(std::move(entry));
    }
    for (const lief::Note& each : read.notes())
        out["notes"].push_back({{"name", text::printable(each.name())},
                                {"type", hex(static_cast<u64>(each.type()))},
                                {"description", text::bytes(each.description())}});
    return out.dump();
}
}  // namespace ring::worker
