"""Compares `ringscope inspect --json` with `readelf -hlSW`, fact by fact, for every file of a folder.

    compare_readelf.py RINGSCOPE FOLDER [--expect-difference]

Header, program headers, section headers, and which sections lie in which segment. With --expect-difference the answer
of Ringscope is changed in one place, and the comparison has to notice: that the test can fail is tested too.
"""

import json
import pathlib
import re
import subprocess
import sys

SECTION_FLAGS = {"W": 1, "A": 2, "X": 4, "M": 0x10, "S": 0x20, "I": 0x40, "L": 0x80, "O": 0x100, "G": 0x200, "T": 0x400,
                 "C": 0x800, "R": 0x200000, "D": 0x1000000, "l": 0x10000000, "E": 0x80000000}
# Where readelf's word is not the specification's.
SECTION_TYPES = {"VERSYM": "sym", "VERNEED": "need", "VERDEF": "def", "LOOS+0xfff4c03": "LLVM_ADDRSIG"}
MACHINES = {"Advanced Micro Devices X86-64": 62, "RISC-V": 243}
TYPES = {"NONE": 0, "REL": 1, "EXEC": 2, "DYN": 3, "CORE": 4}


def number(text):
    return int(text, 16)


def readelf(path):
    """What readelf says, as numbers under Ringscope's names."""
    done = subprocess.run(["readelf", "-hlSW", str(path)], capture_output=True, text=True, check=True, errors="replace",
                          env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})
    text = done.stdout

    def header(label):
        return re.search(rf"^  {re.escape(label)}:\s+(.*)$", text, re.M).group(1)

    def count(label):
        return re.match(r"(\d+)(?: \((\d+)\))?", header(label))

    facts = {
        "type": TYPES[header("Type").split()[0]],
        "machine": MACHINES[header("Machine")],
        "version": number(re.findall(r"^  Version:\s+(0x\w+)$", text, re.M)[-1]),
        "entry": number(header("Entry point address")),
        "flags": number(header("Flags").split(",")[0]),
    }
    for key, label in (("phoff", "Start of program headers"), ("shoff", "Start of section headers"),
                       ("ehsize", "Size of this header"), ("phentsize", "Size of program headers"),
                       ("shentsize", "Size of section headers"), ("phnum", "Number of program headers"),
                       ("shnum", "Number of section headers"), ("shstrndx", "Section header string table index")):
        facts[key] = int(count(label).group(1))
    segments = [
        dict(zip(("type_name", "offset", "vaddr", "paddr", "filesz", "memsz", "flags_text", "align"), found))
        for found in re.findall(
            r"^  (\S+)\s+(0x\w+) (0x\w+) (0x\w+) (0x\w+) (0x\w+) ([R ][W ][E ]) (0x\w+|0)$", text, re.M)]
    sections = [
        {"index": int(i), "name": name, "type_name": kind, "addr": number(addr), "offset": number(offset),
         "size": number(size), "entsize": number(entry), "flags": flags.strip(), "link": int(link), "info": int(info),
         "addralign": int(align)}
        for i, name, kind, addr, offset, size, entry, flags, link, info, align in re.findall(
            r"^  \[ *(\d+)\] (.*?) +([A-Z0-9_a-z+]+) +([0-9a-f]{16}) ([0-9a-f]{6,}) ([0-9a-f]{6,}) ([0-9a-f]{2,}) "
            r"(.{3,5}?) +(\d+) +(\d+) +(\d+)$", text, re.M)]
    mapping = []
    if "Section to Segment mapping:" in text:
        for line in text.split("Section to Segment mapping:")[1].splitlines()[2:]:
            found = re.match(r"^   (\d{2,}) ?(.*)$", line)
            if found:
                mapping.append(found.group(2).split())
    return facts, segments, sections, mapping


def flag_letters(flags):
    return "".join(letter for letter, bit in SECTION_FLAGS.items() if flags & bit)


def differences(path, ours):
    facts, segments, sections, mapping = readelf(path)
    out = []

    def same(what, mine, theirs):
        if mine != theirs:
            out.append(f"{path.name}: {what}: {mine!r}, readelf says {theirs!r}")

    for key, value in facts.items():
        same(f"header {key}", number(ours["header"][key]), value)
    same("number of segments", len(ours["segments"]), len(segments))
    for mine, theirs in zip(ours["segments"], segments):
        where = f"segment {mine['index']} "
        name = mine["type_name"].removeprefix("PT_")
        same(where + "type", name, theirs["type_name"].replace("RISCV_ATTRIBUT", "RISCV_ATTRIBUTES"))
        flags = number(mine["flags"])
        same(where + "flags", "".join(c if flags & bit else " " for c, bit in (("R", 4), ("W", 2), ("E", 1))),
             theirs["flags_text"])
        for key in ("offset", "vaddr", "paddr", "filesz", "memsz", "align"):
            same(where + key, number(mine[key]), number(theirs[key]))
    same("number of sections", len(ours["sections"]), len(sections))
    for mine, theirs in zip(ours["sections"], sections):
        where = f"section {theirs['index']} "
        same(where + "index", number(mine["index"]), theirs["index"])
        same(where + "name", mine["name"], theirs["name"].strip().replace("<no-strings>", ""))
        kind = mine["type_name"].removeprefix("SHT_")
        same(where + "type", kind.removeprefix("GNU_ver") if kind.startswith("GNU_ver") else kind,
             SECTION_TYPES.get(theirs["type_name"], theirs["type_name"]))
        same(where + "flags", sorted(flag_letters(number(mine["flags"]))), sorted(theirs["flags"]))
        for key in ("addr", "offset", "size", "entsize", "link", "info", "addralign"):
            same(where + key, number(mine[key]), theirs[key])
    if mapping:
        same("number of mapped segments", len(ours["mapping"]), len(mapping))
        for mine, theirs in zip(ours["mapping"], mapping):
            same(f"sections in segment {mine['segment']}", [name for name in mine["sections"] if name], theirs)
    if not ours["issues"] == []:
        out.append(f"{path.name}: a sound file has issues: {ours['issues'][:3]}")
    return out


# objcopy --only-keep-debug leaves a file whose segments have no bytes any more: these are real defects.
DEFECTIVE = {"only_debug.elf"}


def main():
    ringscope, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    spoil = "--expect-difference" in sys.argv
    files = sorted(path for path in folder.iterdir() if path.is_file())
    found = []
    for path in files:
        done = subprocess.run([ringscope, "inspect", str(path), "--json"], capture_output=True, text=True, check=True)
        ours = json.loads(done.stdout)
        if path.name in DEFECTIVE:
            ours["issues"] = []
        if spoil and path.name == "pie.elf":
            ours["segments"][3]["memsz"] = "0x1"
            ours["mapping"][3]["sections"].pop()
        new = differences(path, ours)
        print(f"{path.name}: {len(ours['segments'])} segments, {len(ours['sections'])} sections, "
              f"{len(new)} differences")
        found += new
    if spoil:
        sys.exit(0 if len(found) == 2 else f"two spoiled facts made {len(found)} differences")
    if len(files) < 10:
        sys.exit(f"only {len(files)} files were compared")
    if found:
        sys.exit("\n".join(found[:40]))


if __name__ == "__main__":
    main()
