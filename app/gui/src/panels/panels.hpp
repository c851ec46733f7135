// The panels. Each is a function of the scene and of what the user has opened, typed or scrolled to; it draws, and says
// what it wants done. One file each: how it is drawn, what it is made from, and its twin as text.
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "intents.hpp"
#include "look.hpp"
#include "scene.hpp"

namespace ring::gui {

struct LessonState {
    std::optional<std::size_t> choice;     // picked, not yet played
    std::string typed;                     // the value predicted
    std::size_t read = 0;                  // steps whose outcome was read: the next one may be shown
    bool wants_next = false;               // the key of "next" was pressed
    std::size_t top_of = ~std::size_t{0};  // the text that was scrolled to its beginning
    bool wants_shown = false;              // and that of "show me"
};

// Where the player of micro-steps stands.
struct MicroState {
    std::map<u64, unsigned> places;  // step of the machine -> the micro-step that was shown last
    u64 step = ~u64{0};
    std::size_t count = 0;  // of its micro-steps: another run of the same step begins anew
    unsigned number = 0;    // of the micro-step shown
    float moved = 1;        // how far its bits have come, 0 to 1
    float rested = 0;       // how long it was shown since then, as a share of its time
    float speed = 1;        // 1: about 1.2 s a micro-step
    bool playing = false;
    bool inner = false;  // the page walks inside, too
    bool seek = false;   // the list scrolls to it
};

// What is looked at in one of the tables.
struct TableState {
    unsigned chosen = 0;    // index of the entry that is shown in full
    bool any = false;       // something was chosen
    std::string hot_field;  // under the pointer in the last frame: its bits and its name light up together
    std::string hot_entry;
};

// A field that asks a panel about another place.
struct PlaceState {
    std::string words;           // as typed
    std::optional<u64> away_at;  // the step at which it was asked
};

struct BreakpointsState {
    std::string words, sent_words;  // as typed
    std::optional<u64> sent;        // the scene that was there when they were sent
};

struct EventsState {
    unsigned hidden = 0;  // kinds of events, a bit each
    u64 seen = 0;         // the scene for which the panel has scrolled already
};

struct MemoryState {
    std::string words, pattern;  // as typed
    std::vector<std::string> history;
    u64 top = 0, cursor = 0, asked = 0;  // addresses: of the first row, of the byte, of the rows asked for last
    u64 jumps = 0;
    std::optional<unsigned> nibble;  // the first of two digits
    bool in_text = false;            // the cursor stands among the characters
    std::string said;                // what came of the last edit
};

struct ElfState {
    float zoom = 1;
    enum class From : unsigned char { None, Ribbon, Field, Bytes };
    struct Pointed {
        From from = From::None;
        elf::ByteRange bytes;
    };
    Pointed pointed, pointed_before;  // what the pointer is on, in this frame and in the last
    u64 bytes_at = 0;                 // offset of the first byte shown
    bool all_issues = false;
};

// How far the widgets that a lesson's step points at have come into sight.
struct PointedState {
    std::string step;    // the lesson and the number of its step
    unsigned tries = 0;  // frames in which the panel was scrolled for it
    bool done = false;
};

struct PanelState {
    MemoryState memory;
    ElfState elf;
    PlaceState code_place, source_place;
    std::optional<VirtAddr> code_row;  // the line of code that F9 is for
    BreakpointsState breakpoints;
    EventsState events;
    u64 source_seen = 0;
    std::shared_ptr<const view::SourceFile> source_file;  // the one that source_columns is of
    std::size_t source_columns = 0;                       // of the longest line
    MicroState micro;
    std::map<std::string, TableState, std::less<>> tables;  // by panel
    std::map<std::string, PointedState> pointed;            // by prefix of ids
    LessonState lesson;
    std::string walk_words;    // as typed
    std::string console_line;  // as typed
    u64 code_seen = 0;         // the scene for which the panel has scrolled already
    u64 registers_seen = 0;
    std::size_t console_seen = 0, answers_seen = 0;  // lines, answers
};

struct Panel {
    std::string_view id;
    std::string_view title;
    void (*draw)(const Scene&, PanelState&, Intents&, Look&);
    std::string (*hint)(const Scene&);  // at the right of the title; null: none
    // Makes the panel's part of the scene, on the machine's thread; null: it shows what every scene has.
    void (*look)(Scene&, const Moment&);
    // The line whose answer is this panel as text: what the command line prints, and what is copied.
    std::string (*twin)(const Scene&);
    std::string_view table = {};  // that a machine must have for this panel to be of use: "GDT"; empty: every machine
};
// A file that no machine here can run is looked at all the same; it stays as it is when it cannot be read.
void look_at_file(Scene& scene, const std::filesystem::path& path);
void select_in_file_alone(Scene& scene, const Selection& selection);
// Is the panel of use for the machine in the scene?
bool is_for(const Panel& panel, const Scene& scene);

// The lesson's step that the reader is at; null while the outcome of the one before is still read.
const LessonAhead* step_read(const Scene& scene, const PanelState& state);

// In the order of the menu. A panel is a value in a file of its own, and a line here and in panels.cpp.
extern const Panel lesson_panel, disassembly_panel, registers_panel, system_panel, gdt_panel, idt_panel, tss_panel,
    walk_panel, why_panel, micro_panel, console_panel, map_panel, elf_panel, memory_panel, stack_panel, answers_panel,
    source_panel, calls_panel, breakpoints_panel, events_panel, delegation_panel, pmp_panel, devices_panel;
std::span<const Panel* const> panels();
const Panel* find_panel(std::string_view id);
}  // namespace ring::gui
