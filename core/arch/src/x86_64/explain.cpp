#include <fmt/format.h>

#include "base/result.hpp"
#include "base/text.hpp"
#include "explain_parts.hpp"

namespace ring::x86_64 {
std::string text(const Fault& fault) {
    if (fault.vector == not_modelled) return "not modelled yet";
    if (fault.reason == Reason::TripleFault) return "triple fault";
    if (fault.external) return fmt::format("interrupt {}", text::hex(fault.vector));
    if (fault.software && fault.reason == Reason::SoftwareInterrupt)
        return fmt::format("int {}", text::hex(fault.vector));
    std::string name = fmt::format("vector {}", fault.vector);
    for (const arch::Cause& cause : architecture.causes)
        if (cause.number == fault.vector) name = cause.mnemonic;
    if (fault.has_error) name += fmt::format("({})", text::hex(fault.error));
    if (fault.vector == PF) name += " at " + text::hex(fault.address);
    return name;
}

Explanation explain(const Fault& fault, const Cpu& cpu) {
    constexpr Why (*families[])(const Fault&, const Cpu&) = {
        explain_page,       explain_address,  explain_privilege,   explain_control,
        explain_descriptor, explain_delivery, explain_instruction,
    };
    for (const auto family : families)
        if (Why why = family(fault, cpu)) return *std::move(why);
    RING_ASSERT(!"a reason without an explanation");
    return {};
}
}  // namespace ring::x86_64
