#include "qemu_stream.hpp"

#include <algorithm>
#include <cstring>

#include "base/text.hpp"

namespace ring::lockstep {
namespace {
constexpr std::size_t longest_line = 4096;

constexpr std::array<u8, 256> hex_values = [] {
    std::array<u8, 256> values{};
    values.fill(0xff);
    for (u8 i = 0; i < 10; ++i) values[static_cast<unsigned>('0' + i)] = i;
    for (u8 i = 0; i < 6; ++i)
        values[static_cast<unsigned>('a' + i)] = values[static_cast<unsigned>('A' + i)] = static_cast<u8>(10 + i);
    return values;
}();

// Reads one line from left to right. The first thing that does not fit makes everything after it fail.
class Scanner {
  public:
    explicit Scanner(std::string_view line) : at_(line.data()), end_(line.data() + line.size()) {}
    bool good() const { return good_; }
    bool done() const { return good_ && at_ == end_; }

    Scanner& word(std::string_view text) {
        if (static_cast<std::size_t>(end_ - at_) < text.size() || std::memcmp(at_, text.data(), text.size()) != 0)
            good_ = false;
        else
            at_ += text.size();
        return *this;
    }
    Scanner& spaces() {
        while (at_ != end_ && *at_ == ' ') ++at_;
        return *this;
    }
    // 1 to 16 digits, and no more.
    template <class T>
    Scanner& hex(T& value) {
        u64 number = 0;
        unsigned digits = 0;
        for (; at_ != end_; ++at_, ++digits) {
            const u8 digit = hex_values[static_cast<u8>(*at_)];
            if (digit > 15) break;
            number = number << 4 | digit;
        }
        if (digits == 0 || digits > 16 || (sizeof(T) < 8 && number >> (8 * sizeof(T) % 64) != 0)) good_ = false;
        value = static_cast<T>(number);
        return *this;
    }
    Scanner& flag(bool& value) {
        u8 number = 0;
        hex(number);
        if (number > 1) good_ = false;
        value = number == 1;
        return *this;
    }
    Scanner& until(char mark) {
        const void* found = at_ != end_ ? std::memchr(at_, mark, static_cast<std::size_t>(end_ - at_)) : nullptr;
        if (!found)
            good_ = false;
        else
            at_ = static_cast<const char*>(found);
        return *this;
    }

  private:
    const char* at_;
    const char* end_;
    bool good_ = true;
};
}  // namespace

class QemuStream::Parser {
  public:
    explicit Parser(Source source) : source_(std::move(source)), buffer_(1_MiB) {}

    std::optional<StreamItem> next();
    std::optional<Error> failure;
    u64 states = 0, repeated = 0;
    bool triple_fault = false;

  private:
    // The next line without its newline; it stays in the buffer until take(). False: the end, or a failure.
    bool peek(std::string_view& line);
    void take() {
        begin_ += line_length_ + 1;
        peeked_ = false;
    }
    bool fill();
    bool fail(std::string_view line, const char* expected);

    bool read_state();
    bool read_registers(std::string_view line, unsigned row);
    // Lines of the second half are the same from state to state, mostly: an equal line is not read again.
    template <class Read>
    bool read_line(unsigned row, Read read);
    // "CCS=... CCD=... CCO=...": how QEMU will compute the flags when asked; RFL= has them already.
    bool skip_flag_operands();
    bool read_delivery(Delivery& delivery);

    Source source_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0, end_ = 0, line_length_ = 0;
    u64 line_number_ = 0;
    bool peeked_ = false, ended_ = false;
    State state_;
    std::array<std::string, 14> known_;  // the lines that state_ was read from
};

bool QemuStream::Parser::fill() {
    if (begin_ != 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    Result<std::size_t> count = source_(buffer_.data() + end_, buffer_.size() - end_);
    if (!count) {
        failure = count.error();
        return false;
    }
    end_ += *count;
    return *count != 0;
}

bool QemuStream::Parser::peek(std::string_view& line) {
    std::size_t searched = 0;
    while (!peeked_) {
        if (failure || ended_) return false;
        const char* start = buffer_.data() + begin_;
        const std::size_t there = end_ - begin_;
        const void* newline = there > searched ? std::memchr(start + searched, '\n', there - searched) : nullptr;
        if (newline) {
            line_length_ = static_cast<std::size_t>(static_cast<const char*>(newline) - start);
            ++line_number_;
            peeked_ = true;
            break;
        }
        searched = there;
        if (there > longest_line) {
            failure = error("QEMU's log: line {} is longer than {} bytes", line_number_ + 1, longest_line);
            return false;
        }
        // A line without a newline at the very end is QEMU's death in the middle of it: not an item.
        if (!fill()) ended_ = true;
    }
    line = {buffer_.data() + begin_, line_length_};
    return true;
}

bool QemuStream::Parser::fail(std::string_view line, const char* expected) {
    if (!failure)
        failure = error("QEMU's log: line {} is not {}: \"{}\"", line_number_, expected,
                        text::printable(line.substr(0, 100)));
    return false;
}

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
            const u64 trace_line = line_number_;
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

QemuStream::QemuStream(Source source) : parser_(std::make_unique<Parser>(std::move(source))) {}
QemuStream::QemuStream(QemuStream&&) noexcept = default;
QemuStream& QemuStream::operator=(QemuStream&&) noexcept = default;
QemuStream::~QemuStream() = default;
std::optional<StreamItem> QemuStream::next() { return parser_->next(); }
const std::optional<Error>& QemuStream::failure() const { return parser_->failure; }
u64 QemuStream::states() const { return parser_->states; }
u64 QemuStream::repeated() const { return parser_->repeated; }
bool QemuStream::triple_fault() const { return parser_->triple_fault; }

QemuStream stream_of(std::string text) {
    return QemuStream([text = std::move(text), at = std::size_t{0}](char* into, std::size_t most) mutable {
        const std::size_t count = std::min(most, text.size() - at);
        std::memcpy(into, text.data() + at, count);
        at += count;
        return Result<std::size_t>(count);
    });
}
}  // namespace ring::lockstep
