#include "enter_user.hpp"

#include "command_line.hpp"
#include "console.hpp"
#include "cpu.hpp"
#include "process.hpp"

i64 enter_user(u64 argc, u64 argv, u64 entry, u64 sp) {
    log("enter: sret to sepc ", hex(entry), ", sp ", hex(sp), ", a0 ", dec(argc), ", a1 ", hex(argv), "\n");
    // The program finds all f registers zero, not what the one before it left there. FS = Initial says just that; its
    // first floating-point instruction makes it Dirty.
    clear_csr<csr::sstatus>(status::FS);
    set_csr<csr::sstatus>(status::FS_initial);
    fp_restore(&process.fp);
    clear_csr<csr::sstatus>(status::FS);
    // break=fs-off: the program has no floating point.
    if (variant != Variant::fs_off) set_csr<csr::sstatus>(status::FS_initial);

    if (variant == Variant::spp_s) {
        enter_user_trampoline_spp_s(argc, argv, entry, sp);
    } else if (variant == Variant::sscratch_zero) {
        enter_user_trampoline_sscratch_zero(argc, argv, entry, sp);
    } else {
        enter_user_trampoline(argc, argv, entry, sp);
    }
    return process.exit_code;
}
