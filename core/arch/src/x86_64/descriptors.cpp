#include "descriptors.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace ring::x86_64 {
namespace {
std::string_view table_of(u16 selector) { return selector::TI.set(selector) ? "LDT" : "GDT"; }

std::string name_of(u16 selector) {
    return fmt::format("{} entry {}", table_of(selector), selector::Index.get(selector));
}

bool outside(Context& context, u16 selector, u8 vector) {
    const Cpu& cpu = context.cpu;
    const u64 limit = selector::TI.set(selector) ? cpu.ldtr.limit : cpu.gdtr.limit;
    context.raise_code(vector, error_for(selector) | context.scratch.ext, Reason::SelectorOutsideTable, selector,
                       limit);
    return false;
}
}  // namespace

Segment unpack(u16 selector, u64 low, u64 high) {
    Segment segment;
    segment.selector = selector;
    segment.attributes = static_cast<u16>(low >> 40 & 0xf0ff);
    const u64 limit = descriptor::LimitLow.get(low) | descriptor::LimitHigh.get(low) << 16;
    segment.limit = static_cast<u32>(descriptor::G.set(low) ? limit << 12 | 0xfff : limit);
    segment.base =
        descriptor::BaseLow.get(low) | descriptor::BaseHigh.get(low) << 24 | descriptor::BaseTop.get(high) << 32;
    return segment;
}

bool find_descriptor(const Cpu& cpu, u16 selector, unsigned size, VirtAddr& address) {
    const u64 offset = selector & 0xfff8u;
    if (selector::TI.set(selector)) {
        if (!cpu.ldtr.usable() || offset + size - 1 > cpu.ldtr.limit) return false;
        address = VirtAddr{cpu.ldtr.base + offset};
        return true;
    }
    if (offset + size - 1 > cpu.gdtr.limit) return false;
    address = VirtAddr{cpu.gdtr.base + offset};
    return true;
}

bool read_descriptor(Context& context, u16 selector, u8 vector, u64& low, u64& address) {
    VirtAddr at;
    if (!find_descriptor(context.cpu, selector, 8, at)) return outside(context, selector, vector);
    address = at.value;
    if (!context.watcher) return read(context, at, 8, low, As::System);
    return read(context, at, 8, low, As::System, name_of(selector));
}

bool read_descriptor16(Context& context, u16 selector, u8 vector, u64& low, u64& high, u64& address) {
    VirtAddr at;
    if (!find_descriptor(context.cpu, selector, 16, at)) return outside(context, selector, vector);
    address = at.value;
    if (!context.watcher)
        return read(context, at, 8, low, As::System) && read(context, VirtAddr{at.value + 8}, 8, high, As::System);
    return read(context, at, 8, low, As::System, name_of(selector)) &&
           read(context, VirtAddr{at.value + 8}, 8, high, As::System, name_of(selector) + ", upper half");
}

bool mark_accessed(Context& context, u64 address, u64& low) {
    const u64 bit = attributes::Accessed.mask() << descriptor::Type.low;
    if (low & bit) return true;
    if (!write(context, VirtAddr{address}, 8, low | bit, As::System, "descriptor, accessed bit")) return false;
    low |= bit;
    return true;
}
}  // namespace ring::x86_64
