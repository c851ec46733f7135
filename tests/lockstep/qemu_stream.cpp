#include "qemu_stream.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace ring::lockstep {
class QemuStream::Parser : public LogLines {
  public:
    using LogLines::LogLines;

    std::optional<StreamItem> next();
    u64 states = 0, repeated = 0;
    bool triple_fault = false;

  private:
    bool read_state();
    bool read_registers(std::string_view line, unsigned row);
    // Lines of the second half are the same from state to state, mostly: an equal line is not read again.
    template <class Read>
    bool read_line(unsigned row, Read read);
    // "CCS=... CCD=... CCO=...": how QEMU will compute the flags when asked; RFL= has them already.
    bool skip_flag_operands();
    bool read_delivery(Delivery& delivery);

    State state_;
    std::array<std::string, 14> known_;  // the lines that state_ was read from
};

template <class Read>
bool QemuStream::Parser::read_line(unsigned row, Read read) {
    std::string_view line;
    if (!peek(line)) return false;
    if (line != known_[row]) {
        Scanner scan(line);
        read(scan);
        if (!scan.good()) {
            return fail(line, row < 8     ? "a segment register"
                              : row < 10  ? "a descriptor table register"
                              : row == 10 ? "the control registers"
                              : row < 13  ? "the debug registers"
                                          : "EFER");
        }
        known_[row].assign(line);
    }
    take();
    return true;
}

bool QemuStream::Parser::skip_flag_operands() {
    std::string_view line;
    if (!peek(line)) return false;
    if (!line.starts_with("CCS=")) return fail(line, "the operands of the flags");
    take();
    return true;
}

bool QemuStream::Parser::read_registers(std::string_view line, unsigned row) {
    // The order of the encoding is rax rcx rdx rbx rsp rbp rsi rdi; QEMU prints rax rbx rcx rdx rsi rdi rbp rsp.
    struct Name {
        const char* wide;
        const char* narrow;
        unsigned index;
    };
    constexpr Name names[4][4] = {
        {{"RAX=", "EAX=", 0}, {" RBX=", " EBX=", 3}, {" RCX=", " ECX=", 1}, {" RDX=", " EDX=", 2}},
        {{"RSI=", "ESI=", 6}, {" RDI=", " EDI=", 7}, {" RBP=", " EBP=", 5}, {" RSP=", " ESP=", 4}},
        {{"R8 =", "", 8}, {" R9 =", "", 9}, {" R10=", "", 10}, {" R11=", "", 11}},
        {{"R12=", "", 12}, {" R13=", "", 13}, {" R14=", "", 14}, {" R15=", "", 15}}};
    Scanner scan(line);
    for (const Name& name : names[row]) scan.word(state_.wide ? name.wide : name.narrow).hex(state_.gpr[name.index]);
    return scan.done() || fail(line, "general registers");
}

// A whole state, from RAX= or EAX= to EFER=.
bool QemuStream::Parser::read_state() {
    std::string_view line;
    if (!peek(line)) return false;
    state_.wide = line.starts_with('R');
    for (unsigned row = 0; row < (state_.wide ? 4u : 2u); ++row) {
        if (!peek(line) || !read_registers(line, row)) return false;
        take();
    }
    if (!state_.wide) std::fill(state_.gpr.begin() + 8, state_.gpr.end(), 0);
    if (!peek(line)) return false;
    Scanner scan(line);
    scan.word(state_.wide ? "RIP=" : "EIP=").hex(state_.rip).word(state_.wide ? " RFL=" : " EFL=").hex(state_.rflags);
    scan.word(" [").until(']').word("] CPL=").hex(state_.cpl).word(" II=").flag(state_.shadow).word(" A20=");
    scan.flag(state_.a20).word(" SMM=").flag(state_.smm).word(" HLT=").flag(state_.halted);
    if (!scan.done()) return fail(line, "RIP, flags and modes");
    take();

    constexpr const char* segment_names[] = {"ES =", "CS =", "SS =", "DS =", "FS =", "GS =", "LDT=", "TR ="};
    for (unsigned i = 0; i < 8; ++i) {
        SegmentState& segment = i < 6 ? state_.segments[i] : i == 6 ? state_.ldt : state_.tr;
        const bool read = read_line(i, [&](Scanner& in) {
            in.word(segment_names[i]).hex(segment.selector).word(" ").hex(segment.base).word(" ");
            in.hex(segment.limit).word(" ").hex(segment.flags);
        });
        if (!read) return false;
    }
    for (unsigned i = 0; i < 2; ++i) {
        TableState& table = i == 0 ? state_.gdt : state_.idt;
        const bool read = read_line(8 + i, [&](Scanner& in) {
            in.word(i == 0 ? "GDT=" : "IDT=").spaces().hex(table.base).word(" ").hex(table.limit);
        });
        if (!read) return false;
    }
    return read_line(10,
                     [&](Scanner& in) {
                         in.word("CR0=").hex(state_.cr0).word(" CR2=").hex(state_.cr2).word(" CR3=").hex(state_.cr3);
                         in.word(" CR4=").hex(state_.cr4);
                     }) &&
           read_line(
               11,
               [&](Scanner& in) {
                   in.word("DR0=").hex(state_.dr[0]).word(" DR1=").hex(state_.dr[1]).word(" DR2=").hex(state_.dr[2]);
                   in.word(" DR3=").hex(state_.dr[3]);
               }) &&
           read_line(12, [&](Scanner& in) { in.word("DR6=").hex(state_.dr6).word(" DR7=").hex(state_.dr7); }) &&
           skip_flag_operands() && read_line(13, [&](Scanner& in) { in.word("EFER=").hex(state_.efer); });
}

