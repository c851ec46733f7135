#include "arch/arch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "arch/riscv64/arch.hpp"
#include "arch/x86_64/arch.hpp"

namespace ring::arch {

std::string_view name(Kind kind) {
    switch (kind) {
        case Kind::Read:
            return "read";
        case Kind::Check:
            return "check";
        case Kind::Write:
            return "write";
    }
    return "";
}

std::string_view name(Group group) {
    switch (group) {
        case Group::General:
            return "general";
        case Group::Flags:
            return "flags";
        case Group::Segment:
            return "segments";
        case Group::Control:
            return "control";
        case Group::System:
            return "system";
        case Group::Debug:
            return "debug";
        case Group::Vector:
            return "vector";
        case Group::Machine:
            return "machine";
        case Group::Supervisor:
            return "supervisor";
        case Group::Protection:
            return "protection";
    }
    return "";
}

std::string_view name(Access access) {
    switch (access) {
        case Access::Read:
            return "read";
        case Access::Write:
            return "write";
        case Access::Execute:
            return "execute";
    }
    return "";
}

std::string text(const Citation& citation) {
    std::string out{citation.manual};
    if (!citation.section.empty()) (out += ' ') += citation.section;
    if (!citation.title.empty()) (out += ", ") += citation.title;
    return out;
}

std::span<const Arch* const> architectures() {
    static constexpr const Arch* all[] = {&x86_64::architecture, &riscv64::architecture};
    return all;
}

const Arch* find_architecture(std::string_view name) {
    const auto found = std::ranges::find(architectures(), name, &Arch::name);
    return found == architectures().end() ? nullptr : *found;
}

std::string architecture_names() {
    std::string out;
    for (const Arch* one : architectures()) (out += out.empty() ? "" : ", ") += one->name;
    return out;
}

bool less_privileged(const Arch& arch, unsigned level, unsigned than) {
    const auto place = [&](unsigned number) { return std::ranges::find(arch.levels, number, &Level::number); };
    return place(level) > place(than);
}

bool is_kernel_level(const Arch& arch, unsigned level) {
    return !less_privileged(arch, level, arch.page_levels.front().number);
}

std::string_view level_name(const Arch& arch, unsigned number) {
    const auto found = std::ranges::find(arch.levels, number, &Level::number);
    return found == arch.levels.end() ? std::string_view{} : found->name;
}

std::string cause_name(const Arch& arch, unsigned number) {
    const auto found = std::ranges::find(arch.causes, number, &Cause::number);
    if (found == arch.causes.end()) return fmt::format("vector {}", number);
    if (found->mnemonic.empty()) return std::string(found->name);
    return fmt::format("{} ({})", found->mnemonic, found->name);
}

std::optional<RegisterId> find_register(const Arch& arch, std::string_view wanted) {
    const auto same = [&](std::string_view other) {
        return std::ranges::equal(wanted, other,
                                  [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
    };
    for (std::size_t i = 0; i < arch.registers.size(); ++i)
        if (same(arch.registers[i].name)) return static_cast<RegisterId>(i);
    return std::nullopt;
}
}  // namespace ring::arch
