#include "traps.hpp"

#include "command_line.hpp"
#include "console.hpp"
#include "cpu.hpp"
#include "enter_user.hpp"
#include "paging.hpp"
#include "plic.hpp"
#include "process.hpp"
#include "stop.hpp"
#include "syscalls.hpp"
#include "timer.hpp"
#include "user_space.hpp"

extern "C" char trap_entry[], early_trap_entry[], trap_entry_unswapped[], trap_entry_misaligned[];
// Instructions of ours that are known to fault when something before them was done wrong.
extern "C" char sret_instruction[], unswapped_store[];

namespace {

// Priv. 1.12, Table 4.2 "Supervisor cause register (scause) values after trap".
constexpr const char* causes[16] = {
    "instruction address misaligned",
    "instruction access fault",
    "illegal instruction",
    "breakpoint",
    "load address misaligned",
    "load access fault",
    "store/AMO address misaligned",
    "store/AMO access fault",
    "environment call from U-mode",
    "environment call from S-mode",
    "reserved",
    "reserved",
    "instruction page fault",
    "load page fault",
    "reserved",
    "store/AMO page fault",
};

void describe(u64 scause, u64 sepc, u64 stval) {
    const u64 number = scause & ~cause::interrupt;
    if (number != scause) {
        print("interrupt ", dec(number));
    } else {
        print("cause ", dec(number), " (", number < 16 ? causes[number] : "reserved", ")");
    }
    print(" sepc ", hex(sepc));
    if (sepc == reinterpret_cast<u64>(sret_instruction)) print(" (sret_instruction)");
    if (sepc == reinterpret_cast<u64>(unswapped_store)) print(" (unswapped_store)");
    print(" stval ", hex(stval));
}

void kill_program(TrapFrame& frame) {
    fresh_line();
    print("fault: ");
    describe(frame.scause, frame.sepc(), frame.stval);
    print(": program killed\n");
    process.exited = true;
    process.exit_code = code_fault_base + static_cast<i64>(frame.scause);
}

[[noreturn]] void kernel_fault(TrapFrame& frame) {
    fresh_line();
    print("panic: ");
    describe(frame.scause, frame.sepc(), frame.stval);
    print(", in S-mode: the kernel stops\n");
    shutdown(code_panic);
}

void interrupt(u64 number) {
    if (number == cause::supervisor_timer) timer_tick();
    if (number == cause::supervisor_external) plic_interrupt();
}

// An exception that was nobody's mistake: true, and what faulted is tried again.
bool repaired(const TrapFrame& frame) {
    u64 permission = 0;
    if (frame.scause == cause::fetch_page_fault) permission = pte::X;
    if (frame.scause == cause::load_page_fault) permission = pte::R;
    if (frame.scause == cause::store_page_fault) permission = pte::W;
    if (permission == 0) return false;
    if (set_accessed(frame.stval, permission)) return true;
    return permission != pte::X && grow_user_stack(frame.stval);
}

void user_call(TrapFrame& frame) {
    // sepc is the ecall itself, because a trap that is taken there must be able to try again (4.1.7). An ecall is done:
    // the program goes on behind it. It always has four bytes, there is no short one.
    if (variant != Variant::sepc_not_advanced) frame.sepc() += 4;
    const u64 arguments[6] = {frame.a(0), frame.a(1), frame.a(2), frame.a(3), frame.a(4), frame.a(5)};
    frame.a(0) = static_cast<u64>(syscall_handler(frame.a(7), arguments));
}

// The program's floating-point registers, which are none of the kernel's business, but would be another process's. FS
// tells whether they were changed since they were last saved; a program that never touched them costs nothing. Between
// the two FS is Off: a floating-point instruction in the kernel would be a mistake, and faults.
void leave_floating_point(TrapFrame& frame) {
    if ((frame.sstatus & status::FS) == status::FS_dirty) {
        // break=fp-not-saved: forgotten.
        if (variant != Variant::fp_not_saved) fp_save(&process.fp);
        frame.sstatus = (frame.sstatus & ~status::FS) | status::FS_clean;
    }
    clear_csr<csr::sstatus>(status::FS);
}

void return_to_floating_point(const TrapFrame& frame) {
    if ((frame.sstatus & status::FS) != status::FS_clean) return;
    set_csr<csr::sstatus>(status::FS_initial);
    fp_restore(&process.fp);  // makes the live FS Dirty; restore_context writes the frame's, Clean, over it
}

}  // namespace

extern "C" bool trap_handler(TrapFrame* frame) {
    // The frame cannot lie about who was interrupted: the hart wrote SPP.
    const bool from_user = (frame->sstatus & status::SPP) == 0;
    if (from_user) leave_floating_point(*frame);

    if ((frame->scause & cause::interrupt) != 0) {
        interrupt(frame->scause & ~cause::interrupt);
    } else if (from_user && frame->scause == cause::user_ecall) {
        user_call(*frame);
    } else if (!repaired(*frame)) {
        if (!from_user) kernel_fault(*frame);
        kill_program(*frame);
    }

    if (!from_user) return false;
    if (process.exited) return true;
    return_to_floating_point(*frame);
    return false;
}

extern "C" [[noreturn]] void trap_without_stack(u64 sp) {
    fresh_line();
    print("panic: a trap from the kernel, but sp ", hex(sp), " is not in the kernel's stack: ");
    describe(read_csr<csr::scause>(), read_csr<csr::sepc>(), read_csr<csr::stval>());
    print("\n");
    shutdown(code_panic);
}

extern "C" [[noreturn]] void early_trap() {
    fresh_line();
    print("panic: a trap at the early handler: ");
    describe(read_csr<csr::scause>(), read_csr<csr::sepc>(), read_csr<csr::stval>());
    print("\n");
    shutdown(code_panic);
}

// stvec: BASE in bits 63:2, MODE in bits 1:0. 0 is Direct: all traps to BASE; 1 is Vectored: exceptions to BASE,
// interrupts to BASE + 4 * cause; the rest is reserved (4.1.2 "Supervisor Trap Vector Base Address Register").
extern "C" [[gnu::noinline]] void set_stvec(u64 value) { write_csr<csr::stvec>(value); }

extern "C" void early_traps_setup() { set_stvec(reinterpret_cast<u64>(early_trap_entry)); }

extern "C" void traps_setup() {
    u64 handler = reinterpret_cast<u64>(trap_entry);
    if (variant == Variant::sscratch_not_swapped) handler = reinterpret_cast<u64>(trap_entry_unswapped);
    if (variant == Variant::stvec_misaligned) handler = reinterpret_cast<u64>(trap_entry_misaligned);
    if (variant == Variant::stvec_vectored) handler |= 1;
    set_stvec(handler);
    log("traps: stvec ", read_csr<csr::stvec>() == handler ? "is trap_entry" : "is not what was written");
    log(", MODE ", dec(read_csr<csr::stvec>() & 3), "\n");
}
