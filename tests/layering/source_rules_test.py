"""Each source rule refuses what it is for, and lets the neighbouring right line pass."""

import pathlib
import sys
import tempfile

import source_rules

UP = ".." + "/"
CASES = [  # path, line, a word of the sentence that must come; None where the line is right
    ("core/base/src/a.cpp", f'#include "{UP}b.hpp"', ".."),
    ("core/base/src/a.cpp", f'#include "base/{UP}arch/b.hpp"', ".."),
    ("core/base/src/a.cpp", '#include "arch/include/arch/b.hpp"', "round"),
    ("core/base/src/a.cpp", '#include "core/arch/include/arch/b.hpp"', "round"),
    ("core/base/src/a.cpp", '#include "base/b.hpp"', None),
    ("core/timeline/src/a.cpp", "#include <unicorn/unicorn.h>", "Unicorn"),
    ("core/machine/include/machine/a.hpp", "#include <unicorn/x86.h>", None),
    ("core/view/src/a.cpp", "#include <imgui.h>", "ImGui"),
    ("core/view/src/a.cpp", "#include <imgui/imgui.h>", "ImGui"),
    ("app/cli/a.cpp", "# include <GLFW/glfw3.h>", "GLFW"),
    ("app/gui/panels/a.cpp", "#include <imgui.h>", None),
    ("app/gui/a.cpp", "#include <backends/imgui_impl_glfw.h>", None),
    ("core/elf/src/a.cpp", "#include <LIEF/ELF.hpp>", "LIEF"),
    ("app/lief_worker/a.cpp", "#include <LIEF/ELF.hpp>", None),
    ("core/session/src/a.cpp", "#include <yaml-cpp/yaml.h>", "YAML"),
    ("core/lesson/src/a.cpp", "#include <yaml-cpp/yaml.h>", None),
    ("README.md", "see /roo" + "t/notes", "machine"),
    ("cmake/a.cmake", 'set(x "/wor' + 'k/main")', "machine"),
    ("tests/a.py", "open('/tmp/r" + "s/x')", "machine"),
    ("README.md", "the root/ folder, net/wor" + "k/, https://example.org/wor" + "k/", None),
]


def main():
    complaints = []
    for path, line, word in CASES:
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("first\n" + line + "\n")
            said = list(source_rules.breaches(pathlib.Path(folder)))
            right = said == [] if word is None else len(said) == 1 and said[0].startswith(f"{path}:2: ") and word in said[0]
            if not right:
                complaints.append(f"{path}: {line}\n    expected {word!r}, got {said}")
    print("\n".join(complaints) if complaints else f"{len(CASES)} lines judged rightly")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
