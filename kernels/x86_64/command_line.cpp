#include "command_line.hpp"

#include "start_info.hpp"
#include "stop.hpp"

Variant variant;
bool enter_by_iretq;
bool write_protect_off;
u64 tick_limit;

namespace {

// Takes the next word off `text`; length 0 when there is none left.
Word next_word(const char*& text) {
    while (*text == ' ') text++;
    Word word{text, 0};
    while (*text != '\0' && *text != ' ') {
        text++;
        word.length++;
    }
    return word;
}

bool equal(Word word, const char* text) {
    for (u64 i = 0; i < word.length; i++) {
        if (word.start[i] != text[i]) return false;  // a shorter text ends here, by its zero
    }
    return text[word.length] == '\0';
}

// If `word` begins with `key`, removes it and says so.
bool take(Word& word, const char* key) {
    u64 length = 0;
    for (; key[length] != '\0'; length++) {
        if (length == word.length || word.start[length] != key[length]) return false;
    }
    word = {word.start + length, word.length - length};
    return true;
}

constexpr struct {
    const char* name;
    Variant variant;
} variants[] = {
    {"sce-off", Variant::sce_off},
    {"star-zero", Variant::star_zero},
    {"gdt-order", Variant::gdt_order},
    {"no-user-upper", Variant::no_user_upper},
    {"no-write-upper", Variant::no_write_upper},
    {"nx-code", Variant::nx_code},
    {"reserved-bit", Variant::reserved_bit},
    {"no-nxe", Variant::no_nxe},
    {"unchecked", Variant::unchecked},
    {"no-invlpg", Variant::no_invlpg},
    {"rcx-noncanonical", Variant::rcx_noncanonical},
    {"rsp-edge", Variant::rsp_edge},
    {"sysretl", Variant::sysretl},
    {"rsp0-zero", Variant::rsp0_zero},
    {"triple-fault", Variant::triple_fault},
    {"gate-absent", Variant::gate_absent},
    {"gate-closed", Variant::gate_closed},
    {"idt-limit", Variant::idt_limit},
    {"iretq-null-ss", Variant::iretq_null_ss},
    {"iretq-cs-rpl", Variant::iretq_cs_rpl},
    {"if-clear", Variant::if_clear},
    {"nested-task", Variant::nested_task},
};

void choose_variant(Word name) {
    for (const auto& candidate : variants) {
        if (equal(name, candidate.name)) {
            variant = candidate.variant;
            return;
        }
    }
    panic("command line: unknown word after break=");
}

u64 number(Word digits) {
    u64 value = 0;
    if (digits.length == 0 || digits.length > 9) panic("command line: ticks= wants a number of up to nine digits");
    for (u64 i = 0; i < digits.length; i++) {
        if (digits.start[i] < '0' || digits.start[i] > '9') panic("command line: ticks= wants a number");
        value = value * 10 + static_cast<u64>(digits.start[i] - '0');
    }
    return value;
}

}  // namespace

extern "C" void read_command_line() {
    const char* text = boot.command_line;
    for (Word word = next_word(text); word.length != 0; word = next_word(text)) {
        if (equal(word, "--")) return;
        if (equal(word, "enter=iretq")) {
            enter_by_iretq = true;
        } else if (equal(word, "enter=sysretq")) {
            enter_by_iretq = false;
        } else if (equal(word, "wp=off")) {
            write_protect_off = true;
        } else if (take(word, "break=")) {
            choose_variant(word);
        } else if (take(word, "ticks=")) {
            tick_limit = number(word);
        } else {
            panic("command line: unknown word (known: enter=, wp=, break=, ticks=, --)");
        }
    }
}

u64 program_arguments(Word* words, u64 capacity) {
    u64 count = 0;
    const char* text = boot.module_command_line;
    for (Word word = next_word(text); word.length != 0 && count < capacity; word = next_word(text))
        words[count++] = word;
    if (count == 0) words[count++] = {"user", 4};

    text = boot.command_line;
    Word word = next_word(text);
    while (word.length != 0 && !equal(word, "--")) word = next_word(text);
    for (word = next_word(text); word.length != 0 && count < capacity; word = next_word(text)) words[count++] = word;
    return count;
}
