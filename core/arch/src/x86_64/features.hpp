// What CPUID offers decides which bits of CR4 and EFER exist. SDM Vol. 3A 2.5 "Control Registers".
#pragma once
#include "arch/x86_64/layouts.hpp"
#include "base/types.hpp"

#if __has_include("arch/x86_64/cpuid.hpp")
#include "arch/x86_64/cpuid.hpp"
#endif

namespace ring::x86_64 {

inline constexpr u64 physical_address_bits = 40;  // CPUID.80000008H:EAX[7:0]

#if __has_include("arch/x86_64/cpuid.hpp")
inline u64 offered_cr4() {
    const u64 basic = cpuid(1, 0).edx, basic_c = cpuid(1, 0).ecx;
    const u64 extended = cpuid(7, 0).ebx, extended_c = cpuid(7, 0).ecx;
    u64 bits = 0;
    const auto offer = [&](u64 word, unsigned bit, u64 mask) { bits |= word >> bit & 1 ? mask : 0; };
    offer(basic, 1, cr4::VME.mask() | cr4::PVI.mask());
    offer(basic, 2, cr4::DE.mask());
    offer(basic, 3, cr4::PSE.mask());
    offer(basic, 4, cr4::TSD.mask());
    offer(basic, 6, cr4::PAE.mask());
    offer(basic, 7, cr4::MCE.mask());
    offer(basic, 13, cr4::PGE.mask());
    offer(basic, 24, cr4::OSFXSR.mask());
    offer(basic, 25, cr4::OSXMMEXCPT.mask());
    offer(basic_c, 17, cr4::PCIDE.mask());
    offer(basic_c, 26, cr4::OSXSAVE.mask());
    offer(extended, 0, cr4::FSGSBASE.mask());
    offer(extended, 7, cr4::SMEP.mask());
    offer(extended, 20, cr4::SMAP.mask());
    offer(extended_c, 2, cr4::UMIP.mask());
    return bits;
}
#else
inline u64 offered_cr4() {
    return cr4::DE.mask() | cr4::PSE.mask() | cr4::TSD.mask() | cr4::PAE.mask() | cr4::PGE.mask() | cr4::OSFXSR.mask() |
           cr4::OSXMMEXCPT.mask() | cr4::SMEP.mask() | cr4::SMAP.mask() | cr4::UMIP.mask();
}
#endif
}  // namespace ring::x86_64
