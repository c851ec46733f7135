#include "process.hpp"

#include "command_line.hpp"
#include "console.hpp"
#include "cpu.hpp"
#include "elf_load.hpp"
#include "enter_user.hpp"
#include "stop.hpp"
#include "timer.hpp"
#include "user_space.hpp"
#include "user_stack.hpp"

Process process;

extern "C" i64 run_program(char* const* words, u64 count) {
    process = {words[0], 0, false, 0, {}};
    Program program;
    i64 code = load_program(words[0], program);
    if (code == 0) {
        u64 argv = 0;
        const u64 sp = build_user_stack(words, count, argv);
        if (sp == 0) {
            print("run: ", static_cast<const char*>(words[0]), ": no memory for the arguments\n");
            code = code_refused;
        } else {
            break_window();
            timer_start();
            code = enter_user(count, argv, program.entry, sp);
            timer_stop();
        }
    }
    unmap_user_window();
    return code;
}
