#include "random_program.hpp"

#include <iterator>

namespace ring {

// SDM Vol. 2A 2.2.1 "REX Prefixes"; register numbers as in Table 2-2.
void RandomProgram::rex() {
    switch (below(4)) {
        case 0:
            return emit(0x48);
        case 1:
            return emit(0x40 | below(16));
        default:
            return;
    }
}

u8 RandomProgram::reg() {
    constexpr u8 plain[] = {0, 0, 1, 2, 2, 5};
    return below(12) ? plain[below(std::size(plain))] : static_cast<u8>(below(2) ? 3 : 6 + below(2));
}

void RandomProgram::to_register(u8 field) { emit(0xc0 | field << 3 | reg()); }

void RandomProgram::to_memory(u8 field) {
    constexpr u8 bases[] = {3, 3, 6, 7, 3, 6, 7, 5};
    emit(0x40 | field << 3 | bases[below(std::size(bases))], below(3) ? below(24) : any());
}

void RandomProgram::arithmetic() {
    switch (below(8)) {
        case 0:
        case 1:  // add, or, adc, sbb, and, sub, xor, cmp
            rex();
            emit(below(8) << 3 | below(4));
            return operand(reg());
        case 2:
            rex();
            emit(0x83);
            operand(static_cast<u8>(below(8)));
            return emit(any());
        case 3:  // shifts and rotates
            rex();
            emit(0xc1);
            operand(static_cast<u8>(below(8)));
            return emit(below(70));
        case 4:  // not, neg, mul, imul, div, idiv
            rex();
            emit(0xf7);
            return operand(static_cast<u8>(2 + below(6)));
        case 5:  // imul, bsf, bsr, movzx, movsx, cmov, setcc, xadd, cmpxchg, bt
        {
            constexpr u8 second[] = {0xaf, 0xbc, 0xbd, 0xb6, 0xb7, 0xbe, 0x44, 0x4c, 0x92, 0xc1, 0xb1, 0xa3, 0xab};
            rex();
            emit(0x0f, second[below(std::size(second))]);
            return operand(reg());
        }
        case 6:
            rex();
            emit(0x8d);
            return to_memory(reg());
        default:
            emit(0xb8 | reg(), any(), below(2) ? any() : 0, 0, 0);
    }
}

void RandomProgram::memory() {
    constexpr u8 opcodes[] = {0x88, 0x89, 0x89, 0x8a, 0x8b, 0x8b, 0x87, 0x63};
    switch (below(6)) {
        case 0:
            return emit(0x50 | reg());
        case 1:
            return emit(0x58 | reg());
        case 2:
            if (below(4) == 0) emit(0xf0);  // lock: often illegal
            [[fallthrough]];
        case 3:
            if (below(6) == 0) emit(0x66);
            rex();
            emit(below(8) << 3 | below(2));
            return to_memory(reg());
        default:
            if (below(6) == 0) emit(0x66);
            rex();
            emit(opcodes[below(std::size(opcodes))]);
            return to_memory(reg());
    }
}

void RandomProgram::branch() {
    switch (below(6)) {
        case 0:
            return emit(0xe8, below(64), 0, 0, 0);  // call
        case 1:
            return emit(0xc3);
        case 2:
            return emit(0xe2, 0x100 - below(40));  // loop
        case 3:
            return emit(0x6a, any(), 0x58);  // push; pop rax
        default:
            return emit(0x70 | below(16), below(3) ? below(40) : 0x100 - below(40));
    }
}

void RandomProgram::string() {
    constexpr u8 opcodes[] = {0xa4, 0xa5, 0xa6, 0xa7, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf};
    if (below(2)) emit(0xb9, below(20), 0, 0, 0);  // mov ecx
    if (below(6) == 0) emit(0xfc | below(2));      // cld, std
    if (below(4)) emit(0xf2 | below(2));
    if (below(3) == 0) emit(0x48);
    emit(opcodes[below(std::size(opcodes))]);
}

void RandomProgram::sse() {
    constexpr u8 opcodes[] = {0x10, 0x11, 0x28, 0x29, 0x54, 0x57, 0xfe, 0xef, 0x6f, 0x7f, 0xd4, 0x62};
    switch (below(3)) {
        case 0:
            emit(0x66);
            break;
        case 1:
            emit(0xf3);
            break;
        default:
            break;
    }
    emit(0x0f, opcodes[below(std::size(opcodes))]);
    operand(static_cast<u8>(below(8)));
}

void RandomProgram::sensitive() {
    switch (below(20)) {
        case 0:
            return emit(0x9c, 0x58);  // pushf; pop rax
        case 1:
            return emit(0x50, 0x9d);  // push rax; popf
        case 2:
            return emit(0x0f, 0xa2);
        case 3:
            return emit(0xe4, any());
        case 4:
            return emit(0xee);
        case 5:
            return emit(0xf4);
        case 6:
            return emit(0xfa | below(2));
        case 7:
            return emit(0x0f, 0x31);
        case 8:
            return emit(0x0f, 0x05);
        case 9:
            return emit(0xcc);
        case 10:
            return emit(0xcd, 0x80);
        case 11:
            return emit(0x8c, 0xc0 | below(6) << 3);  // mov eax, sreg
        case 12:
            return emit(0x8e, 0xd8);  // mov ds, eax
        case 13:
            return emit(0x0f, 0x01, 0x43, below(64));  // sgdt [rbx + n]
        case 14:
            return emit(0x0f, 0x0b);
        case 15:
            return emit(0x48, 0xcf);
        case 16:
            return emit(0xf3, 0x90);
        case 17:
            return emit(0x0f, 0x22, 0xd8);  // mov cr3, rax
        default:
            for (u64 i = 1 + below(4); i-- > 0;) emit(any());
    }
}

void RandomProgram::pointer() {
    constexpr u64 places[] = {0x140000,       0x140ff8,       0x108400,    0x1fffff,
                              0x7ffffffffffd, 0x800000000000, 0x900000000, 0x40140ffc};
    emit(0x48, 0xb8 | (below(2) ? 3 : 6 + below(2)));  // mov rbx, rsi or rdi
    const u64 place = places[below(std::size(places))];
    for (int shift = 0; shift < 64; shift += 8) emit(place >> shift);
}

Bytes RandomProgram::page() {
    constexpr std::size_t size = 4096, tail = 5;
    code_.clear();
    while (code_.size() < size - 32) {
        const u64 choice = below(100);
        if (choice < 35)
            arithmetic();
        else if (choice < 60)
            memory();
        else if (choice < 78)
            branch();
        else if (choice < 86)
            string();
        else if (choice < 92)
            sse();
        else if (choice < 96)
            pointer();
        else
            sensitive();
    }
    code_.resize(size - tail, 0x90);
    emit(0xe9, 0x00, 0xf0, 0xff, 0xff);  // jmp to the page's start
    return code_;
}
}  // namespace ring
