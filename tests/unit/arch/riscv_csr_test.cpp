#include <algorithm>

#include "riscv_test_bus.hpp"

using namespace ring;
using namespace ring::test::rv;

namespace {
constexpr u64 all = ~u64{0};
constexpr u32 mip_number = 0x344, sip_number = 0x144, mcycle = 0xb00, minstret = 0xb02;

// 0, all ones, each bit alone and each bit missing.
std::vector<u64> corners() {
    std::vector<u64> out{0, all, 0x5555555555555555, 0xaaaaaaaaaaaaaaaa};
    for (unsigned bit = 0; bit < 64; ++bit) {
        out.push_back(u64{1} << bit);
        out.push_back(~(u64{1} << bit));
    }
    return out;
}

// What a write of `value` into a reset hart's register leaves there.
u64 left_by(u32 number, u64 value) {
    World world;
    world.cpu.mstatus |= mstatus::FS.mask();
    world.write(number, value);
    return world.read(number);
}
}  // namespace

TEST_CASE("RV64: a CSR reads back the legal value of what was written, and only its writable bits change") {
    for (const CsrEntry& entry : csr_table()) {
        if (entry.read_only || entry.number == mcycle || entry.number == minstret) continue;
        INFO(std::string(entry.name));
        World world;
        Cpu& cpu = world.cpu;
        cpu.pmpcfg = {};
        cpu.mideleg = 0x222;
        cpu.mstatus = mstatus::FS.put(cpu.mstatus, 1);
        for (const u64 value : corners()) {
            CAPTURE(value);
            const u64 before = read_csr(world.context, entry.number);
            const u64 legal = legal_value(cpu, entry.number, value);
            CHECK(legal_value(cpu, entry.number, legal) == legal);
            const u64 derived = entry.number == 0x300 || entry.number == 0x100 ? mstatus::SD.mask() : 0;
            CHECK(((legal ^ before) & ~entry.writable & ~derived) == 0);
            const bool floats = entry.number <= 3;
            write_csr(world.context, entry.number, value);
            CHECK(read_csr(world.context, entry.number) == legal);
            if (floats) CHECK(mstatus::FS.get(cpu.mstatus) == 3);
            cpu.pmpcfg = {};  // a lock would stay
            if (entry.number == 0x3a0 || entry.number == 0x3a2) CHECK((legal & 0x6060606060606060) == 0);
        }
    }
}

TEST_CASE("RV64: what each CSR makes of all ones and of reserved values") {
    struct Row {
        u32 number;
        u64 written, read;
    };
    constexpr Row rows[] = {
        {0x300, all, 0x8000000a007e79aa},      // no VS, XS, UBE, SBE, MBE; UXL = SXL = 2; SD
        {0x300, 2 << 11, 0x0000000a00000000},  // MPP = 2 is not taken
        {0x100, all, 0x80000002000c6122},      // what S-mode sees of it
        {0x301, 0, 0x800000000014112d},        // misa stays
        {0x301, all, 0x800000000014112d},
        {0x302, all, 0xb3ff},
        {0x303, all, 0x222},
        {0x304, all, 0xaaa},
        {0x344, all, 0x222},
        {0x305, 0x80001002, 0x80008000},  // a reserved MODE: the write is ignored
        {0x305, 0x80001003, 0x80008000},
        {0x305, 0x80001001, 0x80001001},
        {0x105, 0x80001002, 0x80009000},
        {0x105, 0x80001001, 0x80001001},
        {0x306, all, 0xffffffff},
        {0x106, all, 0xffffffff},
        {0x320, all, 5},
        {0x30a, all, 0x8000000000000001},
        {0x10a, all, 1},
        {0x341, all, all - 1},
        {0x141, all, all - 1},
        {0x342, all, all},
        {0x142, all, all},
        {0x180, u64{8} << 60 | 0xffff00000080000, u64{8} << 60 | 0xffff00000080000},
        {0x180, u64{9} << 60 | 5, 0},  // Sv48 is not there: the whole write is ignored
        {0x180, u64{1} << 60, 0},
        {0x180, 0x1234, 0x1234},
        {0x3a2, 0x1a, 0x18},  // W without R
        {0x3a2, 0xe2, 0x80},
        {0x3a2, 0x1f, 0x1f},
        {0x3b5, all, 0x003fffffffffffff},
        {0x003, all, 0xff},
        {0x001, all, 0x1f},
        {0x002, all, 7},
        {0xb03, all, 0},
        {0xb1f, all, 0},
        {0x323, all, 0},
        {0x14d, all, all},
    };
    for (const Row& row : rows) {
        CAPTURE(row.number);
        CAPTURE(row.written);
        CHECK(left_by(row.number, row.written) == row.read);
    }
}

