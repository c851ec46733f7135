#include "arch/x86_64/context.hpp"

#include <algorithm>

#include "arch/x86_64/transitions.hpp"

namespace ring::x86_64 {

Outcome Context::raise(u8 vector, Reason reason, u64 a, u64 b) {
    fault = Fault{};
    fault.vector = vector;
    fault.reason = reason;
    fault.a = a;
    fault.b = b;
    return Outcome::Fault;
}

Outcome Context::raise_code(u8 vector, u32 error, Reason reason, u64 a, u64 b) {
    raise(vector, reason, a, b);
    fault.has_error = true;
    fault.error = error;
    return Outcome::Fault;
}

namespace {
bool walk_to(Context& context, VirtAddr address, Access access, bool user, bool implicit, bool update) {
    WalkState& walk = context.walk;
    if (!context.cpu.paging()) {  // SDM Vol. 3A 4.1.1 "Four Paging Modes": linear addresses are physical
        walk.physical = PhysAddr{address.value & 0xffffffffu};
        walk.page_size = 4096;
        walk.writable = walk.user_page = walk.executable = true;
        return true;
    }
    walk.address = address;
    walk.access = access;
    walk.user = user;
    walk.implicit = implicit;
    walk.update = update;
    return run(page_walk, context);
}

// Up to two pages of one access, lowest first.
struct Span {
    PhysAddr at;
    unsigned size = 0;
};

// One page of an access of the core's own. Unwatched, a walk that succeeded before need not be repeated.
bool page_of(Context& context, VirtAddr address, Access access, bool user, bool implicit, PhysAddr& physical) {
    const Cpu& cpu = context.cpu;
    const bool remembers = !context.watcher && cpu.paging();
    const u64 page = address.value & ~u64{4095};
    const u8 kind = static_cast<u8>(static_cast<unsigned>(access) | unsigned{user} << 2 | unsigned{implicit} << 3 |
                                    unsigned{rflags::AC.set(cpu.rflags)} << 4);
    u64 physical_page;
    if (remembers && context.bus.recall(page, kind, physical_page)) {
        physical = PhysAddr{physical_page | (address.value & 4095)};
        return true;
    }
    if (!walk_to(context, address, access, user, implicit, true)) return false;
    physical = context.walk.physical;
    if (remembers) context.bus.remember(page, kind, physical.value & ~u64{4095});
    return true;
}

bool translate_span(Context& context, VirtAddr address, unsigned size, Access access, As as,
                    std::array<Span, 2>& spans) {
    const bool user = as == As::Current && context.cpu.cpl == 3;
    const bool implicit = as == As::System;
    const unsigned first = static_cast<unsigned>(std::min<u64>(size, 4096 - (address.value & 4095)));
    spans[1] = {};
    spans[0].size = first;
    if (!page_of(context, address, access, user, implicit, spans[0].at)) return false;
    if (first == size) return true;
    u64 next = address.value + first;
    // Linear addresses wrap at 4 GiB outside 64-bit mode; in long mode the CPU's own tables may lie above.
    if (!context.cpu.long_mode() || (as == As::Current && !context.cpu.code64())) next &= 0xffffffffu;
    spans[1].size = size - first;
    return page_of(context, VirtAddr{next}, access, user, implicit, spans[1].at);
}

// A span of 3, 5, 6 or 7 bytes happens only when an access crosses a page.
u64 read_bytes(Bus& bus, PhysAddr at, unsigned size) {
    if (size == 1 || size == 2 || size == 4 || size == 8) return bus.read(at, size);
    u64 value = 0;
    for (unsigned i = 0; i < size; ++i) value |= bus.read(PhysAddr{at.value + i}, 1) << (8 * i);
    return value;
}

void write_bytes(Bus& bus, PhysAddr at, unsigned size, u64 value) {
    if (size == 1 || size == 2 || size == 4 || size == 8) return bus.write(at, size, value);
    for (unsigned i = 0; i < size; ++i) bus.write(PhysAddr{at.value + i}, 1, value >> (8 * i) & 0xff);
}

u64 gather(Bus& bus, const std::array<Span, 2>& spans) {
    u64 value = read_bytes(bus, spans[0].at, spans[0].size);
    if (spans[1].size) value |= read_bytes(bus, spans[1].at, spans[1].size) << (8 * spans[0].size);
    return value;
}

u64 low_bytes(u64 value, unsigned size) { return size >= 8 ? value : value & ((u64{1} << (8 * size)) - 1); }
}  // namespace

bool translate(Context& context, VirtAddr address, Access access, bool user, bool update) {
    return walk_to(context, address, access, user, false, update);
}

bool read(Context& context, VirtAddr address, unsigned size, u64& value, As as, std::string_view what) {
    std::array<Span, 2> spans;
    if (!translate_span(context, address, size, Access::Read, as, spans)) return false;
    value = gather(context.bus, spans);
    if (context.watcher)
        context.watcher->memory({address, spans[0].at, static_cast<u8>(size), value, value, false, std::string(what)});
    return true;
}

bool write(Context& context, VirtAddr address, unsigned size, u64 value, As as, std::string_view what) {
    std::array<Span, 2> spans;
    if (!translate_span(context, address, size, Access::Write, as, spans)) return false;
    const u64 stored = low_bytes(value, size);
    const u64 before = context.watcher ? gather(context.bus, spans) : 0;
    write_bytes(context.bus, spans[0].at, spans[0].size, low_bytes(stored, spans[0].size));
    if (spans[1].size) write_bytes(context.bus, spans[1].at, spans[1].size, stored >> (8 * spans[0].size));
    if (context.watcher)
        context.watcher->memory({address, spans[0].at, static_cast<u8>(size), before, stored, true, std::string(what)});
    return true;
}

bool probe_write(Context& context, VirtAddr address, unsigned size, As as) {
    std::array<Span, 2> spans;
    return translate_span(context, address, size, Access::Write, as, spans);
}
}  // namespace ring::x86_64
