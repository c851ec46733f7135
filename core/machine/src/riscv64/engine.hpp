// Unicorn as an engine for unprivileged RV64 instructions: always in U-mode, no translation of its own, every page
// asked of us. The rule: the engine knows nothing of privilege. It holds the integer registers, pc, and the
// floating-point registers with fcsr while it runs; everything else lives in Cpu. Not here: which instructions may come
// here (arch/riscv64/instruction.hpp) and what a refused page means.
#pragma once
#include <memory>
#include <span>

#include "arch/riscv64/context.hpp"
#include "arch/riscv64/cpu.hpp"
#include "base/result.hpp"
#include "blocks.hpp"

namespace ring::machine::virt {

// What the engine asks while it runs. The calls come from inside step() and run().
struct EngineClient {
    struct Page {
        u64 physical = 0;  // page-aligned, inside RAM
        bool readable = false, writable = false, executable = false;
    };
    // A virtual page for one access. false: refuse, and step() or run() returns Exit::Refused if the access was real
    // (the engine also asks ahead of need).
    virtual bool fill(u64 page, riscv64::Access access, Page& out) = 0;
    // A block of `size` bytes at virtual `address`, which Blocks::enter() refused, is about to run, in run() only.
    // `block`: its place in the table. false: stop before it.
    virtual bool enter_seldom(Block& block, u64 address, u32 size) = 0;

  protected:
    ~EngineClient() = default;
};

class Engine {
  public:
    enum class Exit : u8 {
        Done,       // step(): the instruction retired
        Stopped,    // run(): enter_block() said so
        Refused,    // a page was refused; registers are those before the access
        Exception,  // the engine would take a trap; only instructions that step() executes otherwise do that
    };

    // `ram` is the guest's memory from physical `base`; it stays the caller's, and so do `blocks`, the table that run()
    // asks. Errors: the engine's, in words.
    static Result<std::unique_ptr<Engine>> create(std::span<u8> ram, u64 base, EngineClient& client, Blocks& blocks);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    void load(const riscv64::Cpu& cpu);  // integer registers and pc
    void store(riscv64::Cpu& cpu);
    void load_floats(const riscv64::Cpu& cpu);  // f registers and fcsr
    void store_floats(riscv64::Cpu& cpu);
    u64 float_register(unsigned number);
    void set_float_register(unsigned number, u64 value);
    void raise_float_flags(u32 flags);  // of fcsr
    u64 pc();

    // One instruction of `length` bytes; `jumps`: it may be its own successor. `floats`: it may use f registers.
    Exit step(u64 pc, unsigned length, bool jumps, bool floats);
    // Until something stops it; after Exception pc() is 4 bytes behind the instruction.
    Exit run(u64 pc, bool floats);

    // run() translated this block, or had done so.
    void note_block(u64 address, u32 size);
    // Too many different blocks were translated; renew() gives all that it took back, and loses all registers, TLB and
    // code: store() before, load() behind. Errors: the engine's, in words; then it goes on as it was.
    bool worn() const;
    Status renew();

    void flush_tlb();
    // Translated code of this page, which was written to.
    void forget_code(u64 physical);

  private:
    Engine() = default;
    struct Library;
    Library& use(Library& wanted);  // the one that holds the integer registers from now on
    void bring_floats(Library& to);
    std::unique_ptr<Library> stepper_, runner_;
    std::span<u8> ram_;
    u64 base_ = 0;
    EngineClient* client_ = nullptr;
    Blocks* blocks_ = nullptr;
    Library* holds_ = nullptr;         // integer registers
    Library* holds_floats_ = nullptr;  // f registers and fcsr
};
}  // namespace ring::machine::virt
