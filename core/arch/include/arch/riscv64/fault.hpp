// A trap as a value: what the hart writes into xcause and xtval, and what the core knows about why. The reason is what
// explain() turns into a sentence; it never influences execution.
#pragma once
#include "base/types.hpp"

namespace ring::riscv64 {

// Privileged Table 3.6 "Machine cause register (mcause) values after trap": exceptions.
enum Exception : u8 {
    FetchMisaligned = 0,
    FetchAccess = 1,
    IllegalInstruction = 2,
    Breakpoint = 3,
    LoadMisaligned = 4,
    LoadAccess = 5,
    StoreMisaligned = 6,
    StoreAccess = 7,
    EcallFromU = 8,
    EcallFromS = 9,
    EcallFromM = 11,
    FetchPage = 12,
    LoadPage = 13,
    StorePage = 15,
};
// The same table: interrupts.
enum Interrupt : u8 {
    SupervisorSoftware = 1,
    MachineSoftware = 3,
    SupervisorTimer = 5,
    MachineTimer = 7,
    SupervisorExternal = 9,
    MachineExternal = 11,
};

// One for every check that can fail; explain() names each (a test counts them).
enum class Reason : u8 {
    None,
    // page walk; a = level (2, 1, 0), b = address of the entry
    EntryNotValid,
    EntryWriteWithoutRead,  // W = 1 and R = 0
    EntryReservedBits,      // 63:54
    PointerAtLastLevel,     // R = W = X = 0 at level 0
    PointerReservedBits,    // D, A or U set in a pointer to a table
    SuperpageMisaligned,
    NotReadable,
    NotWritable,
    NotExecutable,
    UserPageFromSupervisor,       // SUM = 0
    UserPageFetchFromSupervisor,  // never allowed
    SupervisorPageFromUser,
    AccessedClear,  // Svade
    DirtyClear,     // Svade
    NotCanonical,   // a = the address
    // physical memory; a = the address, b = number of the PMP entry, or ~0 for none
    PmpDenies,
    PmpNoMatch,
    PmpPartialMatch,
    PmpDeniesTable,  // the walk's own access; a = address of the page-table entry
    NothingThere,    // no memory and no device
    TableNotThere,   // the walk's own access; a = address of the page-table entry
    DeviceNoFetch,
    // alignment; a = the address
    FetchAddressMisaligned,
    AtomicMisaligned,
    // instructions; a = the instruction's bits
    Undefined,
    FpuOff,            // mstatus.FS = 0
    RoundingMode,      // frm or rm reserved
    CsrDoesNotExist,   // a = CSR number
    CsrPrivilege,      // a = CSR number
    CsrReadOnly,       // a = CSR number
    CounterDisabled,   // a = CSR number, b = 0: mcounteren, 1: scounteren
    StimecmpDisabled,  // menvcfg.STCE = 0 or mcounteren.TM = 0
    SatpTvm,           // mstatus.TVM
    SfenceTvm,
    SfenceFromUser,
    SretFromUser,
    SretTsr,
    MretBelowM,
    WfiTw,
    WfiFromUser,
    EnvironmentCall,
    BreakpointInstruction,
    Interrupt,
    count
};

struct Fault {
    u8 code = 0;
    bool interrupt = false;
    u64 value = 0;  // for xtval
    Reason reason = Reason::None;
    u64 a = 0, b = 0;  // the reason's numbers
    bool operator==(const Fault&) const = default;
    // xcause as the hart writes it.
    constexpr u64 cause() const { return u64{interrupt} << 63 | code; }
};

// What a view's Cause::number holds: an interrupt's code with bit 7 set.
constexpr unsigned cause_number(bool interrupt, u64 code) {
    return static_cast<unsigned>(code) | (interrupt ? 0x80 : 0);
}
}  // namespace ring::riscv64
