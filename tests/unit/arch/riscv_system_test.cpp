#include <algorithm>

#include "riscv_test_bus.hpp"

using namespace ring;
using namespace ring::test::rv;

TEST_CASE("RV64: ecall raises the exception of its mode, with 0 in xtval") {
    for (const auto& [mode, code] : {std::pair{Mode::U, EcallFromU}, {Mode::S, EcallFromS}, {Mode::M, EcallFromM}}) {
        World world;
        world.cpu.mode = mode;
        world.traps(ecall_bits, code, Reason::EnvironmentCall);
        CHECK(world.context.fault.value == 0);
    }
}

TEST_CASE("RV64: ebreak and c.ebreak raise a breakpoint") {
    World world;
    world.traps(ebreak_bits, Breakpoint, Reason::BreakpointInstruction);
    world.traps(0x9002, Breakpoint, Reason::BreakpointInstruction);
}

TEST_CASE("RV64: a trap into M-mode stacks MIE and the mode, and loses the reservation") {
    for (const Mode mode : {Mode::U, Mode::S, Mode::M}) {
        for (const u64 enabled : {u64{0}, mstatus::MIE.mask()}) {
            World world;
            world.cpu.mode = mode;
            world.cpu.mstatus |= enabled;
            world.cpu.reservation = {true, 0x80000000, 8};
            world.cpu.waiting = true;
            deliver(world.context, exception(LoadPage, 0x1234), 0x80000102);
            const Cpu& cpu = world.cpu;
            CHECK(cpu.mode == Mode::M);
            CHECK(cpu.pc == 0x80008000);
            CHECK(cpu.mepc == 0x80000102);
            CHECK(cpu.mcause == 13);
            CHECK(cpu.mtval == 0x1234);
            CHECK(mstatus::MIE.get(cpu.mstatus) == 0);
            CHECK(mstatus::MPIE.set(cpu.mstatus) == (enabled != 0));
            CHECK(mstatus::MPP.get(cpu.mstatus) == static_cast<u64>(mode));
            CHECK_FALSE(cpu.reservation.valid);
            CHECK_FALSE(cpu.waiting);
            CHECK(cpu.scause == 0);
        }
    }
}

TEST_CASE("RV64: a delegated trap enters S-mode and leaves M-mode's registers alone") {
    for (const Mode mode : {Mode::U, Mode::S}) {
        World world;
        world.cpu.mode = mode;
        world.cpu.mstatus |= mstatus::SIE.mask() | mstatus::MIE.mask();
        world.cpu.medeleg = u64{1} << StorePage;
        const u64 stack = world.cpu.mstatus & (mstatus::MPP.mask() | mstatus::MIE.mask() | mstatus::MPIE.mask());
        deliver(world.context, exception(StorePage, 0x40000010), 0x400000);
        const Cpu& cpu = world.cpu;
        CHECK(cpu.mode == Mode::S);
        CHECK(cpu.pc == 0x80009000);
        CHECK(cpu.sepc == 0x400000);
        CHECK(cpu.scause == 15);
        CHECK(cpu.stval == 0x40000010);
        CHECK(mstatus::SIE.get(cpu.mstatus) == 0);
        CHECK(mstatus::SPIE.get(cpu.mstatus) == 1);
        CHECK(mstatus::SPP.get(cpu.mstatus) == (mode == Mode::S));
        CHECK((cpu.mstatus & (mstatus::MPP.mask() | mstatus::MIE.mask() | mstatus::MPIE.mask())) == stack);
        CHECK(cpu.mcause == 0);
        CHECK(cpu.mepc == 0);
    }
}

