"""An upward include does not compile; a downward one does.

    upward_includes.py COMPILER REPOSITORY TABLE

TABLE has a line for each layer, "<layer>|<include folder>|...", as CMake gives them to the sources of that layer. The
order below is the design's: for every pair of layers, each public header of the upper one is included from the lower
one, with the lower one's folders, and the compiler must not find it; the first header of each pair is compiled in
earnest, the others are asked for with __has_include, all in one run. Every header must be found from
the session, which stands above all, and Dear ImGui's from its own folder: otherwise a refusal would only say that the
name is misspelt.
"""

import pathlib
import subprocess
import sys

ORDER = ["base", "arch", "elf", "target", "machine", "gdb", "timeline", "lesson", "view", "session"]
GUI_HEADERS = ["imgui.h", "backends/imgui_impl_glfw.h"]


def preprocess(compiler, folders, source, *flags):
    paths = [flag for folder in folders for flag in ("-I", folder)]
    return subprocess.run([compiler, "-std=c++20", *flags, *paths, "-x", "c++", "-"],
                          input=source, text=True, capture_output=True)


def found(compiler, folders, headers):
    """Those of the headers that the compiler, given these folders, resolves."""
    questions = "".join(f'#if __has_include("{header}")\nfound {header}\n#endif\n' for header in headers)
    run = preprocess(compiler, folders, questions, "-E", "-P")
    if run.returncode != 0:
        sys.exit(f"the compiler failed for another reason:\n{run.stderr}")
    return {line.removeprefix("found ") for line in run.stdout.splitlines() if line.startswith("found ")}


def compile_error(compiler, folders, header):
    """What the compiler says to a file that includes the header and nothing else; "" when it compiles."""
    run = preprocess(compiler, folders, f'#include "{header}"\n', "-fsyntax-only")
    return "" if run.returncode == 0 else run.stderr


def main():
    compiler, repository, table = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    folders = {}
    for line in table.read_text().splitlines():
        layer, *rest = line.split("|")
        folders[layer] = [folder for folder in rest if folder]
    assert list(folders) == ORDER + ["gui"], "the table and the design name different layers"

    def headers(layer):
        include = repository / "core" / layer / "include"
        return sorted(path.relative_to(include).as_posix() for path in (include / layer).rglob("*.hpp"))

    complaints, refused = [], 0
    for height, lower in enumerate(ORDER):
        above = {**{layer: headers(layer) for layer in ORDER[height + 1:]}, "gui": GUI_HEADERS}
        seen = found(compiler, folders[lower], sum(above.values(), []))
        for upper, names in above.items():
            refused += len(names)
            complaints += [f"{lower} can include {name}, which belongs to {upper} above it" for name in names if name in seen]
            for name in names[:1]:
                if f"{name}: No such file" not in compile_error(compiler, folders[lower], name):
                    complaints.append(f"{lower} including {name} of {upper} compiles, or fails for another reason")
    for reader, names in [("session", sum(map(headers, ORDER), [])), ("gui", GUI_HEADERS)]:
        missing = set(names) - found(compiler, folders[reader], names)
        complaints += [f"{reader} does not find {name}" for name in sorted(missing)]
    for layer in ORDER:      # a downward include compiles, so the refusals above are not a compiler that refuses all
        error = compile_error(compiler, folders[layer], "base/types.hpp")
        if error:
            complaints.append(f"{layer} including base/types.hpp does not compile:\n{error}")

    print("\n".join(complaints) if complaints else f"{refused} upward includes refused")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
