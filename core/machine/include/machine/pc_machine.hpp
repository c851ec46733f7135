// The x86-64 machine: CPU, RAM and the devices of QEMU's `pc`.
// Privileged instructions, page walks and traps are the micro-step lists of core/arch; the engine executes the rest.
#pragma once
#include <deque>

#include "arch/x86_64/transitions.hpp"
#include "machine/boot.hpp"
#include "machine/devices/pc_devices.hpp"
#include "machine/machine.hpp"

namespace ring::machine {

struct PcStepEvent : StepEvent {
    bool software = false;  // Faulted by int n, int3, into
    x86_64::Operation operation = x86_64::Operation::Engine;
    x86_64::Delivery delivery;
};

// Exceptions of one step, outermost first, with the CPU as it was when the first was raised.
struct FaultEntry {
    u64 step = 0;
    u64 rip = 0;
    x86_64::Delivery delivery;
    x86_64::Cpu cpu;
};

class PcMachine final : public Machine {
  public:
    // Errors: the host cannot give the memory or the engine.
    static Result<std::unique_ptr<PcMachine>> create(u64 ram_bytes);
    ~PcMachine() override;

    const x86_64::Cpu& cpu();              // the present state
    void set_cpu(const x86_64::Cpu& cpu);  // as a debugger or a checkpoint does
    std::span<const u8> ram() const;
    PcDevices& devices();
    void devices_changed();  // after changing devices() from outside
    u64 idle_ns() const;     // virtual time spent halted
    PcStepEvent step(arch::Watcher* watcher = nullptr);
    // Watches that step() itself reports in StepEvent::watch_hit.
    void set_watches(const std::vector<StopSet::Watch>& watches);
    // Lockstep: interrupts come from outside. The next step delivers it if the CPU takes interrupts then.
    void raise_timer();
    const std::deque<FaultEntry>& faults() const;

    const arch::Arch& arch() const override;
    arch::RegisterFile registers() override;
    void set_register(arch::RegisterId id, u64 value) override;
    u64 pc() override;
    bool read_ram(u64 physical, std::span<u8> into) const override;
    bool write_ram(u64 physical, ByteSpan data) override;
    u64 ram_first() const override { return 0; }
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

  private:
    PcMachine();
    StepEvent take_step(arch::Watcher* watcher) override { return step(watcher); }
    struct Moment;
    struct Core;
    std::unique_ptr<Core> core_;
};

// Loads the kernel and its modules into RAM, builds PVH's start_info, and sets the CPU to the PVH entry state.
// Errors: not a PVH kernel, does not fit.
Status boot_pvh(PcMachine& machine, const BootOptions& options);
}  // namespace ring::machine
