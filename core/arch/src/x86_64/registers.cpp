#include <array>
#include <utility>

#include "arch/x86_64/arch.hpp"
#include "x86_64/register_table.hpp"

namespace ring::x86_64 {
namespace {
using arch::Group;

constexpr std::size_t register_count = static_cast<std::size_t>(Reg::count);

struct Row {
    Reg id;
    arch::Register shown;
    u64 (*get)(const Cpu&);
    void (*set)(Cpu&, u64);
};

// ---- where a value lives ------------------------------------------------------------------------------------------

template <auto member>
constexpr Row plain(Reg id, arch::Register shown) {
    return {id, shown, [](const Cpu& cpu) { return static_cast<u64>(cpu.*member); },
            [](Cpu& cpu, u64 value) { cpu.*member = static_cast<std::decay_t<decltype(cpu.*member)>>(value); }};
}

template <auto part, auto member>  // &Cpu::gdtr, &TableRegister::base
constexpr Row inner(Reg id, arch::Register shown) {
    return {id, shown, [](const Cpu& cpu) { return static_cast<u64>((cpu.*part).*member); },
            [](Cpu& cpu, u64 value) {
                auto& place = (cpu.*part).*member;
                place = static_cast<std::decay_t<decltype(place)>>(value);
            }};
}

template <auto member, std::size_t n>
constexpr Row element(Reg id, arch::Register shown) {
    return {id, shown, [](const Cpu& cpu) { return (cpu.*member)[n]; },
            [](Cpu& cpu, u64 value) { (cpu.*member)[n] = value; }};
}

template <std::size_t n>
constexpr Segment& segment_of(Cpu& cpu) {
    if constexpr (n < 6)
        return cpu.segment[n];
    else
        return n == 6 ? cpu.tr : cpu.ldtr;
}

template <std::size_t n, auto member>
constexpr Row segment_part(Reg id, arch::Register shown) {
    return {id, shown, [](const Cpu& cpu) { return static_cast<u64>(segment_of<n>(const_cast<Cpu&>(cpu)).*member); },
            [](Cpu& cpu, u64 value) {
                auto& place = segment_of<n>(cpu).*member;
                place = static_cast<std::decay_t<decltype(place)>>(value);
            }};
}

template <std::size_t n, std::size_t half>
constexpr Row xmm(Reg id, arch::Register shown) {
    return {id, shown, [](const Cpu& cpu) { return cpu.fpu.xmm[n][half]; },
            [](Cpu& cpu, u64 value) { cpu.fpu.xmm[n][half] = value; }};
}

// ---- names of the groups ------------------------------------------------------------------------------------------

constexpr std::string_view gpr_names[] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                          "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
constexpr std::string_view gpr_meanings[] = {"accumulator; return value",
                                             "counter; syscall puts RIP here",
                                             "data",
                                             "base",
                                             "stack pointer",
                                             "frame pointer",
                                             "source of string instructions",
                                             "destination of string instructions",
                                             "",
                                             "",
                                             "",
                                             "syscall puts RFLAGS here",
                                             "",
                                             "",
                                             "",
                                             ""};
constexpr std::string_view selector_names[] = {"es", "cs", "ss", "ds", "fs", "gs", "tr", "ldtr"};
constexpr std::string_view selector_meanings[] = {"extra data segment",
                                                  "code segment",
                                                  "stack segment",
                                                  "data segment",
                                                  "segment whose base the program chooses",
                                                  "segment whose base the program chooses; swapgs exchanges it",
                                                  "task-state segment: stacks for entering the kernel",
                                                  "local descriptor table"};
constexpr std::string_view base_names[] = {"es.base", "cs.base", "ss.base", "ds.base",
                                           "fs.base", "gs.base", "tr.base", "ldtr.base"};
constexpr std::string_view limit_names[] = {"es.limit", "cs.limit", "ss.limit", "ds.limit",
                                            "fs.limit", "gs.limit", "tr.limit", "ldtr.limit"};
constexpr std::string_view attribute_names[] = {"es.attributes", "cs.attributes", "ss.attributes", "ds.attributes",
                                                "fs.attributes", "gs.attributes", "tr.attributes", "ldtr.attributes"};
constexpr std::string_view xmm_names[][2] = {
    {"xmm0.low", "xmm0.high"},   {"xmm1.low", "xmm1.high"},   {"xmm2.low", "xmm2.high"},   {"xmm3.low", "xmm3.high"},
    {"xmm4.low", "xmm4.high"},   {"xmm5.low", "xmm5.high"},   {"xmm6.low", "xmm6.high"},   {"xmm7.low", "xmm7.high"},
    {"xmm8.low", "xmm8.high"},   {"xmm9.low", "xmm9.high"},   {"xmm10.low", "xmm10.high"}, {"xmm11.low", "xmm11.high"},
    {"xmm12.low", "xmm12.high"}, {"xmm13.low", "xmm13.high"}, {"xmm14.low", "xmm14.high"}, {"xmm15.low", "xmm15.high"},
};

constexpr Reg after(Reg first, std::size_t distance) {
    return static_cast<Reg>(static_cast<std::size_t>(first) + distance);
}

// ---- the table ----------------------------------------------------------------------------------------------------

struct Builder {
    std::array<Row, register_count> rows{};
    constexpr void put(const Row& row) { rows[static_cast<std::size_t>(row.id)] = row; }

