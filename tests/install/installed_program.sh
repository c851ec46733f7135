#!/bin/sh
# installed_program.sh CMAKE BUILD PREFIX VERSION: installs into PREFIX, moves it, and asks the program for its version
# and for its lessons, with an empty environment and from another folder. The move shows that no path is compiled in.
set -eu
cmake=$1 build=$2 prefix=$3 version=$4

rm -rf "$prefix" "$prefix, moved"
"$cmake" --install "$build" --prefix "$prefix" >/dev/null
mv "$prefix" "$prefix, moved"
program="$prefix, moved/bin/ringscope"

cd /
for word in --version lessons; do
  printf '> ringscope %s\n' "$word"
  env -i PATH=/usr/bin:/bin "$program" "$word"
done
env -i PATH=/usr/bin:/bin "$program" --version | grep -qF "$version" || { echo "--version does not say $version"; exit 1; }
for lesson in "$prefix, moved"/share/ringscope/lessons/*/; do
  lesson=$(basename "$lesson")
  env -i PATH=/usr/bin:/bin "$program" lessons | grep -qF "$lesson" || { echo "lesson $lesson is not listed"; exit 1; }
done
for file in share/doc/ringscope/LICENSE share/doc/ringscope/README.md share/ringscope/kernels/x86_64/kernel.elf \
    share/ringscope/kernels/riscv64/kernel.elf share/ringscope/kernels/riscv64/initrd.tar; do
  [ -e "$prefix, moved/$file" ] || { echo "$file is not installed"; exit 1; }
done
rm -rf "$prefix, moved"
