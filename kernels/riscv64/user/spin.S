# Never ends, never calls: only the timer gets the hart back.
.text
.global _start
_start:
.global spin
spin:
    nop
    nop
    j spin
