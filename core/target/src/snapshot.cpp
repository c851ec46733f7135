#include <algorithm>

#include "target/target.hpp"

namespace ring::target {

std::string_view name(StopKind kind) {
    switch (kind) {
        case StopKind::Start:
            return "start";
        case StopKind::Step:
            return "step";
        case StopKind::Breakpoint:
            return "breakpoint";
        case StopKind::Watchpoint:
            return "watchpoint";
        case StopKind::PrivilegeChange:
            return "privilege change";
        case StopKind::Trap:
            return "trap";
        case StopKind::AddressSpace:
            return "address space change";
        case StopKind::Halted:
            return "halted";
        case StopKind::TripleFault:
            return "triple fault";
        case StopKind::NotModelled:
            return "not modelled yet";
        case StopKind::Exited:
            return "exited";
        case StopKind::Budget:
            return "budget used up";
        case StopKind::Cancelled:
            return "cancelled";
    }
    return "";
}

std::string_view name(EventKind kind) {
    switch (kind) {
        case EventKind::Privilege:
            return "privilege";
        case EventKind::Trap:
            return "trap";
        case EventKind::Interrupt:
            return "interrupt";
        case EventKind::AddressSpace:
            return "address space";
        case EventKind::TableWrite:
            return "table write";
        case EventKind::Stale:
            return "stale translation";
        case EventKind::Console:
            return "console";
        case EventKind::Stop:
            return "stop";
    }
    return "";
}

std::optional<Bytes> Snapshot::read(VirtAddr from, u64 count) const {
    Bytes out;
    while (out.size() < count) {
        const VirtAddr at{from.value + out.size()};
        const arch::Walk walk = arch->look(registers, at, memory);
        if (!walk.ok) return std::nullopt;
        const u64 size = std::min<u64>(count - out.size(), 4096 - (at.value & 4095));
        const std::size_t old = out.size();
        out.resize(old + size);
        if (!memory(walk.physical, std::span(out).subspan(old))) return std::nullopt;
    }
    return out;
}

Snapshot take_snapshot(Target& target, const arch::RegisterFile& before) {
    Snapshot out;
    out.arch = &target.arch();
    out.registers = target.registers();
    out.before = before;
    out.step = target.steps();
    out.time_ns = target.time_ns();
    out.stop = target.last_stop();
    out.transitions = target.transitions();
    out.faults = target.faults();
    out.last_fault = target.last_fault();
    out.breakpoints = target.breakpoints();
    out.events = target.events();
    out.console = target.console();
    out.devices = target.devices();
    out.capabilities = target.capabilities();
    out.memory = [&target](PhysAddr from, std::span<u8> into) {
        Result<Bytes> bytes = target.read(from, into.size());
        if (!bytes) return false;
        std::copy(bytes->begin(), bytes->end(), into.begin());
        return true;
    };
    return out;
}
}  // namespace ring::target
