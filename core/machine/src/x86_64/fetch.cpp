// From RIP to a decoded instruction: translate, read the bytes, decode once per physical place and mode.
#include <algorithm>
#include <cstring>

#include "base/text.hpp"
#include "core.hpp"

namespace ring::machine {
using x86_64::Operation;

namespace {
unsigned slot_of(x86_64::Mode mode) { return static_cast<unsigned>(mode); }
}  // namespace

x86_64::Mode PcMachine::Core::code_mode() const {
    return cpu.code64() ? x86_64::Mode::Bits64 : cpu.code32() ? x86_64::Mode::Bits32 : x86_64::Mode::Bits16;
}

bool PcMachine::Core::fetch_page(u64 linear, bool look, u32& physical_page) {
    const u64 page = linear & ~u64{page_bytes - 1};
    FetchEntry& entry = fetch_tlb[(linear / page_bytes) % fetch_tlb.size()];
    const bool user = cpu.cpl == 3;
    if (entry.page == page && entry.epoch == epoch && entry.user == user) {
        physical_page = entry.physical_page;
        return true;
    }
    arch::Watcher* const watcher = look ? std::exchange(context.watcher, nullptr) : context.watcher;
    const bool ok = x86_64::translate(context, VirtAddr{page}, x86_64::Access::Execute, user, !look);
    context.watcher = watcher;
    if (!ok) {
        if (context.fault.vector == x86_64::PF) {
            context.fault.address = linear;
            if (!look) note_stale_uses(context.walk.level);
        }
        return false;
    }
    if (!memory.holds(context.walk.physical.value, page_bytes)) {
        problem = "physical address " + text::hex(context.walk.physical) + " holds nothing that is modelled";
        return false;
    }
    if (!look) mark_tables();
    physical_page = static_cast<u32>(context.walk.physical.value / page_bytes);
    if (!look) entry = {page, epoch, physical_page, user};
    return true;
}

void PcMachine::Core::mark_code(u32 page) {
    if (memory.is(page, GuestMemory::Code)) return;
    memory.mark(page, GuestMemory::Code);
    if (!memory.writable_in(page, tlb_epoch)) return;
    tlb_stale = true;
    if (mode == Mode::Run) flush_before_run = true;
}

const Decoded* PcMachine::Core::fetch(u64 rip, bool look) {
    u64 linear = rip;
    if (!cpu.code64()) {
        const x86_64::Segment& cs = cpu.segment[x86_64::CS];
        if (cs.base != 0) {
            problem = "code in a segment whose base is not 0";
            return nullptr;
        }
        linear = rip & 0xffffffffu;
        if (linear > cs.limit) {
            context.raise_code(x86_64::GP, 0, x86_64::Reason::CodeLimit, linear);
            return nullptr;
        }
        if (!cpu.code32()) {
            problem = "16-bit code";
            return nullptr;
        }
    } else if (!x86_64::canonical(linear)) {
        context.raise_code(x86_64::GP, 0, x86_64::Reason::NotCanonical, linear);
        return nullptr;
    }
    u32 page;
    if (!fetch_page(linear, look, page)) return nullptr;
    const x86_64::Mode mode_now = code_mode();
    const u32 offset = static_cast<u32>(linear % page_bytes);
    const Decoded* found = code.find(page, offset, slot_of(mode_now));
    if (found && found->second_page == no_page) return found;
    u32 second = no_page;
    if (found) {  // it crosses: the second page must still be the same one, and unchanged
        if (!fetch_page((linear & ~u64{page_bytes - 1}) + page_bytes, look, second)) return nullptr;
        if (second == found->second_page && code.drops(second) == found->second_drops) return found;
    }
    Bytes bytes(memory.data() + u64{page} * page_bytes + offset,
                memory.data() + u64{page} * page_bytes + std::min<u64>(offset + 15, page_bytes));
    Decoded decoded;
    decoded.instruction = x86_64::decode(bytes, mode_now);
    if (decoded.instruction.length == 0) {
        if (!fetch_page((linear & ~u64{page_bytes - 1}) + page_bytes, look, second)) return nullptr;
        const u8* const rest = memory.data() + u64{second} * page_bytes;
        bytes.insert(bytes.end(), rest, rest + (15 - bytes.size()));
        decoded.instruction = x86_64::decode(bytes, mode_now);
        decoded.second_page = second;
        decoded.second_drops = code.drops(second);
        mark_code(second);
    }
    const x86_64::Instruction& instruction = decoded.instruction;
    decoded.check = instruction.loads_mxcsr || instruction.keeps_rax_high || instruction.carries_early ||
                    std::any_of(instruction.memory.begin(), instruction.memory.begin() + instruction.memory_count,
                                [](const x86_64::MemoryOperand& operand) { return operand.alignment != 0; });
    mark_code(page);
    return code.add(page, offset, slot_of(mode_now), decoded);
}
}  // namespace ring::machine
