#!/usr/bin/env python3
"""Boots the RISC-V kernel under QEMU, or in the embedded machine, and compares what it prints and how it ends.

  riscv64_boot.py KERNELS CODE GOLDEN [--line COMMAND_LINE] [--script FILE] [--add FILE=PATH]... [--damage EDIT]...
                  [--archive NAME] [--program NAME] [--only-program] [--same PATTERN=TEXT]...

KERNELS is the build's kernels/riscv64. CODE is the exit code of the machine, which QEMU passes on.
--script: the lines of a session. The first is sent when the first prompt is there (bytes that come before the kernel has
  set up its UART are lost, as on every machine); the rest follow at once, since the kernel takes them as it needs them.
--add FILE=PATH: puts FILE into the initrd as PATH. --damage "PROGRAM OFFSET HEX": a copy of a program as /bin/damaged with
  these bytes at that offset ("PROGRAM cut SIZE" shortens it instead). --archive: another initrd, see `archives`.
--program: the segments that the kernel says it loaded are compared with what readelf says about user/NAME.elf.
--only-program: nothing is left out or replaced in the console, for what must be exact.
--ringscope PROGRAM: in the embedded machine, by `PROGRAM run`; the same golden texts.
--same: one more pattern whose text the golden file leaves open.
RING_REBASE=1 in the environment writes the golden text instead of comparing.

-icount: the virtual clock counts instructions, so the timer's ticks come at the same instruction in every run and under any
load. At 4 ns each, the first tick is 2.5 million instructions away: no program that ends meets it.
"""
import argparse
import difflib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading

# What depends on the compiler and linker that built things: where the kernel's and the programs' instructions lie, how long
# segments are, and an instruction's encoding where the compiler chose its registers.
OPEN = [
    (r"(?m)^initrd: \d+ files", "initrd: <n> files"),
    (r"(?m)^(elf: (?!warning).*)$", lambda m: re.sub(r"(?<!offset )0x[0-9a-f]+", "<n>", m.group(1))),
    (r"(?m)^(enter: sret to sepc) 0x[0-9a-f]+", r"\1 <entry>"),
    (r"\b(m|s)epc 0x8000[4-9a-f][0-9a-f]{3}\b", r"\1epc <kernel>"),
    (r"\b(m|s)epc 0x80(0[1-9a-f]|1[0-9a-f])[0-9a-f]{4}\b", r"\1epc <kernel>"),
    (r"\b(m|s)epc 0x8040[0-9a-f]{4}\b", r"\1epc <program>"),
    (r"but sp 0x8041[0-9a-f]{4}", "but sp <program>"),
    (r"(?m)^(panic: .* stval) 0x804[01][0-9a-f]{4}", r"\1 <program>"),
    (r"(?m)^(fault: .* stval) 0x80400(?!000)[0-9a-f]{3}", r"\1 <program>"),
    (r"(\(illegal instruction\) sepc <kernel>.* (?:m|s)tval) 0x[0-9a-f]+", r"\1 <instruction>"),
    (r"(?m)^(machine: the watchdog.*)$", lambda m: re.sub(r"0x[0-9a-f]+|<[a-z]+>", "<n>", m.group(1))),
    (r"(mtval) 0x800[0-9a-f]{5}", r"\1 <kernel>"),
    # The manual allows both: the address of the ebreak, and 0 (Priv. 1.12, 4.1.9 "Supervisor Trap Value Register").
    (r"(\(breakpoint\).* stval) 0x[0-9a-f]+", r"\1 <sepc or 0>"),
]


def member(archive, name, data=b"", kind=tarfile.REGTYPE, target=""):
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = len(data), kind, target
    archive.addfile(info, io.BytesIO(data))


