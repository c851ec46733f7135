// The words of the command line, each handed to its own file.
#include <iostream>

#include "app.hpp"
#include "manual.hpp"
#include "options.hpp"

namespace {
using namespace ring::cli;
int carry_out(const AppOptions& options) { return app_command(options, std::cout, std::cerr); }
int carry_out(const LessonsOptions& options) { return lessons_command(options, std::cout, std::cerr); }
int carry_out(const WalkOptions& options) { return walk_command(options, std::cout, std::cerr); }
int carry_out(const RunOptions& options) { return run_command(options, std::cout, std::cerr); }
int carry_out(const DebugOptions& options) { return debug_command(options, std::cout, std::cerr); }
int carry_out(const WhyOptions& options) { return why_command(options, std::cout, std::cerr); }
int carry_out(const ShowOptions& options) {
    if (options.topic != "manual") return show_command(options, std::cout, std::cerr);
    std::cout << manual();
    return 0;
}
int carry_out(const InspectOptions& options) { return inspect_command(options, std::cout, std::cerr); }
}  // namespace

int main(int argc, char** argv) {
    std::ios::sync_with_stdio(false);
    const Parsed parsed = parse(argc, argv);
    if (parsed.status) return *parsed.status;
    const int status = std::visit([](const auto& options) { return carry_out(options); }, parsed.options);
    std::cout.flush();
    return status;
}
