#!/bin/sh
# Real keys in a real window, under a virtual display of its own. What has happened is read from the window's title,
# "hello.elf — step 10 — ring 0 — Ringscope"; every wait has a deadline.
#
#   keys.sh GUI_WINDOW PROGRAM.elf
set -eu
window_program=$1 program=$2
folder=$(mktemp -d)
cleanup() {
  [ -z "${window_pid:-}" ] || kill "$window_pid" 2>/dev/null || true
  [ -z "${display_pid:-}" ] || kill "$display_pid" 2>/dev/null || true
  rm -rf "$folder"
}
trap cleanup EXIT
fail() { echo "keys.sh: $*" >&2; exit 1; }

mkfifo "$folder/display"
Xvfb -displayfd 3 -screen 0 1366x768x24 -nolisten tcp 3>"$folder/display" 2>"$folder/xvfb.log" &
display_pid=$!
read -r number <"$folder/display" || fail "no virtual display: $(cat "$folder/xvfb.log")"
export DISPLAY=":$number" LIBGL_ALWAYS_SOFTWARE=1

"$window_program" --size 1366x768 --scale 1 "$program" &
window_pid=$!
title() { xdotool getwindowname "$window" 2>/dev/null || true; }
expect() {      # expect WHAT PATTERN: the title comes to match
  timeout 60 xdotool search --sync --onlyvisible --name "$2" >"$folder/found" ||
    fail "$1: the title is '$(title)' and not '$2'"
}
press() { xdotool key --clearmodifiers --delay "$1" $2; }     # the list of keys is meant to split
ten() { for _ in 1 2 3 4 5 6 7 8 9 10; do printf '%s ' "$1"; done; }

expect "it starts" "step 0 "
window=$(head -n 1 "$folder/found")
xdotool windowfocus --sync "$window"

press 5 "$(ten F11)";        expect "ten steps at 5 ms" "step 10 "
press 12 "$(ten F11)";       expect "ten steps at 12 ms" "step 20 "
press 50 "$(ten F11)";       expect "ten steps at 50 ms" "step 30 "
press 5 "$(ten Shift+F10)";  expect "ten steps back at 5 ms" "step 20 "
press 12 "Shift+F10";        expect "one step back" "step 19 "
press 12 "ctrl+shift+F5";    expect "restart" "step 0 "
press 5 "$(ten F10)";        expect "ten steps over, where no call is" "step 10 "

press 12 "ctrl+p"
xdotool type --delay 12 "break privilege"
press 12 "Return"
press 12 "F5";               expect "continue to ring 3" "ring 3"
press 12 "Shift+F10";        expect "back into ring 0" "ring 0"
press 12 "F11";              expect "and forward again" "ring 3"

press 12 "ctrl+q"
wait "$window_pid" || fail "the window did not end by Ctrl+Q"
window_pid=
echo "keys.sh: passed"
