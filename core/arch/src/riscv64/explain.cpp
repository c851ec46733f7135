#include <fmt/format.h>

#include "base/result.hpp"
#include "base/text.hpp"
#include "riscv64/explain_parts.hpp"

namespace ring::riscv64 {
namespace {
bool has_address(u8 code) {
    switch (code) {
        case FetchMisaligned:
        case FetchAccess:
        case LoadMisaligned:
        case LoadAccess:
        case StoreMisaligned:
        case StoreAccess:
        case FetchPage:
        case LoadPage:
        case StorePage:
            return true;
        default:
            return false;
    }
}
}  // namespace

std::string text(const Fault& fault) {
    std::string out = fmt::format("{} {}", fault.interrupt ? "interrupt" : "exception", fault.code);
    for (const arch::Cause& cause : architecture.causes)
        if (cause.number == cause_number(fault.interrupt, fault.code)) out = cause.name;
    if (!fault.interrupt && has_address(fault.code)) out += " at " + text::hex(fault.value);
    return out;
}

Access access_of(const Fault& fault) {
    switch (fault.code) {
        case LoadMisaligned:
        case LoadAccess:
        case LoadPage:
            return Access::Read;
        case StoreMisaligned:
        case StoreAccess:
        case StorePage:
            return Access::Write;
        default:
            return Access::Execute;
    }
}

Mode mode_of(const Fault& fault, const Cpu& cpu) { return effective_mode(cpu, access_of(fault)); }

std::string access_text(const Fault& fault, const Cpu& cpu) {
    constexpr std::string_view verbs[] = {"load from", "store to", "fetch from"};
    const Mode mode = mode_of(fault, cpu);
    return fmt::format("{}{} {} {}", name(mode), mode == cpu.mode ? "" : " (by MPRV)",
                       verbs[static_cast<unsigned>(access_of(fault))], text::hex(fault.value));
}

Explanation explain(const Fault& fault, const Cpu& cpu) {
    constexpr Why (*families[])(const Fault&, const Cpu&) = {explain_page, explain_access, explain_csr,
                                                             explain_instruction};
    for (const auto family : families)
        if (Why why = family(fault, cpu)) return *std::move(why);
    RING_ASSERT(!"a reason without an explanation");
    return {};
}
}  // namespace ring::riscv64
