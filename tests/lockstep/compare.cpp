#include "compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "arch/x86_64/arch.hpp"
#include "base/text.hpp"
#include "machine/pc_machine.hpp"

namespace ring::lockstep {
namespace {
using machine::PcMachine;
using machine::PcStepEvent;
using x86_64::Cpu;

constexpr std::string_view gpr_names[] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                          "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
constexpr std::string_view segment_names[] = {"ES", "CS", "SS", "DS", "FS", "GS"};

// QEMU keeps the second half of the descriptor; ours are its bits 23:8.
u16 attributes_of(u32 flags) { return static_cast<u16>((flags >> 8) & 0xf0ff); }

x86_64::Segment segment_of(const SegmentState& state) {
    x86_64::Segment out;
    out.selector = state.selector;
    out.base = state.base;
    out.limit = state.limit;
    out.attributes = attributes_of(state.flags);
    return out;
}

Cpu cpu_of(const State& state) {
    Cpu cpu;
    cpu.gpr = state.gpr;
    cpu.rip = state.rip;
    cpu.rflags = state.rflags;
    for (unsigned i = 0; i < 6; ++i) cpu.segment[i] = segment_of(state.segments[i]);
    cpu.tr = segment_of(state.tr);
    cpu.ldtr = segment_of(state.ldt);
    cpu.gdtr = {state.gdt.base, static_cast<u16>(state.gdt.limit)};
    cpu.idtr = {state.idt.base, static_cast<u16>(state.idt.limit)};
    cpu.cr0 = state.cr0;
    cpu.cr2 = state.cr2;
    cpu.cr3 = state.cr3;
    cpu.cr4 = state.cr4;
    cpu.efer = state.efer;
    cpu.dr = state.dr;
    cpu.dr6 = state.dr6;
    cpu.dr7 = state.dr7;
    cpu.cpl = state.cpl;
    return cpu;
}

class Comparer {
  public:
    Comparer(PcMachine& ours, Comparison& out) : ours_(ours), out_(out) {}

    void use(Row row) { out_.use(row); }

    // Did the last step go through a page-table entry that was changed without invlpg?
    bool stale() {
        const auto used_now = [&](const machine::LogEntry& one) {
            return one.kind == machine::LogEntry::Kind::StaleUse && one.step == ours_.steps();
        };
        if (std::ranges::none_of(ours_.log(), used_now)) return false;
        use(Row::StaleTranslation);
        return true;
    }

    // QEMU's flags after our syscall, where only status flags differ: taken over, so that both go on alike.
    void status_flags_of_syscall(const State& theirs) {
        constexpr u64 status = 0x8d5;
        Cpu cpu = ours_.cpu();
        if ((theirs.rflags & status) != 0 || ((cpu.rflags ^ theirs.rflags) & ~status) != 0 ||
            cpu.rflags == theirs.rflags)
            return;
        use(Row::SyscallStatusFlags);
        cpu.rflags = theirs.rflags;
        ours_.set_cpu(cpu);
    }

