#include "machine/devices/plic.hpp"

#include "base/result.hpp"

namespace ring::machine {
namespace {
// The index of the register at `offset` in a block of `count` of them from `first`; nullopt-like: count, when outside.
constexpr u64 index_in(u64 offset, u64 first, u64 stride, u64 count) {
    return offset >= first && offset - first < stride * count ? (offset - first) / stride : count;
}
}  // namespace

// "Interrupt Priorities": the greatest priority wins, the lowest number breaks a tie; 0 never interrupts.
unsigned Plic::best(unsigned context, u32 above) const {
    unsigned found = 0;
    for (unsigned word = 0; word < words; ++word) {
        const u32 candidates = pending_[word] & ~claimed_[word] & enable_[context][word];
        for (u32 left = candidates; left != 0; left &= left - 1) {
            const unsigned source = word * 32 + static_cast<unsigned>(__builtin_ctz(left));
            if (priority_[source] <= above) continue;
            above = priority_[source];
            found = source;
        }
    }
    return found;
}

void Plic::set_line(unsigned source, bool level) {
    RING_ASSERT(source > 0 && source < sources);
    put(lines_, source, level);
    if (level && (rules_ == PlicRules::Qemu || !test(claimed_, source))) put(pending_, source, true);
    if (level) drive();
}

// What QEMU calls at all but the writes of enable registers.
void Plic::drive() {
    for (unsigned context = 0; context < contexts; ++context)
        driven_[context] = rules_ == PlicRules::Qemu && best(context, threshold_[context]) != 0;
}

u32 Plic::claim(unsigned context) {
    const unsigned source = claimable(context);
    if (source != 0) {
        put(pending_, source, false);
        put(claimed_, source, true);
    }
    drive();
    return source;
}

void Plic::complete(unsigned context, u32 source) {
    if (source >= sources) return;
    if (rules_ == PlicRules::Qemu) {
        put(claimed_, source, false);
        return drive();
    }
    if (!test(enable_[context], source) || !test(claimed_, source)) return;
    put(claimed_, source, false);
    if (test(lines_, source)) put(pending_, source, true);
}

u32 Plic::read(u64 offset) {
    RING_ASSERT(there(offset, 4));
    if (const u64 source = index_in(offset, priority_at, 4, priority_.size()); source < priority_.size())
        return priority_[source];
    if (const u64 word = index_in(offset, pending_at, 4, words); word < words) return pending_[word];
    if (const u64 context = index_in(offset, enable_at, enable_stride, contexts); context < contexts) {
        const u64 word = (offset - enable_at) % enable_stride / 4;
        return word < words ? enable_[context][word] : 0;
    }
    const u64 context = index_in(offset, context_at, context_stride, contexts);
    if (context == contexts) return 0;
    switch ((offset - context_at) % context_stride) {
        case threshold_at:
            return threshold_[context];
        case claim_at:
            return claim(static_cast<unsigned>(context));
        default:
            return 0;
    }
}

void Plic::write(u64 offset, u32 value) {
    RING_ASSERT(there(offset, 4));
    if (const u64 source = index_in(offset, priority_at, 4, priority_.size()); source < priority_.size()) {
        if (source != 0) {
            priority_[source] = value & most_priority;
            drive();
        }
        return;
    }
    if (const u64 context = index_in(offset, enable_at, enable_stride, contexts); context < contexts) {
        const u64 word = (offset - enable_at) % enable_stride / 4;
        if (word < words) enable_[context][word] = word == 0 ? value & ~u32{1} : value;
        return;
    }
    const u64 context = index_in(offset, context_at, context_stride, contexts);
    if (context == contexts) return;
    switch ((offset - context_at) % context_stride) {
        case threshold_at:
            threshold_[context] = value & most_priority;
            return drive();
        case claim_at:
            return complete(static_cast<unsigned>(context), value);
        default:
            return;
    }
}

PlicSource Plic::source(unsigned number) const {
    RING_ASSERT(number > 0 && number < sources);
    PlicSource source{priority_[number], test(lines_, number), test(pending_, number), test(claimed_, number), 0};
    for (unsigned context = 0; context < contexts; ++context)
        if (test(enable_[context], number)) source.enabled |= static_cast<u8>(1u << context);
    return source;
}

void Plic::add_to(Digest& digest) const {
    for (u32 priority : priority_) digest.add(priority);
    for (const Bits* bits : {&lines_, &pending_, &claimed_, &enable_[0], &enable_[1]})
        for (u32 word : *bits) digest.add(word);
    for (u32 threshold : threshold_) digest.add(threshold);
    for (bool driven : driven_) digest.add(driven);
    digest.add(rules_);
}
}  // namespace ring::machine
