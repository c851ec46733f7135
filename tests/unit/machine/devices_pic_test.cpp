#include <doctest/doctest.h>

#include "machine/devices/pic_8259.hpp"

using namespace ring;
using machine::Pic8259;

namespace {
// The usual initialization of a kernel: vectors 20h and 28h, everything unmasked.
Pic8259 initialized(u8 icw4 = 1) {
    Pic8259 pic;
    for (u8 value : {0x11}) pic.write(Pic8259::master_command, value), pic.write(Pic8259::slave_command, value);
    pic.write(Pic8259::master_data, 0x20);
    pic.write(Pic8259::slave_data, 0x28);
    pic.write(Pic8259::master_data, 4);
    pic.write(Pic8259::slave_data, 2);
    pic.write(Pic8259::master_data, icw4);
    pic.write(Pic8259::slave_data, icw4);
    return pic;
}
void pulse(Pic8259& pic, unsigned irq) {
    pic.set_line(irq, true);
    pic.set_line(irq, false);
}
constexpr u8 eoi = 0x20, read_isr = 0x0b, read_irr = 0x0a;
}  // namespace

TEST_CASE("pic: at a kernel's entry the timer is vector 8, which looks like a double fault") {
    Pic8259 pic = Pic8259::at_kernel_entry();
    CHECK(pic.read(Pic8259::master_data) == 0xb8);
    CHECK(pic.read(Pic8259::slave_data) == 0x8e);
    CHECK(pic.read(Pic8259::slave_elcr) == 0x0c);
    CHECK_FALSE(pic.interrupt_pending());
    pic.set_line(0, true);  // it is high already
    CHECK_FALSE(pic.interrupt_pending());
    pic.set_line(0, false);
    pulse(pic, 0);
    CHECK(pic.interrupt_pending());
    CHECK(pic.acknowledge() == 8);
}

TEST_CASE("pic: at a kernel's entry COM1's interrupt waits behind its mask") {
    Pic8259 pic = Pic8259::at_kernel_entry();
    CHECK(pic.read(Pic8259::master_command) == 0x10);
    pic.write(Pic8259::master_data, 0xef);
    CHECK(pic.acknowledge() == 0x0c);
}

TEST_CASE("pic: an edge is one request, however long the line stays high") {
    Pic8259 pic = initialized();
    pic.set_line(3, true);
    CHECK(pic.acknowledge() == 0x23);
    pic.write(Pic8259::master_command, eoi);
    pic.set_line(3, true);
    CHECK_FALSE(pic.interrupt_pending());
    pic.set_line(3, false);
    pic.set_line(3, true);
    CHECK(pic.interrupt_pending());
}

TEST_CASE("pic: the line of lower number wins, and what is in service keeps lower ones waiting until its EOI") {
    Pic8259 pic = initialized();
    pulse(pic, 6);
    pulse(pic, 1);
    CHECK(pic.acknowledge() == 0x21);
    CHECK_FALSE(pic.interrupt_pending());
    pulse(pic, 0);
    CHECK(pic.acknowledge() == 0x20);
    pic.write(Pic8259::master_command, read_isr);
    CHECK(pic.read(Pic8259::master_command) == 0x03);
    pic.write(Pic8259::master_command, eoi);
    CHECK(pic.read(Pic8259::master_command) == 0x02);
    pic.write(Pic8259::master_command, eoi);
    CHECK(pic.acknowledge() == 0x26);
}

TEST_CASE("pic: a masked request waits, and comes when it is unmasked") {
    Pic8259 pic = initialized();
    pic.write(Pic8259::master_data, 0x20);
    pulse(pic, 5);
    CHECK_FALSE(pic.interrupt_pending());
    pic.write(Pic8259::master_command, read_irr);
    CHECK(pic.read(Pic8259::master_command) == 0x20);
    pic.write(Pic8259::master_data, 0);
    CHECK(pic.acknowledge() == 0x25);
}

TEST_CASE("pic: a line of the slave comes through line 2 and needs both EOIs") {
    Pic8259 pic = initialized();
    pulse(pic, 12);
    CHECK(pic.acknowledge() == 0x2c);
    pulse(pic, 13);
    pic.write(Pic8259::master_command, eoi);
    CHECK_FALSE(pic.interrupt_pending());  // 12 is still in service in the slave
    pic.write(Pic8259::slave_command, eoi);
    CHECK(pic.acknowledge() == 0x2d);
}

