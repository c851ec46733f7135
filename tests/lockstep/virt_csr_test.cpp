// Every CSR, every corner value, in both machines: a program made from the CSR table writes, sets and clears each value
// and reads it back, from M-mode, S-mode and U-mode; the comparison sees every register and every trap.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <fstream>

#include "arch/riscv64/arch.hpp"
#include "arch/riscv64/csr.hpp"
#include "child_process.hpp"
#include "elf_builder.hpp"
#include "virt_compare.hpp"

using namespace ring;
using namespace ring::lockstep;
using riscv64::CsrEntry;
using riscv64::Mode;

namespace {
constexpr unsigned zero = 0, t0 = 5, t1 = 6, t2 = 7, s0 = 8, t3 = 28, t4 = 29, s10 = 26, s11 = 27;
constexpr u16 satp = 0x180, mstatus = 0x300, mideleg = 0x303, mtvec = 0x305, mcounteren = 0x306, menvcfg = 0x30a,
              pmpcfg0 = 0x3a0, pmpcfg2 = 0x3a2, pmpaddr0 = 0x3b0, mepc = 0x341, mcause = 0x342, scounteren = 0x106;
constexpr u64 ram = 0x80000000, values_at = ram + 0x180000, sv39 = 8, empty_table = (ram + 0x800000) >> 12;

// Instructions as the unprivileged manual's chapter 24 "RV32/64G Instruction Set Listings" encodes them.
class Program {
  public:
    Program() {
        jump(0x200);
        code_.resize(0x100);  // nothing that a stray satp could take for a page-table entry
        handler();
        code_.resize(0x200);
        load_address(s10, ram + 0x100);
        write(mtvec, s10);
        load_address(s0, values_at);
    }

    void csr(unsigned kind, u16 number, unsigned rd, unsigned rs1) {
        word(u32{number} << 20 | rs1 << 15 | kind << 12 | rd << 7 | 0x73);
    }
    void write(u16 number, unsigned rs1) { csr(1, number, zero, rs1); }
    void read(unsigned rd, u16 number) { csr(2, number, rd, zero); }
    void value(u64 value) {  // t0 <- the next of the data
        values_.push_back(value);
        word(s0 << 15 | 3 << 12 | t0 << 7 | 0x03);
        add(s0, s0, 8);
    }
    void put(u16 number, u64 constant) {
        value(constant);
        write(number, t0);
    }
    // Written, set and cleared; what it was before comes back.
    void corner(u16 number, u64 one) {
        value(one);
        read(t1, number);
        csr(1, number, t2, t0);
        read(t3, number);
        write(number, t1);
        csr(2, number, t2, t0);
        read(t3, number);
        csr(3, number, t4, t0);
        read(t3, number);
        write(number, t1);
        csr(5, number, t2, 31);
        csr(7, number, t3, 21);
        write(number, t1);
        read(t4, number);
    }
    // Whether it may be used at all.
    void touch(u16 number) {
        read(t1, number);
        csr(1, number, t2, t1);
        csr(6, number, t3, 0);
    }
    void ecall() { word(0x73); }  // to M-mode: the handler goes on there
    void down(Mode mode) {
        value(u64{3} << 11);
        csr(3, mstatus, zero, t0);
        value(static_cast<u64>(mode) << 11);
        csr(2, mstatus, zero, t0);
        word(s10 << 7 | 0x17);  // auipc s10, 0
        add(s10, s10, 16);
        write(mepc, s10);
        word(0x30200073);  // mret
    }
    Bytes finish() {
        load_address(t0, 0x100000);
        load_address(t1, 0x5555);
        word(t1 << 20 | t0 << 15 | 2 << 12 | 0x23);  // sw t1, (t0)
        word(0x6f);
        REQUIRE(code_.size() < values_at - ram);
        test::ElfBuilder builder(ET_EXEC, EM_RISCV);
        builder.header.e_entry = ram;
        Bytes values(values_.size() * 8);
        std::memcpy(values.data(), values_.data(), values.size());
        builder.load(PF_R | PF_W | PF_X, 0x1000, ram, code_);
        builder.load(PF_R | PF_W, values_at - ram + 0x1000, values_at, values);
        return builder.build();
    }

