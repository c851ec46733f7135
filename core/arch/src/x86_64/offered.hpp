// What CPUID offers decides which bits of CR4 exist and how long a physical address is: a bit that is not offered is
// reserved. SDM Vol. 3A 2.5 "Control Registers"; 4.1.4 "Enumeration of Paging Features by CPUID".
#pragma once
#include "arch/x86_64/cpuid.hpp"
#include "arch/x86_64/layouts.hpp"

namespace ring::x86_64 {

inline constexpr u64 physical_address_bits = cpuid_80000008_eax::Physical.get(cpuid(0x8000'0008, 0).eax);
inline constexpr u64 physical_address_mask = (u64{1} << physical_address_bits) - 1;

constexpr u64 make_offered_cr4() {
    struct Feature {
        u32 word;
        Field bit;
        u64 control;
    };
    const CpuidRow one = cpuid(1, 0), seven = cpuid(7, 0);
    const Feature features[] = {
        {one.edx, cpuid_1_edx::VME, cr4::VME.mask() | cr4::PVI.mask()},
        {one.edx, cpuid_1_edx::DE, cr4::DE.mask()},
        {one.edx, cpuid_1_edx::PSE, cr4::PSE.mask()},
        {one.edx, cpuid_1_edx::TSC, cr4::TSD.mask()},
        {one.edx, cpuid_1_edx::PAE, cr4::PAE.mask()},
        {one.edx, cpuid_1_edx::MCE, cr4::MCE.mask()},
        {one.edx, cpuid_1_edx::PGE, cr4::PGE.mask()},
        {one.edx, cpuid_1_edx::FXSR, cr4::OSFXSR.mask()},
        {one.edx, cpuid_1_edx::SSE, cr4::OSXMMEXCPT.mask()},
        {one.ecx, cpuid_1_ecx::PCID, cr4::PCIDE.mask()},
        {one.ecx, cpuid_1_ecx::XSAVE, cr4::OSXSAVE.mask()},
        {seven.ebx, cpuid_7_ebx::FSGSBASE, cr4::FSGSBASE.mask()},
        {seven.ebx, cpuid_7_ebx::SMEP, cr4::SMEP.mask()},
        {seven.ebx, cpuid_7_ebx::SMAP, cr4::SMAP.mask()},
        {seven.ecx, cpuid_7_ecx::UMIP, cr4::UMIP.mask()},
        {seven.ecx, cpuid_7_ecx::LA57, cr4::LA57.mask()},
    };
    u64 bits = 0;
    for (const Feature& feature : features)
        if (feature.bit.set(feature.word)) bits |= feature.control;
    return bits;
}
inline constexpr u64 offered_cr4 = make_offered_cr4();
}  // namespace ring::x86_64
