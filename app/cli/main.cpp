// The words of the command line, each handed to its own file.
#include <CLI/CLI.hpp>
#include <iostream>

#include "inspect.hpp"

int main(int argc, char** argv) {
    CLI::App app("Ringscope: an oscilloscope for privilege transitions", "ringscope");
    app.require_subcommand(1);
    int status = 0;

    ring::cli::InspectOptions inspect;
    CLI::App* const inspect_words = app.add_subcommand("inspect", "the ELF view: headers, mapping, load plan, issues");
    inspect_words->add_option("FILE", inspect.file, "an ELF file")->required();
    inspect_words->add_flag("--json", inspect.json, "one JSON object");
    inspect_words->add_flag("--disassemble", inspect.disassemble, "the code too, with symbols and source lines");
    inspect_words->callback([&] { status = ring::cli::inspect_command(inspect, std::cout, std::cerr); });

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& failure) {
        return app.exit(failure) == 0 ? 0 : 2;
    }
    return status;
}
