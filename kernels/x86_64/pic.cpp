#include "pic.hpp"

#include "console.hpp"
#include "cpu.hpp"

namespace {
constexpr u16 master_command = 0x20, master_data = 0x21, slave_command = 0xa0, slave_data = 0xa1;
constexpr u8 end_of_interrupt = 0x20, read_in_service = 0x0b;

// IRQ 7 and 15 also come when a request vanished before it was acknowledged. Such a one is not in service, and ending
// an interrupt that is not there would end another one.
bool is_real(u16 command) {
    out8(command, read_in_service);
    return (in8(command) & 0x80) != 0;
}
}  // namespace

extern "C" void pic_setup() {
    // Intel 8259A data sheet, "Initialization Command Words": four bytes to each controller, in this order.
    out8(master_command, 0x11);  // ICW1: start, cascaded, ICW4 follows
    out8(slave_command, 0x11);
    out8(master_data, pic_first_vector);  // ICW2: the first vector
    out8(slave_data, pic_first_vector + 8);
    out8(master_data, 1 << 2);  // ICW3: a slave on input 2 ...
    out8(slave_data, 2);        // ... and to the slave: you are on input 2
    out8(master_data, 0x01);    // ICW4: 8086 mode
    out8(slave_data, 0x01);
    out8(master_data, 0xfe);  // masks: only IRQ 0, the timer, may come
    out8(slave_data, 0xff);
    print("pic: interrupts at vectors 0x20-0x2f, only the timer unmasked\n");
}

void pic_done(u64 irq) {
    if (irq == 7 && !is_real(master_command)) return;
    if (irq >= 8) {
        if (irq != 15 || is_real(slave_command)) out8(slave_command, end_of_interrupt);
    }
    out8(master_command, end_of_interrupt);
}
