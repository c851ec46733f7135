# The tutorial's program: three instructions, byte for byte what its Rust loop became. It never ends and never asks the
# kernel for anything, so whatever happens to it is done by the timer.

.intel_syntax noprefix
.text
.global entry_point
entry_point:
    jmp 1f          # a compiler's leftover: it jumps to the next instruction
1:  pause           # "I am waiting in a loop"
    jmp 1b
