// A build without the window.
#include <ostream>

#include "app.hpp"
#include "first_lesson.hpp"

namespace ring::cli {
int app_command(std::ostream& out, std::ostream& err) {
    err << "ringscope: this build has no window, so the first lesson plays here.\n";
    return play_first_lesson(out, err);
}
}  // namespace ring::cli
