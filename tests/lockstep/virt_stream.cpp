#include "virt_stream.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace ring::lockstep {
namespace {
constexpr std::array<const char*, 32> x_names{
    "x0/zero", "x1/ra",  "x2/sp",  "x3/gp",  "x4/tp",   "x5/t0",   "x6/t1",  "x7/t2",  "x8/s0",  "x9/s1",  "x10/a0",
    "x11/a1",  "x12/a2", "x13/a3", "x14/a4", "x15/a5",  "x16/a6",  "x17/a7", "x18/s2", "x19/s3", "x20/s4", "x21/s5",
    "x22/s6",  "x23/s7", "x24/s8", "x25/s9", "x26/s10", "x27/s11", "x28/t3", "x29/t4", "x30/t5", "x31/t6"};
constexpr std::array<const char*, 32> f_names{
    "f0/ft0",  "f1/ft1",  "f2/ft2",   "f3/ft3",   "f4/ft4",  "f5/ft5",  "f6/ft6",   "f7/ft7",
    "f8/fs0",  "f9/fs1",  "f10/fa0",  "f11/fa1",  "f12/fa2", "f13/fa3", "f14/fa4",  "f15/fa5",
    "f16/fa6", "f17/fa7", "f18/fs2",  "f19/fs3",  "f20/fs4", "f21/fs5", "f22/fs6",  "f23/fs7",
    "f24/fs8", "f25/fs9", "f26/fs10", "f27/fs11", "f28/ft8", "f29/ft9", "f30/ft10", "f31/ft11"};
constexpr std::size_t csr_row = 0, x_row = virt_csrs.size(), f_row = x_row + 8, rows = f_row + 8;
}  // namespace

class VirtStream::Parser : public LogLines {
  public:
    using LogLines::LogLines;
    std::optional<VirtItem> next();
    u64 states = 0, repeated = 0;

  private:
    // A line equal to the one that this row was read from is not read again.
    template <class Read>
    bool read_row(std::size_t row, Read read) {
        std::string_view line;
        if (!peek(line)) return false;
        if (line != known_[row]) {
            Scanner scan(line);
            read(scan);
            if (!scan.spaces().done()) return fail(line, row < x_row ? "a CSR" : "registers");
            known_[row].assign(line);
        }
        take();
        return true;
    }
    bool skip(std::string_view start) {
        std::string_view line;
        if (!peek(line)) return false;
        if (!line.starts_with(start)) return fail(line, "part of a state");
        take();
        return true;
    }
    bool read_state(u64 pc, u64 flags);
    bool read_trap(std::string_view line, VirtTrap& trap);

    VirtState state_;
    std::array<std::string, rows> known_;
};

bool VirtStream::Parser::read_state(u64 pc, u64 flags) {
    state_.pc = pc;
    state_.mode = static_cast<u8>(flags & 3);
    if (!skip(" pc  ") || !skip(" mhartid ")) return false;
    std::string_view line;
    for (std::size_t i = 0; i < virt_csrs.size(); ++i) {
        if (i + 1 == virt_csrs.size()) {
            state_.satp_known = !(peek(line) && line.starts_with(" x0/"));
            if (!state_.satp_known) break;
        }
        if (!read_row(csr_row + i,
                      [&](Scanner& in) { in.word(" ").word(virt_csrs[i].name).spaces().hex(state_.csr[i]); }))
            return false;
    }
    const auto registers = [&](std::size_t first_row, const auto& names, std::array<u64, 32>& values) {
        for (std::size_t row = 0; row < 8; ++row)
            if (!read_row(first_row + row, [&](Scanner& in) {
                    for (std::size_t i = 4 * row; i < 4 * row + 4; ++i)
                        in.word(" ").word(names[i]).spaces().hex(values[i]);
                }))
                return false;
        return true;
    };
    return registers(x_row, x_names, state_.x) && registers(f_row, f_names, state_.f);
}

bool VirtStream::Parser::read_trap(std::string_view line, VirtTrap& trap) {
    Scanner scan(line);
    scan.until('a').word("async:").flag(trap.interrupt).word(", cause:").hex(trap.cause).word(", epc:0x");
    scan.hex(trap.epc).word(", tval:0x").hex(trap.tval).word(", desc=");
    return scan.good() || fail(line, "a trap");
}

std::optional<VirtItem> VirtStream::Parser::next() {
    constexpr std::string_view trap_start = "riscv_cpu_do_interrupt: hart:0, ", checkpoint_start = "checkpoint";
    std::string_view line;
    while (peek(line)) {
        if (line.starts_with("Trace ")) {
            u64 base = 0, pc = 0, flags = 0;
            Scanner scan(line);
            scan.until('[').word("[").hex(base).word("/").hex(pc).word("/").hex(flags).word("/");
            if (!scan.good()) {
                fail(line, "a block's trace");
                break;
            }
            take();
            if (!read_state(pc, flags)) break;
            if (peek(line) && (line.starts_with("Stopped execution") || line.starts_with("cpu_io_recompile"))) {
                ++repeated;
                take();
                continue;
            }
            if (failure) break;
            state_.number = states++;
            return state_;
        }
        if (line.starts_with(trap_start)) {
            VirtTrap trap;
            if (!read_trap(line.substr(trap_start.size()), trap)) break;
            take();
            return trap;
        }
        if (line.starts_with(checkpoint_start)) {
            VirtCheckpoint checkpoint;
            Scanner scan(line);
            for (scan.word(checkpoint_start); scan.good() && !scan.done();) {
                std::optional<u64>& value = checkpoint.values.emplace_back();
                if (scan.word(" ").next_is('-'))
                    scan.word("-");
                else
                    scan.hex(value.emplace());
            }
            if (!scan.good()) {
                fail(line, "a checkpoint");
                break;
            }
            take();
            return checkpoint;
        }
        if (!line.empty()) {
            fail(line, "known");
            break;
        }
        take();
    }
    return std::nullopt;
}

VirtStream::VirtStream(LogSource source) : parser_(std::make_unique<Parser>(std::move(source))) {}
VirtStream::VirtStream(VirtStream&&) noexcept = default;
VirtStream::~VirtStream() = default;
std::optional<VirtItem> VirtStream::next() { return parser_->next(); }
const std::optional<Error>& VirtStream::failure() const { return parser_->failure; }
u64 VirtStream::states() const { return parser_->states; }
u64 VirtStream::repeated() const { return parser_->repeated; }
}  // namespace ring::lockstep
