// The behaviours that rows of the CSR table name.
#pragma once
#include "riscv64/csr_row.hpp"

namespace ring::riscv64::behaviour {

// ---- plain registers
// ---------------------------------------------------------------------------------------------------

template <auto member>
u64 read(Context& context, u16) {
    return context.cpu.*member;
}
template <auto member>
void write(Context& context, u16, u64 value) {
    context.cpu.*member = value;
}
template <u64 mask>
u64 only(const Cpu&, u16, u64 value) {
    return value & mask;
}
template <u64 value>
u64 constant(Context&, u16) {
    return value;
}
template <u64 value>
u64 stays(const Cpu&, u16, u64) {
    return value;
}

// MODE 2 and 3 are reserved: the write is ignored. 3.1.7.
template <auto member>
u64 legal_vector(const Cpu& cpu, u16, u64 value) {
    return tvec::MODE.get(value) <= 1 ? value : cpu.*member;
}

// ---- the rest
// ----------------------------------------------------------------------------------------------------------

u64 read_mstatus(Context&, u16);
u64 legal_mstatus(const Cpu&, u16, u64);
void write_mstatus(Context&, u16, u64);
u64 read_sstatus(Context&, u16);
u64 legal_sstatus(const Cpu&, u16, u64);
void write_sstatus(Context&, u16, u64);

void write_mideleg(Context&, u16, u64);
void write_mie(Context&, u16, u64);
u64 read_sie(Context&, u16);
u64 legal_sie(const Cpu&, u16, u64);
void write_sie(Context&, u16, u64);
u64 read_mip(Context&, u16);
u64 legal_mip(const Cpu&, u16, u64);
void write_mip(Context&, u16, u64);
u64 read_sip(Context&, u16);
u64 legal_sip(const Cpu&, u16, u64);
void write_sip(Context&, u16, u64);
void write_menvcfg(Context&, u16, u64);
void write_stimecmp(Context&, u16, u64);

u64 legal_satp(const Cpu&, u16, u64);
void write_satp(Context&, u16, u64);

u64 read_pmpcfg(Context&, u16);
u64 legal_pmpcfg(const Cpu&, u16, u64);
void write_pmpcfg(Context&, u16, u64);
u64 read_pmpaddr(Context&, u16);
u64 legal_pmpaddr(const Cpu&, u16, u64);
void write_pmpaddr(Context&, u16, u64);

u64 read_cycle(Context&, u16);
u64 read_instret(Context&, u16);
u64 read_time(Context&, u16);
void write_mcycle(Context&, u16, u64);
void write_minstret(Context&, u16, u64);
void write_mcountinhibit(Context&, u16, u64);

u64 read_fcsr(Context&, u16);  // and its parts, by number
u64 legal_fcsr(const Cpu&, u16, u64);
void write_fcsr(Context&, u16, u64);
}  // namespace ring::riscv64::behaviour
