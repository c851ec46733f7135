// TRY(instruction): one that may trap; the next one runs in any case. HANDLERS: note cause, epc and tval in a list
// (sscratch, mscratch: where the next entry goes; 32 bytes each), and go on at s10.
#define TRY(...)  \
    la s10, 9f;   \
    __VA_ARGS__;  \
    9:
#define NOTE(level, return)              \
    csrrw t6, level##scratch, t6;        \
    sd t5, 24(t6);                       \
    csrr t5, level##cause;               \
    sd t5, 0(t6);                        \
    csrr t5, level##epc;                 \
    sd t5, 8(t6);                        \
    csrr t5, level##tval;                \
    sd t5, 16(t6);                       \
    csrw level##epc, s10;                \
    ld t5, 24(t6);                       \
    addi t6, t6, 32;                     \
    csrrw t6, level##scratch, t6;        \
    return
#define HANDLERS                   \
    .globl handler, machine_handler; \
    .balign 4;                     \
    handler:                       \
    NOTE(s, sret);                 \
    .balign 4;                     \
    machine_handler:               \
    NOTE(m, mret)
