#include "arch/riscv64/context.hpp"

#include <algorithm>

#include "arch/riscv64/csr.hpp"
#include "arch/riscv64/layouts.hpp"
#include "arch/riscv64/transitions.hpp"

namespace ring::riscv64 {
namespace {
u64 read_register(const void* of, arch::RegisterId id) {
    const Context& context = *static_cast<const Context*>(of);
    const Cpu& cpu = context.cpu;
    const Reg reg = static_cast<Reg>(id);
    const u64 value = get(cpu, reg);
    // What a counter is written to is read by the next instruction, when this one will have counted.
    const u64 steps = context.bus.steps();
    switch (reg) {
        case Reg::mip:
        case Reg::sip:
            return pending_bits(cpu, context.bus.interrupt_lines(), context.bus.time()) &
                   (reg == Reg::sip ? cpu.mideleg : ~u64{0});
        case Reg::mcycle:
            return counters::CY.set(cpu.mcountinhibit) ? value
                                                       : value + steps + (context.scratch.mcycle_written_by == steps);
        case Reg::minstret:
            return counters::IR.set(cpu.mcountinhibit) ? value
                                                       : value + steps + (context.scratch.minstret_written_by == steps);
        default:
            return value;
    }
}
}  // namespace

arch::RegisterReader Context::register_reader() const { return {this, read_register}; }

std::string_view name(Mode mode) {
    switch (mode) {
        case Mode::U:
            return "U-mode";
        case Mode::S:
            return "S-mode";
        case Mode::M:
            return "M-mode";
    }
    return "reserved mode";  // 2, which only a debugger can set
}

Outcome Context::raise(Exception code, u64 value, Reason reason, u64 a, u64 b) {
    fault = {code, false, value, reason, a, b};
    return Outcome::Fault;
}

Outcome Context::illegal(Reason reason, u64 a, u64 b) {
    return raise(IllegalInstruction, instruction.bits, reason, a, b);
}

Mode effective_mode(const Cpu& cpu, Access access) {
    if (access == Access::Execute || cpu.mode != Mode::M || !mstatus::MPRV.set(cpu.mstatus)) return cpu.mode;
    return static_cast<Mode>(mstatus::MPP.get(cpu.mstatus));
}

bool translates(const Cpu& cpu, Mode mode) { return mode != Mode::M && satp::MODE.get(cpu.satp) == satp::sv39; }

bool translate(Context& context, VirtAddr address, unsigned size, Access access, bool update) {
    WalkState& walk = context.walk;
    walk.address = address;
    walk.access = access;
    walk.mode = effective_mode(context.cpu, access);
    walk.update = update;
    walk.size = static_cast<u8>(size);
    if (translates(context.cpu, walk.mode)) {
        if (!run(page_walk, context)) return false;
    } else {
        walk.physical = PhysAddr{address.value};
        walk.page_size = 4096;
    }
    return run(physical_check, context);
}

namespace {
// Up to two pages of one access, lowest first.
struct Part {
    PhysAddr at;
    unsigned size = 0;
};
using Parts = std::array<Part, 2>;

bool find_parts(Context& context, VirtAddr address, unsigned size, Access access, Parts& parts) {
    const unsigned first = static_cast<unsigned>(std::min<u64>(size, 4096 - (address.value & 4095)));
    if (!translate(context, address, first, access)) return false;
    parts[0] = {context.walk.physical, first};
    if (first == size) return true;
    if (!translate(context, VirtAddr{address.value + first}, size - first, access)) return false;
    parts[1] = {context.walk.physical, size - first};
    return true;
}

// A part of 3, 5, 6 or 7 bytes happens only when an access crosses a page.
bool whole(unsigned size) { return size == 1 || size == 2 || size == 4 || size == 8; }

u64 read_part(Bus& bus, const Part& part) {
    if (whole(part.size)) return bus.read(part.at, part.size);
    u64 value = 0;
    for (unsigned i = 0; i < part.size; ++i) value |= bus.read(PhysAddr{part.at.value + i}, 1) << (8 * i);
    return value;
}

void write_part(Bus& bus, const Part& part, u64 value) {
    if (whole(part.size)) return bus.write(part.at, part.size, value);
    for (unsigned i = 0; i < part.size; ++i) bus.write(PhysAddr{part.at.value + i}, 1, value >> (8 * i) & 0xff);
}

u64 low_bytes(u64 value, unsigned size) { return size >= 8 ? value : value & ((u64{1} << (8 * size)) - 1); }

u64 gather(Bus& bus, const Parts& parts) {
    u64 value = read_part(bus, parts[0]);
    if (parts[1].size) value |= read_part(bus, parts[1]) << (8 * parts[0].size);
    return value;
}
}  // namespace

bool load(Context& context, VirtAddr address, unsigned size, u64& value, std::string_view what) {
    Parts parts{};
    if (!find_parts(context, address, size, Access::Read, parts)) return false;
    value = gather(context.bus, parts);
    if (context.watcher)
        context.watcher->memory({address, parts[0].at, static_cast<u8>(size), value, value, false, std::string(what)});
    return true;
}

bool store(Context& context, VirtAddr address, unsigned size, u64 value, std::string_view what) {
    Parts parts{};
    if (!find_parts(context, address, size, Access::Write, parts)) return false;
    const u64 stored = low_bytes(value, size);
    // A device's register may change by being read: there the old value is not looked at.
    const bool memory = context.bus.there(parts[0].at, parts[0].size) == Bus::There::Memory;
    const u64 before = context.watcher && memory ? gather(context.bus, parts) : 0;
    write_part(context.bus, parts[0], low_bytes(stored, parts[0].size));
    if (parts[1].size) write_part(context.bus, parts[1], stored >> (8 * parts[0].size));
    if (context.watcher)
        context.watcher->memory({address, parts[0].at, static_cast<u8>(size), before, stored, true, std::string(what)});
    return true;
}
}  // namespace ring::riscv64
