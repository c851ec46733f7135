#include "mistakes.hpp"

#include "command_line.hpp"
#include "console.hpp"
#include "layout.hpp"
#include "machine.hpp"
#include "types.hpp"

extern "C" [[gnu::noinline]] void read_machine_memory() {
    // M-mode's first instruction. PMP entry 0 covers it and gives S-mode nothing: an access fault, which is not
    // delegated.
    log("mistake: a load from ", hex(ram_start), "\n");
    static_cast<void>(*reinterpret_cast<volatile u32*>(ram_start));
}

void make_boot_mistake() {
    const auto ask = [](MachineMistake mistake) { call_machine(MachineService::mistake, static_cast<u64>(mistake)); };
    switch (variant) {
        case Variant::medeleg_zero:
            return ask(MachineMistake::medeleg_zero);
        case Variant::mideleg_zero:
            return ask(MachineMistake::mideleg_zero);
        case Variant::no_pmp:
            return ask(MachineMistake::no_pmp);
        case Variant::tvm:
            return ask(MachineMistake::tvm);
        case Variant::tsr:
            return ask(MachineMistake::tsr);
        case Variant::tw:
            return ask(MachineMistake::tw);
        case Variant::no_stce:
            return ask(MachineMistake::no_stce);
        case Variant::read_machine:
            return read_machine_memory();
        default:
            return;
    }
}
