// Lists that share most of their steps are joined from arrays at compile time.
#pragma once
#include <array>

#include "arch/x86_64/transitions.hpp"

namespace ring::x86_64 {
template <std::size_t a, std::size_t b>
constexpr std::array<Step, a + b> join(const Step (&first)[a], const Step (&second)[b]) {
    std::array<Step, a + b> all{};
    for (std::size_t i = 0; i < a; ++i) all[i] = first[i];
    for (std::size_t i = 0; i < b; ++i) all[a + i] = second[i];
    return all;
}
template <std::size_t a, std::size_t b>
constexpr std::array<Step, a + b> join(const std::array<Step, a>& first, const Step (&second)[b]) {
    std::array<Step, a + b> all{};
    for (std::size_t i = 0; i < a; ++i) all[i] = first[i];
    for (std::size_t i = 0; i < b; ++i) all[a + i] = second[i];
    return all;
}
template <std::size_t a>
constexpr std::array<Step, a + 1> join(const Step& first, const Step (&second)[a]) {
    const Step one[] = {first};
    return join(one, second);
}
}  // namespace ring::x86_64