TEST_CASE("RV64: MPP keeps its value when 2 is written") {
    for (const u64 mode : {0, 1, 3}) {
        World world;
        world.write(0x300, mode << 11);
        world.write(0x300, u64{2} << 11 | mstatus::SUM.mask());
        CHECK(mstatus::MPP.get(world.read(0x300)) == mode);
        CHECK(mstatus::SUM.set(world.read(0x300)));
    }
}

TEST_CASE("RV64: a number without a CSR is illegal in every mode") {
    unsigned known = 0;
    World world;
    world.cpu.mstatus |= mstatus::FS.mask();
    for (u32 number = 0; number < 4096; ++number) {
        if (find_csr(static_cast<u16>(number)))
            ++known;
        else
            world.illegal(csr(RS, 5, number, 0), Reason::CsrDoesNotExist);
    }
    CHECK(known == csr_table().size());
    for (const u32 absent : {0x3a1, 0x3a3, 0x3a4, 0x3c0, 0x747, 0x7a0, 0x34a, 0xc80, 0x600, 0x310})
        CHECK(find_csr(static_cast<u16>(absent)) == nullptr);
}

TEST_CASE("RV64: bits 9:8 of the number are the lowest privilege, bits 11:10 = 3 forbid a write") {
    for (const CsrEntry& entry : csr_table()) {
        INFO(std::string(entry.name));
        for (const Mode mode : {Mode::U, Mode::S, Mode::M}) {
            World world;
            world.cpu.mode = mode;
            world.cpu.mstatus |= mstatus::FS.mask();
            world.cpu.mcounteren = world.cpu.scounteren = 0xffffffff;
            world.cpu.menvcfg = envcfg::STCE.mask();
            if (mode < entry.lowest) {
                world.illegal(csr(RS, 5, entry.number, 0), Reason::CsrPrivilege);
                continue;
            }
            CHECK(world.run(csr(RS, 5, entry.number, 0)));
            CHECK(world.run(csr(RCI, 5, entry.number, 0)));
            for (const u32 bits :
                 {csr(RW, 0, entry.number, 0), csr(RS, 5, entry.number, 7), csr(RSI, 5, entry.number, 1)}) {
                if (entry.read_only)
                    world.illegal(bits, Reason::CsrReadOnly);
                else if (entry.number != 0x300 && entry.number != 0x100)  // these would switch the modes' rights
                    CHECK(world.run(bits));
            }
        }
    }
}

TEST_CASE("RV64: csrrw, csrrs and csrrc give the old value; x0 and 0 do not write") {
    World world;
    Cpu& cpu = world.cpu;
    cpu.mscratch = 0xf0;
    cpu.x[5] = 0x3c;
    REQUIRE(world.run(csr(RW, 6, 0x340, 5)));
    CHECK(cpu.x[6] == 0xf0);
    CHECK(cpu.mscratch == 0x3c);
    cpu.x[5] = 0xc0;
    REQUIRE(world.run(csr(RS, 6, 0x340, 5)));
    CHECK(cpu.x[6] == 0x3c);
    CHECK(cpu.mscratch == 0xfc);
    REQUIRE(world.run(csr(RC, 5, 0x340, 5)));  // rd = rs1: the operand is read first
    CHECK(cpu.x[5] == 0xfc);
    CHECK(cpu.mscratch == 0x3c);
    REQUIRE(world.run(csr(RWI, 6, 0x340, 31)));
    CHECK(cpu.mscratch == 31);
    REQUIRE(world.run(csr(RSI, 6, 0x340, 0)));
    REQUIRE(world.run(csr(RCI, 0, 0x340, 1)));
    CHECK(cpu.mscratch == 30);
    CHECK(cpu.x[0] == 0);
    cpu.x[5] = 1;
    REQUIRE(world.run(csr(RW, 5, 0x340, 5)));  // a swap through one register
    CHECK(cpu.x[5] == 30);
    CHECK(cpu.mscratch == 1);
}