  private:
    void word(u32 bits) {
        for (int shift = 0; shift < 32; shift += 8) code_.push_back(static_cast<u8>(bits >> shift));
    }
    void add(unsigned rd, unsigned rs1, i32 immediate) {
        word(static_cast<u32>(immediate) << 20 | rs1 << 15 | rd << 7 | 0x13);
    }
    void jump(u32 distance) {
        word((distance & 0x7fe) << 20 | (distance >> 11 & 1) << 20 | (distance & 0xff000) | 0x6f);
    }
    void load_address(unsigned rd, u64 address) {  // below 4 GiB; lui extends the sign, two shifts take it away
        const u32 low = static_cast<u32>(address) & 0xfff;
        word((static_cast<u32>(address) + (low & 0x800) * 2) >> 12 << 12 | rd << 7 | 0x37);
        add(rd, rd, static_cast<i32>(low << 20) >> 20);
        word(32u << 20 | rd << 15 | 1 << 12 | rd << 7 | 0x13);
        word(32u << 20 | rd << 15 | 5 << 12 | rd << 7 | 0x13);
    }
    void branch_unless(unsigned left, unsigned right, unsigned distance) {  // bne
        word((distance >> 5 & 0x3f) << 25 | right << 20 | left << 15 | 1 << 12 | (distance >> 1 & 15) << 8 | 0x63);
    }
    // Illegal: goes on behind it. ecall: goes on behind it in M-mode. A fetch that faults: satp <- 0, once more.
    void handler() {
        constexpr unsigned t5 = 30, t6 = 31;
        read(s10, mcause);
        read(s11, mepc);
        add(t6, zero, 2);
        branch_unless(s10, t6, 16);
        add(s11, s11, 4);
        write(mepc, s11);
        word(0x30200073);
        add(t6, zero, 1);
        branch_unless(s10, t6, 12);
        write(satp, zero);
        word(0x30200073);
        add(t6, zero, 12);
        branch_unless(s10, t6, 12);
        write(satp, zero);
        word(0x30200073);
        load_address(t5, 3 << 11);
        csr(2, mstatus, zero, t5);
        add(s11, s11, 4);
        write(mepc, s11);
        word(0x30200073);
    }