TEST_CASE("RV64: every trap goes where medeleg, mideleg and the mode send it") {
    constexpr Exception exceptions[] = {
        FetchMisaligned, FetchAccess, IllegalInstruction, Breakpoint, LoadMisaligned, LoadAccess, StoreMisaligned,
        StoreAccess,     EcallFromU,  EcallFromS,         EcallFromM, FetchPage,      LoadPage,   StorePage};
    constexpr Interrupt interrupts_of[] = {SupervisorSoftware, MachineSoftware,    SupervisorTimer,
                                           MachineTimer,       SupervisorExternal, MachineExternal};
    for (const Mode mode : {Mode::U, Mode::S, Mode::M}) {
        for (const bool delegated : {false, true}) {
            World world;
            world.cpu.mode = mode;
            for (const Exception code : exceptions) {
                world.cpu.medeleg = delegated ? u64{1} << code : ~(u64{1} << code);
                world.cpu.mideleg = ~world.cpu.medeleg;
                const bool to_s = delegated && mode != Mode::M;
                CHECK(trap_target(world.cpu, exception(code)) == (to_s ? Mode::S : Mode::M));
            }
            for (const Interrupt code : interrupts_of) {
                world.cpu.mideleg = delegated ? u64{1} << code : ~(u64{1} << code);
                world.cpu.medeleg = ~world.cpu.mideleg;
                const bool to_s = delegated && mode != Mode::M;
                CHECK(trap_target(world.cpu, interrupt(code)) == (to_s ? Mode::S : Mode::M));
            }
        }
    }
}

TEST_CASE("RV64: only interrupts use the vectors of MODE 1") {
    World world;
    world.cpu.mtvec = 0x80008001;
    world.cpu.stvec = 0x80009001;
    deliver(world.context, exception(IllegalInstruction), 0);
    CHECK(world.cpu.pc == 0x80008000);
    deliver(world.context, interrupt(MachineTimer), 0);
    CHECK(world.cpu.pc == 0x80008000 + 4 * 7);
    CHECK(world.cpu.mcause == (u64{1} << 63 | 7));
    world.cpu.mode = Mode::U;
    world.cpu.mideleg = u64{1} << SupervisorExternal;
    deliver(world.context, interrupt(SupervisorExternal), 0);
    CHECK(world.cpu.pc == 0x80009000 + 4 * 9);
    CHECK(world.cpu.scause == (u64{1} << 63 | 9));
    CHECK(world.cpu.mode == Mode::S);
}

TEST_CASE("RV64: mret goes to MPP, restores MIE, and clears MPRV when it leaves M-mode") {
    for (const Mode mode : {Mode::U, Mode::S, Mode::M}) {
        for (const u64 enabled : {u64{0}, u64{1}}) {
            World world;
            Cpu& cpu = world.cpu;
            cpu.mepc = 0x80000040;
            cpu.mstatus = mstatus::MPP.put(cpu.mstatus, static_cast<u64>(mode)) | mstatus::MPRV.mask();
            cpu.mstatus = mstatus::MPIE.put(cpu.mstatus, enabled);
            cpu.reservation = {true, 0x80000000, 4};
            REQUIRE(world.run(mret_bits));
            CHECK(cpu.mode == mode);
            CHECK(cpu.pc == 0x80000040);
            CHECK(mstatus::MIE.get(cpu.mstatus) == enabled);
            CHECK(mstatus::MPIE.get(cpu.mstatus) == 1);
            CHECK(mstatus::MPP.get(cpu.mstatus) == 0);
            CHECK(mstatus::MPRV.set(cpu.mstatus) == (mode == Mode::M));
            CHECK_FALSE(cpu.reservation.valid);
        }
    }
    for (const Mode mode : {Mode::U, Mode::S}) {
        World world;
        world.cpu.mode = mode;
        world.illegal(mret_bits, Reason::MretBelowM);
    }
}

TEST_CASE("RV64: sret goes to SPP and restores SIE, from S-mode and from M-mode") {
    for (const Mode from : {Mode::S, Mode::M}) {
        for (const u64 to : {u64{0}, u64{1}}) {
            World world;
            Cpu& cpu = world.cpu;
            cpu.mode = from;
            cpu.sepc = 0x80000040;
            cpu.mstatus = mstatus::SPP.put(cpu.mstatus, to) | mstatus::SPIE.mask() | mstatus::MPRV.mask();
            REQUIRE(world.run(sret_bits));
            CHECK(cpu.mode == static_cast<Mode>(to));
            CHECK(cpu.pc == 0x80000040);
            CHECK(mstatus::SIE.get(cpu.mstatus) == 1);
            CHECK(mstatus::SPIE.get(cpu.mstatus) == 1);
            CHECK(mstatus::SPP.get(cpu.mstatus) == 0);
            CHECK_FALSE(mstatus::MPRV.set(cpu.mstatus));
        }
    }
}