    // Empty when equal or explained.
    std::string compare(const State& theirs) {
        const Cpu& cpu = ours_.cpu();
        std::string found;
        const auto differs = [&](std::string_view name, u64 mine, u64 other) {
            if (mine != other)
                found += fmt::format("  {}: ours {}, QEMU {}\n", name, text::hex(mine), text::hex(other));
        };
        const u64 mask = theirs.wide ? ~u64{0} : 0xffffffffu;
        const unsigned registers = theirs.wide ? 16 : 8;
        for (unsigned i = 0; i < registers; ++i) differs(gpr_names[i], cpu.gpr[i] & mask, theirs.gpr[i] & mask);
        differs("rip", cpu.rip, theirs.rip);
        differs("rflags", cpu.rflags, theirs.rflags);
        for (unsigned i = 0; i < 6; ++i) segment(segment_names[i], cpu.segment[i], theirs.segments[i], mask, differs);
        x86_64::Segment tr = cpu.tr;
        if (attributes_of(theirs.tr.flags) != tr.attributes && (attributes_of(theirs.tr.flags) | 2) == tr.attributes) {
            use(Row::TrType);
            tr.attributes = attributes_of(theirs.tr.flags);
        }
        segment("TR", tr, theirs.tr, mask, differs);
        segment("LDTR", cpu.ldtr, theirs.ldt, mask, differs);
        differs("GDTR.base", cpu.gdtr.base, theirs.gdt.base);
        differs("GDTR.limit", cpu.gdtr.limit, theirs.gdt.limit);
        differs("IDTR.base", cpu.idtr.base, theirs.idt.base);
        differs("IDTR.limit", cpu.idtr.limit, theirs.idt.limit);
        differs("CR0", cpu.cr0, theirs.cr0);
        differs("CR2", cpu.cr2, theirs.cr2);
        differs("CR3", cpu.cr3, theirs.cr3);
        differs("CR4", cpu.cr4, theirs.cr4);
        differs("EFER", cpu.efer, theirs.efer);
        differs("DR6", cpu.dr6, theirs.dr6);
        differs("DR7", cpu.dr7, theirs.dr7);
        differs("CPL", cpu.cpl, theirs.cpl);
        differs("shadow", cpu.shadow != x86_64::Shadow::None, theirs.shadow);
        return found;
    }

    // A fault's image on the handler's stack: the manual's RF is checked, then QEMU's value is taken over, so that a
    // kernel that reads the image goes the same way in both.
    std::string fault_image(const PcStepEvent& event) {
        if (event.kind != PcStepEvent::Kind::Faulted || event.software || event.delivery.count == 0) return {};
        const x86_64::Fault& last = event.delivery.chain[event.delivery.count - 1];
        if (last.trap || ours_.cpu().shut_down || !ours_.cpu().code64()) return {};
        const u64 at = ours_.cpu().gpr[x86_64::RSP] + (last.has_error ? 8 : 0) + 16;
        const arch::Walk walk = x86_64::architecture.walk(
            x86_64::registers_of(ours_.cpu()), VirtAddr{at}, arch::Access::Read, 0u,
            [&](PhysAddr from, std::span<u8> into) {
                const auto ram = ours_.ram();
                if (from.value + into.size() > ram.size()) return false;
                std::copy_n(ram.begin() + static_cast<std::ptrdiff_t>(from.value), into.size(), into.begin());
                return true;
            });
        if (!walk.ok) return "  the fault's frame is not mapped\n";
        const u8 rf_byte = ours_.ram()[walk.physical.value + 2];
        if (!(rf_byte & 1)) return "  RF is not set in the image that the fault pushed\n";
        use(Row::RfInImage);
        const u8 cleared = rf_byte & 0xfe;
        ours_.write_ram(walk.physical.value + 2, {&cleared, 1});
        return {};
    }

  private:
    template <class Differs>
    void segment(std::string_view name, const x86_64::Segment& mine, const SegmentState& theirs, u64 mask,
                 Differs&& differs) {
        differs(fmt::format("{}.selector", name), mine.selector, theirs.selector);
        const x86_64::Segment other = segment_of(theirs);
        differs(fmt::format("{}.base", name), mine.base & mask, other.base & mask);
        differs(fmt::format("{}.limit", name), mine.limit, other.limit);
        differs(fmt::format("{}.attributes", name), mine.attributes, other.attributes);
    }

