// A lesson as data: what machine it plays on, and its steps in the words of the command table.
// The rule: nothing here says what is right; a prediction's choices and the checks are expressions, and the machine
// answers them.
// Not here: reading the files (load.hpp) and playing (player.hpp).
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/types.hpp"
#include "lesson/expression.hpp"

namespace ring::lesson {

// Where in the lesson's files something is written, for messages: "lesson.yaml:12".
struct Place {
    std::string file;
    unsigned line = 0;  // from 1
};
std::string to_text(const Place& place);

struct Command {
    std::string words;  // "continue", "show walk $rsp w ring 3"
    Place place;
};

struct Predicate {
    Expression expression;
    Place place;
};

struct Choice {
    std::string say;
    Predicate when;
};

// Asked before the step's commands run, judged after them. Either choices, of which exactly one must hold then, or a
// value that the student is to name.
struct Prediction {
    std::string question;
    std::vector<Choice> choices;
    std::optional<Predicate> value;
    Place place;
};

// Given after a wrong guess or a check that failed, if `when` holds then; without it, always.
struct Hint {
    std::optional<Predicate> when;
    std::string say;
};

struct Step {
    std::string title;
    std::string text;     // Markdown, before
    std::string explain;  // Markdown, after
    std::vector<Command> run;
    std::vector<Command> show;
    // For a window, while the step is current. Ids are the window's own; one that it does not know does nothing.
    std::vector<std::string> point;   // widgets to highlight: "gdt/0x28"
    std::vector<std::string> panels;  // panels that come forward, besides those that `show` names: "memory"
    std::optional<Prediction> predict;
    std::vector<Predicate> checks;
    std::vector<Hint> hints;
    Place place;
};

// What is loaded: one of the known teaching kernels or programs by its name, or a file of the lesson's folder.
struct Guest {
    std::string name;
    bool known = false;  // kernels/<arch>/kernel.elf, kernels/<arch>/user/<name>.elf
    Place place;
};

struct Machine {
    std::string arch = "x86-64";
    u64 ram_bytes = 64_MiB;
    bool amd = false;    // x86-64
    bool svade = false;  // riscv64
};

struct Setup {
    Guest kernel;
    std::vector<Guest> modules;
    std::string words;                   // the kernel's command line
    std::vector<std::string> arguments;  // of the first module
    bool shell = false;  // the modules are among the kernel's files, and its shell waits: none is run by itself
    Guest files;         // a folder below the lesson's, copied to the kernel's files; no name: none
};

struct Variant {
    std::string id;
    std::string title;
    std::string summary;
    Setup setup;
    std::vector<Step> steps;
};

struct Lesson {
    std::string id;
    std::string title;
    std::string summary;
    std::string introduction;  // Markdown before the first section of lesson.md
    std::string folder;        // where it was read from; empty when from memory
    Machine machine;
    Setup setup;
    std::vector<Step> steps;
    std::vector<Variant> variants;

    const Variant* variant(std::string_view wanted) const;
};
}  // namespace ring::lesson