TEST_CASE("RV64: sret is illegal in U-mode, and in S-mode with TSR") {
    World world;
    world.cpu.mode = Mode::U;
    world.illegal(sret_bits, Reason::SretFromUser);
    world.cpu.mode = Mode::S;
    world.cpu.mstatus |= mstatus::TSR.mask();
    world.illegal(sret_bits, Reason::SretTsr);
    world.cpu.mode = Mode::M;
    CHECK(world.run(sret_bits));
}

TEST_CASE("RV64: wfi waits until something enabled is pending, whatever the status bits say") {
    World world;
    REQUIRE(world.run(wfi_bits));
    CHECK(world.cpu.waiting);
    world.cpu.mie = interrupts::MTI.mask();
    world.cpu.waiting = false;
    world.bus.lines = interrupts::MTI.mask();
    REQUIRE(world.run(wfi_bits));
    CHECK_FALSE(world.cpu.waiting);
    CHECK(wakes(world.cpu, interrupts::MTI.mask()));
    CHECK_FALSE(wakes(world.cpu, interrupts::MSI.mask()));
}

TEST_CASE("RV64: wfi is illegal in U-mode, and below M-mode with TW") {
    World world;
    world.cpu.mode = Mode::U;
    world.illegal(wfi_bits, Reason::WfiFromUser);
    world.cpu.mode = Mode::S;
    CHECK(world.run(wfi_bits));
    world.cpu.mstatus |= mstatus::TW.mask();
    world.illegal(wfi_bits, Reason::WfiTw);
    world.cpu.mode = Mode::M;
    CHECK(world.run(wfi_bits));
}

TEST_CASE("RV64: sfence.vma announces one page or all; U-mode may not, nor S-mode with TVM") {
    World world;
    world.cpu.x[10] = 0x40001000;
    REQUIRE(world.run(sfence(0, 0)));
    REQUIRE(world.run(sfence(10, 11)));
    CHECK(world.bus.fences == std::vector<std::optional<u64>>{std::nullopt, 0x40001000});
    world.cpu.mode = Mode::U;
    world.illegal(sfence(0, 0), Reason::SfenceFromUser);
    world.cpu.mode = Mode::S;
    CHECK(world.run(sfence(0, 0)));
    world.cpu.mstatus |= mstatus::TVM.mask();
    world.illegal(sfence(0, 0), Reason::SfenceTvm);
}

TEST_CASE("RV64: fences and hints change nothing") {
    for (const u32 bits : {0x0ff0000fu, 0x8330000fu, 0x0000100fu, 0xfff5178fu, 0x8001u, 0x0002u, 0x8401u}) {
        World world;
        world.cpu.x[8] = 0x1234;
        world.cpu.x[31] = 0x77;
        Cpu expected = world.cpu;
        REQUIRE(world.run(bits));
        expected.pc = world.context.next_pc;
        CHECK((world.cpu == expected));
    }
}

TEST_CASE("RV64: a trap and an interrupt retire no instruction") {
    World world;
    const u64 before = world.read(0xb02);
    deliver(world.context, exception(IllegalInstruction), 0);
    world.bus.done += 1;  // the machine counts the step
    CHECK(world.read(0xb02) == before);
    CHECK(world.read(0xb00) == before + 1);
}

TEST_CASE("RV64: every operation has its row in the coverage table, and a list unless the engine executes it") {
    for (unsigned i = 0; i < static_cast<unsigned>(Operation::count); ++i) {
        const Operation operation = static_cast<Operation>(i);
        CAPTURE(i);
        CHECK(std::ranges::find(coverage(), operation, &Coverage::operation) != coverage().end());
        World world;
        world.context.instruction.operation = operation;
        const bool ours = operation != Operation::Engine && operation != Operation::Undefined;
        CHECK((transition_for(world.context) != nullptr) == ours);
    }
}
