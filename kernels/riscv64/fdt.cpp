#include "fdt.hpp"

namespace {

constexpr u32 magic = 0xd00dfeed;
constexpr u64 size_limit = 1 << 20, header_bytes = 40;
constexpr u32 begin_node = 1, end_node = 2, prop = 3, nop = 4;

u32 big_endian(const u8* at) { return u32{at[0]} << 24 | u32{at[1]} << 16 | u32{at[2]} << 8 | u32{at[3]}; }

// How many bytes there are before the zero; `end` when there is none before it.
u64 text_length(const DeviceTree& tree, u64 at, u64 end) {
    u64 length = 0;
    while (at + length < end && tree.bytes[at + length] != 0) length++;
    return length;
}

bool equal(const u8* at, u64 length, const char* text) {
    for (u64 i = 0; i < length; i++) {
        if (text[i] == '\0' || at[i] != static_cast<u8>(text[i])) return false;
    }
    return text[length] == '\0';
}

bool is_node(const u8* at, u64 length, const char* name) {
    u64 stem = 0;
    while (stem < length && at[stem] != '@') stem++;
    return equal(at, stem, name);
}

}  // namespace

bool open_device_tree(u64 address, DeviceTree& tree) {
    if (address == 0 || address % 8 != 0) return false;
    const u8* bytes = reinterpret_cast<const u8*>(address);
    if (big_endian(bytes) != magic) return false;
    const u64 size = big_endian(bytes + 4);
    if (size < header_bytes || size > size_limit) return false;
    const u64 structure = big_endian(bytes + 8), structure_bytes = big_endian(bytes + 36);
    const u64 strings = big_endian(bytes + 12), strings_bytes = big_endian(bytes + 32);
    if (structure % 4 != 0 || structure > size || structure_bytes > size - structure) return false;
    if (strings > size || strings_bytes > size - strings) return false;
    tree = {bytes, size, structure, structure + structure_bytes, strings, strings + strings_bytes};
    return true;
}

Property find_property(const DeviceTree& tree, const char* node, const char* name) {
    u64 at = tree.structure;
    int depth = 0;  // 1 inside the root, 2 inside a node below it
    bool here = false;
    while (at + 4 <= tree.structure_end) {
        const u32 token = big_endian(tree.bytes + at);
        at += 4;
        if (token == begin_node) {
            const u64 length = text_length(tree, at, tree.structure_end);
            depth++;
            if (depth == 1) here = node[0] == '\0';
            if (depth == 2) here = is_node(tree.bytes + at, length, node);
            at += (length + 4) & ~u64{3};  // with its zero, up to the next multiple of 4
        } else if (token == end_node) {
            here = false;
            depth--;
            if (depth == 1) here = node[0] == '\0';
        } else if (token == prop) {
            if (at + 8 > tree.structure_end) break;
            const u64 size = big_endian(tree.bytes + at), name_at = tree.strings + big_endian(tree.bytes + at + 4);
            at += 8;
            if (size > tree.structure_end - at || name_at >= tree.strings_end) break;
            const u64 wanted_depth = node[0] == '\0' ? 1 : 2;
            if (here && static_cast<u64>(depth) == wanted_depth &&
                equal(tree.bytes + name_at, text_length(tree, name_at, tree.strings_end), name))
                return {tree.bytes + at, size};
            at += (size + 3) & ~u64{3};
        } else if (token != nop) {
            break;  // the end, or something that nobody defined
        }
    }
    return {nullptr, 0};
}

bool read_cells(Property property, u64 offset, u64 size, u64& value) {
    if (property.bytes == nullptr || offset > property.size || size > property.size - offset) return false;
    value = big_endian(property.bytes + offset);
    if (size == 8) value = value << 32 | big_endian(property.bytes + offset + 4);
    return true;
}
