# The RISC-V kernel under QEMU and in the embedded machine, where it prints the same.
# boot_riscv64(<case> <exit code> [LINE <command line>] [options of riscv64_boot.py ...])
set(riscv64 "${CMAKE_BINARY_DIR}/kernels/riscv64")
set(riscv64_goldens "${CMAKE_CURRENT_SOURCE_DIR}/../golden/kernels/riscv64")
set(riscv64_sessions "${CMAKE_CURRENT_SOURCE_DIR}/riscv64_sessions")
set(foreign "${CMAKE_CURRENT_SOURCE_DIR}/foreign")

function(boot_riscv64 case code)
    cmake_parse_arguments(B "QEMU_ONLY" "LINE" "" ${ARGN})
    add_test(NAME "kernels.riscv64.${case}"
        COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/riscv64_boot.py" "${riscv64}" "${code}" "${riscv64_goldens}/${case}.txt"
                "--line=${B_LINE}" ${B_UNPARSED_ARGUMENTS})
    set_tests_properties("kernels.riscv64.${case}" PROPERTIES LABELS qemu TIMEOUT 90)
    if(TARGET ringscope AND NOT B_QEMU_ONLY)
        add_test(NAME "kernels.riscv64.embedded.${case}"
            COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/riscv64_boot.py" "${riscv64}" "${code}" "${riscv64_goldens}/${case}.txt"
                    "--line=${B_LINE}" "--ringscope=$<TARGET_FILE:ringscope>" ${B_UNPARSED_ARGUMENTS})
        set_tests_properties("kernels.riscv64.embedded.${case}" PROPERTIES TIMEOUT 90)
    endif()
endfunction()

# Sessions at the shell.
boot_riscv64(shell 42 --script "${riscv64_sessions}/shell.txt")
boot_riscv64(editing 0 --script "${riscv64_sessions}/editing.txt")
boot_riscv64(flood 0 LINE "quiet" --only-program --script "${riscv64_sessions}/flood.txt")

# One program each, and the machine's exit code is the program's.
foreach(case cat2:1 arguments:1 files:0 pointers:0 panic:1 data:0 stack:0 fp:0 ticks:0 silent:3 shared:42)
    string(REPLACE ":" ";" pair "${case}")
    list(GET pair 0 name)
    list(GET pair 1 code)
    boot_riscv64(${name} ${code} LINE "-- run /bin/${name}" --program ${name})
endforeach()
boot_riscv64(dyn 0 LINE "-- run /bin/dyn")
boot_riscv64(low 126 LINE "-- run /bin/low")
boot_riscv64(quiet_cat2 0 LINE "quiet -- run /bin/cat2 /test/hello.txt" --only-program)
boot_riscv64(quiet_echo 0 LINE "quiet -- run /bin/echo \"two  words\" \\\"quoted\\\"" --only-program)
boot_riscv64(quiet_fault 141 LINE "quiet -- run /bin/fault_null" --only-program)
boot_riscv64(quiet_missing 127 LINE "quiet -- run /bin/missing" --only-program)
boot_riscv64(spin 124 LINE "ticks=3 -- run /bin/spin")
boot_riscv64(watchdog 127 LINE "watchdog=3 -- run /bin/spin")

# 128 + cause.
foreach(case illegal:130 ebreak:131 null:141 load:141 store:143 fetch:140 write_text:143 execute_data:140 kernel_page:141
             jump_kernel:140 machine:141 noncanonical:141 misaligned_lr:132 csr:130 sret:130 mret:130 sfence:130 wfi:130
             stack_overflow:143)
    string(REPLACE ":" ";" pair "${case}")
    list(GET pair 0 name)
    list(GET pair 1 code)
    boot_riscv64(fault_${name} ${code} LINE "-- run /bin/fault_${name}" --program fault_${name})
endforeach()
# Store/AMO address misaligned is 6 (Priv. 1.12, Table 4.2); QEMU 7.2 says 4.
boot_riscv64(fault_misaligned_amo "134|132" LINE "-- run /bin/fault_misaligned_amo"
    --same "cause (4 .load|6 .store/AMO) address misaligned=cause <6, QEMU 7.2: 4> (address misaligned"
    --same "code (134|132)=code <134, QEMU 7.2: 132>")

