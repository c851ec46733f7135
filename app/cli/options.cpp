#include "options.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <map>

#include "base/text.hpp"
#include "version.hpp"

namespace ring::cli {
namespace {
constexpr const char* examples = R"(
Examples:
  ringscope lessons                              what there is to learn
  ringscope walk x86-sysretq                     into ring 3, micro-step by micro-step
  ringscope walk x86-sysretq --variant sce-off   the same, with one mistake
  ringscope run hello.elf -- one two             a user program under the teaching kernel
  ringscope run cat2.elf --files . -- /README.md a RISC-V program, with a copy of this folder as its files
  ringscope run kernel.elf                       a kernel; what is typed goes to its console
  ringscope debug hello.elf -x 'break syscall_entry' -x continue -x 'show registers'
  ringscope inspect hello.elf                    headers, segments, pages, issues
  ringscope why kernel.elf                       the fault that nobody handled, explained

Exit status: 2 for misuse, 1 for a check that failed; of `run`: see `ringscope run --help`.
)";

constexpr const char* run_footer = R"(
The guest's console is standard input and output, terminal escapes made visible; input is typed when the guest waits for
it. A user program for RISC-V has the console for itself: the kernel says only what went wrong. Exit status: the guest's
own; 124 when --max is used up; 125 when it did not end by itself (not started, triple fault, halted for good, waiting
for input after the end of standard input, an instruction that is not modelled); 130 when it was interrupted.
)";

const std::map<std::string, session::As> as_words{{"kernel", session::As::Kernel}, {"user", session::As::User}};

// What is started: the same words for run, debug and why.
void add_machine(CLI::App& words, session::Spec& spec) {
    words.add_option("--as", spec.as, "kernel or user; else the file decides")
        ->transform(CLI::CheckedTransformer(as_words))
        ->type_name("kernel|user");
    words.add_option("--module", spec.modules, "a file for the kernel, as a boot module; may be repeated")
        ->type_name("FILE")
        ->allow_extra_args(false);
    words
        .add_option("--files", spec.files,
                    "a folder whose copy the kernel has among its files (RISC-V); never written back")
        ->type_name("DIR");
    words.add_flag("--shell", spec.shell, "the program is among the files, and the kernel's shell waits (RISC-V)");
    words.add_option("--append", spec.command_line, "the kernel's command line")->type_name("LINE");
    words
        .add_option_function<u64>(
            "--ram", [&spec](const u64& mib) { spec.ram_bytes = mib * 1_MiB; }, "memory in MiB (64)")
        ->check(CLI::Range(4, 1024))
        ->type_name("MIB");
    words.add_flag("--svade", spec.svade, "A and D bits are the kernel's to set: without them, a page fault (RISC-V)");
    words.add_flag("--amd", spec.amd, "show AMD's behaviour where it differs from Intel's");
}

void add_arguments(CLI::App& words, session::Spec& spec) {
    words.add_option("ARGS", spec.arguments, "words for the program, after --");
}

template <class Options>
CLI::App* add(CLI::App& app, const char* name, const char* help, Options& options, Parsed& out) {
    CLI::App* words = app.add_subcommand(name, help);
    words->callback([&options, &out] { out.options = options; });
    return words;
}
}  // namespace

int fail(std::ostream& err, const Error& failure, int status) {
    err << "ringscope: " << failure.sentence() << '\n';
    return status;
}

void warn(std::ostream& err, const session::Session& session) {
    for (const std::string& sentence : session.warnings())
        err << "ringscope: warning: " << text::printable(sentence) << '\n';
}

