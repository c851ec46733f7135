#!/bin/sh
# The way of a new program: kernels/riscv64/new_program, a build that finds it by itself, an archive, the shell.
#
#   new_program.sh KERNELS BUILT GOLDENS       the source folder kernels/, the build's kernels/riscv64, golden texts
set -eu
kernels=$1 built=$2 goldens=$3
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp -R "$kernels" "$work/kernels"
cd "$work"
kernels/riscv64/new_program greet
if kernels/riscv64/new_program greet 2> /dev/null || kernels/riscv64/new_program ../greet 2> /dev/null; then
    echo "new_program made a program twice, or outside of its folder"
    exit 1
fi
cmake -S kernels -B build -G Ninja > configured
cmake --build build --target kernels/riscv64/user/greet.elf > compiled || { cat compiled; exit 1; }
mkdir empty
kernels/riscv64/make_initrd one.tar empty build/kernels/riscv64/user/greet.elf
kernels/riscv64/make_initrd two.tar empty build/kernels/riscv64/user/greet.elf
cmp one.tar two.tar
mkdir run
cp "$built/kernel.elf" run
cp one.tar run/initrd.tar
"$here/riscv64_boot.py" run 0 "$goldens/new_program.txt" --line "quiet -- run /bin/greet hello" --only-program