# One mistake each.
boot_riscv64(break_spp_s 127 LINE "break=spp-s -- run /bin/echo")
boot_riscv64(break_sscratch_zero 127 LINE "break=sscratch-zero -- run /bin/echo")
boot_riscv64(break_fs_off 130 LINE "break=fs-off -- run /bin/fp")
boot_riscv64(break_fs_off_unused 0 LINE "break=fs-off -- run /bin/echo nothing floats here")
boot_riscv64(break_tsr 127 LINE "break=tsr -- run /bin/echo")
boot_riscv64(break_sum_off 127 LINE "break=sum-off -- run /bin/echo")
boot_riscv64(break_unchecked 127 LINE "break=unchecked -- run /bin/pointers")
boot_riscv64(break_sepc_not_advanced 124 LINE "break=sepc-not-advanced ticks=3 -- run /bin/silent")
boot_riscv64(break_medeleg_zero 127 LINE "break=medeleg-zero -- run /bin/echo")
boot_riscv64(break_mideleg_zero 127 LINE "break=mideleg-zero ticks=1 watchdog=3 -- run /bin/spin")
boot_riscv64(break_stvec_misaligned 127 LINE "break=stvec-misaligned -- run /bin/echo")
boot_riscv64(break_stvec_vectored 127 LINE "break=stvec-vectored -- run /bin/spin")
boot_riscv64(break_stvec_vectored_echo 0 LINE "break=stvec-vectored -- run /bin/echo exceptions go to BASE all the same")
boot_riscv64(break_sscratch_not_swapped 127 LINE "break=sscratch-not-swapped -- run /bin/echo")
boot_riscv64(break_fp_not_saved 1 LINE "break=fp-not-saved -- run /bin/fp")
boot_riscv64(break_no_stce 127 LINE "break=no-stce -- run /bin/echo")
boot_riscv64(break_tw 127 LINE "break=tw")
boot_riscv64(break_no_user_bit 140 LINE "break=no-user-bit -- run /bin/echo")
boot_riscv64(break_no_x 140 LINE "break=no-x -- run /bin/echo")
boot_riscv64(break_w_without_r 143 LINE "break=w-without-r -- run /bin/echo")
boot_riscv64(break_reserved_bit 140 LINE "break=reserved-bit -- run /bin/echo")
boot_riscv64(break_misaligned_superpage 140 LINE "break=misaligned-superpage -- run /bin/echo")
# The embedded machine uses the new entry at once and says that hardware need not (tests/cli/riscv64_test.cpp).
boot_riscv64(break_no_sfence 0 LINE "break=no-sfence" QEMU_ONLY --script "${riscv64_sessions}/twice.txt")
boot_riscv64(break_tvm 127 LINE "break=tvm")
boot_riscv64(break_no_pmp 127 LINE "break=no-pmp")
boot_riscv64(break_read_machine 127 LINE "break=read-machine")
boot_riscv64(refuse_word 127 LINE "brake=tvm")
boot_riscv64(refuse_variant 127 LINE "break=everything")

# Files that must be refused. Offsets: 4 class, 18 machine, 24 entry, 32 phoff, 54 phentsize, 56 phnum; the first program
# header begins at 64: type 64, flags 68, offset 72, vaddr 80, filesz 96, memsz 104.
function(refuse_riscv64 case)
    set(edits "")
    foreach(edit IN LISTS ARGN)
        list(APPEND edits --damage "echo ${edit}")
    endforeach()
    boot_riscv64(refuse_${case} 126 LINE "-- run /bin/damaged" ${edits})
endfunction()
refuse_riscv64(empty "cut 0")
refuse_riscv64(short "cut 63")
refuse_riscv64(cut "cut 4096")
refuse_riscv64(magic "0 7e")
refuse_riscv64(class "4 01")
refuse_riscv64(machine "18 3e")
refuse_riscv64(relocatable "16 01")
refuse_riscv64(entry "24 00000000")
refuse_riscv64(phoff "39 ff")
refuse_riscv64(phentsize "54 20")
refuse_riscv64(no_headers "56 0000")
refuse_riscv64(many_headers "56 ffff")
refuse_riscv64(interpreter "64 03")
refuse_riscv64(nothing_to_load "64 00000000" "120 00000000")
refuse_riscv64(no_permissions "68 00")
refuse_riscv64(offset "79 ff")
refuse_riscv64(address "87 ff")
refuse_riscv64(outside "143 7f")
refuse_riscv64(filesz "103 7f")
refuse_riscv64(memsz "111 7f")
refuse_riscv64(wraps "104 0000c07fffffffff")
refuse_riscv64(overlap "104 ff1f000000000000")
refuse_riscv64(no_stack "160 00f0010000000000")

# A program made from the template, built, and put into an archive.
add_test(NAME kernels.riscv64.new_program
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/new_program.sh" "${CMAKE_CURRENT_SOURCE_DIR}/../../kernels" "${riscv64}" "${riscv64_goldens}")
set_tests_properties(kernels.riscv64.new_program PROPERTIES LABELS qemu TIMEOUT 300)

# Archives: none, and such as nobody expects.
boot_riscv64(initrd_none 0 LINE "-- fs ls" --archive none)
boot_riscv64(initrd_empty 0 LINE "-- fs ls" --archive zeros)
boot_riscv64(initrd_text 127 LINE "-- fs ls" --archive text)
boot_riscv64(initrd_cut 127 LINE "-- fs ls" --archive cut)
boot_riscv64(initrd_climbs 127 LINE "-- fs ls" --archive climbs)
boot_riscv64(initrd_kinds 0 --archive kinds --script "${riscv64_sessions}/kinds.txt")

# A cat2 that another compiler built (foreign/cat2.rs), added to the archive: no rebuild of anything.
boot_riscv64(foreign_cat2 0 LINE "-- run /home/cat2 /test/hello.txt" --add "${foreign}/cat2_rust.elf=home/cat2")
boot_riscv64(foreign_cat2_usage 1 LINE "quiet -- run /home/cat2" --only-program
    --add "${foreign}/cat2_rust.elf=home/cat2")