    template <std::size_t... n>
    constexpr void general(std::index_sequence<n...>) {
        (put(element<&Cpu::gpr, n>(after(Reg::rax, n), {gpr_names[n], 64, Group::General, gpr_meanings[n], {}})), ...);
    }
    template <std::size_t... n>
    constexpr void segments(std::index_sequence<n...>) {
        (put(segment_part<n, &Segment::selector>(
             after(Reg::es, n), {selector_names[n], 16, Group::Segment, selector_meanings[n], selector::layout})),
         ...);
        (put(segment_part<n, &Segment::base>(
             after(Reg::es_base, n), {base_names[n], 64, Group::Segment, "hidden part: first linear address", {}})),
         ...);
        (put(segment_part<n, &Segment::limit>(after(Reg::es_limit, n),
                                              {limit_names[n], 32, Group::Segment, "hidden part: last offset", {}})),
         ...);
        (put(segment_part<n, &Segment::attributes>(after(Reg::es_attributes, n),
                                                   {attribute_names[n], 16, Group::Segment,
                                                    "hidden part: bits 55:40 of the descriptor", attributes::layout})),
         ...);
    }
    template <std::size_t... n>
    constexpr void vectors(std::index_sequence<n...>) {
        (put(xmm<n / 2, n % 2>(after(Reg::xmm0_low, n),
                               {xmm_names[n / 2][n % 2], 64, Group::Vector, n % 2 ? "bits 127:64" : "bits 63:0", {}})),
         ...);
    }
};

template <auto member>
constexpr Row fpu(Reg id, arch::Register shown) {
    return inner<&Cpu::fpu, member>(id, shown);
}

constexpr Builder build() {
    Builder out;
    out.general(std::make_index_sequence<16>());
    out.segments(std::make_index_sequence<8>());
    out.vectors(std::make_index_sequence<32>());
    out.put(plain<&Cpu::rip>(Reg::rip, {"rip", 64, Group::General, "address of the next instruction", {}}));
    out.put(plain<&Cpu::rflags>(Reg::rflags, {"rflags", 64, Group::Flags, "flags", rflags::layout}));
    out.put(inner<&Cpu::gdtr, &TableRegister::base>(
        Reg::gdtr_base, {"gdtr.base", 64, Group::System, "linear address of the global descriptor table", {}}));
    out.put(inner<&Cpu::gdtr, &TableRegister::limit>(Reg::gdtr_limit,
                                                     {"gdtr.limit", 16, Group::System, "its last byte: size - 1", {}}));
    out.put(inner<&Cpu::idtr, &TableRegister::base>(
        Reg::idtr_base, {"idtr.base", 64, Group::System, "linear address of the interrupt descriptor table", {}}));
    out.put(inner<&Cpu::idtr, &TableRegister::limit>(Reg::idtr_limit,
                                                     {"idtr.limit", 16, Group::System, "its last byte: size - 1", {}}));
    out.put(plain<&Cpu::cr0>(Reg::cr0, {"CR0", 64, Group::Control, "protection and paging", cr0::layout}));
    out.put(plain<&Cpu::cr2>(Reg::cr2, {"CR2", 64, Group::Control, "address of the last page fault", {}}));
    out.put(
        plain<&Cpu::cr3>(Reg::cr3, {"CR3", 64, Group::Control, "physical address of the top page table", cr3::layout}));
    out.put(plain<&Cpu::cr4>(Reg::cr4, {"CR4", 64, Group::Control, "extensions switched on", cr4::layout}));
    out.put(plain<&Cpu::cr8>(Reg::cr8, {"CR8", 64, Group::Control, "task priority", cr8::layout}));
    out.put(plain<&Cpu::efer>(
        Reg::efer, {"EFER", 64, Group::System, "long mode, syscall, no-execute (MSR C0000080H)", efer::layout}));
    out.put(plain<&Cpu::star>(
        Reg::star, {"STAR", 64, Group::System, "segments of syscall and sysret (MSR C0000081H)", star::layout}));
    out.put(plain<&Cpu::lstar>(Reg::lstar, {"LSTAR", 64, Group::System, "where syscall goes (MSR C0000082H)", {}}));
    out.put(plain<&Cpu::cstar>(
        Reg::cstar, {"CSTAR", 64, Group::System, "AMD: where syscall of compatibility mode goes (MSR C0000083H)", {}}));
    out.put(plain<&Cpu::fmask>(
        Reg::fmask, {"FMASK", 64, Group::System, "flags that syscall clears (MSR C0000084H)", rflags::layout}));
    out.put(plain<&Cpu::kernel_gs_base>(
        Reg::kernel_gs_base,
        {"KERNEL_GS_BASE", 64, Group::System, "what swapgs exchanges with gs.base (MSR C0000102H)", {}}));
    out.put(plain<&Cpu::pat>(Reg::pat, {"PAT", 64, Group::System, "memory types of pages (MSR 277H)", {}}));
    out.put(plain<&Cpu::sysenter_cs>(Reg::sysenter_cs,
                                     {"SYSENTER_CS", 64, Group::System, "segments of sysenter (MSR 174H)", {}}));
    out.put(plain<&Cpu::sysenter_esp>(Reg::sysenter_esp,
                                      {"SYSENTER_ESP", 64, Group::System, "stack of sysenter (MSR 175H)", {}}));
    out.put(plain<&Cpu::sysenter_eip>(Reg::sysenter_eip,
                                      {"SYSENTER_EIP", 64, Group::System, "where sysenter goes (MSR 176H)", {}}));
    out.put(element<&Cpu::dr, 0>(Reg::dr0, {"DR0", 64, Group::Debug, "breakpoint address 0", {}}));
    out.put(element<&Cpu::dr, 1>(Reg::dr1, {"DR1", 64, Group::Debug, "breakpoint address 1", {}}));
    out.put(element<&Cpu::dr, 2>(Reg::dr2, {"DR2", 64, Group::Debug, "breakpoint address 2", {}}));
    out.put(element<&Cpu::dr, 3>(Reg::dr3, {"DR3", 64, Group::Debug, "breakpoint address 3", {}}));
    out.put(plain<&Cpu::dr6>(Reg::dr6, {"DR6", 64, Group::Debug, "why the last #DB was raised", {}}));
    out.put(plain<&Cpu::dr7>(Reg::dr7, {"DR7", 64, Group::Debug, "which breakpoints are on", {}}));
    out.put(Row{Reg::cpl,
                {"cpl", 2, Group::System, "current privilege level: the ring", {}},
                [](const Cpu& cpu) { return u64{cpu.cpl}; },
                [](Cpu& cpu, u64 value) { cpu.cpl = static_cast<u8>(value & 3); }});
    out.put(
        Row{Reg::shadow,
            {"shadow", 2, Group::System, "interrupts wait for one more instruction: 1 after sti, 2 after mov ss", {}},
            [](const Cpu& cpu) { return static_cast<u64>(cpu.shadow); },
            [](Cpu& cpu, u64 value) { cpu.shadow = value <= 2 ? static_cast<Shadow>(value) : Shadow::None; }});
    out.put(Row{Reg::halted,
                {"halted", 1, Group::System, "by hlt: waits for an interrupt", {}},
                [](const Cpu& cpu) { return u64{cpu.halted}; },
                [](Cpu& cpu, u64 value) { cpu.halted = (value & 1) != 0; }});
    out.put(fpu<&Fpu::mxcsr>(Reg::mxcsr, {"mxcsr", 32, Group::Vector, "SSE: rounding, exception masks", {}}));
    out.put(fpu<&Fpu::control>(Reg::fpu_control, {"fpu.control", 16, Group::Vector, "x87 control word", {}}));
    out.put(fpu<&Fpu::status>(Reg::fpu_status, {"fpu.status", 16, Group::Vector, "x87 status word", {}}));
    out.put(fpu<&Fpu::tag>(Reg::fpu_tag, {"fpu.tag", 16, Group::Vector, "x87 tag word", {}}));
    return out;
}
constexpr Builder table = build();

constexpr bool complete() {
    for (std::size_t i = 0; i < register_count; ++i) {
        const Row& row = table.rows[i];
        if (static_cast<std::size_t>(row.id) != i || row.shown.name.empty() || !row.get || !row.set) return false;
    }
    return true;
}
static_assert(complete(), "every Reg has its row, in the order of Reg");

constexpr std::array<arch::Register, register_count> shown = [] {
    std::array<arch::Register, register_count> out{};
    for (std::size_t i = 0; i < register_count; ++i) out[i] = table.rows[i].shown;
    return out;
}();

const Row& row_of(Reg reg) { return table.rows[static_cast<std::size_t>(reg)]; }

}  // namespace

std::span<const arch::Register> register_table() { return shown; }

u64 get(const Cpu& cpu, Reg reg) { return row_of(reg).get(cpu); }
void set(Cpu& cpu, Reg reg, u64 value) { row_of(reg).set(cpu, value); }

void Cpu::add_to(Digest& digest) const {
    for (const Row& row : table.rows) digest.add(row.get(*this));
    // What has no name in the table.
    for (const auto& both : fpu.st)
        for (u64 word : both) digest.add(word);
    digest.add(tsc_offset);
    digest.add(shut_down);
    digest.add(vendor);
}

arch::RegisterFile registers_of(const Cpu& cpu) {
    arch::RegisterFile file;
    file.value.reserve(register_count);
    for (const Row& row : table.rows) file.value.push_back(row.get(cpu));
    file.known.assign(register_count, true);
    return file;
}

Cpu cpu_of(const arch::RegisterFile& file) {
    Cpu cpu;
    for (const Row& row : table.rows)
        if (const auto value = file.get(id(row.id))) row.set(cpu, *value);
    return cpu;
}
}  // namespace ring::x86_64
