// An exception as a value: what the CPU pushes, and what the core knows about why. The reason is what explain.hpp
// turns into a sentence; it never influences execution.
#pragma once
#include "base/types.hpp"

namespace ring::x86_64 {

// SDM Vol. 3A Table 6-1 "Protected-Mode Exceptions and Interrupts".
enum Vector : u8 {
    DE = 0,
    DB = 1,
    NMI = 2,
    BP = 3,
    OF = 4,
    BR = 5,
    UD = 6,
    NM = 7,
    DF = 8,
    TS = 10,
    NP = 11,
    SS_ = 12,
    GP = 13,
    PF = 14,
    MF = 16,
    AC = 17,
    XM = 19
};

// One for every check that can fail; the sentences are in explain.cpp, which must name each (a test counts them).
enum class Reason : u8 {
    None,
    // page walk; a = level (4 = PML4 ... 1 = PT), b = address of the entry
    EntryNotPresent,
    EntryReservedBit,
    WriteToReadOnly,
    UserToSupervisor,
    ExecuteDisabled,
    SmepFetch,
    SmapAccess,
    TableOutsideMemory,
    // addresses; a = the address
    NotCanonical,
    StackNotCanonical,
    TargetNotCanonical,
    SegmentLimit,
    SegmentNull,
    SegmentNotWritable,
    SegmentNotReadable,
    StackLimit,
    CodeLimit,
    // privilege; a = CPL
    NotRing0,
    IoplTooLow,
    IoBitmapDenies,
    IoBitmapOutside,
    UmipDenies,
    TimeStampDisabled,
    // syscall, sysret; a = the value at fault
    SceOff,
    NotLongMode,
    NotCode64,
    CompatibilitySyscall,
    // control registers and MSRs; a = the value, b = the offending bits or the MSR's number
    ControlReserved,
    ControlInvalid,
    PagingWithoutProtection,
    PagingWithoutPae,
    PaeClearedInLongMode,
    LmeChangedWhilePaging,
    Cr3Reserved,
    CrUnknown,
    MsrUnknown,
    MsrReserved,
    MsrNotCanonical,
    DebugReserved,
    // descriptors; a = the selector, b = the descriptor's low word
    SelectorNull,
    SelectorOutsideTable,
    DescriptorNotCode,
    DescriptorNotData,
    DescriptorNotTss,
    DescriptorNotLdt,
    DescriptorNotPresent,
    DescriptorPrivilege,
    RplPrivilege,
    StackPrivilege,
    StackNotWritableData,
    CodeLAndD,
    TssBusy,
    LdtInLdt,
    BaseNotCanonical,
    // delivery; a = the vector, b = the gate's low word
    GateOutsideTable,
    GateNotPresent,
    GateWrongType,
    GatePrivilege,
    HandlerNotCode,
    HandlerPrivilege,
    HandlerNotPresent,
    HandlerNotCanonical,
    TssLimit,
    TssStackNotCanonical,
    SecondFault,
    TripleFault,
    // iret; a = the value at fault
    ReturnToInner,
    ReturnNotCanonical,
    NestedTask,
    // instructions; a = the first bytes
    Undefined,
    LockNotAllowed,
    TooLong,
    FpuEmulated,
    FpuTaskSwitched,
    SseDisabled,
    DivideError,
    SoftwareInterrupt,
    Breakpoint,
    SingleStep,
    Overflow,
    Bound,
    Misaligned,
    SimdException,
    // found while the transitions were written
    HandlerNotCode64,     // delivery; a = the selector, b = the descriptor's low word
    StackSelectorNull,    // a = the selector, b = the privilege level that would use it
    LongModeFromCode64,   // CR0.PG set with EFER.LME = 1 while CS.L = 1; a = the value
    PagingOffInCode64,    // CR0.PG cleared in 64-bit mode; a = the value
    DebugRegisterAccess,  // DR7.GD = 1; a = DR7
    PatInvalid,           // a = the value, b = the index of the byte at fault
    TssSystemBits,        // 16-byte descriptor whose upper type bits are not 0; a = the selector, b = the upper word
    AcOutsideRing0,       // stac, clac; a = CPL
    NotModelledYet,       // a = a Missing; the vector is `not_modelled`
    count
};

// The CPU would go on, we cannot: such a Fault is never delivered, the machine stops with explain()'s sentence.
inline constexpr u8 not_modelled = 0xff;

enum class Missing : u8 {
    CallGate,           // far jump or far call through a call gate
    TaskSwitch,         // through a task gate, a TSS selector, or iret with NT = 1 outside long mode
    RealMode,           // CR0.PE = 0
    Virtual8086,        // iret to VM = 1
    LegacyPaging,       // CR0.PG = 1 without EFER.LME: 32-bit or PAE paging
    LegacyStackSwitch,  // an interrupt that changes privilege outside long mode
    Gate16,             // a 16-bit interrupt or trap gate
    HardwareBreakpoint,
    LegacySyscall,  // AMD's syscall outside long mode
    count
};

struct Fault {
    u8 vector = 0;
    bool has_error = false;
    bool software = false;  // int n, int3, into: the gate's DPL counts, RIP is the next instruction
    bool trap = false;      // reported after the instruction (single step, int1): RIP is the next one, RF is not forced
    bool external = false;  // a hardware interrupt: EXT = 1 in faults of its delivery
    u32 error = 0;
    u64 address = 0;  // linear, for #PF: becomes CR2
    Reason reason = Reason::None;
    u64 a = 0, b = 0;  // the reason's numbers
    bool operator==(const Fault&) const = default;
};
}  // namespace ring::x86_64