bool QemuStream::Parser::read_delivery(Delivery& delivery) {
    std::string_view line;
    if (!peek(line)) return false;
    Scanner scan(line);
    u64 linear = 0;
    scan.spaces().until(':').word(": v=").hex(delivery.vector).word(" e=").hex(delivery.error_code).word(" i=");
    scan.flag(delivery.software).word(" cpl=").hex(delivery.cpl).word(" IP=").hex(delivery.cs).word(":");
    scan.hex(delivery.rip).word(" pc=").hex(linear).word(" SP=").hex(delivery.ss).word(":").hex(delivery.rsp);
    if (delivery.vector == 14) {
        u64 cr2 = 0;
        scan.word(" CR2=").hex(cr2);
        delivery.cr2 = cr2;
    }
    if (!scan.good()) return fail(line, "an interrupt or exception");
    take();
    if (!read_state()) return false;
    delivery.before = state_;
    delivery.before.number = states;
    return true;
}

std::optional<StreamItem> QemuStream::Parser::next() {
    std::string_view line;
    bool hardware = false;
    while (peek(line)) {
        if (line.starts_with("Trace ")) {
            u64 base = 0, pc = 0;
            Scanner scan(line);
            scan.until('[').word("[").hex(base).word("/").hex(pc).word("/");
            if (!scan.good()) {
                fail(line, "a block's trace");
                break;
            }
            const u64 trace_line = line_number();
            take();
            if (!read_state()) break;
            const u64 linear = state_.rip + state_.segments[1].base;
            if (pc != (state_.wide ? linear : linear & 0xffff'ffff)) {
                failure = error("QEMU's log: line {} begins a block at {}, but the state after it is at {}", trace_line,
                                text::hex(pc), text::hex(linear));
                break;
            }
            // Handed out when the next line says that the instruction began.
            if (peek(line) && line.starts_with("Stopped execution")) {
                ++repeated;
                take();
                continue;
            }
            if (failure) break;
            state_.number = states++;
            return state_;
        }
        if (line.starts_with("Servicing hardware INT=")) {
            hardware = true;
            take();
        } else if (line.starts_with("check_exception old: 0x")) {
            // "old" is what was being delivered: 8 is a double fault, and nothing comes after it.
            triple_fault = line.starts_with("check_exception old: 0x8 ");
            take();
        } else if (line.find(": v=") != std::string_view::npos) {
            Interrupt interrupt;
            Exception exception;
            if (!read_delivery(hardware ? static_cast<Delivery&>(interrupt) : exception)) break;
            if (hardware) return interrupt;
            return exception;
        } else if (line.starts_with("SMM: ") || line.starts_with("CPU Reset")) {
            take();
            if (!read_state()) break;
        } else if (line.empty()) {
            take();
        } else {
            fail(line, "known");
            break;
        }
    }
    return std::nullopt;
}

QemuStream::QemuStream(LogSource source) : parser_(std::make_unique<Parser>(std::move(source))) {}
QemuStream::QemuStream(QemuStream&&) noexcept = default;
QemuStream& QemuStream::operator=(QemuStream&&) noexcept = default;
QemuStream::~QemuStream() = default;
std::optional<StreamItem> QemuStream::next() { return parser_->next(); }
const std::optional<Error>& QemuStream::failure() const { return parser_->failure; }
u64 QemuStream::states() const { return parser_->states; }
u64 QemuStream::repeated() const { return parser_->repeated; }
bool QemuStream::triple_fault() const { return parser_->triple_fault; }

QemuStream stream_of(std::string text) { return QemuStream(source_of(std::move(text))); }
}  // namespace ring::lockstep
