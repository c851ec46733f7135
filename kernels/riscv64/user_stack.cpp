#include "user_stack.hpp"

#include "cpu.hpp"
#include "layout.hpp"
#include "paging.hpp"
#include "process.hpp"
#include "user_space.hpp"
#include "words.hpp"

extern "C" [[gnu::noinline]] u64 build_user_stack(char* const* words, u64 count, u64& argv) {
    u64 text_bytes = 0;
    for (u64 i = 0; i < count; i++) text_bytes += length(words[i]) + 1;
    const u64 words_bytes = (1 + count + 1) * 8;  // argc, argv, null
    if (text_bytes + words_bytes + 16 > page_bytes) return 0;
    u8* page = map_user_page(user_top - page_bytes, pte::R | pte::W);
    if (page == nullptr) return 0;

    // The program's addresses; the bytes are written where the kernel sees the same page.
    u64 text = user_top - text_bytes;
    const u64 sp = (text - words_bytes) & ~u64{15};
    u64* word = reinterpret_cast<u64*>(page + (sp - (user_top - page_bytes)));
    *word++ = count;
    for (u64 i = 0; i < count; i++) {
        const u64 size = length(words[i]) + 1;
        memcpy(page + (text - (user_top - page_bytes)), words[i], size);
        *word++ = text;
        text += size;
    }
    *word = 0;
    argv = sp + 8;
    return sp;
}
