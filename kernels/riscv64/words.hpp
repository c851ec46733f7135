// A line of text as words: separated by blanks; "a b" is one word; \" and \\ stand for themselves inside and outside of
// quotes. For the shell and for the kernel's command line.
#pragma once
#include "types.hpp"

bool equal(const char* a, const char* b);
u64 length(const char* text);

// If `text` begins with `key`, what comes after it, else null.
const char* after(const char* text, const char* key);

// A decimal number of one to nine digits, false when `text` is something else.
bool number(const char* text, u64& value);

// Takes the next word off `line`, which it changes: the word gets a zero at its end. Null when none is left.
char* next_word(char*& line);

// All of them, at most `capacity`; `fits` says whether that was all.
u64 split_words(char* line, char** words, u64 capacity, bool& fits);
