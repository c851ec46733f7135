#include "machine/devices/pc_devices.hpp"

#include "base/result.hpp"

namespace ring::machine {

void PcDevices::drive_uart_line() {
    if (uart.take_line_drop()) pic.set_line(Uart16550::irq, false);
    pic.set_line(Uart16550::irq, uart.interrupt_line());
}

void PcDevices::update(u64 now_ns) {
    if (!external_timer_) {
        // A pulse that came and went since the last look is an edge all the same.
        if (pit.rose(updated_ns_, now_ns)) {
            pic.set_line(Pit8254::irq, false);
            pic.set_line(Pit8254::irq, true);
        }
        pic.set_line(Pit8254::irq, pit.irq0_level(now_ns));
    }
    uart.advance(now_ns);
    drive_uart_line();
    updated_ns_ = now_ns;
}

std::optional<u64> PcDevices::next_event_ns(u64 now_ns) const {
    std::optional<u64> next = external_timer_ ? std::nullopt : pit.next_rise_ns(now_ns);
    if (const std::optional<u64> at = uart.next_event_ns(); at && (!next || *at < *next)) next = at;
    return next;
}

void PcDevices::raise_timer() {
    pic.set_line(Pit8254::irq, false);
    pic.set_line(Pit8254::irq, true);
}

void PcDevices::receive(u8 byte, u64 now_ns) {
    uart.receive(byte, now_ns);
    drive_uart_line();
}

u8 PcDevices::in_byte(u16 port, u64 now_ns) {
    const PortRange* range = port_range(port);
    switch (range ? range->owner : PortOwner::Absent) {
        case PortOwner::Pic:
            return pic.read(port);
        case PortOwner::Pit:
            return pit.read(port, now_ns);
        case PortOwner::Uart: {
            const u8 value = uart.read(port, now_ns);
            drive_uart_line();
            return value;
        }
        case PortOwner::DebugExit:
            return 0;  // as QEMU's
        case PortOwner::Absent:
            break;
    }
    ++unclaimed_;
    return 0xff;
}

void PcDevices::out_byte(u16 port, u8 value, u64 now_ns) {
    const PortRange* range = port_range(port);
    switch (range ? range->owner : PortOwner::Absent) {
        case PortOwner::Pic:
            return pic.write(port, value);
        case PortOwner::Pit:
            pit.write(port, value, now_ns);
            // A control word or a count may move the output at once.
            if (!external_timer_) pic.set_line(Pit8254::irq, pit.irq0_level(now_ns));
            return;
        case PortOwner::Uart:
            if (const std::optional<u8> sent = uart.write(port, value, now_ns)) console_ += static_cast<char>(*sent);
            return drive_uart_line();
        case PortOwner::DebugExit:
            return exit.write(value);
        case PortOwner::Absent:
            break;
    }
    ++unclaimed_;
}

u32 PcDevices::in(u16 port, unsigned size_bytes, u64 now_ns) {
    RING_ASSERT(size_bytes == 1 || size_bytes == 2 || size_bytes == 4);
    update(now_ns);
    u32 value = 0;
    for (unsigned i = 0; i < size_bytes; ++i)
        value |= static_cast<u32>(in_byte(static_cast<u16>(port + i), now_ns)) << (8 * i);
    return value;
}

void PcDevices::out(u16 port, unsigned size_bytes, u32 value, u64 now_ns) {
    RING_ASSERT(size_bytes == 1 || size_bytes == 2 || size_bytes == 4);
    update(now_ns);
    const PortRange* range = port_range(port);
    if (range && range->owner == PortOwner::DebugExit) {
        const u32 mask = size_bytes == 4 ? ~u32{0} : (u32{1} << 8 * size_bytes) - 1;
        return exit.write(value & mask);
    }
    for (unsigned i = 0; i < size_bytes; ++i)
        out_byte(static_cast<u16>(port + i), static_cast<u8>(value >> (8 * i)), now_ns);
}

void PcDevices::add_to(Digest& digest) const {
    pic.add_to(digest);
    pit.add_to(digest);
    uart.add_to(digest);
    exit.add_to(digest);
    digest.add(console_.size());
    digest.add(ByteSpan(reinterpret_cast<const u8*>(console_.data()), console_.size()));
    digest.add(updated_ns_);
    digest.add(unclaimed_);
    digest.add(external_timer_);
}
}  // namespace ring::machine
