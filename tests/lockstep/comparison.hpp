// What a comparison with QEMU is and finds, on every board: a table of rows that explain differences, and the account
// of one run. The rule: a difference that no row explains is a failure; a row that no run uses must leave its table.
#pragma once
#include <array>
#include <string>
#include <string_view>

#include "base/types.hpp"

namespace ring::lockstep {

// Where QEMU does not do what the manual says, and we do; or where the manual leaves a choice that we make otherwise.
template <class Row>
struct DifferenceOf {
    Row row;
    std::string_view what;
    std::string_view manual;  // manual, section, title
    std::string_view qemu;
    std::string_view ours;
    bool ends = false;  // the two machines go different ways from here: the comparison of this run is over
};

template <class Row>
using DifferenceTable = std::array<DifferenceOf<Row>, static_cast<std::size_t>(Row::count)>;

template <class Row>
struct ComparisonOf {
    u64 steps = 0;  // instructions and deliveries compared
    u64 interrupts = 0;
    u64 exceptions = 0;
    u64 checkpoints = 0;  // places where also what the stream does not print was compared
    std::array<u64, static_cast<std::size_t>(Row::count)> used{};  // how often each row explained something
    std::string divergence;                                        // empty: none that the table does not explain
    std::string console_qemu, console_ours;
    bool ended_by_row = false;
    bool ok() const { return divergence.empty(); }
    void use(Row row) { ++used[static_cast<std::size_t>(row)]; }
};
}  // namespace ring::lockstep