TEST_CASE("RV64: fcsr and its parts need FS, and a write makes it dirty") {
    World world;
    Cpu& cpu = world.cpu;
    for (const u32 number : {1u, 2u, 3u}) world.illegal(csr(RS, 5, number, 0), Reason::FpuOff);
    cpu.mstatus = mstatus::FS.put(cpu.mstatus, 1);
    CHECK(world.read(3) == 0);
    CHECK(mstatus::FS.get(cpu.mstatus) == 1);
    world.write(3, 0xe5);
    CHECK(world.read(1) == 5);
    CHECK(world.read(2) == 7);
    CHECK(mstatus::FS.get(cpu.mstatus) == 3);
    CHECK(mstatus::SD.set(world.read(0x300)));
    world.write(2, 1);
    CHECK(world.read(3) == 0x25);
    world.write(1, 0x1a);
    CHECK(world.read(3) == 0x3a);
}

TEST_CASE("RV64: a counter is read below M-mode when its enable bits allow it") {
    for (u32 number = 0xc00; number < 0xc20; ++number) {
        CAPTURE(number);
        const u64 bit = u64{1} << (number - 0xc00);
        World world;
        Cpu& cpu = world.cpu;
        CHECK(world.run(csr(RS, 5, number, 0)));
        cpu.mode = Mode::S;
        cpu.mcounteren = ~bit;
        cpu.scounteren = all;
        world.illegal(csr(RS, 5, number, 0), Reason::CounterDisabled);
        cpu.mcounteren = bit;
        cpu.scounteren = ~bit;
        CHECK(world.run(csr(RS, 5, number, 0)));
        cpu.mode = Mode::U;
        world.illegal(csr(RS, 5, number, 0), Reason::CounterDisabled);
        CHECK(world.context.fault.b == 1);
        cpu.scounteren = bit;
        CHECK(world.run(csr(RS, 5, number, 0)));
    }
}

TEST_CASE("RV64: mcycle and minstret go on from what was written, and stand still when inhibited") {
    for (const auto& [number, user, inhibit] : {std::tuple{mcycle, 0xc00u, u64{1}}, {minstret, 0xc02u, u64{4}}}) {
        World world;
        CHECK(world.read(number) == 500);
        world.write(number, 7);
        ++world.bus.done;
        CHECK(world.read(number) == 7);
        world.bus.done += 10;
        CHECK(world.read(user) == 17);
        world.write(0x320, inhibit);  // counts itself still
        world.bus.done += 20;
        CHECK(world.read(number) == 18);
        world.write(number, 100);
        world.bus.done += 5;
        CHECK(world.read(number) == 100);
        world.write(0x320, 0);
        world.bus.done += 1;
        CHECK(world.read(number) == 100);
        world.bus.done += 1;
        CHECK(world.read(user) == 101);
    }
    World world;
    CHECK(world.read(0xc01) == world.bus.now);
}

TEST_CASE("RV64: stimecmp needs STCE and TM below M-mode, and STIP is its answer") {
    World world;
    Cpu& cpu = world.cpu;
    world.write(0x14d, 1000);
    cpu.mode = Mode::S;
    world.illegal(csr(RS, 5, 0x14d, 0), Reason::StimecmpDisabled);
    cpu.menvcfg = envcfg::STCE.mask();
    world.illegal(csr(RS, 5, 0x14d, 0), Reason::StimecmpDisabled);
    cpu.mcounteren = counters::TM.mask();
    CHECK(world.read(0x14d) == 1000);
    CHECK(pending_bits(cpu, 0, 999) == 0);
    CHECK(pending_bits(cpu, 0, 1000) == interrupts::STI.mask());
    cpu.mode = Mode::M;
    world.write(mip_number, 0);
    CHECK(world.read(mip_number) == interrupts::STI.mask());
    world.bus.now = 0;
    world.write(mip_number, all);
    CHECK(world.read(mip_number) == (interrupts::SSI.mask() | interrupts::SEI.mask()));
}

TEST_CASE("RV64: csrrs and csrrc on mip do not turn the PLIC's line into software's bit") {
    World world;
    Cpu& cpu = world.cpu;
    world.bus.lines = interrupts::SEI.mask() | interrupts::MTI.mask();
    cpu.x[5] = interrupts::SSI.mask();
    REQUIRE(world.run(csr(RS, 6, mip_number, 5)));
    CHECK(cpu.x[6] == (interrupts::SEI.mask() | interrupts::MTI.mask()));
    CHECK(cpu.mip == interrupts::SSI.mask());
    world.write(mip_number, interrupts::SEI.mask());
    world.bus.lines = 0;
    CHECK(world.read(mip_number) == interrupts::SEI.mask());
}

