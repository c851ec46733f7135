#include "font_data.hpp"

// The assembler puts the files' bytes into read-only data, with a symbol at each end.
#define EMBED(name, file)                                                                                      \
    __asm__(".section .rodata\n.balign 16\n.global ring_font_" #name "\nring_font_" #name ":\n.incbin \"" file \
            "\"\n.global ring_font_" #name "_end\nring_font_" #name                                            \
            "_end:\n"                                                                                          \
            ".byte 0\n.previous\n");                                                                           \
    extern "C" const unsigned char ring_font_##name[], ring_font_##name##_end[];

EMBED(text, FONT_TEXT)
EMBED(strong, FONT_STRONG)
EMBED(code, FONT_CODE)
EMBED(code_strong, FONT_CODE_STRONG)

namespace ring::gui::font_data {
ByteSpan text() { return {ring_font_text, ring_font_text_end}; }
ByteSpan strong() { return {ring_font_strong, ring_font_strong_end}; }
ByteSpan code() { return {ring_font_code, ring_font_code_end}; }
ByteSpan code_strong() { return {ring_font_code_strong, ring_font_code_strong_end}; }
}  // namespace ring::gui::font_data
