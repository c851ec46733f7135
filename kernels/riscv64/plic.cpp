#include "plic.hpp"

#include "console.hpp"
#include "cpu.hpp"
#include "layout.hpp"
#include "uart.hpp"

namespace {

constexpr u32 uart_source = 10;
constexpr u64 context = 1;
constexpr u64 priority = plic_base, enable = plic_base + 0x2000 + 0x80 * context,
              threshold = plic_base + 0x200000 + 0x1000 * context, claim = threshold + 4;

}  // namespace

extern "C" void plic_setup() {
    device_write<u32>(priority + 4 * uart_source, 1);  // 0 would be "never"
    device_write<u32>(enable, 1 << uart_source);
    device_write<u32>(threshold, 0);  // every priority above 0
    set_csr<csr::sie>(1 << cause::supervisor_external);
    log("plic: source ", dec(uart_source), " (UART) to S-mode\n");
}

extern "C" void plic_interrupt() {
    // Claiming takes the interrupt off the table; until it is completed, this source cannot interrupt again.
    const u32 source = device_read<u32>(claim);
    if (source == uart_source) uart_interrupt();
    if (source != 0) device_write<u32>(claim, source);  // complete
}