    Bytes code_;
    std::vector<u64> values_;
};

std::vector<u64> corners(const CsrEntry& entry) {
    std::vector<u64> out{~u64{0}};
    if (!entry.read_only) out.push_back(0);  // row ZeroIntoReadOnly
    for (unsigned bit = 0; bit < 64; ++bit) out.push_back(u64{1} << bit);
    if (entry.reg == riscv64::Reg::count) return out;
    for (const auto& field : riscv64::architecture.registers[riscv64::id(entry.reg)].fields)
        for (u64 value = 0; value <= std::min<u64>(field.max(), 15); ++value)
            for (const u64 background : {u64{0}, ~u64{0}})
                if (const u64 one = field.put(background, value); one != 0) out.push_back(one);
    return out;
}

bool is_pmpcfg(u16 number) { return number == pmpcfg0 || number == pmpcfg2; }
constexpr u64 locks = 0x8080808080808080;

// An entry that is locked stays so until reset: the last thing that is done.
void locked_entries(Program& program) {
    program.ecall();
    for (u16 i = 0; i < 16; ++i) program.put(static_cast<u16>(pmpaddr0 + i), 0);
    program.put(pmpcfg2, 0x9f'98'90'88'80'08'97'8f);
    for (const u64 value : {u64{0}, ~u64{0} & ~locks, u64{0x0706050403020100}}) program.corner(pmpcfg2, value);
    for (u16 i = 6; i < 16; ++i) program.corner(static_cast<u16>(pmpaddr0 + i), 0x123456789abcdef0);
}

Bytes program_of_the_table() {
    Program program;
    std::vector<CsrEntry> table(riscv64::csr_table().begin(), riscv64::csr_table().end());
    std::erase_if(table, [](const CsrEntry& entry) { return csr_only_here(entry.number); });
    for (u16 number = 0; number < 4096; ++number)
        if (!csr_only_in_qemu(number) && !csr_only_here(number)) program.read(t1, number);
    program.put(mstatus, 1 << 13);  // FS on, or fcsr is illegal
    for (const CsrEntry& entry : table)
        for (const u64 value : corners(entry))
            if (!is_pmpcfg(entry.number) || (value & locks) == 0) program.corner(entry.number, value);
    // Below M-mode one PMP entry opens everything.
    program.put(pmpaddr0, ~u64{0});
    program.put(pmpcfg0, 0x1f);
    program.put(mideleg, 0x222);
    program.put(menvcfg, u64{1} << 63);
    program.put(mcounteren, ~u64{0});
    program.down(Mode::S);
    for (const CsrEntry& entry : table) {
        program.touch(entry.number);
        if (entry.lowest <= Mode::S)
            for (const u64 value : corners(entry))
                if (entry.number != satp || value >> 60 < sv39) program.corner(entry.number, value);
    }
    // Translation begins at once; the table is empty, so the next fetch faults.
    for (const u64 space : {u64{0}, u64{1}, u64{0x8000}, u64{0xffff}})
        program.corner(satp, sv39 << 60 | space << 44 | empty_table);
    for (const u64 counters : {u64{0}, u64{1}, u64{2}, u64{4}, u64{8}, ~u64{0}})
        for (const u64 environment : {u64{0}, u64{1} << 63}) {
            program.ecall();
            program.put(mcounteren, counters);
            program.put(menvcfg, environment);
            program.put(scounteren, ~counters | 2);
            for (const Mode mode : {Mode::S, Mode::U}) {
                program.down(mode);
                for (const CsrEntry& entry : table) program.touch(entry.number);
                program.ecall();
            }
        }
    program.put(mstatus, u64{1} << 20);  // TVM, and FS off
    program.down(Mode::S);
    for (const CsrEntry& entry : table) program.touch(entry.number);
    locked_entries(program);
    return program.finish();
}

Result<VirtComparison> compare_program(const Bytes& file, u64 limit) {
    const auto directory = support::PrivateDirectory::make();
    REQUIRE(directory);
    QemuOptions options;
    options.kernel = directory->file("corners.elf");
    std::ofstream(options.kernel, std::ios::binary)
        .write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
    options.ram_mib = 16;
    options.icount_shift = 7;
    options.checkpoint_distance = 8 << 20;
    options.patience = std::chrono::seconds(120);
    return compare_virt(options, limit);
}
}  // namespace

TEST_CASE(
    "lockstep virt: every CSR takes, refuses and answers every corner value as QEMU's, or the table says why not") {
    const Result<VirtComparison> result = compare_program(program_of_the_table(), 10'000'000);
    REQUIRE_MESSAGE(result, (result ? "" : result.error().sentence()));
    CHECK(result->divergence == "");
    CHECK(result->steps > 100'000);
    CHECK(result->exceptions > 1'000);
    CHECK_FALSE(result->ended_by_row);
    MESSAGE(result->steps, " steps, ", result->exceptions, " exceptions, ", result->checkpoints, " checkpoints");
}

TEST_CASE("lockstep virt: the CSRs that only one of the two has are those of the table") {
    for (u16 number = 0; number < 4096; ++number) {
        if (!csr_only_in_qemu(number) && !csr_only_here(number)) continue;
        INFO("CSR ", number);
        Program program;
        program.read(t1, number);
        const Result<VirtComparison> result = compare_program(program.finish(), 1000);
        REQUIRE(result);
        CHECK(result->divergence == "");
        const VirtRow row = csr_only_here(number) ? VirtRow::CsrOnlyHere : VirtRow::CsrOnlyInQemu;
        CHECK(result->used[static_cast<std::size_t>(row)] == 1);
    }
}
