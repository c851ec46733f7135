# Stores beside the code that makes them: each one makes the engine forget what it translated of this page, and the
# engine translates to the end of a long block each time.
    .globl start, done
start:
    la s3, word
    li s4, 70
again:
    .rept 60
    sd s4, 0(s3)
    ld a0, 0(s3)
    .endr
    addi s4, s4, -1
    bnez s4, again
    j done
done:
    j done
    .balign 8
word:
    .8byte 0
