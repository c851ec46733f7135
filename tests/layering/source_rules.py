"""What include paths cannot enforce, because system headers and relative paths go round them.

    source_rules.py REPOSITORY

Prints "file:line: sentence" for each breach and exits with 1 when there is one. source_rules_test.py shows that every
rule can fail.
"""

import os
import pathlib
import re
import subprocess
import sys

SOURCES = (".cpp", ".hpp", ".h", ".cc", ".S")


class Only:
    """An include that has one home: the file's path must start with it."""

    def __init__(self, pattern, homes, sentence):
        self.pattern = re.compile(r'#\s*include\s*[<"]' + pattern)
        self.homes = homes
        self.sentence = sentence

    def breach(self, path, line):
        if not path.endswith(SOURCES) or not self.pattern.search(line):
            return None
        # A test may look at the library that its layer hides: tests/unit/machine, tests/differential.
        if path.startswith(("tests/", *self.homes)):
            return None
        return self.sentence


class Nowhere:
    """A text that no tracked file, or no source file, may hold."""

    def __init__(self, pattern, sentence, files=None):
        self.pattern = re.compile(pattern)
        self.sentence = sentence
        self.files = files

    def breach(self, path, line):
        if self.files and not path.endswith(self.files):
            return None
        return self.sentence if self.pattern.search(line) else None


RULES = [
    Nowhere(r'#\s*include\s*[<"](\.\./|[^">]*/\.\./)', "an include goes through ..: name the layer's header", SOURCES),
    Nowhere(r'#\s*include\s*[<"](core|app|[a-z]+/(include|src))/', "an include goes round the include paths", SOURCES),
    Only(r"unicorn/", ["core/machine/", "tests/bench/"], "Unicorn is met in core/machine, and in the benchmark that compares with it, only"),
    Only(r"(imgui|backends/imgui|misc/freetype/imgui|GLFW/)", ["app/gui/"], "Dear ImGui and GLFW are met in app/gui only"),
    Only(r"LIEF/", ["app/lief_worker/"], "LIEF is met in app/lief_worker only, in a process of its own"),
    Only(r"yaml-cpp/", ["core/lesson/"], "YAML is met in core/lesson only"),
    # The bracket keeps this line from being its own breach.
    Nowhere(r"(?<![\w.$}])/(?:wor[k]|roo[t]|tmp/r[s])/", "a path of one machine"),
]


def tracked_files(repository):
    """Paths relative to the repository: what git tracks or would track, or, without git, what is not in build/."""
    listing = subprocess.run(["git", "-C", repository, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                             capture_output=True) if (repository / ".git").exists() and has("git") else None
    if listing and listing.returncode == 0:
        return sorted(set(listing.stdout.decode().split("\0")) - {""})
    paths = []
    for folder, names, files in os.walk(repository):
        names[:] = [name for name in names if name not in (".git", ".cache", "build")]
        paths += [pathlib.Path(folder, file).relative_to(repository).as_posix() for file in files]
    return sorted(paths)


def has(command):
    return any(os.access(pathlib.Path(folder, command), os.X_OK) for folder in os.get_exec_path())


def breaches(repository):
    for path in tracked_files(repository):
        try:
            text = (repository / path).read_bytes()
        except OSError:      # deleted and not yet committed
            continue
        if b"\0" in text[:8192]:
            continue
        for number, line in enumerate(text.decode(errors="replace").splitlines(), 1):
            for rule in RULES:
                sentence = rule.breach(path, line)
                if sentence:
                    yield f"{path}:{number}: {sentence}"


def main():
    repository = pathlib.Path(sys.argv[1])
    found = list(breaches(repository))
    print("\n".join(found) if found else f"{len(tracked_files(repository))} files keep the rules")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
