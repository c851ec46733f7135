#include "shell.hpp"

#include "console.hpp"
#include "fs.hpp"
#include "process.hpp"
#include "stop.hpp"
#include "uart.hpp"
#include "words.hpp"

namespace {

constexpr u64 line_bytes = 256;
constexpr i64 code_misuse = 2;

i64 help(char* const*, u64) {
    print(
        "help                    these lines\n"
        "echo WORDS...           the words\n"
        "clear                   an empty screen\n"
        "run PATH ARGUMENTS...   runs a program\n"
        "fs ls [PATH]            what is in a directory\n"
        "fs cat PATH             what is in a file\n"
        "fs write PATH WORDS...  makes a file of the words\n"
        "fs mkdir PATH           makes a directory\n"
        "fs rm PATH              removes a file or an empty directory\n"
        "fs cd [PATH]            changes the working directory\n"
        "shutdown [CODE]         ends the machine\n");
    return 0;
}

i64 echo(char* const* words, u64 count) {
    for (u64 i = 1; i < count; i++) print(i > 1 ? " " : "", static_cast<const char*>(words[i]));
    print("\n");
    return 0;
}

i64 clear(char* const*, u64) {
    print("\033[2J\033[H");  // erase the screen, cursor to the top left
    return 0;
}

i64 run(char* const* words, u64 count) {
    if (count < 2) {
        print("usage: run PATH ARGUMENTS...\n");
        return code_misuse;
    }
    const i64 code = run_program(words + 1, count - 1);
    if (!quiet) {
        fresh_line();
        print("exit code ", dec(code), "\n");
    }
    return code;
}

i64 end(char* const* words, u64 count) {
    u64 code = 0;
    if (count > 2 || (count == 2 && (!number(words[1], code) || code > 255))) {
        print("usage: shutdown [CODE], from 0 to 255\n");
        return code_misuse;
    }
    shutdown(static_cast<i64>(code));
}

struct Command {
    const char* name;
    i64 (*function)(char* const* words, u64 count);
};
constexpr Command commands[] = {
    {"help", &help}, {"echo", &echo}, {"clear", &clear}, {"run", &run}, {"fs", &shell_files}, {"shutdown", &end},
};

// Reads one line and shows it while it is typed. Backspace takes a character back, Ctrl-U and Ctrl-C the whole line.
// Other control characters and escape sequences (arrows) are left out.
void read_line(char (&line)[line_bytes]) {
    static bool after_return = false;  // a \n that follows a \r is the same end of line
    u64 length = 0;
    const auto take_back = [&length] {
        if (length == 0) return;
        length--;
        print("\b \b");
    };
    for (;;) {
        const char c = uart_get();
        const bool same_end = after_return && c == '\n';
        after_return = c == '\r';
        if (same_end) continue;
        if (c == '\r' || c == '\n') break;
        if (c == '\b' || c == 0x7f) {
            take_back();
        } else if (c == 0x15 || c == 0x03) {
            while (length > 0) take_back();
        } else if (c == 0x1b) {
            if (uart_get() == '[') {
                while (static_cast<u8>(uart_get()) < 0x40) {}  // ESC [ parameters letter
            }
        } else if (static_cast<u8>(c) >= ' ' && length + 1 < line_bytes) {
            line[length++] = c;
            put(c);
        }
    }
    line[length] = '\0';
    put('\n');
}

}  // namespace

extern "C" i64 shell_command(char* line) {
    char* words[argument_limit + 1];
    bool fits = true;
    const u64 count = split_words(line, words, argument_limit + 1, fits);
    if (!fits) {
        print("more than 33 words\n");
        return code_misuse;
    }
    if (count == 0) return 0;
    for (const Command& command : commands) {
        if (equal(words[0], command.name)) return command.function(words, count);
    }
    print(static_cast<const char*>(words[0]), ": no such command; help lists them\n");
    return code_not_found;
}

extern "C" [[noreturn]] void shell() {
    char line[line_bytes];
    for (;;) {
        fresh_line();
        print_path(working_directory);
        print("> ");
        read_line(line);
        shell_command(line);
    }
}
