#include "virt_compare.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "arch/riscv64/arch.hpp"
#include "arch/riscv64/csr.hpp"
#include "base/text.hpp"
#include "machine/boot_virt.hpp"
#include "machine/virt_machine.hpp"
#include "virt_stream.hpp"

namespace ring::lockstep {
namespace {
using machine::StepEvent;
using machine::VirtMachine;
using riscv64::Cpu;
using riscv64::Instruction;
using riscv64::Operation;

// The clock and the counters: what QEMU reads there is an input.
bool is_clock(u16 csr) {
    constexpr u16 clocks[] = {0xc00, 0xc01, 0xc02, 0xb00, 0xb02};
    return std::ranges::find(clocks, csr) != std::end(clocks);
}

// The machine as the CSR functions want to see it; they only look.
class Looking final : public riscv64::Bus {
  public:
    explicit Looking(VirtMachine& machine) : machine_(machine) {}
    u64 read(PhysAddr, unsigned) override { return 0; }
    void write(PhysAddr, unsigned, u64) override {}
    There there(PhysAddr, unsigned) override { return There::Nothing; }
    u64 time() override { return machine_.devices().mtime(machine_.now_ns()); }
    u64 steps() override { return machine_.steps(); }
    u64 interrupt_lines() override {
        machine_.devices().update(machine_.now_ns());
        return machine_.devices().interrupt_lines(machine_.now_ns());
    }
    void flush() override {}
    void fence(std::optional<VirtAddr>) override {}
    void interrupts_changed() override {}

  private:
    VirtMachine& machine_;
};

std::vector<u16> checkpoint_csrs() {
    std::vector<u16> out;
    for (const riscv64::CsrEntry& entry : riscv64::csr_table()) {
        constexpr u16 sip = 0x144, mip = 0x344;  // the stream has mip, and in step with its inputs
        const bool event = entry.name.find("hpm") != std::string_view::npos;
        if (!event && entry.number != sip && entry.number != mip && !is_clock(entry.number))
            out.push_back(entry.number);
    }
    return out;
}

class Comparer {
  public:
    Comparer(VirtMachine& ours, VirtComparison& out, std::string script)
        : ours_(ours), out_(out), looking_(ours), script_(std::move(script)) {}

    bool step() {
        before_ = ours_.cpu();
        event = ours_.step();
        accounted = false;
        ++out_.steps;
        if (event.kind == StepEvent::Kind::NotModelled || event.kind == StepEvent::Kind::Halted) {
            diverged("  " + event.problem + "\n");
            return false;
        }
        return true;
    }

    void diverged(const std::string& text) {
        out_.divergence =
            fmt::format("step {} at {}: {}\n{}", out_.steps, text::hex(before_.pc), instruction_before(), text);
    }
    void ended_by(VirtRow row) {
        out_.use(row);
        out_.ended_by_row = difference(row).ends;
    }

    // An interrupt that QEMU takes now must wait here too: the clock, or a byte on the line, brings it.
    void bring(u64 cause) {
        if (cause == riscv64::SupervisorExternal) byte_seen_late_ = false;
        if (pending() >> cause & 1) return;
        if (cause == riscv64::SupervisorTimer) {
            if (riscv64::envcfg::STCE.set(ours_.cpu().menvcfg)) clock_reaches(ours_.cpu().stimecmp);
        } else if (cause == riscv64::MachineTimer) {
            ours_.devices().clint.set_external_mtip(true);
        } else if (cause == riscv64::SupervisorExternal || cause == riscv64::MachineExternal) {
            byte_arrives();
        }
        ours_.devices_changed();
    }

