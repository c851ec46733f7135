// The words that every layer speaks: fixed-width integers, bytes, and addresses that cannot be mixed up.
// The rule: a virtual address is not a physical one; only a page walk turns the first into the second.
#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ring {
using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i8 = std::int8_t;
using i16 = std::int16_t;
using i32 = std::int32_t;
using i64 = std::int64_t;

using Bytes = std::vector<u8>;
using ByteSpan = std::span<const u8>;

struct VirtAddr {
    u64 value = 0;
    auto operator<=>(const VirtAddr&) const = default;
};
struct PhysAddr {
    u64 value = 0;
    auto operator<=>(const PhysAddr&) const = default;
};

consteval u64 operator""_KiB(unsigned long long n) { return n << 10; }
consteval u64 operator""_MiB(unsigned long long n) { return n << 20; }
consteval u64 operator""_GiB(unsigned long long n) { return n << 30; }
}  // namespace ring
