#include "machine/devices/virt_devices.hpp"

#include "base/result.hpp"

namespace ring::machine {
namespace {
// Bits of mip. Privileged 3.1.9 "Machine Interrupt Registers (mip and mie)".
constexpr u64 MSIP = u64{1} << 3, MTIP = u64{1} << 7, SEIP = u64{1} << 9, MEIP = u64{1} << 11;

u16 uart_port(u64 offset) { return static_cast<u16>(Uart16550::first_port + offset); }

u64 read_rom(const ResetRom& rom, u64 offset, unsigned size) {
    u64 value = 0;
    for (unsigned i = 0; i < size; ++i) {
        const u64 at = offset + i, word = at / 4 < rom.size() ? rom[at / 4] : 0;
        value |= (word >> at % 4 * 8 & 0xff) << i * 8;
    }
    return value;
}
}  // namespace

bool VirtDevices::there(PhysAddr address, unsigned size) {
    RING_ASSERT(size == 1 || size == 2 || size == 4 || size == 8);
    const VirtRange* const range = virt_device(address);
    if (!range) return false;
    const u64 offset = address.value - range->first.value;
    switch (range->owner) {
        case VirtOwner::Rom:
            return range->size - offset >= size;
        case VirtOwner::Test:
            return SifiveTest::there(offset, size);
        case VirtOwner::Clint:
            return Clint::there(offset, size);
        case VirtOwner::Plic:
            return Plic::there(offset, size);
        case VirtOwner::Uart:
            return offset % size == 0;
        case VirtOwner::Ram:
        case VirtOwner::Absent:
            break;
    }
    return false;
}

u64 VirtDevices::read(PhysAddr address, unsigned size, u64 now_ns) {
    RING_ASSERT(there(address, size));
    update(now_ns);
    const VirtRange& range = *virt_device(address);
    const u64 offset = address.value - range.first.value;
    switch (range.owner) {
        case VirtOwner::Rom:
            return read_rom(rom, offset, size);
        case VirtOwner::Clint:
            return clint.read(offset, size, now_ns);
        case VirtOwner::Plic:
            return plic.read(offset);
        case VirtOwner::Uart: {
            const u8 value = uart.read(uart_port(offset), now_ns);
            settle_uart(now_ns);
            return value;
        }
        case VirtOwner::Test:
        case VirtOwner::Ram:
        case VirtOwner::Absent:
            break;
    }
    return 0;
}

void VirtDevices::write(PhysAddr address, unsigned size, u64 value, u64 now_ns) {
    RING_ASSERT(there(address, size));
    update(now_ns);
    const VirtRange& range = *virt_device(address);
    const u64 offset = address.value - range.first.value;
    switch (range.owner) {
        case VirtOwner::Test:
            return test.write(offset, size == 2 ? static_cast<u16>(value) : static_cast<u32>(value));
        case VirtOwner::Clint:
            return clint.write(offset, size, value, now_ns);
        case VirtOwner::Plic:
            return plic.write(offset, static_cast<u32>(value));
        case VirtOwner::Uart:
            if (const std::optional<u8> sent = uart.write(uart_port(offset), static_cast<u8>(value), now_ns))
                console_ += static_cast<char>(*sent);
            return settle_uart(now_ns);
        case VirtOwner::Rom:
        case VirtOwner::Ram:
        case VirtOwner::Absent:
            break;
    }
}

// The wire goes to the controller at each step: a request that came and went in between must not be lost.
void VirtDevices::settle_uart(u64 now_ns) {
    const auto drive = [this] {
        uart.take_line_drop();
        if (uart.take_line_update()) plic.set_line(virt::uart_source, uart.interrupt_line());
    };
    drive();
    while (!input_.empty() && uart.can_receive()) {
        uart.receive(static_cast<u8>(input_.front()), now_ns);
        input_.erase(0, 1);
        drive();
    }
}

void VirtDevices::update(u64 now_ns) {
    uart.advance(now_ns);
    settle_uart(now_ns);
}

u64 VirtDevices::interrupt_lines(u64 now_ns) {
    update(now_ns);
    return (clint.msip() ? MSIP : 0) | (clint.mtip(now_ns) ? MTIP : 0) | (plic.interrupts(Plic::context_m) ? MEIP : 0) |
           (plic.interrupts(Plic::context_s) ? SEIP : 0);
}

std::optional<u64> VirtDevices::next_event_ns(u64 now_ns) const {
    std::optional<u64> next = clint.next_event_ns(now_ns);
    if (const std::optional<u64> at = uart.next_event_ns(); at && (!next || *at < *next)) next = at;
    return next;
}

void VirtDevices::receive(u8 byte, u64 now_ns) {
    uart.advance(now_ns);
    input_ += static_cast<char>(byte);
    settle_uart(now_ns);
}

void VirtDevices::add_to(Digest& digest) const {
    for (u32 word : rom) digest.add(word);
    clint.add_to(digest);
    plic.add_to(digest);
    uart.add_to(digest);
    test.add_to(digest);
    for (const std::string* text : {&input_, &console_}) {
        digest.add(text->size());
        digest.add(ByteSpan(reinterpret_cast<const u8*>(text->data()), text->size()));
    }
}
}  // namespace ring::machine