    PcMachine& ours_;
    Comparison& out_;
};

std::string instruction_at(PcMachine& machine, const Cpu& cpu) {
    const arch::PhysReader reader = [&](PhysAddr from, std::span<u8> into) {
        const auto ram = machine.ram();
        if (from.value + into.size() > ram.size()) return false;
        std::copy_n(ram.begin() + static_cast<std::ptrdiff_t>(from.value), into.size(), into.begin());
        return true;
    };
    Bytes bytes;
    for (unsigned i = 0; i < 15; ++i) {
        const arch::Walk walk = x86_64::architecture.walk(x86_64::registers_of(cpu), VirtAddr{cpu.rip + i},
                                                          arch::Access::Execute, 0u, reader);
        if (!walk.ok || walk.physical.value >= machine.ram().size()) break;
        bytes.push_back(machine.ram()[walk.physical.value]);
    }
    const x86_64::Instruction instruction =
        x86_64::decode(bytes, cpu.code64() ? x86_64::Mode::Bits64 : x86_64::Mode::Bits32);
    return x86_64::text(instruction, VirtAddr{cpu.rip}) + "  [" +
           text::bytes(ByteSpan(bytes).first(std::min<std::size_t>(bytes.size(), instruction.length))) + "]";
}
}  // namespace

namespace {
bool to_not_canonical(const PcStepEvent& event, const x86_64::Fault& fault) {
    using enum x86_64::Operation;
    return (event.operation == Sysret && fault.reason == x86_64::Reason::TargetNotCanonical) ||
           (event.operation == Iret && fault.reason == x86_64::Reason::ReturnNotCanonical);
}
}  // namespace

Result<Comparison> compare(const QemuOptions& given, u64 limit) {
    QemuOptions options = given;
    options.with_ram = true;
    Result<QemuRun> run = QemuRun::start(options);
    if (!run) return run.error();
    Result<std::unique_ptr<PcMachine>> made = PcMachine::create(u64{options.ram_mib} << 20);
    if (!made) return made.error();
    PcMachine& ours = **made;
    ours.write_ram(0, run->ram());
    ours.devices().use_external_timer(true);

    Comparison out;
    Comparer comparer(ours, out);
    bool started = false, pending = false;  // pending: QEMU has begun an instruction that we have not stepped yet
    u64 last_rip = ~u64{0};
    std::string last_instruction;
    PcStepEvent event;
    unsigned chain = 0;  // how many exceptions of the last step have been accounted for
    const auto diverged = [&](std::string text) {
        out.divergence =
            fmt::format("step {} at {}: {}\n{}", out.steps, text::hex(event.pc_before), last_instruction, text);
    };
    const auto step = [&]() -> bool {
        const Cpu before = ours.cpu();
        event = ours.step();
        event.pc_before = before.rip;
        pending = false;
        chain = 0;
        ++out.steps;
        if (event.kind == PcStepEvent::Kind::NotModelled || event.kind == PcStepEvent::Kind::Halted) {
            last_instruction = instruction_at(ours, before);
            diverged("  " + event.problem + "\n");
            return false;
        }
        if (const std::string wrong = comparer.fault_image(event); !wrong.empty()) {
            last_instruction = instruction_at(ours, before);
            diverged(wrong);
            return false;
        }
        return true;
    };
    const auto explain_vector = [&](const x86_64::Fault& mine, const Exception& theirs) -> std::optional<Row> {
        if (event.level_before == 0 && to_not_canonical(event, mine)) return Row::ReturnNotCanonical;
        if (mine.vector == x86_64::SS_ && theirs.vector == x86_64::GP &&
            mine.reason == x86_64::Reason::StackNotCanonical)
            return Row::StackFaultVector;
        return std::nullopt;
    };

    while (out.steps < limit) {
        const std::optional<StreamItem> item = run->stream().next();
        if (!item) break;
        if (const State* const state = std::get_if<State>(&*item)) {
            if (!started) {
                ours.set_cpu(cpu_of(*state));
                started = true;
            } else {
                if (pending) {
                    // A repeated instruction has ended with us; QEMU begins it once more to see that.
                    const u64 mask = state->wide ? ~u64{0} : 0xffffffffu;
                    if (!step()) break;
                    if (state->rip == last_rip && ours.cpu().rip != state->rip &&
                        (state->gpr[x86_64::RCX] & mask) == 0) {
                        comparer.use(Row::RepExtraState);
                        continue;  // the next item is compared with the state that we have now
                    }
                }
                if (event.kind == PcStepEvent::Kind::Faulted && chain < event.delivery.count && !event.software &&
                    event.delivery.chain[0].vector != x86_64::DB) {
                    if (to_not_canonical(event, event.delivery.chain[0])) {
                        comparer.use(Row::ReturnNotCanonical);
                        out.ended_by_row = true;
                        break;
                    }
                    if (comparer.stale()) {
                        out.ended_by_row = true;
                        break;
                    }
                    diverged(fmt::format("  ours raised {}, QEMU went on\n", x86_64::text(event.delivery.chain[0])));
                    break;
                }
                if (event.operation == x86_64::Operation::Syscall && event.kind == PcStepEvent::Kind::Retired)
                    comparer.status_flags_of_syscall(*state);
                if (const std::string found = comparer.compare(*state); !found.empty()) {
                    diverged(found);
                    break;
                }
            }
            pending = true;
            last_rip = state->rip;
            last_instruction = fmt::format("QEMU next {}", text::hex(state->rip));
            continue;
        }
        if (pending && !step()) break;
        if (const Exception* const exception = std::get_if<Exception>(&*item)) {
            ++out.exceptions;
            // A fetch that faults has no state of its own in the stream.
            const bool accounted = event.kind == PcStepEvent::Kind::Retired || chain >= event.delivery.count;
            if (accounted && exception->rip == ours.cpu().rip && !step()) break;
            if (event.kind == PcStepEvent::Kind::Retired || chain >= event.delivery.count) {
                diverged(fmt::format("  QEMU raised vector {} error {}, ours did not\n", exception->vector,
                                     text::hex(u64{exception->error_code})));
                break;
            }
            // The fault that turns another into #DF stands in our chain; QEMU prints the #DF only.
            if (exception->vector == x86_64::DF && event.delivery.chain[chain].vector != x86_64::DF &&
                chain + 1u < event.delivery.count)
                ++chain;
            const x86_64::Fault& mine = event.delivery.chain[chain++];
            if (const std::optional<Row> row = explain_vector(mine, *exception); row) {
                comparer.use(*row);
                if (difference(*row).ends) {
                    out.ended_by_row = true;
                    break;
                }
            } else if (mine.vector != exception->vector) {
                diverged(fmt::format("  ours raised {}, QEMU vector {}\n", x86_64::text(mine), exception->vector));
                break;
            }
            if (mine.error != exception->error_code) {
                const u32 index = mine.error >> 3;
                const bool by_idt = (mine.error & 2) != 0;
                if (by_idt && exception->error_code == ((index << 4) | (mine.error & 6))) {
                    comparer.use(Row::IdtErrorCode);
                    out.ended_by_row = true;  // the kernel prints the code: from here on the paths differ
                    break;
                }
                constexpr u32 present = 1, reserved = 8;
                if (mine.vector == x86_64::PF && (mine.error & reserved) != 0 &&
                    mine.error == (exception->error_code | present)) {
                    comparer.use(Row::ReservedBitErrorCode);
                    out.ended_by_row = true;
                    break;
                }
                diverged(fmt::format("  {}: ours has error {}, QEMU {}\n", x86_64::text(mine),
                                     text::hex(u64{mine.error}), text::hex(u64{exception->error_code})));
                break;
            }
            continue;
        }
        const Interrupt& interrupt = std::get<Interrupt>(*item);
        ++out.interrupts;
        ours.raise_timer();
        if (!step()) break;
        if (event.kind != PcStepEvent::Kind::Interrupted || event.cause != interrupt.vector) {
            diverged(fmt::format("  QEMU took interrupt {}, ours {}\n", interrupt.vector,
                                 event.kind == PcStepEvent::Kind::Interrupted ? fmt::format("took {}", event.cause)
                                                                              : std::string("took none")));
            break;
        }
        chain = 1;
    }
    if (pending && out.divergence.empty() && !out.ended_by_row && out.steps < limit) static_cast<void>(step());
    if (run->stream().failure()) return run->stream().failure()->in("after {} steps", out.steps);
    if (run->stream().triple_fault() && out.divergence.empty() && !ours.cpu().shut_down && !out.ended_by_row)
        diverged("  QEMU shut down by a triple fault, ours did not\n");
    if (out.steps < limit && out.divergence.empty() && !out.ended_by_row) {
        run->wait();
        out.console_qemu = run->console();
        out.console_ours = ours.console();
        if (out.console_qemu != out.console_ours) out.divergence = "the consoles differ\n";
    }
    return out;
}
}  // namespace ring::lockstep
