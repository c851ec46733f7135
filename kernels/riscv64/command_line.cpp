#include "command_line.hpp"

#include "boot_info.hpp"
#include "console.hpp"
#include "stop.hpp"
#include "words.hpp"

Variant variant;
u64 tick_limit;
u64 watchdog_ticks;
char* boot_command;

namespace {

constexpr struct {
    const char* name;
    Variant variant;
} variants[] = {
    {"spp-s", Variant::spp_s},
    {"sscratch-zero", Variant::sscratch_zero},
    {"fs-off", Variant::fs_off},
    {"tsr", Variant::tsr},
    {"sum-off", Variant::sum_off},
    {"unchecked", Variant::unchecked},
    {"sepc-not-advanced", Variant::sepc_not_advanced},
    {"medeleg-zero", Variant::medeleg_zero},
    {"mideleg-zero", Variant::mideleg_zero},
    {"stvec-misaligned", Variant::stvec_misaligned},
    {"stvec-vectored", Variant::stvec_vectored},
    {"sscratch-not-swapped", Variant::sscratch_not_swapped},
    {"fp-not-saved", Variant::fp_not_saved},
    {"no-stce", Variant::no_stce},
    {"tw", Variant::tw},
    {"no-user-bit", Variant::no_user_bit},
    {"no-x", Variant::no_x},
    {"w-without-r", Variant::w_without_r},
    {"reserved-bit", Variant::reserved_bit},
    {"misaligned-superpage", Variant::misaligned_superpage},
    {"no-sfence", Variant::no_sfence},
    {"tvm", Variant::tvm},
    {"no-pmp", Variant::no_pmp},
    {"read-machine", Variant::read_machine},
};

void choose_variant(const char* name) {
    for (const auto& candidate : variants) {
        if (equal(name, candidate.name)) {
            variant = candidate.variant;
            return;
        }
    }
    panic("command line: unknown word after break=");
}

}  // namespace

extern "C" void read_command_line() {
    // "--" is found first, because what comes after it is split by the shell, with quotes, and must not be changed
    // here.
    char* line = boot.command_line;
    for (char* at = line; *at != '\0'; at++) {
        if (at[0] == '-' && at[1] == '-' && (at == line || at[-1] == ' ') && (at[2] == ' ' || at[2] == '\0')) {
            boot_command = at + 2;
            *at = '\0';
            break;
        }
    }
    while (const char* word = next_word(line)) {
        if (equal(word, "quiet")) {
            quiet = true;
        } else if (const char* name = after(word, "break=")) {
            choose_variant(name);
        } else if (const char* ticks = after(word, "ticks=")) {
            if (!number(ticks, tick_limit)) panic("command line: ticks= wants a number of up to nine digits");
        } else if (const char* limit = after(word, "watchdog=")) {
            if (!number(limit, watchdog_ticks)) panic("command line: watchdog= wants a number of up to nine digits");
        } else {
            panic("command line: unknown word (known: quiet, break=, ticks=, watchdog=, --)");
        }
    }
}
