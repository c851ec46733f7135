// Our CPUID table and QEMU's -cpu are pinned to each other: a guest asks QEMU for every leaf.
#include "arch/x86_64/cpuid.hpp"

#include <doctest/doctest.h>

#include <cstring>

#include "base/text.hpp"
#include "qemu_run.hpp"

using namespace ring;
using namespace ring::x86_64;

namespace {
std::vector<u32> leaves() {
    std::vector<u32> all;
    for (u32 leaf = 0; leaf < 0x20; ++leaf) all.push_back(leaf);
    for (u32 leaf = 0; leaf < 0x10; ++leaf) all.push_back(0x8000'0000 + leaf);
    for (u32 leaf : {0x4000'0000u, 0x4000'0001u, 0x4000'0002u, 0x7fff'ffffu, 0x8fff'ffffu, 0xffff'ffffu})
        all.push_back(leaf);
    return all;
}
constexpr u32 subleaves = 6;
}  // namespace

TEST_CASE("cpuid: QEMU with our -cpu answers every leaf as our table does") {
    lockstep::QemuOptions options;
    options.kernel = RING_CPUID_KERNEL;
    options.cpu = qemu_cpu_option;
    Result<lockstep::QemuRun> run = lockstep::QemuRun::start(options);
    REQUIRE_MESSAGE(run, (run ? "" : run.error().sentence()));
    while (run->stream().next()) {}
    REQUIRE_FALSE(run->stream().failure());
    CHECK(run->wait() == 1);
    const std::string bytes = run->console();
    const std::vector<u32> asked = leaves();
    REQUIRE(bytes.size() == asked.size() * subleaves * 16);
    // Nothing is left out: there is no local APIC (its id is 0), and no OSXSAVE that would follow CR4. SYSCALL in
    // 80000001H:EDX is 1 in QEMU's 32-bit mode too, as in our table; an Intel CPU would show 0 here.
    std::size_t at = 0;
    for (u32 leaf : asked) {
        for (u32 subleaf = 0; subleaf < subleaves; ++subleaf, at += 16) {
            u32 qemu[4];
            std::memcpy(qemu, bytes.data() + at, 16);
            const CpuidRow ours = cpuid(leaf, subleaf);
            INFO("leaf ", text::hex(u64{leaf}), " subleaf ", subleaf);
            CHECK(text::hex(u64{ours.eax}) == text::hex(u64{qemu[0]}));
            CHECK(text::hex(u64{ours.ebx}) == text::hex(u64{qemu[1]}));
            CHECK(text::hex(u64{ours.ecx}) == text::hex(u64{qemu[2]}));
            CHECK(text::hex(u64{ours.edx}) == text::hex(u64{qemu[3]}));
        }
    }
}

TEST_CASE("cpuid: a leaf out of range is answered with the highest basic leaf") {
    for (u32 leaf : {8u, 0x4000'0002u, 0x8000'0009u, 0xffff'ffffu}) CHECK(cpuid(leaf, 0) == cpuid(7, 0));
    CHECK(cpuid(8, 1).ebx == 0);
    CHECK(cpuid(6, 0) == CpuidRow{6, 0, 0, 0, 0, 0});
}

TEST_CASE("cpuid: the features are those that the machine models") {
    const CpuidRow one = cpuid(1, 0), extended = cpuid(0x8000'0001, 0);
    for (const Field* field : {&cpuid_1_edx::FPU, &cpuid_1_edx::PAE, &cpuid_1_edx::FXSR, &cpuid_1_edx::SSE2})
        CHECK_MESSAGE(field->set(one.edx), field->name);
    for (const Field* field : {&cpuid_1_edx::APIC, &cpuid_1_edx::SEP, &cpuid_1_edx::MCE, &cpuid_1_edx::MTRR})
        CHECK_FALSE_MESSAGE(field->set(one.edx), field->name);
    for (const Field* field : {&cpuid_1_ecx::XSAVE, &cpuid_1_ecx::SSSE3, &cpuid_1_ecx::POPCNT, &cpuid_1_ecx::RDRAND})
        CHECK_FALSE_MESSAGE(field->set(one.ecx), field->name);
    CHECK(cpuid_80000001_edx::SYSCALL.set(extended.edx));
    CHECK(cpuid_80000001_edx::LM.set(extended.edx));
    CHECK_FALSE(cpuid_80000001_edx::RDTSCP.set(extended.edx));
    CHECK(cpuid_80000008_eax::Physical.get(cpuid(0x8000'0008, 0).eax) == 40);
}
