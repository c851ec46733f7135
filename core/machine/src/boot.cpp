// Which board a kernel is for: its ELF header says it.
#include "machine/boot.hpp"

#include "elf/names.hpp"
#include "machine/boot_virt.hpp"
#include "machine/pc_machine.hpp"
#include "machine/virt_machine.hpp"

namespace ring::machine {
namespace {
// e_machine, gABI "ELF Header". A file that is too short has none, and the loader says what is wrong with it.
u64 machine_of(const Bytes& file) { return file.size() < 20 ? elf::em::none : file[18] | u64{file[19]} << 8; }

template <class Board>
Result<std::unique_ptr<Machine>> start(const BootOptions& options, Status (*load)(Board&, const BootOptions&)) {
    Result<std::unique_ptr<Board>> machine = Board::create(options.ram_bytes);
    if (!machine) return machine.error();
    if (const Status booted = load(**machine, options); !booted) return booted.error();
    return std::unique_ptr<Machine>(std::move(*machine));
}
}  // namespace

Result<std::unique_ptr<Machine>> boot(const BootOptions& options) {
    if (machine_of(options.kernel) == elf::em::riscv) return start<VirtMachine>(options, boot_virt);
    return start<PcMachine>(options, boot_pvh);
}

Result<std::vector<std::string>> boot_warnings(const BootOptions& options) {
    if (machine_of(options.kernel) != elf::em::riscv) return std::vector<std::string>{};
    Result<VirtBoot> plan = plan_virt_boot(options);
    if (!plan) return plan.error();
    return std::move(plan->warnings);
}
}  // namespace ring::machine
