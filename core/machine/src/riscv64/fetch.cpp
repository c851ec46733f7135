// From pc to a decoded instruction: translate, read the bytes, decode once per place.
#include <utility>

#include "core.hpp"

namespace ring::machine {

bool VirtMachine::Core::fetch_page(u64 address, unsigned size, bool look, u32& ram_page) {
    const u64 page = address & ~u64{page_bytes - 1};
    FetchEntry& entry = fetch_tlb[(address / page_bytes) % fetch_tlb.size()];
    const u32 now = regime();
    if (entry.page == page && entry.epoch == blocks.epoch && entry.regime == now) {
        ram_page = entry.ram_page;
        return true;
    }
    arch::Watcher* const watcher = look ? std::exchange(context.watcher, nullptr) : context.watcher;
    const bool ok = riscv64::translate(context, VirtAddr{address}, size, riscv64::Access::Execute, !look);
    context.watcher = watcher;
    if (!ok) return false;
    if (!memory.holds(context.walk.physical.value & ~u64{page_bytes - 1}, page_bytes)) {
        problem = "executing out of a device";
        return false;
    }
    if (!look) mark_tables();
    ram_page = memory.page_of(context.walk.physical.value);
    if (!look && !fine_pmp) entry = {page, blocks.epoch, ram_page, now};
    return true;
}

void VirtMachine::Core::mark_code(u32 page) {
    if (memory.is(page, GuestMemory::Code)) return;
    memory.mark(page, GuestMemory::Code);
    if (!memory.writable_in(page, tlb_epoch)) return;
    tlb_stale = true;
    if (during == During::Run) flush_before_run = true;
}

const VirtMachine::Core::Decoded* VirtMachine::Core::fetch(u64 pc, bool look) {
    // Instructions are parcels of 16 bits, so only a long one can cross a page, in its middle.
    u32 page;
    if (!fetch_page(pc, 2, look, page)) return nullptr;
    const u32 offset = static_cast<u32>(pc % page_bytes);
    const bool crosses = offset == page_bytes - 2;
    u32 second = no_page;
    const Decoded* const found = code.find(page, offset, 0);
    if (found && !fine_pmp) {
        if (found->second_page == no_page) return found;
        if (!fetch_page(pc + 2, 2, look, second)) return nullptr;
        if (second == found->second_page && code.drops(second) == found->second_drops) return found;
    }
    u8 bytes[4];
    const u8* const at = memory.data() + u64{page} * page_bytes + offset;
    Decoded decoded;
    decoded.instruction = riscv64::decode({at, std::size_t{2}});
    if (decoded.instruction.length == 0) {
        u32 rest = page;
        if ((crosses || fine_pmp) && !fetch_page(pc + 2, 2, look, rest)) return nullptr;
        bytes[0] = at[0];
        bytes[1] = at[1];
        const u8* const behind = memory.data() + u64{rest} * page_bytes + (offset + 2) % page_bytes;
        bytes[2] = behind[0];
        bytes[3] = behind[1];
        decoded.instruction = riscv64::decode({bytes, std::size_t{4}});
        if (crosses) {
            decoded.second_page = rest;
            decoded.second_drops = code.drops(rest);
            mark_code(rest);
        }
    }
    mark_code(page);
    return code.add(page, offset, 0, decoded);
}
}  // namespace ring::machine