TEST_CASE("RV64: sie and sip show and change only what mideleg delegates") {
    World world;
    Cpu& cpu = world.cpu;
    cpu.mideleg = interrupts::SSI.mask() | interrupts::STI.mask();
    cpu.mie = interrupts::MTI.mask() | interrupts::SEI.mask();
    world.write(0x104, all);
    CHECK(cpu.mie ==
          (interrupts::MTI.mask() | interrupts::SEI.mask() | interrupts::SSI.mask() | interrupts::STI.mask()));
    CHECK(world.read(0x104) == cpu.mideleg);
    world.write(0x104, 0);
    CHECK(cpu.mie == (interrupts::MTI.mask() | interrupts::SEI.mask()));
    world.write(mip_number, interrupts::SEI.mask() | interrupts::STI.mask());
    world.write(sip_number, all);
    CHECK(cpu.mip == (interrupts::SEI.mask() | interrupts::STI.mask() | interrupts::SSI.mask()));
    CHECK(world.read(sip_number) == (interrupts::STI.mask() | interrupts::SSI.mask()));
    world.write(sip_number, 0);
    CHECK(cpu.mip == (interrupts::SEI.mask() | interrupts::STI.mask()));
    cpu.mideleg = 0;
    world.write(sip_number, all);
    CHECK(world.read(sip_number) == 0);
    CHECK_FALSE(interrupts::SSI.set(cpu.mip));
}

TEST_CASE("RV64: interrupts are taken by priority, a more privileged mode's first, when the mode lets them") {
    constexpr u64 six = 0xaaa;
    Cpu cpu;
    cpu.mie = six;
    const auto taken = [&](u64 pending) { return interrupt_to_take(cpu, pending); };
    cpu.mode = Mode::U;
    u64 pending = six;
    for (const Interrupt code :
         {MachineExternal, MachineSoftware, MachineTimer, SupervisorExternal, SupervisorSoftware, SupervisorTimer}) {
        CHECK(taken(pending).code == code);
        CHECK(taken(pending).target == Mode::M);
        pending &= ~(u64{1} << code);
    }
    CHECK(taken(pending).code == 0);
    cpu.mideleg = 0x222;
    CHECK(taken(six).code == MachineExternal);
    CHECK(taken(0x222).code == SupervisorExternal);
    CHECK(taken(0x222).target == Mode::S);
    CHECK(taken(0x2a2).code == MachineTimer);  // M-mode's own before the delegated ones
    cpu.mode = Mode::S;
    CHECK(taken(0x222).code == 0);
    cpu.mstatus |= mstatus::SIE.mask();
    CHECK(taken(0x222).code == SupervisorExternal);
    CHECK(taken(six).target == Mode::M);  // MIE = 0 does not hold back M-mode's interrupts in S-mode
    cpu.mode = Mode::M;
    CHECK(taken(six).code == 0);
    cpu.mstatus |= mstatus::MIE.mask();
    CHECK(taken(six).code == MachineExternal);
    CHECK(taken(0x222).code == 0);  // delegated ones are never taken in M-mode
    cpu.mie = 0;
    CHECK(taken(six).code == 0);
}

TEST_CASE("RV64: satp is S-mode's unless TVM; a change drops translations") {
    World world;
    world.cpu.mode = Mode::S;
    world.write(0x180, u64{8} << 60 | 0x80001);
    CHECK(world.bus.flushes == 1);
    world.cpu.mstatus |= mstatus::TVM.mask();
    world.illegal(csr(RS, 5, 0x180, 0), Reason::SatpTvm);
    world.cpu.mode = Mode::M;
    CHECK(world.read(0x180) == (u64{8} << 60 | 0x80001));
    for (const u32 number : {0x3a0u, 0x3b0u}) {
        const unsigned before = world.bus.flushes;
        world.write(number, 0x1f);
        CHECK(world.bus.flushes > before);
    }
}

TEST_CASE("RV64: what may change interrupts says so") {
    for (const u32 number : {0x104u, 0x144u, 0x303u, 0x304u, 0x344u, 0x30au, 0x14du}) {
        World world;
        CAPTURE(number);
        world.write(number, 0);
        CHECK(world.bus.changes == 1);
    }
    for (const u32 number : {0x100u, 0x300u}) {
        World world;
        world.write(number, mstatus::SIE.mask());
        CHECK(world.bus.changes == 1);
        CHECK(world.bus.flushes == 0);
        world.write(number, mstatus::SIE.mask() | mstatus::SUM.mask());
        CHECK(world.bus.changes == 1);
        CHECK(world.bus.flushes == 1);
    }
}
