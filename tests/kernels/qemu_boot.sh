#!/bin/sh
# Boots the teaching kernel with one program under QEMU and compares what it prints and how it ends.
#
#   qemu_boot.sh KERNEL PROGRAM CODE GOLDEN [COMMAND_LINE]
#
# PROGRAM "-" boots without a module. CODE is the exit code, or "reset" for a triple fault. QEMU's status is
# (CODE * 2 + 1) & 255: isa-debug-exit keeps seven bits, so the console's last line must say the whole number too.
# Environment: RING_REBASE=1 writes the golden text instead of comparing;
#   RING_DAMAGE="OFFSET OCTAL" changes one byte of the program first, RING_CUT=BYTES shortens it;
#   RING_ONLY_PROGRAM=1 compares what comes after "enter:", for programs that other compilers built.
#
# -icount: the virtual clock counts instructions, so the timer's ticks arrive at the same instruction in every run and
# under any load. At 4 ns each, the first tick is 2.5 million instructions away: no program that ends meets it.
set -eu
kernel=$1 program=$2 code=$3 golden=$4 command_line=${5-}
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ "$program" != - ]; then
    cp "$program" "$work/program"
    if [ -n "${RING_CUT-}" ]; then
        head -c "$RING_CUT" "$program" > "$work/program"
    fi
    if [ -n "${RING_DAMAGE-}" ]; then
        printf "\\${RING_DAMAGE#* }" |
            dd of="$work/program" bs=1 seek="${RING_DAMAGE% *}" conv=notrunc status=none
    fi
    set -- -initrd "$work/program"
else
    set --
fi

status=0
timeout 60 qemu-system-x86_64 -kernel "$kernel" "$@" -append "$command_line" -m 64M -icount shift=2 \
    -device isa-debug-exit,iobase=0xf4,iosize=4 -display none -monitor none -serial stdio -no-reboot \
    < /dev/null > "$work/console" 2> "$work/errors" || status=$?
tr -d '\r' < "$work/console" > "$work/raw"

fail() {
    echo "$1"
    echo "--- console"
    cat "$work/raw" "$work/errors"
    exit 1
}

if [ "$code" = reset ]; then
    [ "$status" = 0 ] || fail "QEMU's status is $status; a triple fault with -no-reboot ends it with 0"
    ! grep -q '^exit: ' "$work/raw" || fail "the kernel came to an end of its own"
else
    expected_status=$(((code * 2 + 1) & 255))
    [ "$status" = "$expected_status" ] || fail "QEMU's status is $status, expected $expected_status (exit code $code)"
    [ "$(tail -n 1 "$work/raw")" = "exit: code $code" ] || fail "the last line is not 'exit: code $code'"
fi

# Every segment that the kernel says it loaded, against readelf.
if grep -q '^elf: EXEC' "$work/raw" && ! grep -q '^module: refused' "$work/raw"; then
    sed -n 's/^elf: LOAD \([^ ]*\) filesz \([^ ]*\) memsz \([^,]*\),.*/\1 \2 \3/p' "$work/raw" > "$work/loaded"
    readelf -lW "$work/program" | awk '$1 == "LOAD" { print $3, $5, $6 }' |
        sed 's/0x0*\([0-9a-f]\)/0x\1/g' > "$work/segments"
    diff -u "$work/segments" "$work/loaded" || fail "readelf sees other segments than the kernel"
fi

if [ -n "${RING_ONLY_PROGRAM-}" ]; then
    sed '1,/^enter: /d' "$work/raw" > "$work/text"
else
    sed -E -f "$here/x86_64_console.sed" "$work/raw" > "$work/text"
fi
if [ -n "${RING_REBASE-}" ]; then
    cp "$work/text" "$golden"
    exit 0
fi
diff -u "$golden" "$work/text" || fail "the console differs from $golden (RING_REBASE=1 accepts it)"
