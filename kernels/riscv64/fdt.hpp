// A reader of flattened device trees, the one thing that tells a RISC-V kernel what machine it is on. Devicetree
// Specification 0.4, chapter 5 "Flattened Devicetree (DTB) Format". The rule: every offset in it was written by
// somebody else, and is compared with the tree's size before it is used.
#pragma once
#include "types.hpp"

struct DeviceTree {
    const u8* bytes;
    u64 size;
    u64 structure, structure_end, strings, strings_end;
};

struct Property {
    const u8* bytes;  // null: there is none
    u64 size;
};

// False when what is at `address` is no device tree. Its size is at most 1 MiB.
bool open_device_tree(u64 address, DeviceTree& tree);

// The property of a node below the root ("" is the root itself), whose name may go on after `node` with an @ and an
// address: find_property(tree, "memory", "reg").
Property find_property(const DeviceTree& tree, const char* node, const char* name);

// A big-endian number of 4 or 8 bytes at `offset`, false when it is not there.
bool read_cells(Property property, u64 offset, u64 size, u64& value);
