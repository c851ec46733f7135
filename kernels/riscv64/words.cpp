#include "words.hpp"

bool equal(const char* a, const char* b) {
    while (*a == *b && *a != '\0') a++, b++;
    return *a == *b;
}

u64 length(const char* text) {
    u64 count = 0;
    while (text[count] != '\0') count++;
    return count;
}

const char* after(const char* text, const char* key) {
    while (*key != '\0') {
        if (*text++ != *key++) return nullptr;
    }
    return text;
}

bool number(const char* text, u64& value) {
    value = 0;
    u64 digits = 0;
    for (; *text >= '0' && *text <= '9' && digits < 10; text++, digits++)
        value = value * 10 + static_cast<u64>(*text - '0');
    return *text == '\0' && digits > 0 && digits < 10;
}

char* next_word(char*& line) {
    while (*line == ' ') line++;
    if (*line == '\0') return nullptr;
    char *const word = line, *to = line;  // without its quotes a word is never longer, so it is written over itself
    bool quoted = false;
    for (; *line != '\0' && (quoted || *line != ' '); line++) {
        if (*line == '\\' && (line[1] == '"' || line[1] == '\\')) {
            *to++ = *++line;
        } else if (*line == '"') {
            quoted = !quoted;
        } else {
            *to++ = *line;
        }
    }
    if (*line != '\0') line++;
    *to = '\0';
    return word;
}

u64 split_words(char* line, char** words, u64 capacity, bool& fits) {
    u64 count = 0;
    fits = true;
    while (char* word = next_word(line)) {
        if (count == capacity) {
            fits = false;
            break;
        }
        words[count++] = word;
    }
    return count;
}
