#include "machine/devices/uart_16550.hpp"

#include "base/result.hpp"

namespace ring::machine {
using namespace uart;

namespace {
enum Offset : unsigned {
    data,
    interrupt_enable,
    identification,
    line_control,
    modem_control,
    line_status,
    modem_status,
    scratch
};
constexpr u64 second_ns = 1'000'000'000;
}  // namespace

u8 Uart16550::Fifo::pop() {
    const u8 byte = bytes[first];
    // The slot is cleared so that two ports that look alike to the guest are equal.
    bytes[first] = 0;
    first = (first + 1) % 16u;
    if (--count == 0) first = 0;
    return byte;
}

unsigned Uart16550::trigger_level() const {
    constexpr unsigned levels[] = {1, 4, 8, 14};
    return levels[fcr::Trigger.get(fcr_)];
}

// The time on the line of one character with its start, parity and stop bits.
u64 Uart16550::character_ns() const {
    const u64 bits = 1 + (lcr::WordLength.get(lcr_) + 5) + lcr::Parity.get(lcr_) + (lcr::Stop.set(lcr_) ? 2 : 1);
    return second_ns * divisor_ / base_baud_ * bits;
}

// PC16550D table "Interrupt Control Functions": the best of the enabled sources is what IIR names.
void Uart16550::update_line() {
    constexpr u64 errors = lsr::OE.mask() | lsr::PE.mask() | lsr::FE.mask() | lsr::BI.mask();
    const bool data_ready = lsr::DR.set(lsr_) && (!fifo_on() || received_.count >= trigger_level());
    std::optional<iir::Source> source;
    if (ier::ELSI.set(ier_) && (lsr_ & errors))
        source = iir::line_status;
    else if (ier::ERBFI.set(ier_) && timeout_pending_)
        source = iir::timeout;
    else if (ier::ERBFI.set(ier_) && data_ready)
        source = iir::received_data;
    else if (ier::ETBEI.set(ier_) && empty_pending_)
        source = iir::transmitter_empty;
    else if (ier::EDSSI.set(ier_) && msr::Delta.set(msr_))
        source = iir::modem_status;
    iir_ = static_cast<u8>(iir::Fifo.put(0, fifo_on() ? 3 : 0));
    iir_ = static_cast<u8>(source ? iir::Id.put(iir_, *source) : iir::None.put(iir_, 1));
    if (line_ && !source) dropped_ = true;
    line_ = source.has_value();
    driven_ = true;
}

bool Uart16550::take_line_drop() {
    const bool dropped = dropped_;
    dropped_ = false;
    return dropped;
}

bool Uart16550::take_line_update() {
    const bool driven = driven_;
    driven_ = false;
    return driven;
}

u8 Uart16550::read_data(u64 now_ns) {
    constexpr u8 taken = static_cast<u8>(~(lsr::DR.mask() | lsr::BI.mask()));
    u8 byte = rbr_;
    if (fifo_on()) {
        byte = received_.count != 0 ? received_.pop() : 0;
        timeout_pending_ = false;
        if (received_.count == 0) {
            lsr_ &= taken;
        } else {
            timeout_at_ns_ = now_ns + 4 * character_ns_;
        }
    } else {
        lsr_ &= taken;
    }
    update_line();
    return byte;
}

u8 Uart16550::read_modem_status() {
    if (mcr::Loop.set(mcr_)) {
        // "Modem Control Register", bit 4: the four outputs drive the four inputs.
        u64 looped = msr::CTS.put(0, mcr::RTS.get(mcr_));
        looped = msr::DSR.put(looped, mcr::DTR.get(mcr_));
        looped = msr::RI.put(looped, mcr::OUT1.get(mcr_));
        return static_cast<u8>(msr::DCD.put(looped, mcr::OUT2.get(mcr_)));
    }
    const u8 value = msr_;
    if (msr::Delta.set(msr_)) {
        msr_ = static_cast<u8>(msr::Delta.put(msr_, 0));
        update_line();
    }
    return value;
}

u8 Uart16550::read(u16 port, u64 now_ns) {
    RING_ASSERT(port >= first_port && port <= last_port);
    advance(now_ns);
    const bool divisor = lcr::DLAB.set(lcr_);
    switch (port - first_port) {
        case data:
            return divisor ? static_cast<u8>(divisor_) : read_data(now_ns);
        case interrupt_enable:
            return divisor ? static_cast<u8>(divisor_ >> 8) : ier_;
        case identification: {
            const u8 value = iir_;
            // Reading IIR is how the transmitter's interrupt is answered, when it is the one that is shown.
            if (!iir::None.set(value) && iir::Id.get(value) == iir::transmitter_empty) {
                empty_pending_ = false;
                update_line();
            }
            return value;
        }
        case line_control:
            return lcr_;
        case modem_control:
            return mcr_;
        case line_status: {
            const u8 value = lsr_;
            constexpr u8 once = static_cast<u8>(lsr::OE.mask() | lsr::BI.mask());
            if (value & once) {
                lsr_ &= static_cast<u8>(~once);
                update_line();
            }
            return value;
        }
        case modem_status:
            return read_modem_status();
        default:
            return scr_;
    }
}

std::optional<u8> Uart16550::transmit(u8 byte, u64 now_ns) {
    // The holding register is full for a moment: the interrupt falls, and rises again when the byte has left.
    empty_pending_ = false;
    update_line();
    empty_pending_ = true;
    update_line();
    if (!mcr::Loop.set(mcr_)) return byte;
    receive(byte, now_ns);
    return std::nullopt;
}

void Uart16550::write_fifo_control(u8 value) {
    // Switching the FIFOs on or off empties them ("FIFO Control Register", bit 0).
    const bool switched = fcr::Enable.get(value) != fcr::Enable.get(fcr_);
    if (switched || fcr::ResetReceive.set(value)) {
        received_ = {};
        lsr_ &= static_cast<u8>(~(lsr::DR.mask() | lsr::BI.mask()));
        timeout_pending_ = false;
        timeout_at_ns_.reset();
    }
    if (switched || fcr::ResetTransmit.set(value)) empty_pending_ = true;
    fcr_ = static_cast<u8>(value & (fcr::Enable.mask() | fcr::DMA.mask() | fcr::Trigger.mask()));
    update_line();
}

std::optional<u8> Uart16550::write(u16 port, u8 value, u64 now_ns) {
    RING_ASSERT(port >= first_port && port <= last_port);
    advance(now_ns);
    const bool divisor = lcr::DLAB.set(lcr_);
    const auto new_speed = [this] {
        if (divisor_ != 0) character_ns_ = character_ns();
    };
    switch (port - first_port) {
        case data:
            if (!divisor) return transmit(value, now_ns);
            divisor_ = static_cast<u16>((divisor_ & 0xff00u) | value);
            new_speed();
            break;
        case interrupt_enable: {
            if (divisor) {
                divisor_ = static_cast<u16>((divisor_ & 0x00ffu) | value << 8);
                new_speed();
                break;
            }
            const u8 before = ier_;
            ier_ = value & 0x0f;
            // Enabling the transmitter's interrupt while it is empty (here: always) raises it at once; once enabled it
            // stays as it was.
            if (ier::ETBEI.get(before) != ier::ETBEI.get(ier_)) empty_pending_ = ier::ETBEI.set(ier_);
            if (before != ier_) update_line();
            break;
        }
        case identification:
            write_fifo_control(value);
            break;
        case line_control:
            lcr_ = value;
            new_speed();
            break;
        case modem_control:
            mcr_ = value & 0x1f;
            break;
        case scratch:
            scr_ = value;
            break;
        default:
            break;  // LSR and MSR: writes are for the factory's tests
    }
    return std::nullopt;
}

void Uart16550::receive(u8 byte, u64 now_ns) {
    advance(now_ns);
    if (fifo_on()) {
        // A full FIFO keeps what it has; the register below it is what the new byte overwrites.
        if (received_.count < 16)
            received_.push(byte);
        else
            lsr_ |= lsr::OE.mask();
        timeout_at_ns_ = now_ns + 4 * character_ns_;
    } else {
        if (lsr::DR.set(lsr_)) lsr_ |= lsr::OE.mask();
        rbr_ = byte;
    }
    lsr_ |= lsr::DR.mask();
    update_line();
}

bool Uart16550::can_receive() const { return fifo_on() ? received_.count < 16 : !lsr::DR.set(lsr_); }

void Uart16550::advance(u64 now_ns) {
    if (!timeout_at_ns_ || now_ns < *timeout_at_ns_) return;
    timeout_at_ns_.reset();
    if (received_.count == 0) return;
    timeout_pending_ = true;
    update_line();
}

void Uart16550::add_to(Digest& digest) const {
    digest.add(ByteSpan(received_.bytes));
    for (u8 value : {received_.first, received_.count, rbr_, ier_, fcr_, lcr_, scr_, iir_, mcr_, lsr_, msr_})
        digest.add(value);
    digest.add(base_baud_);
    digest.add(divisor_);
    digest.add(character_ns_);
    for (bool flag : {empty_pending_, timeout_pending_, line_, dropped_, driven_, timeout_at_ns_.has_value()})
        digest.add(flag);
    digest.add(timeout_at_ns_.value_or(0));
}
}  // namespace ring::machine