    // Empty when equal or explained.
    std::string compare(const VirtState& theirs) {
        take_inputs(theirs);
        const Cpu& cpu = ours_.cpu();
        std::string found;
        const auto differs = [&](std::string_view name, u64 mine, u64 other) {
            if (mine != other)
                found += fmt::format("  {}: ours {}, QEMU {}\n", name, text::hex(mine), text::hex(other));
        };
        differs("pc", cpu.pc, theirs.pc);
        differs("mode", static_cast<u64>(cpu.mode), theirs.mode);
        if (cpu.x != theirs.x)
            for (unsigned i = 0; i < 32; ++i) differs(fmt::format("x{}", i), cpu.x[i], theirs.x[i]);
        if (cpu.f != theirs.f)
            for (unsigned i = 0; i < 32; ++i) differs(fmt::format("f{}", i), cpu.f[i], theirs.f[i]);
        const u64 dirty = u64{riscv64::mstatus::FS.get(cpu.mstatus) == 3} << 63;
        const u64 mine[virt_csrs.size()] = {(cpu.mstatus & ~(u64{1} << 63)) | dirty,
                                            pending(),
                                            cpu.mie,
                                            cpu.mideleg,
                                            cpu.medeleg,
                                            cpu.mtvec,
                                            cpu.stvec,
                                            cpu.mepc,
                                            cpu.sepc,
                                            cpu.mcause,
                                            cpu.scause,
                                            cpu.mtval,
                                            cpu.stval,
                                            cpu.mscratch,
                                            cpu.sscratch,
                                            cpu.satp};
        for (std::size_t i = 0; i < virt_csrs.size() - !theirs.satp_known; ++i)
            if (mine[i] != theirs.csr[i] && !explains_csr(virt_csrs[i].number, mine[i], theirs.csr[i]))
                differs(virt_csrs[i].name, mine[i], theirs.csr[i]);
        return found;
    }

    std::string compare(const std::vector<u16>& numbers, const VirtCheckpoint& theirs) {
        ++out_.checkpoints;
        std::string found;
        Cpu cpu = ours_.cpu();
        riscv64::Context context{cpu, looking_};
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            const u64 mine = riscv64::read_csr(context, numbers[i]), other = theirs.values.at(i).value_or(mine);
            if (mine != other && !explains_csr(numbers[i], mine, other))
                found += fmt::format("  {}: ours {}, QEMU {}\n", riscv64::find_csr(numbers[i])->name, text::hex(mine),
                                     text::hex(other));
        }
        return found;
    }

    // Ours faulted and QEMU did not, or with another cause.
    bool explains_fault(std::optional<u64> theirs) {
        const auto fault = ours_.last_exception();
        if (theirs && fault && fault->reason == riscv64::Reason::AtomicMisaligned &&
            fault->code == riscv64::StoreMisaligned && *theirs == riscv64::LoadMisaligned) {
            ended_by(VirtRow::MisalignedAmo);
            return true;
        }
        if (fault && fault->reason == riscv64::Reason::CsrDoesNotExist && !theirs &&
            csr_only_in_qemu(static_cast<u16>(fault->a))) {
            ended_by(VirtRow::CsrOnlyInQemu);
            return true;
        }
        if (fault && theirs && fault->reason == riscv64::Reason::TableNotThere) {
            ended_by(VirtRow::TableNotThere);
            return true;
        }
        if (fault && !theirs && fault->reason == riscv64::Reason::AtomicMisaligned &&
            decoded_before().operation == Operation::StoreConditional) {
            ended_by(VirtRow::MisalignedSc);
            return true;
        }
        if (fault && !theirs && fault->reason == riscv64::Reason::NothingThere &&
            machine::virt_device(PhysAddr{fault->a}) && fault->a % decoded_before().memory.size != 0) {
            ended_by(VirtRow::MisalignedDevice);
            return true;
        }
        if (fault && fault->reason == riscv64::Reason::CsrReadOnly && !theirs) {
            const Instruction instruction = decoded_before();
            if (!instruction.immediate && before_.x[instruction.rs1] == 0) {
                ended_by(VirtRow::ZeroIntoReadOnly);
                return true;
            }
        }
        return stale();
    }
    // QEMU raised an exception that is none here.
    bool explains_no_fault(u64 cause) {
        const Instruction instruction = decoded_before();
        if (cause == riscv64::IllegalInstruction && instruction.operation == Operation::Csr &&
            csr_only_here(instruction.csr)) {
            ended_by(VirtRow::CsrOnlyHere);
            return true;
        }
        const bool no_entry = std::ranges::all_of(before_.pmpcfg, [](u8 one) { return (one & 0x18) == 0; });
        if (cause == riscv64::IllegalInstruction && instruction.operation == Operation::Mret && no_entry) {
            ended_by(VirtRow::ReturnWithoutPmp);
            return true;
        }
        return stale();
    }
    // The registers differ, by `found`, in front of QEMU's next instruction.
    bool explains_registers(const std::string& found, const VirtState& theirs) {
        if (stale()) return true;
        if (std::ranges::count(found, '\n') != 1) return false;
        namespace bits = riscv64::mstatus;
        const Instruction instruction = decoded_before();
        const u64 status = ours_.cpu().mstatus ^ theirs.csr[0], rd = ours_.cpu().x[instruction.rd];
        if (instruction.operation == Operation::StoreConditional && rd == 0 && theirs.x[instruction.rd] == 1)
            ended_by(VirtRow::OwnStore);
        if (instruction.operation == Operation::Sret && before_.mode == riscv64::Mode::M && bits::MPRV.set(status) &&
            bits::MPRV.set(theirs.csr[0]))
            ended_by(VirtRow::SretKeepsMprv);
        if (instruction.writes_flags && !instruction.writes_floats && bits::FS.get(status) != 0 &&
            bits::FS.get(ours_.cpu().mstatus) == 3)
            ended_by(VirtRow::FlagWithoutDirty);
        return out_.ended_by_row;
    }
    // Did the last step go through a page-table entry that was changed without sfence.vma?
    bool stale() {
        const auto used_now = [&](const machine::LogEntry& one) {
            return one.kind == machine::LogEntry::Kind::StaleUse && one.step == ours_.steps();
        };
        if (std::ranges::none_of(ours_.log(), used_now)) return false;
        ended_by(VirtRow::StaleTranslation);
        return true;
    }

