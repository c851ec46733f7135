"""Makes the ELF files that the reader is compared on, with the compilers and linkers of this machine.

    fixtures.py FOLDER CC CLANG [KERNEL.elf...]

Prints nothing; a tool that fails ends it. The large ones are made here and not kept: a 100 MB library, an object with
66,000 sections, a file with 70,000 program headers.
"""

import pathlib
import shutil
import struct
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
SOURCE = HERE / "program.c"


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")


def header(kind, machine=62, phoff=0, phnum=0, shoff=0, shnum=0, names=0):
    return b"\x7fELF\2\1\1" + bytes(9) + struct.pack(
        "<HHIQQQIHHHHHH", kind, machine, 1, 0, phoff, shoff, 0, 64, 56, phnum, 64, shnum, names)


def program_header(kind, flags, offset, vaddr, filesz, memsz, align):
    return struct.pack("<IIQQQQQQ", kind, flags, offset, vaddr, 0, filesz, memsz, align)


def core_as_the_kernel_writes_it():
    """ET_CORE without sections: a note segment without memory, memory segments of which some were left out."""
    note = struct.pack("<III", 5, 8, 1) + b"CORE\0\0\0\0" + bytes(8)
    segments = [program_header(4, 0, 0x200, 0, len(note), 0, 4),
                program_header(1, 5, 0x1000, 0x400000, 0, 0x1000, 0x1000),
                program_header(1, 6, 0x1000, 0x402000, 0x1000, 0x1000, 0x1000)]
    out = header(4, phoff=64, phnum=len(segments)) + b"".join(segments)
    return out.ljust(0x200, b"\0") + note + bytes(0x1000 - 0x200 - len(note)) + bytes(0x1000)


def many_program_headers(count):
    """PN_XNUM: the number of program headers is in sh_info of section header 0."""
    segments = b"".join(program_header(4, 4, 64, 0, 0, 0, 4) for _ in range(count))
    section = struct.pack("<IIQQQQIIQQ", 0, 0, 0, 0, 0, 0, 0, count, 0, 0)
    return header(4, phoff=64, phnum=0xffff, shoff=64 + len(segments), shnum=1) + segments + section


def main():
    folder, cc, clang, *kernels = sys.argv[1:]
    folder = pathlib.Path(folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    riscv = [clang, "--target=riscv64", "-march=rv64gc", "-mabi=lp64d", "-mcmodel=medany", "-ffreestanding", "-DFREESTANDING"]
    x86 = [clang, "--target=x86_64-unknown-none-elf", "-ffreestanding", "-DFREESTANDING"]
    lld = ["-fuse-ld=lld", "-nostdlib"]
    debug = ["-g", "-O1", f"-ffile-prefix-map={HERE}=."]

    run(cc, *debug, "-static", SOURCE, "-o", folder / "static.elf")
    run(cc, *debug, "-fPIE", "-pie", SOURCE, "-o", folder / "pie.elf")
    run(cc, *debug, "-static-pie", "-fPIE", SOURCE, "-o", folder / "static_pie.elf")
    run("strip", "-o", folder / "stripped.elf", folder / "pie.elf")
    run("objcopy", "--only-keep-debug", folder / "pie.elf", folder / "only_debug.elf")
    run(cc, *debug, "-c", SOURCE, "-o", folder / "object.o")
    run(cc, *debug, "-ffunction-sections", "-fdata-sections", "-c", SOURCE, "-o", folder / "object_sections.o")
    run(cc, *debug, "-fPIC", "-shared", SOURCE, "-o", folder / "shared.so")
    run(cc, *debug, "-static", "-nostdlib", "-fno-pie", "-no-pie", "-DFREESTANDING", "-Wl,-N", SOURCE, "-o", folder / "text_and_data_together.elf")
    run(*riscv, *debug, "-c", SOURCE, "-o", folder / "riscv.o")
    run(*riscv, *debug, *lld, "-static", SOURCE, "-o", folder / "riscv.elf")
    run(*x86, *debug, *lld, "-static", SOURCE, "-o", folder / "lld.elf")
    run(*x86, *debug, *lld, "-fPIE", "-Wl,-pie", "-Wl,--pack-dyn-relocs=relr", SOURCE, "-o", folder / "packed.elf")
    run(*x86, *debug, *lld, "-static", "-Wl,--nmagic", SOURCE, "-o", folder / "nmagic.elf")
    run(cc, "-g", "-O2", "-fno-pie", "-no-pie", "-static", "-nostdlib", "-ffreestanding", "-fno-stack-protector",
        f"-ffile-prefix-map={HERE}=.", HERE / "inlined.c", "-o", folder / "inlined.elf")
    for kernel in kernels:
        shutil.copy(kernel, folder / ("kernel_" + pathlib.Path(kernel).name))

    big = folder / "big.s"
    big.write_text('.section .rodata\n.globl big\nbig: .fill 100 << 20, 1, 0x55\n.text\n.globl f\nf: ret\n')
    run(cc, "-shared", "-nostdlib", big, "-o", folder / "big.so")
    many = folder / "many.s"
    many.write_text("".join(f'.section .s{i},"a"\n.byte 1\n' for i in range(66000)))
    run("as", many, "-o", folder / "many_sections.o")
    (folder / "many_segments.core").write_bytes(many_program_headers(70000))
    (folder / "core").write_bytes(core_as_the_kernel_writes_it())
    # A real core file too, where this machine lets a debugger trace.
    subprocess.run(["gdb-multiarch", "-nx", "-batch", "-ex", "break main", "-ex", "run", "-ex",
                    f"generate-core-file {folder / 'process.core'}", folder / "pie.elf"], capture_output=True, check=False)
    for source in (big, many):
        source.unlink()


if __name__ == "__main__":
    main()
