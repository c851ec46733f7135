// A kernel on the board: the pieces of the plan go to RAM, the hart and the reset ROM take their state.
#include "machine/boot_virt.hpp"
#include "machine/virt_machine.hpp"

namespace ring::machine {

Status boot_virt(VirtMachine& machine, const BootOptions& options) {
    Result<VirtBoot> plan = plan_virt_boot(options);
    if (!plan) return plan.error();
    for (const BootPiece& piece : plan->pieces)
        if (!machine.write_ram(piece.first.value, piece.bytes)) return error("{} does not fit into RAM", piece.what);
    machine.devices().rom = plan->rom;
    machine.devices_changed();
    machine.set_cpu(plan->cpu);
    machine.set_svade(options.svade);
    return Ok{};
}
}  // namespace ring::machine
