// Who owns an address, by the list that the session gives.
#pragma once
#include <span>
#include <string>

#include "view/mappings.hpp"

namespace ring::view {
// The first owner that touches the `size` bytes from `at`; empty when nobody does.
std::string owner_of(std::span<const Owner> owners, VirtAddr at, u64 size = 1);
}  // namespace ring::view
