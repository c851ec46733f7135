# Programs that use something up for as long as they run. r15 counts down.
    .intel_syntax noprefix
    .globl start, aliases, touches, tables, prints, sled, done
start:
aliases:                            # the same code at ever new addresses: rbx apart
    lea rdi, [rip + here]
here:
    dec r15
    jz stop
    add rdi, rbx
    jmp rdi
stop:
    jmp done

touches:                            # ever new pages
    mov rax, [rdi]
    add rdi, rbx
    dec r15
    jnz touches
    jmp done

tables:                             # an entry that was used is taken away and given back, and neither used nor invalidated
    mov rax, [rsi]
    xor edx, edx
again:
    mov [rsi], rdx
    mov [rsi], rax
    dec r15
    jnz again
    jmp done

prints:
    mov al, 'x'
1:  out 0xe9, al
    dec r15
    jnz 1b
    jmp done

sled:                               # rdi: where as many one-byte instructions lie, behind them jmp rsi
    lea rsi, [rip + done]
    jmp rdi
done:
    jmp done
