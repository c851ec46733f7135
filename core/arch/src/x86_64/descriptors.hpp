// Segment descriptors as the CPU uses them: found by selector, judged field by field, unpacked into the hidden part.
// The rule: reads and writes of the tables are implicit system accesses; whoever judges a descriptor gives the vector.
#pragma once
#include "arch/x86_64/context.hpp"

namespace ring::x86_64 {

constexpr bool is_null(u16 selector) { return (selector & 0xfffc) == 0; }
constexpr unsigned rpl(u16 selector) { return selector & 3u; }
constexpr u32 error_for(u16 selector) { return selector & 0xfffcu; }

constexpr unsigned descriptor_dpl(u64 low) { return static_cast<unsigned>(descriptor::DPL.get(low)); }
constexpr bool descriptor_present(u64 low) { return descriptor::P.set(low); }
constexpr unsigned descriptor_type(u64 low) { return static_cast<unsigned>(descriptor::Type.get(low)); }
constexpr bool is_segment(u64 low) { return descriptor::S.set(low); }
constexpr bool is_code(u64 low) { return is_segment(low) && attributes::Code.set(descriptor_type(low)); }
constexpr bool is_data(u64 low) { return is_segment(low) && !attributes::Code.set(descriptor_type(low)); }
constexpr bool is_conforming(u64 low) { return is_code(low) && attributes::Conforming.set(descriptor_type(low)); }
constexpr bool is_writable(u64 low) { return is_data(low) && attributes::Writable.set(descriptor_type(low)); }
constexpr bool is_readable(u64 low) {
    return is_data(low) || (is_code(low) && attributes::Readable.set(descriptor_type(low)));
}
constexpr bool is_code64(u64 low) { return is_code(low) && descriptor::L.set(low); }

// The types of system descriptors. SDM Vol. 3A Table 3-2 "System-Segment and Gate-Descriptor Types".
enum SystemType : unsigned {
    tss16_available = 1,
    ldt = 2,
    tss16_busy = 3,
    call_gate16 = 4,
    task_gate = 5,
    interrupt_gate16 = 6,
    trap_gate16 = 7,
    tss_available = 9,
    tss_busy = 11,
    call_gate = 12,
    interrupt_gate = 14,
    trap_gate = 15
};

// What a segment register hides after loading the descriptor. A 16-byte descriptor adds its upper word to the base.
Segment unpack(u16 selector, u64 low, u64 high = 0);

// A register that holds a null selector: unusable. SS keeps the privilege level in DPL, as the CPU does.
constexpr Segment null_segment(u16 selector, unsigned dpl = 0) {
    Segment segment;
    segment.selector = selector;
    segment.attributes = static_cast<u16>(attributes::DPL.put(0, dpl));
    return segment;
}

// The address of the `size` bytes that the selector names in the GDT or the LDT; false when they are not inside the
// table (no fault is set).
[[nodiscard]] bool find_descriptor(const Cpu& cpu, u16 selector, unsigned size, VirtAddr& address);

// Finds and reads one, 8 or 16 bytes long. Outside its table: `vector` with the selector (+ scratch.ext) as error code.
[[nodiscard]] bool read_descriptor(Context& context, u16 selector, u8 vector, u64& low, u64& address);
[[nodiscard]] bool read_descriptor16(Context& context, u16 selector, u8 vector, u64& low, u64& high, u64& address);

// Sets the accessed bit in the table, if it is not set yet. SDM Vol. 3A 3.4.5.1 "Code- and Data-Segment Descriptor
// Types".
[[nodiscard]] bool mark_accessed(Context& context, u64 address, u64& low);
}  // namespace ring::x86_64
