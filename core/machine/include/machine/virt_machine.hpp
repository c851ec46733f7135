// The RV64 machine: hart, RAM and the devices of QEMU's `virt`.
// Privileged instructions, page walks and traps are the micro-step lists of core/arch; the engine executes the rest.
#pragma once
#include "arch/riscv64/cpu.hpp"
#include "arch/riscv64/fault.hpp"
#include "arch/riscv64/instruction.hpp"
#include "machine/boot.hpp"
#include "machine/devices/virt_devices.hpp"
#include "machine/machine.hpp"

namespace ring::machine {

class VirtMachine final : public Machine {
  public:
    // Errors: the host cannot give the memory or the engine.
    static Result<std::unique_ptr<VirtMachine>> create(u64 ram_bytes);
    ~VirtMachine() override;

    const riscv64::Cpu& cpu();              // the present state
    void set_cpu(const riscv64::Cpu& cpu);  // as a debugger or a checkpoint does
    VirtDevices& devices();
    void devices_changed();  // after changing devices() from outside
    u64 idle_ns() const;     // virtual time spent in wfi
    // A = 0, or D = 0 for a store, faults (Svade) instead of being set by the hart, as QEMU's does.
    void set_svade(bool on);
    // Watches that step() itself reports in StepEvent::watch_hit.
    void set_watches(const std::vector<StopSet::Watch>& watches);
    // Lockstep: from now on the interrupt lines (by bit of mip) come from outside.
    void force_interrupt_lines(u64 lines);
    // The exception of the latest step that raised one.
    std::optional<riscv64::Fault> last_exception() const;

    const arch::Arch& arch() const override;
    arch::RegisterFile registers() override;
    void set_register(arch::RegisterId id, u64 value) override;
    u64 pc() override;
    bool read_ram(u64 physical, std::span<u8> into) const override;
    bool write_ram(u64 physical, ByteSpan data) override;
    u64 ram_first() const override;
    u64 ram_bytes() const override;
    u64 steps() const override;
    u64 now_ns() const override { return steps() * ns_per_step + idle_ns(); }
    const std::string& console() const override;
    void receive(std::string_view bytes) override;
    bool awaits_input() override;
    u64 digest() override;
    std::optional<target::StopReason> final_state() const override;
    RunOutcome run(u64 limit, const StopSet& stops, const std::atomic<bool>* cancel = nullptr,
                   u64 work = ~u64{0}) override;
    std::vector<SavedPage> cut() override;
    const std::vector<SavedPage>& changed() const override;
    std::unique_ptr<const Machine::Moment> moment() override;
    void restore_page(u32 number, const u8* bytes) override;
    void restore(const Machine::Moment& moment) override;
    std::vector<arch::SystemTable> devices_told() const override;
    std::vector<LogEntry> log() const override;
    std::vector<target::FaultStory> last_faults() const override;
    std::optional<u64> last_fault_step() const override;
    std::optional<target::FaultStory> last_unasked_fault() const override;

  private:
    VirtMachine();
    StepEvent take_step(arch::Watcher* watcher) override;
    struct Moment;
    struct Core;
    std::unique_ptr<Core> core_;
};

// Loads the kernel, its initrd (the first module) and the device tree into RAM, and sets the hart as it stands at the
// kernel's first instruction under QEMU's `-bios none`. Errors: not an RV64 kernel, does not fit.
Status boot_virt(VirtMachine& machine, const BootOptions& options);
}  // namespace ring::machine
