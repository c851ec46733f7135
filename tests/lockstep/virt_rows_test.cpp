// Each row of virt_differences.hpp has a program of a few instructions that meets it (virt_rows.S), so that a row which
// explains nothing any more is found; and what computes, on corner values that no kernel meets (virt_integers.S,
// virt_floats.S).
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

#include "virt_compare.hpp"

using namespace ring;
using namespace ring::lockstep;

namespace {
struct RowProgram {
    VirtRow row;
    const char* name;
};
constexpr RowProgram programs[] = {
    {VirtRow::MisalignedAmo, "misaligned_amo"},
    {VirtRow::MisalignedSc, "misaligned_sc"},
    {VirtRow::OwnStore, "own_store"},
    {VirtRow::MisalignedDevice, "misaligned_device"},
    {VirtRow::PlicRules, "plic_threshold"},
    {VirtRow::SretKeepsMprv, "sret_from_machine"},
    {VirtRow::ReturnWithoutPmp, "return_without_pmp"},
    {VirtRow::FlagWithoutDirty, "flag_without_dirty"},
    {VirtRow::StaleTranslation, "stale_translation"},
    {VirtRow::TimerNeverSet, "timer_never_set"},
    {VirtRow::TimerWithoutStce, "timer_without_stce"},
    {VirtRow::TimerLate, "timer_late"},
    {VirtRow::Identity, "identity"},
    {VirtRow::MoreStatusBits, "more_status_bits"},
    {VirtRow::ReservedMpp, "reserved_mpp"},
    {VirtRow::ImpossibleDelegation, "impossible_delegation"},
    {VirtRow::GuestInterrupts, "guest_interrupts"},
    {VirtRow::EventCounters, "event_counters"},
    {VirtRow::WideCounterEnables, "wide_counter_enables"},
    {VirtRow::CacheBlockFields, "cache_block_fields"},
    {VirtRow::OddReturnAddress, "odd_return_address"},
    {VirtRow::LargerSpaces, "larger_spaces"},
    {VirtRow::PmpReserved, "pmp_reserved"},
    {VirtRow::PmpAddressWidth, "pmp_address_width"},
    {VirtRow::ZeroIntoReadOnly, "zero_into_read_only"},
    {VirtRow::TableNotThere, "table_not_there"},
    {VirtRow::CsrOnlyInQemu, "csr_only_in_qemu"},
    {VirtRow::CsrOnlyHere, "csr_only_here"},
};

Result<VirtComparison> compare_guest(const std::string& name, u64 limit, PlicBehaviour behaviour) {
    QemuOptions options;
    options.kernel = RING_VIRT_ROWS "/" + name + ".elf";
    options.ram_mib = 16;
    options.icount_shift = 7;
    options.patience = std::chrono::seconds(120);
    return compare_virt(options, limit, behaviour);
}
}  // namespace

TEST_CASE("lockstep virt: every row of the difference table is met by its own program, and by no other") {
    std::set<VirtRow> met;
    for (const RowProgram& one : programs) {
        INFO(one.name);
        const auto rules = one.row == VirtRow::PlicRules ? PlicBehaviour::Specification : PlicBehaviour::Qemu;
        const Result<VirtComparison> result = compare_guest(one.name, 5'000, rules);
        REQUIRE_MESSAGE(result, (result ? "" : result.error().sentence()));
        CHECK(result->divergence == "");
        CHECK(result->ended_by_row == difference(one.row).ends);
        for (const auto& row : virt_differences) {
            INFO(std::string(row.what));
            CHECK((result->used[static_cast<std::size_t>(row.row)] > 0) == (row.row == one.row));
        }
        met.insert(one.row);
    }
    CHECK(met.size() == virt_differences.size());
}

TEST_CASE("lockstep virt: with QEMU's rules our interrupt controller answers as QEMU's where the row says it differs") {
    const Result<VirtComparison> result = compare_guest("plic_threshold", 5'000, PlicBehaviour::Qemu);
    REQUIRE(result);
    CHECK(result->divergence == "");
    CHECK(std::ranges::all_of(result->used, [](u64 count) { return count == 0; }));
}

TEST_CASE("lockstep virt: every instruction that computes has QEMU's result and flags on the corner values") {
    for (const char* const name : {"integers", "floats"}) {
        INFO(name);
        const Result<VirtComparison> result = compare_guest(name, 1'000'000, PlicBehaviour::Qemu);
        REQUIRE_MESSAGE(result, (result ? "" : result.error().sentence()));
        CHECK(result->divergence == "");
        CHECK_FALSE(result->ended_by_row);
        CHECK(result->steps > 30'000);
        CHECK(result->exceptions == 0);
        MESSAGE(std::string(name), ": ", result->steps, " steps");
    }
}