    // What the last instruction read of the clock, the counters or the serial line.
    void take_read(const VirtState& theirs) {
        const Instruction instruction = decoded_before();
        const u8 rd = instruction.rd;
        const u64 value = theirs.x[rd];
        if (rd == 0 || ours_.cpu().x[rd] == value) return;
        if (instruction.operation == Operation::Csr && is_clock(instruction.csr)) {
            if (instruction.csr == 0xc01) clock_reads(value, theirs);
            return put(rd, value);
        }
        if (instruction.operation == Operation::Csr && explains_csr(instruction.csr, ours_.cpu().x[rd], value))
            return put(rd, value);
        if (!instruction.memory.read) return;
        const u64 address = before_.x[instruction.memory.base] + static_cast<u64>(i64{instruction.memory.displacement});
        const u64 clock = machine::virt_range(machine::VirtOwner::Clint).first.value + machine::Clint::mtime_at;
        const u64 status = machine::virt_range(machine::VirtOwner::Uart).first.value + 5;
        if (address == clock) {
            clock_reads(value, theirs);
            put(rd, value);
        }
        // With the specification's rules the controllers go different ways from here.
        const bool plic = machine::virt_range(machine::VirtOwner::Plic).holds(PhysAddr{address});
        if (plic && ours_.devices().plic.rules() == machine::PlicRules::Specification) {
            ended_by(VirtRow::PlicRules);
            put(rd, value);
        }
        constexpr u64 data_ready = 1;
        if (address == status && (value ^ ours_.cpu().x[rd]) == data_ready && (value & data_ready)) {
            byte_arrives();
            byte_seen_late_ = true;
            put(rd, value);
        }
    }

    StepEvent event;
    bool accounted = false;  // the exception of the last step has been met in the stream

  private:
    bool explains_timer(u64 mine, u64 theirs) {
        constexpr u64 timer = u64{1} << riscv64::SupervisorTimer;
        if ((mine ^ theirs) != timer) return false;
        const bool here = (mine & timer) != 0, by_stimecmp = riscv64::envcfg::STCE.set(ours_.cpu().menvcfg);
        if (by_stimecmp && (!here || ours_.cpu().stimecmp != 0)) return false;
        out_.use(by_stimecmp ? VirtRow::TimerNeverSet : VirtRow::TimerWithoutStce);
        return true;
    }
    bool explains_csr(u16 number, u64 mine, u64 theirs) {
        constexpr u16 sip = 0x144, mip = 0x344;
        if ((number == sip || number == mip) && explains_timer(mine, theirs)) return true;
        const riscv64::CsrEntry* const entry = riscv64::find_csr(number);
        if (entry && mine == 0 && entry->name.find("hpm") != std::string_view::npos) {
            out_.use(VirtRow::EventCounters);
            return true;
        }
        constexpr u16 satp = 0x180;
        if (const u64 mode = riscv64::satp::MODE.get(theirs); number == satp && (mode == 9 || mode == 10)) {
            out_.use(VirtRow::LargerSpaces);
            return true;
        }
        u64 left = mine ^ theirs;
        for (const VirtCsrBits& one : virt_csr_bits) {
            if (number < one.csr || number >= one.csr + one.count || !(left & one.bits)) continue;
            out_.use(one.row);
            left &= ~one.bits;
            namespace bits = riscv64::mstatus;  // SD sums up VS too
            if (one.row == VirtRow::MoreStatusBits && bits::VS.get(theirs) == 3) left &= ~bits::SD.mask();
        }
        return left == 0;
    }
    u64 pending() { return riscv64::pending_bits(ours_.cpu(), looking_.interrupt_lines(), looking_.time()); }
    void clock_reaches(u64 time) {
        mtime_ = std::max(mtime_, time);
        ours_.devices().clint.set_external_mtime(mtime_);
        ours_.devices_changed();
    }
    void clock_reads(u64 time, const VirtState& theirs) {
        const u64 due = ours_.cpu().stimecmp;
        const bool late = time >= due && due > mtime_ && !(theirs.csr[1] >> riscv64::SupervisorTimer & 1) &&
                          riscv64::envcfg::STCE.set(ours_.cpu().menvcfg);
        if (late) out_.use(VirtRow::TimerLate);
        clock_reaches(late ? due - 1 : time);
    }
    void byte_arrives() {
        if (next_byte_ < script_.size()) ours_.receive(std::string_view(script_).substr(next_byte_++, 1));
    }

