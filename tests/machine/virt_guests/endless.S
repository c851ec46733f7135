# The same code at ever new addresses, s4 apart. s5 counts down.
    .globl start, done
start:
    la t0, here
here:
    addi s5, s5, -1
    beqz s5, done
    add t0, t0, s4
    jr t0
done:
    j done
