#include "device_tables.hpp"

#include <fmt/format.h>

namespace ring::machine {
namespace {
using arch::SystemTable;
using arch::TableEntry;
using arch::TableField;

SystemTable device(std::string name) {
    SystemTable out;
    out.name = std::move(name);
    out.in_memory = false;
    return out;
}

// A field that is a bit of nothing that the reader could see.
void put(TableEntry& entry, std::string name, u64 value, std::string meaning) {
    entry.fields.push_back({std::move(name), value, std::move(meaning), 0, 0});
}
void put_bit(TableEntry& entry, std::string name, bool value, std::string meaning) {
    entry.fields.push_back({std::move(name), u64{value}, std::move(meaning), 0, 1});
}

TableEntry& add(SystemTable& table, std::string title, u64 offset) {
    TableEntry& entry = table.entries.emplace_back();
    entry.index = static_cast<unsigned>(table.entries.size() - 1);
    entry.offset = offset;
    entry.title = std::move(title);
    return entry;
}

// ---- virt: RISC-V PLIC Specification 1.0.0; Privileged 3.2.1 "Machine Timer Registers (mtime and mtimecmp)" ------

std::string source_name(unsigned source) {
    constexpr unsigned uart_source = 10;
    return source == uart_source ? "source 10, the serial port" : fmt::format("source {}", source);
}

SystemTable plic_told(const Plic& plic) {
    SystemTable out = device("PLIC");
    for (unsigned context = 0; context < Plic::contexts; ++context) {
        const bool machine = context == Plic::context_m;
        const unsigned claim = plic.claimable(context);
        TableEntry& entry = add(out,
                                fmt::format("context {}, {}: {}", context, machine ? "M-mode" : "S-mode",
                                            plic.interrupts(context) ? "interrupts the hart" : "quiet"),
                                Plic::context_at + context * Plic::context_stride);
        put(entry, "threshold", plic.threshold(context), "sources of this priority or less do not interrupt");
        put(entry, "claim", claim, claim ? "a read of the claim register would claim this source" : "nothing to claim");
        put_bit(entry, machine ? "MEIP" : "SEIP", plic.interrupts(context), "the line to the hart");
    }
    for (unsigned number = 1; number < Plic::sources; ++number) {
        const PlicSource source = plic.source(number);
        const bool used = source.priority != 0 || source.line || source.pending || source.claimed || source.enabled;
        if (!used) continue;
        TableEntry& entry = add(out, source_name(number), Plic::priority_at + 4 * number);
        put(entry, "priority", source.priority, source.priority ? "1 to 7, the highest first" : "0: never interrupts");
        put_bit(entry, "line", source.line, "the device holds its wire high");
        put_bit(entry, "pending", source.pending, "forwarded by the gateway, not yet claimed");
        put_bit(entry, "claimed", source.claimed, "claimed and not yet completed: the gateway is closed");
        put_bit(entry, "enabled for M", source.enabled & 1, "in context 0");
        put_bit(entry, "enabled for S", source.enabled & 2, "in context 1");
        if (source.enabled != 0) entry.in_use = source.enabled == 3 ? "M S" : source.enabled == 2 ? "S" : "M";
    }
    return out;
}

SystemTable clint_told(const Clint& clint, u64 now_ns) {
    SystemTable out = device("CLINT");
    TableEntry& software = add(out, clint.msip() ? "msip: software interrupt raised" : "msip", Clint::msip_at);
    put_bit(software, "MSIP", clint.msip(), "the hart's mip.MSIP");
    TableEntry& compare = add(out, clint.mtip(now_ns) ? "mtimecmp: reached" : "mtimecmp", Clint::mtimecmp_at);
    put(compare, "mtimecmp", clint.mtimecmp(), "MTIP is 1 while mtime is not below it");
    put_bit(compare, "MTIP", clint.mtip(now_ns), "the hart's mip.MTIP");
    TableEntry& time = add(out, "mtime", Clint::mtime_at);
    put(time, "mtime", clint.mtime(now_ns), "ticks of 100 ns; the time CSR and stimecmp go by it");
    return out;
}

SystemTable uart_told(const Uart16550& uart, u64 waiting_input) {
    SystemTable out = device("UART");
    TableEntry& entry = add(out, "16550 serial port", 0);
    put_bit(entry, "interrupt", uart.interrupt_line(), "the wire to the interrupt controller");
    put_bit(entry, "room", uart.can_receive(), "the port can take one more byte");
    put(entry, "waiting", waiting_input, "bytes of input that wait for room");
    return out;
}

// ---- pc: Intel 8259A and 8254 data sheets ------------------------------------------------------------------------

void put_chip(SystemTable& table, const PicChip& chip, std::string name, unsigned first_line, u64 port) {
    TableEntry& entry = add(table,
                            fmt::format("{}: lines {} to {} are vectors {} to {}", name, first_line, first_line + 7,
                                        chip.vector_base, chip.vector_base + 7),
                            port);
    entry.raw = {chip.irr, chip.isr, chip.imr};
    put(entry, "IRR", chip.irr, "requests that wait, a bit for each line");
    put(entry, "ISR", chip.isr, "lines in service, until an end of interrupt");
    put(entry, "IMR", chip.imr, "lines that are masked");
    put_bit(entry, "AEOI", chip.auto_eoi, "ends an interrupt by itself");
}

SystemTable pit_told(const Pit8254& pit, u64 now_ns) {
    SystemTable out = device("PIT");
    for (unsigned i = 0; i < 3; ++i) {
        const PitCounter& counter = pit.counter(i);
        TableEntry& entry =
            add(out, fmt::format("counter {}, mode {}{}", i, counter.kind(), i ? "" : ": interrupt 0"), i);
        put(entry, "count", counter.count, "where it begins: 1193182 ticks a second");
        put(entry, "value", counter.value(now_ns), "now");
        put_bit(entry, "OUT", counter.output(now_ns), "its output");
        put_bit(entry, "GATE", counter.gate, "it may count");
    }
    return out;
}
}  // namespace

std::vector<SystemTable> told(const VirtDevices& devices, u64 now_ns) {
    return {plic_told(devices.plic), clint_told(devices.clint, now_ns),
            uart_told(devices.uart, devices.waiting_input())};
}

std::vector<SystemTable> told(const PcDevices& devices, u64 now_ns) {
    SystemTable pic = device("PIC");
    put_chip(pic, devices.pic.master(), "master", 0, 0x20);
    put_chip(pic, devices.pic.slave(), "slave", 8, 0xa0);
    return {std::move(pic), pit_told(devices.pit, now_ns), uart_told(devices.uart, 0)};
}
}  // namespace ring::machine
