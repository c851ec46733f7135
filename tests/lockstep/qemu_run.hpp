// A QEMU that runs a kernel and tells every step (qemu_stream.hpp, virt_stream.hpp). What comes before the kernel runs
// at full speed and in silence: a breakpoint at the kernel's first instruction, set through the GDB stub, is where the
// telling begins. On a PC that is the PVH entry behind SeaBIOS, in 32-bit protected mode; on `virt` the start of RAM,
// behind the reset ROM.
// The rule: files live in a private directory, the process is ended by its id, both when the value goes.
//
// With `icount` the run is deterministic: virtual time is instructions << shift nanoseconds, and the clock of the board
// starts at a fixed date. Two runs print the same.
#pragma once
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "qemu_stream.hpp"

namespace ring::lockstep {

struct QemuBoard;
extern const QemuBoard pc_board, virt_board;

struct QemuOptions {
    std::filesystem::path kernel{};  // ELF; for a PC with a PVH note
    std::filesystem::path initrd{};  // its one module; empty: none
    std::string append{};            // the kernel's command line
    std::string cpu{};               // -cpu; empty: QEMU's own choice
    unsigned ram_mib = 64;
    // 3: 8 ns an instruction, 125 million a second; 100 ticks a second are 1.25 million instructions apart. 7: 78,125.
    std::optional<unsigned> icount_shift = 3;
    // QEMU that prints nothing for so long is taken for stuck (a guest in hlt with nothing to wake it).
    std::chrono::seconds patience{20};
    bool with_ram = false;            // keep the RAM as it is at the kernel's entry: QemuRun::ram()
    std::vector<std::string> more{};  // further arguments
    const QemuBoard* board = &pc_board;
    // Typed at the console when the guest has printed `prompt` at the end of a line.
    std::string script{}, prompt{"/> "};
    // virt: about so many bytes of log apart QEMU stops and tells the CSRs `checkpoint_csrs` (by number), which appear
    // in the log as a line "checkpoint VALUE...". By interrupting it, for with a breakpoint on its page an instruction
    // that touches a device hangs QEMU under -icount. 0: never.
    u64 checkpoint_distance = 0;
    std::vector<u16> checkpoint_csrs{};
};

class QemuRun {
  public:
    // QEMU stands before the kernel's first instruction; stream().next() is that instruction's state.
    static Result<QemuRun> start(const QemuOptions& options);
    QemuRun(QemuRun&&) noexcept;
    QemuRun& operator=(QemuRun&&) noexcept;
    ~QemuRun();

    QemuStream& stream();  // of a PC
    // The log itself, for the stream of another board; instead of stream().
    LogSource log();
    // With QemuOptions::with_ram: the board's memory from its first byte on at the kernel's first instruction, what the
    // firmware left and where it put the kernel and its module.
    const Bytes& ram() const;
    // What the guest wrote to its serial port so far; all of it after wait().
    const std::string& console();
    // QEMU's exit status after the stream has ended: the guest's value * 2 + 1, or 0 after a triple fault. Ends a QEMU
    // that does not end by itself within the patience: 128 + 9.
    int wait();

  private:
    struct Parts;
    Status begin(const QemuOptions& options, u64 entry);
    explicit QemuRun(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};
}  // namespace ring::lockstep
