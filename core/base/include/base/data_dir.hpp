// Where the lessons, kernels and assets are: share/ringscope beside the folder that holds the running program.
// The rule: an installed tree and a build tree have the same shape, so no path of a machine is compiled in.
// Not here: what lies inside (the layers that read it know), and whether it is there (reading says so).
#pragma once
#include <filesystem>

namespace ring {
// The folder that holds lessons/, kernels/ and assets/. RINGSCOPE_DATA in the environment, when not empty, comes first;
// else <folder of the program>/../share/ringscope, with links to the program followed.
std::filesystem::path data_dir();
}  // namespace ring