TEST_CASE("pic: a request that went away is answered with the spurious vector and no bit in service") {
    Pic8259 pic = initialized();
    CHECK(pic.acknowledge() == 0x27);
    pic.write(Pic8259::master_command, read_isr);
    CHECK(pic.read(Pic8259::master_command) == 0);
}

TEST_CASE("pic: the slave's spurious interrupt leaves line 2 of the master in service") {
    Pic8259 pic = initialized();
    pulse(pic, 9);
    pic.write(Pic8259::slave_data, 0x02);
    CHECK(pic.acknowledge() == 0x2f);
    pic.write(Pic8259::master_command, read_isr);
    CHECK(pic.read(Pic8259::master_command) == 0x04);
}

TEST_CASE("pic: a specific EOI ends the line that it names, a non-specific one the best") {
    Pic8259 pic = initialized();
    pulse(pic, 6);
    pic.acknowledge();
    pulse(pic, 2 - 1);
    pic.acknowledge();
    pic.write(Pic8259::master_command, read_isr);
    CHECK(pic.read(Pic8259::master_command) == 0x42);
    pic.write(Pic8259::master_command, 0x66);
    CHECK(pic.read(Pic8259::master_command) == 0x02);
}

TEST_CASE("pic: with AEOI nothing stays in service") {
    Pic8259 pic = initialized(3);
    pulse(pic, 6);
    pulse(pic, 7);
    CHECK(pic.acknowledge() == 0x26);
    CHECK(pic.acknowledge() == 0x27);
    pic.write(Pic8259::master_command, read_isr);
    CHECK(pic.read(Pic8259::master_command) == 0);
}

TEST_CASE("pic: a level-triggered line asks again after its EOI until it falls") {
    Pic8259 pic = initialized();
    pic.write(Pic8259::slave_elcr, 0xff);
    CHECK(pic.read(Pic8259::slave_elcr) == 0xde);
    pic.set_line(10, true);
    CHECK(pic.acknowledge() == 0x2a);
    pic.write(Pic8259::slave_command, eoi);
    pic.write(Pic8259::master_command, eoi);
    CHECK(pic.interrupt_pending());
    pic.set_line(10, false);
    pic.write(Pic8259::master_command, read_irr);
    CHECK(pic.acknowledge() == 0x2f);  // line 2 kept the edge: the slave has nothing to say any more
}

TEST_CASE("pic: in special mask mode a masked line in service blocks nobody") {
    Pic8259 pic = initialized();
    pulse(pic, 1);
    pic.acknowledge();
    pulse(pic, 5);
    CHECK_FALSE(pic.interrupt_pending());
    pic.write(Pic8259::master_data, 0x02);
    pic.write(Pic8259::master_command, 0x68);
    CHECK(pic.acknowledge() == 0x25);
}

TEST_CASE("pic: rotation makes the line that was served the last one") {
    Pic8259 pic = initialized();
    pulse(pic, 4);
    pic.acknowledge();
    pic.write(Pic8259::master_command, 0xa0);
    pulse(pic, 4);
    pulse(pic, 6);
    CHECK(pic.acknowledge() == 0x26);
}

TEST_CASE("pic: a poll is an acknowledge by reading") {
    Pic8259 pic = initialized();
    pic.write(Pic8259::master_command, 0x0c);
    CHECK(pic.read(Pic8259::master_command) == 0);
    pulse(pic, 3);
    pic.write(Pic8259::master_command, 0x0c);
    CHECK(pic.read(Pic8259::master_command) == 0x83);
    CHECK_FALSE(pic.interrupt_pending());
}

TEST_CASE("pic: a copy is a checkpoint, and the digest sees each difference") {
    Pic8259 pic = initialized();
    const Pic8259 before = pic;
    Digest first, second;
    before.add_to(first);
    pic.set_line(7, true);
    CHECK(pic != before);
    pic.add_to(second);
    CHECK(first.value() != second.value());
    pic = before;
    CHECK(pic == before);
}
