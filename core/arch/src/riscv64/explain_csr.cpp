// CSR instructions that were illegal. Privileged 2.1 "CSR Address Mapping Conventions"; the other rules are those of
// the bits that keep a mode from a register.
#include <fmt/format.h>

#include "arch/riscv64/csr.hpp"
#include "base/text.hpp"
#include "riscv64/explain_parts.hpp"

namespace ring::riscv64 {
namespace {
std::string csr_text(u64 number) {
    const CsrEntry* const entry = find_csr(static_cast<u16>(number & 0xfff));
    return entry ? fmt::format("{} ({})", entry->name, text::hex_padded(number & 0xfff, 3))
                 : fmt::format("CSR {}", text::hex_padded(number & 0xfff, 3));
}

constexpr std::string_view numbers = "Privileged 2.1 CSR Address Mapping Conventions: ";
std::string numbered(std::string_view rule) { return std::string(numbers) + std::string(rule); }
}  // namespace

Why explain_csr(const Fault& fault, const Cpu& cpu) {
    const std::string csr = csr_text(fault.a);
    switch (fault.reason) {
        case Reason::CsrDoesNotExist:
            return Explanation{fmt::format("{} does not exist on this hart", csr),
                               numbered("an access to a CSR that does not exist is illegal"),
                               "Look at the number; `show registers` lists what there is."};
        case Reason::CsrPrivilege: {
            const auto lowest = static_cast<Mode>(fault.a >> 8 & 3);
            return Explanation{fmt::format("{} accesses {}, which belongs to {}", name(cpu.mode), csr, name(lowest)),
                               numbered("bits 9:8 of the number are the lowest privilege that may access it"),
                               fmt::format("Do it in {}.", name(lowest))};
        }
        case Reason::CsrReadOnly:
            return Explanation{fmt::format("a write to {}, which is read-only", csr),
                               numbered("with 3 in bits 11:10 of the number a write is illegal"),
                               "Only read it: csrr, or csrrs with x0."};
        case Reason::CounterDisabled: {
            const std::string_view enable = fault.b ? "scounteren" : "mcounteren";
            const unsigned bit = fault.a & 31;
            return Explanation{
                fmt::format("{} reads {}, but {}[{}] = 0", name(cpu.mode), csr, enable, bit),
                "Privileged 3.1.11 Machine Counter-Enable Register (mcounteren), 4.1.5 Counter-Enable Register "
                "(scounteren): U-mode needs the bit in both",
                fmt::format("Set bit {} of {}.", bit, enable)};
        }
        case Reason::StimecmpDisabled:
            return Explanation{
                fmt::format("{} accesses {}, but menvcfg.STCE = {} and mcounteren.TM = {}", name(cpu.mode), csr,
                            envcfg::STCE.get(cpu.menvcfg), counters::TM.get(cpu.mcounteren)),
                "Sstc 1.0, 2.1 and 2.2: below M-mode stimecmp needs STCE = 1 and TM = 1",
                "Let M-mode set menvcfg.STCE (bit 63) and mcounteren.TM (bit 1)."};
        case Reason::SatpTvm:
            return Explanation{
                "S-mode accesses satp, but mstatus.TVM = 1",
                "Privileged 3.1.6.5 Virtualization Support in mstatus Register: TVM = 1 traps satp in S-mode",
                "Clear mstatus.TVM (bit 20) in M-mode."};
        default:
            return std::nullopt;
    }
}
}  // namespace ring::riscv64