Parsed parse(int argc, char** argv) {
    CLI::App app("Ringscope, an oscilloscope for privilege transitions. Without a subcommand: the window.",
                 "ringscope");
    app.set_version_flag("--version", std::string("ringscope ") + version);
    app.footer(examples);
    app.require_subcommand(0, 1);
    Parsed out{AppOptions{}, std::nullopt};

    AppOptions open;
    CLI::App* words = add(app, "open", "the window on a lesson or a file", open, out);
    words->add_option("WHAT", open.start.what, "a lesson's id or an ELF file; else the page to start from");
    words->add_option("-x", open.start.commands, "a command, done first; may be repeated")
        ->type_name("COMMAND")
        ->allow_extra_args(false);
    words->add_option("--variant", open.start.variant, "a variant of the lesson")->type_name("ID");
    words->add_option("--screenshot", open.screenshot, "write a picture of the window and leave")->type_name("PNG");
    words->add_option("--theme", open.theme, "dark, light or colour-blind safe")
        ->check(CLI::IsMember({"dark", "light", "colour-blind safe"}));
    words->add_option("--layout", open.layout,
                      "where the panels are: 'H(30 lesson, 70 V(60 disassembly, 40 walk|gdt))'");
    words->add_option("--width", open.width, "of the window, in pixels at 100 %")->check(CLI::Range(320, 16384));
    words->add_option("--height", open.height, "of the window, in pixels at 100 %")->check(CLI::Range(240, 16384));
    words->add_option("--scale", open.scale, "of text and controls: 1.5")->check(CLI::Range(0.5, 4.0));
    add_machine(*words, open.start.spec);
    add_arguments(*words, open.start.spec);

    LessonsOptions lessons;
    add(app, "lessons", "list the lessons", lessons, out)->add_flag("--json", lessons.json, "one JSON object a line");

    WalkOptions walk;
    words = add(app, "walk", "play a lesson: text, prediction, the machine's answer, every micro-step", walk, out);
    words->add_option("LESSON", walk.lesson, "its id, or a folder with a lesson.yaml")->required();
    CLI::Option* variant = words->add_option("--variant", walk.variant, "one of its variants")->type_name("ID");
    words->add_flag("--all", walk.all, "the lesson and every variant")->excludes(variant);
    words->add_flag("--json", walk.json, "one JSON object a step");
    words->add_flag_callback(
        "--ask", [&] { walk.ask = true; }, "ask for predictions");
    words->add_flag_callback(
        "--no-ask", [&] { walk.ask = false; }, "do not ask");

    RunOptions run;
    words = add(app, "run", "run a program or kernel without a window", run, out);
    words->add_option("FILE", run.spec.file, "an ELF file")->required();
    words->add_option("--max", run.most, "at most so many steps")->type_name("N");
    add_machine(*words, run.spec);
    add_arguments(*words, run.spec);
    words->footer(run_footer);

    DebugOptions debug;
    words =
        add(app, "debug", "the debugger without a window: -x, a prompt, or commands from standard input", debug, out);
    words->add_option("WHAT", debug.what, "a lesson's id or an ELF file; else the first lesson");
    words->add_option("-x", debug.commands, "a command; may be repeated")
        ->type_name("COMMAND")
        ->allow_extra_args(false);
    words->add_option("--variant", debug.variant, "a variant of the lesson")->type_name("ID");
    words->add_flag("--json", debug.json, "one JSON object an answer");
    add_machine(*words, debug.spec);
    add_arguments(*words, debug.spec);

    InspectOptions inspect;
    words = add(app, "inspect", "the ELF view: headers, mapping, load plan, issues", inspect, out);
    words->add_option("FILE", inspect.file, "an ELF file")->required();
    words->add_flag("--json", inspect.json, "one JSON object");
    words->add_flag("--disassemble", inspect.disassemble, "the code too, with symbols and source lines");
    words->add_flag("--deep", inspect.deep, "symbols, relocations, dynamic entries and notes too, by LIEF");
    words->add_option("--set-entry", inspect.set_entry, "edit: the entry point")->type_name("ADDRESS");
    words->add_option("--segment", inspect.segment, "edit: which segment --flags and --vaddr are for")->type_name("N");
    words->add_option("--flags", inspect.flags, "edit: the segment's permissions, like RX")->type_name("RWX");
    words->add_option("--vaddr", inspect.vaddr, "edit: the segment's address")->type_name("ADDRESS");
    words->add_option("--save-as", inspect.save_as, "where the edited file goes")->type_name("FILE");

    WhyOptions why;
    words = add(app, "why", "run to the fault that nobody handled, and explain it", why, out);
    words->add_option("KERNEL", why.spec.file, "a kernel or a program")->required();
    words->add_option("--max", why.most, "at most so many steps")->type_name("N");
    words->add_flag("--json", why.json, "one JSON object");
    add_machine(*words, why.spec);
    add_arguments(*words, why.spec);

    ShowOptions show;
    words = add(app, "show", "show a topic that needs no machine: coverage; manual, the page for man", show, out);
    words->add_option("TOPIC", show.topic)->required()->check(CLI::IsMember({"coverage", "manual"}));
    words->add_option("--arch", show.arch, "of which machine: x86-64 or riscv64");
    words->add_flag("--json", show.json, "one JSON object");

    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& done) {
        out.status = app.exit(done);
    } catch (const CLI::ParseError& wrong) {
        out.status = fail(std::cerr, error("{}; --help tells more", text::printable(wrong.what())));
    }
    return out;
}
}  // namespace ring::cli