def make_archive(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for arguments in members:
            member(archive, **arguments)
    return out.getvalue()


LONG = "a" * 90 + "/" + "b" * 90 + "/file.txt"
archives = {
    "none": lambda: None,
    "empty": lambda: b"",
    "zeros": lambda: bytes(1024),
    "text": lambda: b"this is no archive. " * 100,
    "cut": lambda: make_archive([dict(name="file.txt", data=b"x" * 4096)])[:2048],
    "climbs": lambda: make_archive([dict(name="a/../../file.txt", data=b"x")]),
    "kinds": lambda: make_archive([
        dict(name="dots..txt", data=b"two dots in a name are only a name\n"),
        dict(name="./one/two/three.txt", data=b"parents that nobody mentioned\n"),
        dict(name=LONG, data=b"a name in two pieces\n"),
        dict(name="link", kind=tarfile.SYMTYPE, target="/one"),
        dict(name="twice", data=b"first\n"),
        dict(name="twice", data=b"second\n"),
        dict(name="directory/", kind=tarfile.DIRTYPE),
    ]),
}


def initrd(options, folder):
    path = os.path.join(folder, "initrd.tar")
    if options.archive:
        data = archives[options.archive]()
        if data is None:
            return None
        with open(path, "wb") as file:
            file.write(data)
        return path
    with open(os.path.join(options.kernels, "initrd.tar"), "rb") as file:
        data = file.read()
    with open(path, "wb") as file:
        file.write(data)
    with tarfile.open(path, "a", format=tarfile.USTAR_FORMAT) as archive:
        for pair in options.add:
            source, name = pair.split("=")
            with open(source, "rb") as file:
                member(archive, name, file.read())
        if options.damage:
            archive_damaged(options, archive)
    return path


def archive_damaged(options, archive):
    program = options.damage[0].split()[0]
    with open(os.path.join(options.kernels, "user", program + ".elf"), "rb") as file:
        data = bytearray(file.read())
    for edit in options.damage:
        _, offset, text = edit.split()
        if offset == "cut":
            del data[int(text):]
        else:
            new = bytes.fromhex(text)
            data[int(offset):int(offset) + len(new)] = new
    member(archive, "bin/damaged", bytes(data))


def visible(console):
    """What `ringscope run` makes of a console: CR LF is a line end, what a terminal would obey is spelt out."""
    text = console.replace("\r\n", "\n")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", lambda m: f"\\x{ord(m.group()):02x}", text)


def run_embedded(options, folder):
    kernel = os.path.join(folder, "kernel.elf")
    shutil.copy(os.path.join(options.kernels, "kernel.elf"), kernel)
    initrd(options, folder)  # beside the kernel, where it is found
    typed = open(options.script, "rb") if options.script else subprocess.DEVNULL
    machine = subprocess.run([options.ringscope, "run", kernel, "--append", options.line], stdin=typed,
                             stdout=subprocess.PIPE, timeout=60)
    return machine.stdout, machine.returncode


def run(options, folder):
    command = ["qemu-system-riscv64", "-M", "virt", "-cpu", "rv64,h=false", "-bios", "none", "-m", "64M", "-icount",
               "shift=2", "-display", "none", "-monitor", "none", "-serial", "stdio", "-no-reboot", "-kernel",
               os.path.join(options.kernels, "kernel.elf"), "-append", options.line]
    archive = initrd(options, folder)
    if archive:
        command += ["-initrd", archive]
    machine = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    limit = threading.Timer(60, machine.kill)
    limit.start()
    console = b""
    try:
        waiting = bool(options.script)
        while True:
            piece = os.read(machine.stdout.fileno(), 65536)
            if not piece:
                break
            console += piece
            if waiting and re.search(rb"(?m)^/> \Z", console):
                waiting = False
                with open(options.script, "rb") as file:
                    machine.stdin.write(file.read())
                machine.stdin.flush()
        return console, machine.wait()
    finally:
        limit.cancel()
        machine.kill()
        machine.wait()


def segments_of(elf):
    lines = subprocess.run(["readelf", "-lW", elf], capture_output=True, text=True, check=True).stdout.splitlines()
    fields = [line.split() for line in lines if line.split()[:1] == ["LOAD"]]
    return [tuple(int(field[i], 16) for i in (2, 4, 5)) for field in fields]


def main():
    parser = argparse.ArgumentParser()
    for name in ("kernels", "code", "golden"):
        parser.add_argument(name)
    parser.add_argument("--line", default="")
    for name in ("--script", "--archive", "--program", "--ringscope"):
        parser.add_argument(name)
    for name in ("--add", "--damage", "--same"):
        parser.add_argument(name, action="append", default=[])
    parser.add_argument("--only-program", action="store_true")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        raw, status = (run_embedded if options.ringscope else run)(options, folder)

    def fail(why):
        sys.stdout.flush()
        print(why)
        print("--- console")
        print(raw.decode(errors="replace"))
        sys.exit(1)

    if str(status) not in options.code.split("|"):
        fail(f"the status is {status}, expected {options.code}")
    text = raw.decode(errors="backslashreplace")
    if options.program:
        said = re.findall(r"(?m)^elf: LOAD 0x(\w+) filesz 0x(\w+) memsz 0x(\w+),", text)
        if [tuple(int(n, 16) for n in one) for one in said] != segments_of(
                os.path.join(options.kernels, "user", options.program + ".elf")):
            fail("readelf sees other segments than the kernel")
    if not options.only_program:
        if not text.endswith(f"exit: code {status}\n"):
            fail(f"the last line is not 'exit: code {status}'")
        for pattern, new in OPEN + [tuple(same.split("=", 1)) for same in options.same]:
            text = re.sub(pattern, new, text)
    if os.environ.get("RING_REBASE") and not options.ringscope:
        os.makedirs(os.path.dirname(options.golden), exist_ok=True)
        with open(options.golden, "w", encoding="utf-8") as file:
            file.write(text)
        return
    with open(options.golden, encoding="utf-8") as file:
        golden = file.read()
    if options.ringscope:
        golden = visible(golden)
    if golden != text:
        sys.stdout.writelines(difflib.unified_diff(golden.splitlines(True), text.splitlines(True), "golden", "now"))
        fail(f"the console differs from {options.golden} (RING_REBASE=1 accepts it)")


main()
