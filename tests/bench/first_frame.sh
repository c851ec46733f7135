#!/bin/bash
# first_frame.sh RINGSCOPE LIBRARY [WORDS...]: five starts under a virtual display with software OpenGL, the start page or
# what WORDS open.
set -eu
program=$1 library=$2
shift 2
folder=$(mktemp -d)
trap 'kill "$display_pid" 2>/dev/null || true; rm -rf "$folder"' EXIT
mkfifo "$folder/display"
Xvfb -displayfd 3 -screen 0 1920x1080x24 -nolisten tcp 3>"$folder/display" 2>"$folder/xvfb.log" &
display_pid=$!
read -r number <"$folder/display"
export DISPLAY=":$number" LIBGL_ALWAYS_SOFTWARE=1 XDG_CONFIG_HOME="$folder" XDG_STATE_HOME="$folder"
for _ in 1 2 3 4 5; do
  FIRST_FRAME_START=$(date +%s%N) LD_PRELOAD=$library "$program" "$@"
done