    Instruction decoded_before() {
        Bytes bytes;
        const arch::PhysReader reader = [&](PhysAddr from, std::span<u8> into) {
            return ours_.read_ram(from.value, into);
        };
        for (unsigned i = 0; i < 4; ++i) {
            const arch::Walk walk =
                riscv64::architecture.walk(riscv64::registers_of(before_, 0, 0), VirtAddr{before_.pc + i},
                                           arch::Access::Execute, static_cast<unsigned>(before_.mode), reader);
            u8 byte = 0;
            if (!walk.ok || !ours_.read_ram(walk.physical.value, {&byte, 1})) break;
            bytes.push_back(byte);
        }
        return riscv64::decode(bytes);
    }
    std::string instruction_before() { return "instruction " + text::hex(u64{decoded_before().bits}); }

    // A byte that showed in the line status may have come before the claim of the request that was waiting then, or
    // after it. Which, shows at completion: after it, it has asked again.
    void byte_came_before_claim() {
        using machine::Plic;
        constexpr u64 at = Plic::context_at + Plic::context_s * Plic::context_stride + Plic::claim_at;
        Plic& plic = ours_.devices().plic;
        plic.write(at, plic.read(at));
        byte_seen_late_ = false;
        ours_.devices_changed();
    }

    // What may differ because it comes from outside: taken over from QEMU.
    void take_inputs(const VirtState& theirs) {
        // A byte that the instruction has read is there before the one whose interrupt comes.
        if (!std::ranges::equal(ours_.cpu().x, theirs.x)) take_read(theirs);
        const u64 different = pending() ^ theirs.csr[1];
        const u64 news = different & theirs.csr[1];
        for (const riscv64::Interrupt one :
             {riscv64::SupervisorTimer, riscv64::MachineTimer, riscv64::SupervisorExternal, riscv64::MachineExternal})
            if (news >> one & 1) bring(one);
        if ((different & ~theirs.csr[1]) >> riscv64::SupervisorExternal & 1 && byte_seen_late_)
            byte_came_before_claim();
    }
    void put(u8 rd, u64 value) {
        Cpu cpu = ours_.cpu();
        cpu.x[rd] = value;
        ours_.set_cpu(cpu);
    }

    VirtMachine& ours_;
    VirtComparison& out_;
    Looking looking_;
    Cpu before_;
    std::string script_;
    std::size_t next_byte_ = 0;
    bool byte_seen_late_ = false;
    u64 mtime_ = 0;
};

Result<std::unique_ptr<VirtMachine>> make_ours(const QemuOptions& options, const Bytes& ram, PlicBehaviour behaviour) {
    Result<std::unique_ptr<VirtMachine>> made = VirtMachine::create(u64{options.ram_mib} << 20);
    if (!made) return made.error();
    VirtMachine& ours = **made;
    // The loaders' work as QEMU did it: its device tree differs from ours in what no kernel asks for.
    if (!ours.write_ram(ours.ram_first(), ram)) return error("QEMU's RAM does not fit");
    ours.devices().use_external_timer(true);
    ours.devices().clint.set_external_mtip(true);  // mtimecmp = 0
    ours.devices().plic.use_rules(behaviour == PlicBehaviour::Qemu ? machine::PlicRules::Qemu
                                                                   : machine::PlicRules::Specification);
    ours.devices_changed();
    return made;
}
}  // namespace

