// A line at a time: help, echo, clear, fs, run, shutdown. Every command answers a code; 0 is success.
#pragma once
#include "types.hpp"

// Asks for lines for ever; the word shutdown ends it, and everything.
extern "C" [[noreturn]] void shell();
// One line, which it changes.
extern "C" i64 shell_command(char* line);

// shell_files.cpp: the words of `fs`.
i64 shell_files(char* const* words, u64 count);
