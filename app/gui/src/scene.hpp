// One moment as everything that the window shows: values only, made on the machine's thread, never changed afterwards.
// Not here: drawing (panels/) and what the user has opened, typed or scrolled to (PanelState).
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lesson/load.hpp"
#include "lesson/markdown.hpp"
#include "lesson/player.hpp"
#include "session/session.hpp"
#include "view/breakpoints.hpp"
#include "view/calls.hpp"
#include "view/code.hpp"
#include "view/console.hpp"
#include "view/elf_ribbon.hpp"
#include "view/lenses.hpp"
#include "view/memory.hpp"
#include "view/micro.hpp"
#include "view/registers.hpp"
#include "view/source.hpp"
#include "view/stack.hpp"
#include "view/tables.hpp"
#include "view/timeline.hpp"
#include "view/walk.hpp"
#include "view/why.hpp"
#include "wishes.hpp"

namespace ring::gui {

using Markdown = std::vector<lesson::Block>;

// The lesson's step that waits to be played.
struct LessonAhead {
    std::vector<std::string> point, panels;  // widgets to be highlighted, panels to come forward
    std::string title;
    Markdown text;
    std::optional<lesson::Prediction> prediction;
};

// The step that was played last, and what came of it.
struct LessonBehind {
    std::string title;
    Markdown explain;
    lesson::Played played;
    std::vector<std::string> choices;  // of its prediction
    std::optional<std::size_t> guessed;
    std::string commands;  // that it ran, separated by "; "
};

struct LessonScene {
    std::string id, title;
    std::size_t index = 0, count = 0;  // of steps played, of steps
    std::optional<LessonAhead> ahead;  // absent: the lesson is over
    std::optional<LessonBehind> behind;
    std::map<std::string, std::shared_ptr<const lesson::Picture>, std::less<>> pictures;  // by their file
};

struct Answer {
    std::string command;
    std::string text;  // of one line or many; an error's sentence when `failed`
    bool failed = false;
};

// A lesson that could be opened.
struct LessonEntry {
    struct Variant {
        std::string id, title;
    };
    std::string id, title, summary;  // printable
    std::size_t steps = 0;
    std::vector<Variant> variants;
    std::string arch;  // "riscv64"
};

// What a prompt could go on with.
struct Completions {
    std::string line;
    std::vector<std::string> words;  // for the last word of the line
};

struct Scene {
    u64 number = 0;                    // grows with every scene
    bool start = false;                // nothing is open: the start page
    u64 opened = 0;                    // grows with every file or lesson that is opened
    std::string what;                  // that was opened: a file, or a lesson's id or folder
    std::vector<LessonEntry> lessons;  // that there are
    std::string notice;  // what happened by itself: "hello.elf was built anew: loaded anew; 2 breakpoints kept"
    Completions completions;
    std::string copied;     // the newest answer to CopyText
    u64 copied_number = 0;  // grows with each
    std::string name;       // of the program or lesson; printable
    std::string trouble;    // why there is no machine; empty when there is one
    bool loading = true;

    u64 step = 0;
    std::string stop;  // why it stands still
    bool final = false;
    bool can_go_back = false;

    view::Registers program, kernel;
    std::string registers_open;  // the folds of the registers panel that are open, by group: "control vector"
    view::System system;
    view::Code code;
    std::string code_trouble;  // why the place asked for is not shown
    view::Source source;
    std::string source_trouble;
    std::vector<int> source_selected;  // lines, ascending
    bool source_away = false;          // not the next instruction's, but a place that was asked for
    view::Calls calls;
    view::Breakpoints breakpoints;
    view::Timeline events;
    view::Tables tables;
    const arch::Arch* arch = nullptr;  // of the machine; null: there is none
    view::WalkView walk;
    std::string walk_of;       // in words: "the next instruction", "the latest fault"; the user's own words
    std::string walk_trouble;  // why there is no walk
    view::Micro micro;
    view::Why why;
    std::vector<std::string> why_walks;  // of each row, in the words of `show walk`; empty: none of a walk
    view::Console console;
    std::optional<LessonScene> lesson;

    view::Mappings mappings;
    view::Frames frames;
    view::Lenses lenses;
    u64 lenses_number = 0;  // of the scene that these three are of
    view::Memory memory, memory_before;
    std::string memory_words, memory_trouble;
    u64 memory_asked = 0, memory_found = 0;
    std::optional<u64> memory_searched;  // a search goes on, and has come so many bytes far
    std::string memory_search_trouble;   // why the last search found nothing
    u64 memory_jumps = 0;                // grows when another address comes into sight
    view::Stack stack, stack_before;
    std::shared_ptr<const elf::File> elf_file;  // null: there is none
    view::ElfRibbon elf_ribbon;
    std::string elf_role, elf_name;
    std::vector<std::string> elf_roles;

    std::vector<std::string> made;     // panels whose parts are of this moment; the others' are old
    Selection selection;               // what is selected in every panel
    std::vector<std::string> forward;  // panels that a lesson's step wants to be seen
    std::vector<Answer> answers;       // to commands typed, oldest first; bounded
    std::string error;                 // of the last command; empty when it was done
    std::vector<target::BreakpointId> breakpoint_ids;
    std::vector<VirtAddr> breakpoint_addresses;  // in the same order
};

// What a panel's part of the scene is made from.
struct Moment {
    const session::Session& session;
    const target::Snapshot& now;
    const view::Symbolizer& names;
    const Wishes& wishes;
};

// The present moment, and the parts of the panels that are open; the rest of the scene stays.
void look_at(Scene& scene, const session::Session& session, const Wishes& wishes);
}  // namespace ring::gui
