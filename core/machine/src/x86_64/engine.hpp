// Unicorn as an engine for unprivileged x86 instructions: always at CPL 3, paging off, every translation asked of us.
// The rule: the engine knows nothing of privilege. It holds the general registers, RIP, the arithmetic flags, the FS
// and GS bases and the FPU while it runs; everything else lives in Cpu. No other file names Unicorn. Not here: which
// instructions may come here (arch/x86_64/instruction.hpp) and what a refused translation means.
#pragma once
#include <memory>
#include <span>

#include "arch/x86_64/context.hpp"
#include "arch/x86_64/cpu.hpp"
#include "base/result.hpp"

namespace ring::machine {

// What the engine asks while it runs. The calls come from inside step() and run().
struct EngineClient {
    struct Page {
        u64 physical = 0;  // page-aligned, inside RAM
        bool writable = false, executable = false;
    };
    // A linear page for one access. false: refuse, and step() or run() returns Exit::Refused if the access was real
    // (the engine also asks ahead of need).
    virtual bool fill(u64 page, x86_64::Access access, Page& out) = 0;
    // A block of `size` bytes at linear `address` is about to run, in run() only. false: stop before it.
    virtual bool enter_block(u64 address, u32 size) = 0;

  protected:
    ~EngineClient() = default;
};

class Engine {
  public:
    enum class Exit : u8 {
        Done,       // step(): the instruction retired
        Stopped,    // run(): enter_block() said so, or stop()
        Refused,    // a translation was refused; registers are those before the access
        Exception,  // the instruction raised `vector()`
        Invalid,    // the engine does not know the instruction
    };

    // `ram` is the guest's physical memory from address 0; it stays the caller's. Errors: the engine's, in words.
    static Result<std::unique_ptr<Engine>> create(std::span<u8> ram, EngineClient& client);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    // The part of RFLAGS that the engine owns while it runs; the rest stays in Cpu.
    static constexpr u64 owned_flags = 0x8d5 | 0x400 | 0x40000 | 0x200000;  // CF PF AF ZF SF OF, DF, AC, ID

    void load(const x86_64::Cpu& cpu);  // general registers, RIP, flags, FS and GS base; 64-bit or 32-bit code
    void store(x86_64::Cpu& cpu);
    void load_fpu(const x86_64::Fpu& fpu);
    void store_fpu(x86_64::Fpu& fpu);
    u64 rip();
    u64 rcx();

    Exit step(u64 rip);  // one instruction, one iteration of a repeated one
    Exit run(u64 rip);   // until something stops it
    u8 vector() const { return vector_; }

    // run() translated this block, or had done so.
    void note_block(u64 address, u32 size);
    // Too many different blocks were translated; renew() gives all that it took back, and loses all registers, TLB and
    // code: store() before, load() behind. Errors: the engine's, in words; then it goes on as it was.
    bool worn() const;
    Status renew();

    void flush_tlb();
    // Translated code of this page, which was written to. The engine does not see every write, not even of its own: of
    // those through one entry of its TLB only the first.
    void forget_code(u32 physical_page);
    // After Refused, Exception or Invalid: the engine remembers exceptions, and two make a double fault. This makes it
    // forget, and all registers with it: store() before, load() behind.
    void recover();

  private:
    Engine() = default;
    struct Library;
    Status open();  // library_, which is new
    std::unique_ptr<Library> library_;
    std::span<u8> ram_;
    EngineClient* client_ = nullptr;
    u8 vector_ = 0;
};
}  // namespace ring::machine
