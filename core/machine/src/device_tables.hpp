// The devices as tables for views (the devices themselves know no views): what a reader wants to know of each, field by
// field. Reads nothing that has a side effect; what a device hides from the guest (a gateway's state) is told too.
#pragma once
#include <vector>

#include "arch/arch.hpp"
#include "machine/devices/pc_devices.hpp"
#include "machine/devices/virt_devices.hpp"

namespace ring::machine {
std::vector<arch::SystemTable> told(const PcDevices& devices, u64 now_ns);
std::vector<arch::SystemTable> told(const VirtDevices& devices, u64 now_ns);
}  // namespace ring::machine
