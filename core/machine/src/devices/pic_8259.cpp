#include "machine/devices/pic_8259.hpp"

#include "base/result.hpp"

namespace ring::machine {
namespace {
constexpr u8 bit(unsigned line) { return static_cast<u8>(1u << line); }

// Lines that may be level triggered (82371SB, "ELCR1", "ELCR2"): not the timer, the keyboard, the cascade, the clock
// and the coprocessor.
constexpr u8 master_elcr_mask = 0xf8, slave_elcr_mask = 0xde;

// 0 for the line of highest priority, 7 for the lowest.
unsigned rank(const PicChip& chip, unsigned line) { return (line - chip.highest) & 7u; }

std::optional<unsigned> first_of(const PicChip& chip, u8 lines) {
    for (unsigned i = 0; i < 8; ++i) {
        const unsigned line = (chip.highest + i) & 7u;
        if (lines & bit(line)) return line;
    }
    return std::nullopt;
}
}  // namespace

void PicChip::add_to(Digest& digest) const {
    for (u8 value : {irr, isr, imr, sensed, elcr, vector_base, highest, next_word}) digest.add(value);
    for (bool flag : {level_triggered, single, wants_icw4, auto_eoi, rotate_on_auto_eoi, special_mask,
                      special_fully_nested, poll, read_isr})
        digest.add(flag);
}

void Pic8259::add_to(Digest& digest) const {
    master_.add_to(digest);
    slave_.add_to(digest);
    digest.add(lines_);
}

Pic8259 Pic8259::at_kernel_entry() {
    Pic8259 pic;
    pic.master_.vector_base = 0x08;
    pic.master_.imr = 0xb8;
    pic.master_.irr = bit(4);
    pic.master_.wants_icw4 = true;
    pic.slave_.vector_base = 0x70;
    pic.slave_.imr = 0x8e;
    pic.slave_.elcr = 0x0c;
    pic.slave_.wants_icw4 = true;
    // The timer's output is high already, and its edges were acknowledged: no request from IRQ0 waits.
    pic.lines_ = pic.master_.sensed = bit(0);
    return pic;
}

// The line that the chip's INT output stands for, if it is high: "Priority Resolver" and "Fully Nested Mode".
std::optional<unsigned> Pic8259::chosen(bool of_master) const {
    const PicChip& chip = of_master ? master_ : slave_;
    const std::optional<unsigned> request = first_of(chip, chip.irr & static_cast<u8>(~chip.imr));
    if (!request) return std::nullopt;
    u8 blocking = chip.isr;
    // Special mask mode: a masked line in service blocks nobody ("Special Mask Mode").
    if (chip.special_mask) blocking &= static_cast<u8>(~chip.imr);
    // The slave in service may be interrupted by a better line of the same slave ("Special Fully Nested Mode").
    if (chip.special_fully_nested && of_master) blocking &= static_cast<u8>(~bit(cascade));
    const std::optional<unsigned> busy = first_of(chip, blocking);
    if (busy && rank(chip, *busy) <= rank(chip, *request)) return std::nullopt;
    return request;
}

void Pic8259::sense(PicChip& chip, unsigned line, bool level) {
    if (chip.level_triggered || (chip.elcr & bit(line))) {
        chip.irr = level ? chip.irr | bit(line) : chip.irr & static_cast<u8>(~bit(line));
    } else if (level && !(chip.sensed & bit(line))) {
        chip.irr |= bit(line);
    }
    chip.sensed = level ? chip.sensed | bit(line) : chip.sensed & static_cast<u8>(~bit(line));
}

void Pic8259::drive(unsigned irq, bool level) {
    const u16 wire = static_cast<u16>(1u << irq);
    if (((lines_ & wire) != 0) == level) return;
    lines_ = level ? lines_ | wire : lines_ & static_cast<u16>(~wire);
    sense(irq < 8 ? master_ : slave_, irq & 7u, level);
}

void Pic8259::drive_cascade() { drive(cascade, chosen(false).has_value()); }

void Pic8259::set_line(unsigned irq, bool level) {
    RING_ASSERT(irq < 16 && irq != cascade);
    drive(irq, level);
    if (irq >= 8) drive_cascade();
}

void Pic8259::in_service(bool of_master, unsigned line) {
    PicChip& chip = of_master ? master_ : slave_;
    if (!chip.auto_eoi)
        chip.isr |= bit(line);
    else if (chip.rotate_on_auto_eoi)
        chip.highest = (line + 1) & 7u;
    // A level that is still there asks again after the end of interrupt.
    if (!chip.level_triggered && !(chip.elcr & bit(line))) chip.irr &= static_cast<u8>(~bit(line));
    if (!of_master) drive_cascade();
}

u8 Pic8259::acknowledge() {
    const std::optional<unsigned> line = chosen(true);
    if (!line) return master_.vector_base | 7u;
    u8 vector = static_cast<u8>(master_.vector_base | *line);
    if (*line == cascade) {
        const std::optional<unsigned> behind = chosen(false);
        vector = static_cast<u8>(slave_.vector_base | behind.value_or(7));
        if (behind) in_service(false, *behind);
    }
    in_service(true, *line);
    return vector;
}

u8 Pic8259::read(u16 port) {
    if (port == master_elcr) return master_.elcr;
    if (port == slave_elcr) return slave_.elcr;
    const bool of_master = port == master_command || port == master_data;
    PicChip& chip = of_master ? master_ : slave_;
    if (chip.poll) {
        // "Poll Command": the read stands for INTA; bit 7 says that there was a request.
        chip.poll = false;
        const std::optional<unsigned> line = chosen(of_master);
        if (!line) return 0;
        in_service(of_master, *line);
        return static_cast<u8>(0x80u | *line);
    }
    if (port == master_data || port == slave_data) return chip.imr;
    return chip.read_isr ? chip.isr : chip.irr;
}

void Pic8259::end_or_rotate(bool to_master, u8 value) {
    PicChip& chip = to_master ? master_ : slave_;
    enum : unsigned {
        rotate_off,
        eoi,
        nothing,
        specific_eoi,
        rotate_on,
        rotate_eoi,
        set_priority,
        rotate_specific_eoi
    };
    const unsigned command = static_cast<unsigned>(ocw2::Command.get(value));
    const unsigned named = static_cast<unsigned>(ocw2::Level.get(value));
    const std::optional<unsigned> best = first_of(chip, chip.isr);
    switch (command) {
        case rotate_off:
        case rotate_on:
            chip.rotate_on_auto_eoi = command == rotate_on;
            break;
        case eoi:
        case rotate_eoi:
            if (!best) break;
            chip.isr &= static_cast<u8>(~bit(*best));
            if (command == rotate_eoi) chip.highest = (*best + 1) & 7u;
            break;
        case specific_eoi:
            chip.isr &= static_cast<u8>(~bit(named));
            break;
        case rotate_specific_eoi:
            chip.isr &= static_cast<u8>(~bit(named));
            [[fallthrough]];
        case set_priority:
            chip.highest = (named + 1) & 7u;
            break;
        case nothing:
            break;
    }
}

void Pic8259::command(bool to_master, u8 value) {
    PicChip& chip = to_master ? master_ : slave_;
    if (icw1::Init.set(value)) {
        // "Initialization Command Words": the edge detector is reset, the mask cleared, line 7 is the lowest, IRR is
        // what the even port reads. A level that is there stays a request.
        PicChip fresh;
        fresh.elcr = chip.elcr;
        fresh.irr = chip.irr & chip.elcr;
        fresh.level_triggered = icw1::LTIM.set(value);
        fresh.single = icw1::SNGL.set(value);
        fresh.wants_icw4 = icw1::IC4.set(value);
        fresh.next_word = 2;
        chip = fresh;
    } else if (ocw3::Is.set(value)) {
        if (ocw3::P.set(value)) chip.poll = true;
        if (ocw3::RR.set(value)) chip.read_isr = ocw3::RIS.set(value);
        if (ocw3::ESMM.set(value)) chip.special_mask = ocw3::SMM.set(value);
    } else {
        end_or_rotate(to_master, value);
    }
}

void Pic8259::data(PicChip& chip, u8 value) {
    switch (chip.next_word) {
        case 0:
            chip.imr = value;
            break;
        case 2:
            chip.vector_base = value & 0xf8;
            chip.next_word = !chip.single ? 3 : chip.wants_icw4 ? 4 : 0;
            break;
        // ICW3 says who is behind which line; the board is wired, so the word is taken and means nothing.
        case 3:
            chip.next_word = chip.wants_icw4 ? 4 : 0;
            break;
        default:
            chip.special_fully_nested = icw4::SFNM.set(value);
            chip.auto_eoi = icw4::AEOI.set(value);
            chip.next_word = 0;
    }
}

void Pic8259::write(u16 port, u8 value) {
    switch (port) {
        case master_elcr:
            master_.elcr = value & master_elcr_mask;
            return;
        case slave_elcr:
            slave_.elcr = value & slave_elcr_mask;
            return;
        case master_command:
            command(true, value);
            break;
        case master_data:
            data(master_, value);
            break;
        case slave_command:
            command(false, value);
            drive_cascade();
            break;
        case slave_data:
            data(slave_, value);
            drive_cascade();
            break;
        default:
            RING_ASSERT(!"a port of the interrupt controllers");
    }
}
}  // namespace ring::machine
