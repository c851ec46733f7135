#include "user_stack.hpp"

#include "command_line.hpp"
#include "console.hpp"
#include "cpu.hpp"
#include "layout.hpp"
#include "paging.hpp"
#include "stop.hpp"
#include "user_space.hpp"

namespace {

constexpr u64 argument_limit = 32;

// One page, written from its end downwards through the direct map; `at` is the program's address of the last thing
// written.
struct Writer {
    u8* bytes;
    u64 top, at;

    u8* reserve(u64 size) {
        at -= size;
        return bytes + (at - (top - page_bytes));
    }
    u64 text(const char* from, u64 length) {
        u8* to = reserve(length + 1);
        memcpy(to, from, length);
        to[length] = 0;
        return at;
    }
    void word(u64 value) { memcpy(reserve(8), &value, 8); }
};

// The auxiliary vector: facts that only the kernel knows, as pairs. A C library finds its thread-local template through
// the program headers and seeds its stack protector from AT_RANDOM.
struct Auxiliary {
    u64 type, value;
};
enum : u64 {
    AT_NULL = 0,
    AT_PHDR = 3,
    AT_PHENT = 4,
    AT_PHNUM = 5,
    AT_PAGESZ = 6,
    AT_ENTRY = 9,
    AT_UID = 11,
    AT_EUID = 12,
    AT_GID = 13,
    AT_EGID = 14,
    AT_CLKTCK = 17,
    AT_SECURE = 23,
    AT_RANDOM = 25,
    AT_EXECFN = 31
};

}  // namespace

extern "C" u64 build_user_stack(const Program& program) {
    // break=rsp-edge: the stack ends at the very edge of the lower half and rsp is its end, 0x800000000000. Nothing is
    // wrong with that as long as the next access is a push, which goes below. A pop is a read at an address that is not
    // canonical: #SS, or #GP where the processor does not tell them apart.
    const u64 top = variant == Variant::rsp_edge ? noncanonical_start : user_top;
    u8* page = map_user_page(top - page_bytes, pte::W | pte::NX);
    if (page == nullptr) panic("user stack: no memory");
    Writer stack{page, top, top};

    Word words[argument_limit];
    u64 addresses[argument_limit];
    const u64 count = program_arguments(words, argument_limit);
    for (u64 i = 0; i < count; i++) addresses[i] = stack.text(words[i].start, words[i].length);

    // "Random" bytes that are the same in every run: a machine that can be replayed must not have luck in it.
    const u64 random[2] = {0x0123456789abcdef, 0xfedcba9876543210};
    memcpy(stack.reserve(sizeof random), random, sizeof random);
    const u64 random_address = stack.at;

    const Auxiliary auxiliary[] = {
        {AT_PHDR, program.headers},
        {AT_PHENT, sizeof(elf64::ProgramHeader)},
        {AT_PHNUM, program.header_count},
        {AT_PAGESZ, page_bytes},
        {AT_ENTRY, program.entry},
        {AT_UID, 0},
        {AT_EUID, 0},
        {AT_GID, 0},
        {AT_EGID, 0},
        {AT_CLKTCK, 100},
        {AT_SECURE, 0},
        {AT_RANDOM, random_address},
        {AT_EXECFN, addresses[0]},
        {AT_NULL, 0},
    };
    // rsp must be a multiple of 16 at the entry, or the first movaps on the stack faults. So the gap goes above.
    const u64 table_bytes = 8 + (count + 1) * 8 + 8 + sizeof auxiliary;
    stack.at = ((stack.at - table_bytes) & ~u64{15}) + table_bytes;

    memcpy(stack.reserve(sizeof auxiliary), auxiliary, sizeof auxiliary);
    stack.word(0);  // the environment is empty
    stack.word(0);
    for (u64 i = count; i > 0; i--) stack.word(addresses[i - 1]);
    stack.word(count);

    const u64 rsp = variant == Variant::rsp_edge ? top : stack.at;
    print("stack: top ", hex(top), ", rsp ", hex(rsp), ", argc ", dec(count), "\n");
    return rsp;
}
