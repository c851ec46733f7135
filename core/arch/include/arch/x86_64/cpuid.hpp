// What our CPU says of itself: a pinned table, equal to that of QEMU 7.2 with the option below, so that a guest that
// asks takes the same way in both. tests/lockstep/cpuid_test.cpp runs cpuid on QEMU and compares all rows.
// The rule: a feature bit is set only when the machine models the feature; who adds one adds it to both.
// Not here: what a feature does, and CPUID as an instruction (transitions).
//
// Left out on purpose: apic (no local APIC), sep (sysenter), mce, mca, mtrr, pse36, vme, x2apic, xsave and what needs
// it, ssse3 and later, popcnt, rdrand, fsgsbase, rdtscp, monitor, erms, pcid, invpcid, vmx, svm, the hypervisor bit.
// Sources: SDM Vol. 2A 3.3 "CPUID—CPU Identification", tables "Information Returned by CPUID Instruction", "Feature
// Information Returned in the ECX Register", "... in the EDX Register"; Vol. 2A also for the rule of leaves out of
// range. Where the values are QEMU's and not those of an Intel CPU (all without use to a guest): leaf 5 names MONITOR's
// extensions though MONITOR is absent, leaf 80000005H and EAX, EBX, EDX of 80000006H describe caches as AMD does.
// QEMU shows SYSCALL in 80000001H:EDX in any mode; the SDM wants 0 outside 64-bit mode. The table has the 64-bit view.
#pragma once
#include <span>
#include <string_view>

#include "base/field.hpp"
#include "base/types.hpp"

