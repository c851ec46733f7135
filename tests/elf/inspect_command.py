"""The command `ringscope inspect` as a user types it: exit status, edits that run, code, LIEF's part.

    inspect_command.py RINGSCOPE FIXTURES SCRATCH
"""

import json
import pathlib
import subprocess
import sys


def run(*words):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True)


def expect(holds, what, done):
    if not holds:
        sys.exit(f"{what}\nstatus {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr}")


def main():
    ringscope, fixtures, scratch = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    inspect = [ringscope, "inspect"]
    pie = fixtures / "pie.elf"

    done = run(*inspect, pie)
    expect(done.returncode == 0 and "Section headers: " in done.stdout and "Issues: 0" in done.stdout, "text", done)
    done = run(*inspect, "no such file")
    expect(done.returncode == 2 and done.stderr.count("\n") == 1 and not done.stdout, "no file: one sentence, 2", done)
    done = run(*inspect, __file__)
    expect(done.returncode == 1 and "not an ELF file" in done.stderr, "not an ELF file: one sentence, 1", done)
    done = run(*inspect, __file__, "--json")
    facts = json.loads(done.stdout)
    expect(done.returncode == 1 and facts["issues"][0]["rule"] and facts["segments"] == [], "the same as JSON", done)

    for name, words in (("lld.elf", ("<add>:", "ret", "; program.c:")), ("riscv.elf", ("<_start>:", "auipc", "c.jr")),
                        ("object.o", ("<main>:", "call", "; program.c:"))):
        done = run(*inspect, fixtures / name, "--disassemble")
        expect(done.returncode == 0 and all(word in done.stdout for word in words), f"code of {name}", done)
    done = run(*inspect, fixtures / "lld.elf", "--disassemble", "--json")
    lines = [line for part in json.loads(done.stdout)["disassembly"] for line in part["lines"]]
    expect(any(line.get("target_symbol") == "add" for line in lines), "a call names its target", done)

    done = run(*inspect, pie, "--deep", "--json")
    deep = json.loads(done.stdout)["deep"]
    expect(any(symbol["name"] == "main" for symbol in deep["symbols"]), "LIEF's symbols", done)
    done = run(*inspect, pie, "--deep")
    expect("dynamic (by LIEF)" in done.stdout, "LIEF's part as text", done)

    # Executable data: the edited program runs as before, and the load plan reports what it has become.
    edited = scratch / "edited.elf"
    data = next(s["index"] for s in json.loads(run(*inspect, pie, "--json").stdout)["segments"]
                if s["type"] == "0x1" and s["flags_name"] == "RW-")
    done = run(*inspect, pie, "--segment", data, "--flags", "RWX", "--save-as", edited)
    expect(done.returncode == 0 and "RW- -> RWX" in done.stdout, "an edit of flags", done)
    expect(run(edited).returncode == run(pie).returncode == 0, "the edited program runs", done)
    done = run(*inspect, edited)
    expect("is RWX" in done.stdout and "Issues: 0" in done.stdout, "W and X together are reported", done)

    # Text that may not be executed: the edited program dies at its first instruction.
    text = next(s["index"] for s in json.loads(run(*inspect, pie, "--json").stdout)["segments"]
                if s["type"] == "0x1" and s["flags_name"] == "R-X")
    done = run(*inspect, pie, "--segment", text, "--flags", "R", "--save-as", edited)
    expect("issue: e_entry" in done.stdout, "an edit that breaks a rule says so", done)
    expect(run(edited).returncode == -11, "text without X does not run", done)

    for words in (["--set-entry", "0x1000"], ["--save-as", edited], ["--segment", "0", "--flags", "Q", "--save-as", edited],
                  ["--set-entry", "12z", "--save-as", edited], ["--segment", "99", "--flags", "R", "--save-as", edited]):
        done = run(*inspect, pie, *words)
        expect(done.returncode == 2 and done.stderr.count("\n") == 1, f"misuse {words}: one sentence, 2", done)


if __name__ == "__main__":
    main()
