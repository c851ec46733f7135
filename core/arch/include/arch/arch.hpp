// An architecture is a value: tables and pure functions that views, commands and protocols iterate.
// The rule: outside core/arch/src/<name> and core/machine/src/<name> nobody asks which architecture this is.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "arch/micro_step.hpp"
#include "base/field.hpp"
#include "base/types.hpp"

namespace ring::arch {

enum class Group : u8 { General, Flags, Segment, Control, System, Debug, Vector, Machine, Supervisor, Protection };
std::string_view name(Group group);

struct Register {
    std::string_view name;  // as the manual spells it, in lower case for general registers ("rax"), upper for CR0, EFER
    unsigned bits = 64;
    Group group = Group::General;
    std::string_view meaning;
    std::span<const Field> fields;  // empty: a plain number
};

// The registers of one moment, by RegisterId; what a target cannot know is absent, never invented.
struct RegisterFile {
    std::vector<u64> value;
    std::vector<bool> known;
    std::optional<u64> get(RegisterId id) const {
        if (id >= value.size() || !known[id]) return std::nullopt;
        return value[id];
    }
};

// Reads physical memory without side effects; false where nothing answers or the bytes are not to be had.
using PhysReader = std::function<bool(PhysAddr, std::span<u8>)>;

enum class Access : u8 { Read, Write, Execute };
std::string_view name(Access access);  // "read", "write", "execute"

// ---- page walks as values ----------------------------------------------------------------------------------------

struct WalkLevel {
    std::string_view table;  // "PML4"
    PhysAddr base;           // of the table
    unsigned index = 0;      // of the entry
    PhysAddr entry_address;
    u64 entry = 0;
    std::span<const Field> layout;  // of the entry
    bool leaf = false;
    bool failed = false;        // the walk ended here with a fault
    std::string failing_field;  // "U" when failed; empty when the reason is not one bit
};

struct Walk {
    VirtAddr address;
    Access access = Access::Read;
    std::string_view privilege;  // "ring 3"
    bool paging = true;          // false: the address is physical as it is
    std::vector<WalkLevel> levels;
    bool ok = false;
    PhysAddr physical;                                        // when ok
    u64 page_size = 0;                                        // bytes, when a leaf was reached
    bool writable = false, user = false, executable = false;  // the rights of the whole chain, when a leaf was reached
    std::string verdict;                                      // one sentence
    std::string rule;                                         // manual, section, title; when not ok
    std::string repair;                                       // the smallest change that would let it pass; when not ok
    std::string fault;                                        // "#PF(0x6)", when not ok
};

// ---- the whole address space -------------------------------------------------------------------------------------

// Pages that follow each other, virtually and physically, with equal rights and page size.
struct Mapping {
    VirtAddr start;
    u64 size = 0;  // bytes
    PhysAddr physical;
    u64 page_size = 0;                                        // bytes
    bool writable = false, user = false, executable = false;  // the rights of the whole chain
};

struct AddressSpace {
    std::vector<Mapping> ranges;  // ascending
    bool complete = true;         // false: there was more than `most` ranges or tables, and the rest was not looked at
    std::string unavailable;      // why nothing is known; empty when something is
};

// ---- tables in memory, decoded field by field ----------------------------------------------------------------------

struct TableField {
    std::string name;
    u64 value = 0;
    std::string meaning;
    unsigned low = 0, width = 0;  // bits in the raw entry; 0 width: derived
};

struct TableEntry {
    unsigned index = 0;
    u64 offset = 0;  // bytes from the table's base; a GDT entry's selector
    VirtAddr address;
    Bytes raw;
    std::string title;  // "64-bit code, DPL 3"
    std::vector<TableField> fields;
    std::string in_use;  // "CS", "TR", "CS SS"; empty when no register points here
    bool valid = true;
    std::string problem;  // why not valid
};

struct SystemTable {
    std::string name;  // "GDT"
    VirtAddr base;
    u64 limit = 0;  // bytes - 1
    std::vector<TableEntry> entries;
    std::string unavailable;  // why nothing is shown; empty when something is
    bool in_memory = true;    // false: kept in registers; base, limit and the entries' addresses mean nothing
};

struct Privilege {
    unsigned level = 0;  // 0 is the most privileged on x86-64
    std::string name;    // "ring 0"
    std::string mode;    // "64-bit mode", "compatibility mode", "protected mode, paging off"
};

// A cause of trap: vector or exception code; RISC-V's interrupts have bit 7 set.
struct Cause {
    unsigned number = 0;
    std::string_view mnemonic;  // "#PF"; empty where the manual has none
    std::string_view name;      // "Page Fault"
    bool error_code = false;
    std::string_view section;    // manual, section, title
    std::string_view word = {};  // the instruction that raises it, as people call the trap: "ecall"; empty: none
};

// Who executes an instruction.
enum class Executor : u8 { MicroSteps, Engine, Nobody };
struct Coverage {
    std::string_view mnemonic;
    Executor by = Executor::Nobody;
    std::string_view condition;  // "only with all exceptions masked"; empty: always
};

enum class Instructions : u8 { X86_16, X86_32, X86_64, RiscV64 };

// A level of privilege as Privilege::level counts them.
struct Level {
    unsigned number = 0;
    std::string_view name;  // "ring 3", "U-mode"
};

struct FrameChain;  // code_flow.hpp

struct Arch {
    std::string_view name;  // "x86-64"
    std::span<const Register> registers;
    std::span<const Cause> causes;
    RegisterId pc = 0, sp = 0;
    Walk (*walk)(const RegisterFile&, VirtAddr, Access, std::optional<unsigned> privilege_level, const PhysReader&);
    // The walk of somebody who looks from outside: as the CPU translates now, and nothing that is mapped is forbidden.
    Walk (*look)(const RegisterFile&, VirtAddr, const PhysReader&);
    AddressSpace (*address_space)(const RegisterFile&, const PhysReader&, std::size_t most);
    std::vector<SystemTable> (*tables)(const RegisterFile&, const PhysReader&);
    Privilege (*privilege)(const RegisterFile&);
    Instructions (*instructions)(const RegisterFile&);  // how the bytes at pc are to be decoded
    std::span<const Level> levels;                      // most privileged first
    std::span<const Level> page_levels;             // those that page tables tell apart: the kernel's, the program's
    std::span<const std::string_view> table_names;  // of `tables`, in their order
    std::string_view root_register;                 // that names the page tables: "CR3"
    std::string_view invalidate;                    // the instruction that drops a translation: "invlpg"
    std::string_view privileged;    // what has micro-steps, for a sentence: "syscall, sysretq, ... or ..."
    std::string_view walk_example;  // an access in the words of a reader: "$rsp w ring 3"
    // code_flow.hpp says what these answer.
    const FrameChain* (*frame_chain)();
    std::optional<bool> (*branches)(std::string_view mnemonic, std::string_view operands, const RegisterFile&);
    std::optional<VirtAddr> (*system_call_entry)(std::string_view mnemonic, const RegisterFile&);
    bool (*leads_away_and_back)(std::string_view mnemonic, std::string_view operands);
    bool (*returns)(std::string_view mnemonic, std::string_view operands);
    std::vector<Coverage> (*coverage)();
    // What is set in the number of an interrupt and in no exception's; 0: interrupts are numbered among the exceptions.
    unsigned interrupt_bit = 0;
    std::span<const std::string_view> options;  // of its machine, as lessons write them: "cpu", "svade"
};

const Arch* find_architecture(std::string_view name);  // null: there is none
std::span<const Arch* const> architectures();
std::string architecture_names();  // "x86-64, riscv64"

std::string_view level_name(const Arch& arch, unsigned number);
bool less_privileged(const Arch& arch, unsigned level, unsigned than);
bool is_kernel_level(const Arch& arch, unsigned level);  // where page tables let a kernel be, or above: S-mode, M-mode
std::string cause_name(const Arch& arch, unsigned number);  // "#PF (Page Fault)", "load page fault", "vector 33"

std::optional<RegisterId> find_register(const Arch& arch, std::string_view name);  // case does not matter
}  // namespace ring::arch