namespace ring::x86_64 {

// QEMU's option -cpu that makes QEMU this CPU. `base` is its model without any feature.
inline constexpr std::string_view qemu_cpu_option =
    "base,vendor=GenuineIntel,family=6,model=15,stepping=1,model-id=Ringscope x86-64,level=7,xlevel=0x80000008,"
    "phys-bits=40,tcg-cpuid=off,fpu=on,de=on,pse=on,tsc=on,msr=on,pae=on,cx8=on,pge=on,cmov=on,pat=on,clflush=on,mmx="
    "on,fxsr=on,"
    "sse=on,sse2=on,sse3=on,cx16=on,syscall=on,nx=on,pdpe1gb=on,lm=on,lahf-lm=on,smep=on,smap=on,umip=on";

namespace cpuid_1_eax {
inline constexpr Field Stepping{"stepping", 0, 4, ""}, Model{"model", 4, 4, ""},
    Family{"family", 8, 4, "6: all of Intel's"}, Type{"type", 12, 2, "0: the original one"}, Reserved{"-", 14, 2, ""},
    ExtendedModel{"ext model", 16, 4, ""}, ExtendedFamily{"ext family", 20, 8, ""}, Reserved2{"-", 28, 4, ""};
inline constexpr Field layout[] = {Stepping, Model, Family, Type, Reserved, ExtendedModel, ExtendedFamily, Reserved2};
static_assert(tiles(layout, 32));
}  // namespace cpuid_1_eax

namespace cpuid_1_ebx {
inline constexpr Field Brand{"brand", 0, 8, ""}, Clflush{"CLFLUSH", 8, 8, "line size in units of 8 bytes"},
    Logical{"logical", 16, 8, "0: one CPU"}, ApicId{"APIC ID", 24, 8, "the first CPU's"};
inline constexpr Field layout[] = {Brand, Clflush, Logical, ApicId};
static_assert(tiles(layout, 32));
}  // namespace cpuid_1_ebx

namespace cpuid_1_ecx {
inline constexpr Field SSE3{"SSE3", 0, 1, ""}, PCLMULQDQ{"PCLMULQDQ", 1, 1, ""}, DTES64{"DTES64", 2, 1, ""},
    MONITOR{"MONITOR", 3, 1, "monitor, mwait"}, DSCPL{"DS-CPL", 4, 1, ""}, VMX{"VMX", 5, 1, ""}, SMX{"SMX", 6, 1, ""},
    EIST{"EIST", 7, 1, ""}, TM2{"TM2", 8, 1, ""}, SSSE3{"SSSE3", 9, 1, ""}, CNXTID{"CNXT-ID", 10, 1, ""},
    SDBG{"SDBG", 11, 1, ""}, FMA{"FMA", 12, 1, ""}, CX16{"CMPXCHG16B", 13, 1, ""}, XTPR{"xTPR", 14, 1, ""},
    PDCM{"PDCM", 15, 1, ""}, Reserved{"-", 16, 1, ""}, PCID{"PCID", 17, 1, "CR4.PCIDE exists"}, DCA{"DCA", 18, 1, ""},
    SSE41{"SSE4.1", 19, 1, ""}, SSE42{"SSE4.2", 20, 1, ""}, X2APIC{"x2APIC", 21, 1, ""}, MOVBE{"MOVBE", 22, 1, ""},
    POPCNT{"POPCNT", 23, 1, ""}, TSCDeadline{"TSC-Deadline", 24, 1, ""}, AES{"AESNI", 25, 1, ""},
    XSAVE{"XSAVE", 26, 1, "CR4.OSXSAVE exists"}, OSXSAVE{"OSXSAVE", 27, 1, "a copy of CR4.OSXSAVE"},
    AVX{"AVX", 28, 1, ""}, F16C{"F16C", 29, 1, ""}, RDRAND{"RDRAND", 30, 1, ""},
    Hypervisor{"-", 31, 1, "by custom: a hypervisor is present"};
inline constexpr Field layout[] = {SSE3,        PCLMULQDQ, DTES64, MONITOR, DSCPL, VMX,    SMX,    EIST,
                                   TM2,         SSSE3,     CNXTID, SDBG,    FMA,   CX16,   XTPR,   PDCM,
                                   Reserved,    PCID,      DCA,    SSE41,   SSE42, X2APIC, MOVBE,  POPCNT,
                                   TSCDeadline, AES,       XSAVE,  OSXSAVE, AVX,   F16C,   RDRAND, Hypervisor};
static_assert(tiles(layout, 32));
}  // namespace cpuid_1_ecx

namespace cpuid_1_edx {
inline constexpr Field FPU{"FPU", 0, 1, "x87 on chip"}, VME{"VME", 1, 1, "CR4.VME, CR4.PVI exist"},
    DE{"DE", 2, 1, "CR4.DE exists"}, PSE{"PSE", 3, 1, "CR4.PSE exists"}, TSC{"TSC", 4, 1, "rdtsc, CR4.TSD exists"},
    MSR{"MSR", 5, 1, "rdmsr, wrmsr"}, PAE{"PAE", 6, 1, "CR4.PAE exists"}, MCE{"MCE", 7, 1, "CR4.MCE exists"},
    CX8{"CX8", 8, 1, "cmpxchg8b"}, APIC{"APIC", 9, 1, "a local APIC"}, Reserved{"-", 10, 1, ""},
    SEP{"SEP", 11, 1, "sysenter, sysexit"}, MTRR{"MTRR", 12, 1, ""}, PGE{"PGE", 13, 1, "CR4.PGE exists"},
    MCA{"MCA", 14, 1, ""}, CMOV{"CMOV", 15, 1, ""}, PAT{"PAT", 16, 1, "IA32_PAT exists"}, PSE36{"PSE-36", 17, 1, ""},
    PSN{"PSN", 18, 1, ""}, CLFSH{"CLFSH", 19, 1, "clflush"}, Reserved2{"-", 20, 1, ""}, DS{"DS", 21, 1, ""},
    ACPI{"ACPI", 22, 1, ""}, MMX{"MMX", 23, 1, ""}, FXSR{"FXSR", 24, 1, "fxsave, CR4.OSFXSR exists"},
    SSE{"SSE", 25, 1, "CR4.OSXMMEXCPT exists"}, SSE2{"SSE2", 26, 1, ""}, SS{"SS", 27, 1, ""}, HTT{"HTT", 28, 1, ""},
    TM{"TM", 29, 1, ""}, Reserved3{"-", 30, 1, ""}, PBE{"PBE", 31, 1, ""};
inline constexpr Field layout[] = {FPU,  VME,  DE,   PSE, TSC,  MSR, PAE,   MCE, CX8,       APIC,      Reserved,
                                   SEP,  MTRR, PGE,  MCA, CMOV, PAT, PSE36, PSN, CLFSH,     Reserved2, DS,
                                   ACPI, MMX,  FXSR, SSE, SSE2, SS,  HTT,   TM,  Reserved3, PBE};
static_assert(tiles(layout, 32));
}  // namespace cpuid_1_edx

namespace cpuid_7_ebx {
inline constexpr Field FSGSBASE{"FSGSBASE", 0, 1, "CR4.FSGSBASE exists"}, Low{"-", 1, 6, ""},
    SMEP{"SMEP", 7, 1, "CR4.SMEP exists"}, BMI2{"BMI2", 8, 1, ""}, ERMS{"ERMS", 9, 1, "fast rep movsb, stosb"},
    INVPCID{"INVPCID", 10, 1, ""}, Middle{"-", 11, 9, ""}, SMAP{"SMAP", 20, 1, "CR4.SMAP, clac, stac exist"},
    High{"-", 21, 11, ""};
inline constexpr Field layout[] = {FSGSBASE, Low, SMEP, BMI2, ERMS, INVPCID, Middle, SMAP, High};
static_assert(tiles(layout, 32));
}  // namespace cpuid_7_ebx

namespace cpuid_7_ecx {
inline constexpr Field Low{"-", 0, 2, ""}, UMIP{"UMIP", 2, 1, "CR4.UMIP exists"}, PKU{"PKU", 3, 1, ""},
    Middle{"-", 4, 12, ""}, LA57{"LA57", 16, 1, "5-level paging"}, High{"-", 17, 15, ""};
inline constexpr Field layout[] = {Low, UMIP, PKU, Middle, LA57, High};
static_assert(tiles(layout, 32));
}  // namespace cpuid_7_ecx

namespace cpuid_80000001_ecx {
inline constexpr Field LAHF{"LAHF", 0, 1, "lahf, sahf in 64-bit mode"}, Reserved{"-", 1, 31, ""};
inline constexpr Field layout[] = {LAHF, Reserved};
static_assert(tiles(layout, 32));
}  // namespace cpuid_80000001_ecx

namespace cpuid_80000001_edx {
inline constexpr Field Low{"-", 0, 11, ""}, SYSCALL{"SYSCALL", 11, 1, "syscall, sysret"}, Middle{"-", 12, 8, ""},
    NX{"NX", 20, 1, "EFER.NXE exists"}, Middle2{"-", 21, 5, ""}, Page1GB{"PDPE1GB", 26, 1, "1 GiB pages"},
    RDTSCP{"RDTSCP", 27, 1, ""}, Reserved{"-", 28, 1, ""}, LM{"LM", 29, 1, "EFER.LME exists: 64-bit mode"},
    High{"-", 30, 2, ""};
inline constexpr Field layout[] = {Low, SYSCALL, Middle, NX, Middle2, Page1GB, RDTSCP, Reserved, LM, High};
static_assert(tiles(layout, 32));
}  // namespace cpuid_80000001_edx

namespace cpuid_80000008_eax {
inline constexpr Field Physical{"physical", 0, 8, "bits of a physical address"},
    Linear{"linear", 8, 8, "bits of a linear address"}, Reserved{"-", 16, 16, ""};
inline constexpr Field layout[] = {Physical, Linear, Reserved};
static_assert(tiles(layout, 32));
}  // namespace cpuid_80000008_eax

struct CpuidRow {
    u32 leaf = 0, subleaf = 0;
    u32 eax = 0, ebx = 0, ecx = 0, edx = 0;
    bool operator==(const CpuidRow&) const = default;
};

namespace cpuid_detail {
template <class... Fields>
constexpr u32 all(const Fields&... fields) {
    return static_cast<u32>((fields.mask() | ...));
}
// Twelve bytes as a name, in the order of EBX, EDX, ECX; or sixteen in EAX to EDX.
constexpr u32 four(std::string_view text, std::size_t at) {
    u32 value = 0;
    for (std::size_t i = 0; i < 4 && at + i < text.size(); ++i) value |= u32{static_cast<u8>(text[at + i])} << (8 * i);
    return value;
}
inline constexpr std::string_view vendor = "GenuineIntel", brand = "Ringscope x86-64";
inline constexpr u32 features_1_ecx = all(cpuid_1_ecx::SSE3, cpuid_1_ecx::CX16);
inline constexpr u32 features_1_edx =
    all(cpuid_1_edx::FPU, cpuid_1_edx::DE, cpuid_1_edx::PSE, cpuid_1_edx::TSC, cpuid_1_edx::MSR, cpuid_1_edx::PAE,
        cpuid_1_edx::CX8, cpuid_1_edx::PGE, cpuid_1_edx::CMOV, cpuid_1_edx::PAT, cpuid_1_edx::CLFSH, cpuid_1_edx::MMX,
        cpuid_1_edx::FXSR, cpuid_1_edx::SSE, cpuid_1_edx::SSE2);
inline constexpr u32 features_7_ebx = all(cpuid_7_ebx::SMEP, cpuid_7_ebx::SMAP);
inline constexpr u32 features_80000001_edx =
    all(cpuid_80000001_edx::SYSCALL, cpuid_80000001_edx::NX, cpuid_80000001_edx::Page1GB, cpuid_80000001_edx::LM);
inline constexpr u32 signature =
    static_cast<u32>(cpuid_1_eax::Stepping.put(cpuid_1_eax::Model.put(cpuid_1_eax::Family.put(0, 6), 15), 1));
}  // namespace cpuid_detail

inline constexpr u32 cpuid_highest_basic = 7, cpuid_highest_extended = 0x8000'0008;

// A leaf with one row says the same for every subleaf, except 4 and 7, whose missing subleaves are 0. A leaf in range
// without a row is 0.
inline constexpr CpuidRow cpuid_table[] = {
    {0, 0, cpuid_highest_basic, cpuid_detail::four(cpuid_detail::vendor, 0),
     cpuid_detail::four(cpuid_detail::vendor, 8), cpuid_detail::four(cpuid_detail::vendor, 4)},
    {1, 0, cpuid_detail::signature, static_cast<u32>(cpuid_1_ebx::Clflush.put(0, 64 / 8)), cpuid_detail::features_1_ecx,
     cpuid_detail::features_1_edx},
    {2, 0, 0x0000'0001, 0, 0x0000'004d, 0x002c'307d},            // descriptors of caches, as QEMU's
    {4, 0, 0x0000'0121, 0x01c0'003f, 0x0000'003f, 0x0000'0001},  // L1 data: 32 KiB
    {4, 1, 0x0000'0122, 0x01c0'003f, 0x0000'003f, 0x0000'0001},  // L1 instructions: 32 KiB
    {4, 2, 0x0000'0143, 0x03c0'003f, 0x0000'0fff, 0x0000'0001},  // L2: 4 MiB
    {4, 3, 0x0000'0163, 0x03c0'003f, 0x0000'3fff, 0x0000'0006},  // L3: 16 MiB
    {5, 0, 0, 0, 0x0000'0003, 0},
    {7, 0, 0, cpuid_detail::features_7_ebx, cpuid_detail::all(cpuid_7_ecx::UMIP), 0},
    {0x8000'0000, 0, cpuid_highest_extended, cpuid_detail::four(cpuid_detail::vendor, 0),
     cpuid_detail::four(cpuid_detail::vendor, 8), cpuid_detail::four(cpuid_detail::vendor, 4)},
    {0x8000'0001, 0, cpuid_detail::signature, 0, cpuid_detail::all(cpuid_80000001_ecx::LAHF),
     cpuid_detail::features_80000001_edx},
    {0x8000'0002, 0, cpuid_detail::four(cpuid_detail::brand, 0), cpuid_detail::four(cpuid_detail::brand, 4),
     cpuid_detail::four(cpuid_detail::brand, 8), cpuid_detail::four(cpuid_detail::brand, 12)},
    {0x8000'0005, 0, 0x01ff'01ff, 0x01ff'01ff, 0x4002'0140, 0x4002'0140},
    {0x8000'0006, 0, 0, 0x4200'4200, 0x0200'8140, 0x0080'8140},
    {0x8000'0008, 0, static_cast<u32>(cpuid_80000008_eax::Linear.put(cpuid_80000008_eax::Physical.put(0, 40), 48)), 0,
     0, 0},
};

// What cpuid answers for EAX = leaf, ECX = subleaf. A leaf above the highest basic or extended one is answered with the
// highest basic one; its subleaves count ("any dependence on input ECX value in the basic leaf is honored").
// 40000000H to 4FFFFFFFH are "invalid" in the SDM and belong to hypervisors by custom; QEMU answers the first two,
// where a guest looks for one, with 0 ("there is none"), and so does this.
constexpr CpuidRow cpuid(u32 leaf, u32 subleaf) {
    if (leaf == 0x4000'0000 || leaf == 0x4000'0001) return {leaf, subleaf, 0, 0, 0, 0};
    const bool extended = leaf >= 0x8000'0000;
    if (leaf > (extended ? cpuid_highest_extended : cpuid_highest_basic)) leaf = cpuid_highest_basic;
    for (const CpuidRow& row : cpuid_table)
        if (row.leaf == leaf && (row.subleaf == subleaf || (leaf != 4 && leaf != 7))) return row;
    return {leaf, subleaf, 0, 0, 0, 0};
}
}  // namespace ring::x86_64