Result<VirtComparison> compare_virt(const QemuOptions& given, u64 limit, PlicBehaviour behaviour) {
    QemuOptions options = given;
    options.board = &virt_board;
    options.with_ram = true;
    options.checkpoint_csrs = checkpoint_csrs();
    if (options.cpu.empty()) options.cpu = virt_cpu_option;
    Result<QemuRun> run = QemuRun::start(options);
    if (!run) return run.error();
    Result<std::unique_ptr<VirtMachine>> made = make_ours(options, run->ram(), behaviour);
    if (!made) return made.error();
    VirtMachine& ours = **made;
    VirtStream stream(run->log());

    VirtComparison out;
    Comparer comparer(ours, out, options.script);
    bool started = false, pending = false;  // pending: QEMU has begun an instruction that we have not stepped yet
    // Of an interrupt the stream tells the registers only behind it: they are those of the instruction before it, which
    // may have read the clock.
    std::optional<VirtTrap> interrupt;
    const auto catch_up = [&](const VirtState* behind) {
        if (std::exchange(pending, false) && !comparer.step()) return false;
        if (!interrupt) return true;
        ++out.interrupts;
        const u64 cause = std::exchange(interrupt, std::nullopt)->cause;
        if (behind) comparer.take_read(*behind);
        comparer.bring(cause);
        if (!comparer.step()) return false;
        if (comparer.event.kind == StepEvent::Kind::Interrupted && comparer.event.cause == (cause | 0x80)) return true;
        comparer.diverged(fmt::format("  QEMU took interrupt {}, ours did not\n", cause));
        return false;
    };
    while (out.steps < limit && out.divergence.empty() && !out.ended_by_row) {
        const std::optional<VirtItem> item = stream.next();
        if (!item) break;
        if (const VirtState* const state = std::get_if<VirtState>(&*item)) {
            if (!started) {
                Cpu cpu;
                cpu.pc = state->pc;
                cpu.x = state->x;
                ours.set_cpu(cpu);
                started = true;
            }
            if (!catch_up(state)) break;
            if (comparer.event.kind == StepEvent::Kind::Faulted && !comparer.accounted) {
                if (!comparer.explains_fault({}))
                    comparer.diverged(fmt::format("  ours raised exception {}, QEMU went on\n", comparer.event.cause));
                break;
            }
            if (const std::string found = comparer.compare(*state); !found.empty()) {
                if (!comparer.explains_registers(found, *state)) comparer.diverged(found);
                break;
            }
            pending = true;
            continue;
        }
        if (!catch_up(nullptr)) break;
        if (const VirtCheckpoint* const checkpoint = std::get_if<VirtCheckpoint>(&*item)) {
            if (const std::string found = comparer.compare(options.checkpoint_csrs, *checkpoint); !found.empty())
                comparer.diverged("  at a checkpoint:\n" + found);
            continue;
        }
        const VirtTrap& trap = std::get<VirtTrap>(*item);
        using Kind = StepEvent::Kind;
        if (trap.interrupt) {
            interrupt = trap;
            continue;
        }
        ++out.exceptions;
        // A fetch that faults has no state of its own in the stream.
        const bool faulted = comparer.event.kind == Kind::Faulted && !comparer.accounted;
        if (!faulted && trap.epc == ours.pc() && !comparer.step()) break;
        if (comparer.event.kind != Kind::Faulted || comparer.accounted) {
            if (!comparer.explains_no_fault(trap.cause))
                comparer.diverged(fmt::format("  QEMU raised exception {} with {}, ours did not\n", trap.cause,
                                              text::hex(trap.tval)));
            break;
        }
        comparer.accounted = true;
        if (comparer.event.cause == trap.cause) continue;
        if (!comparer.explains_fault(trap.cause))
            comparer.diverged(fmt::format("  ours raised exception {}, QEMU {}\n", comparer.event.cause, trap.cause));
    }
    if (stream.failure()) return stream.failure()->in("after {} steps", out.steps);
    const bool to_the_end = out.steps < limit && out.divergence.empty() && !out.ended_by_row;
    if (!to_the_end || !catch_up(nullptr)) return out;
    const int status = run->wait();
    out.console_qemu = run->console();
    out.console_ours = ours.console();
    if (out.console_qemu != out.console_ours) out.divergence = "the consoles differ\n";
    const auto end = ours.final_state();
    if (!end)
        out.divergence = "QEMU has ended, ours has not\n";
    else if (static_cast<int>(end->exit_code.value_or(0) & 0xff) != status)
        out.divergence = fmt::format("QEMU's status is {}, ours {}\n", status, end->exit_code.value_or(0));
    return out;
}
}  // namespace ring::lockstep
