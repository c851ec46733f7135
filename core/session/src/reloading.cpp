#include "session/reloading.hpp"

#include <fmt/format.h>

#include <map>

#include "base/text.hpp"

namespace ring::session {
namespace {
// "main+0x4" of the old programs as an address of the new ones.
Result<VirtAddr> moved_to(const Session& old, const Session& fresh, VirtAddr address) {
    for (const SymbolBook::Program& program : old.symbols().programs()) {
        const std::optional<elf::SymbolAt> at = program.symbols.at(address);
        if (!at) continue;
        Result<VirtAddr> now = fresh.symbols().find(program.name + ':' + at->symbol->name);
        if (!now) return now;
        return VirtAddr{now->value + at->offset};
    }
    return address;
}
}  // namespace

std::string keep_breakpoints(const Session& old, Session& fresh) {
    std::size_t kept = 0;
    std::map<target::BreakpointId, target::BreakpointId> renamed;
    std::string lost;
    for (const auto& [id, one] : old.now().breakpoints) {
        target::Breakpoint wanted = one;
        if (one.part_of) {
            const auto whole = renamed.find(*one.part_of);
            if (whole == renamed.end()) continue;  // it is told as gone
            wanted.part_of = whole->second;
        }
        const bool somewhere = one.kind == target::BreakKind::Address || one.kind == target::BreakKind::Write ||
                               one.kind == target::BreakKind::Read || one.kind == target::BreakKind::ReadWrite;
        if (somewhere) {
            const Result<VirtAddr> address = moved_to(old, fresh, one.address);
            if (address) wanted.address = *address;
            const Result<target::BreakpointId> added =
                address ? fresh.target().add_breakpoint(wanted) : Result<target::BreakpointId>(address.error());
            if (added) renamed[id] = *added;
            if (one.part_of) continue;
            if (!added) {
                const std::string name = one.label.empty() ? old.symbols().label(one.address) : one.label;
                lost += (lost.empty() ? "" : ", ") + (name.empty() ? text::hex(one.address) : text::printable(name));
                continue;
            }
        } else if (!fresh.target().add_breakpoint(wanted)) {
            continue;
        }
        ++kept;
    }
    fresh.moved();
    if (kept == 0 && lost.empty()) return "loaded anew";
    std::string out = fmt::format("loaded anew; {} breakpoint{} kept", kept, kept == 1 ? "" : "s");
    if (!lost.empty()) out += "; gone, because their symbols are: " + lost;
    return out;
}
}  // namespace ring::session
