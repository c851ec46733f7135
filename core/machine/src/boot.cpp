// Which board a kernel is for: its ELF header says it.
#include "machine/boot.hpp"

#include "machine/pc_machine.hpp"

namespace ring::machine {

Result<std::unique_ptr<Machine>> boot(const BootOptions& options) {
    Result<std::unique_ptr<PcMachine>> machine = PcMachine::create(options.ram_bytes);
    if (!machine) return machine.error();
    if (const Status booted = boot_pvh(**machine, options); !booted) return booted.error();
    return std::unique_ptr<Machine>(std::move(*machine));
}
}  // namespace ring::machine
