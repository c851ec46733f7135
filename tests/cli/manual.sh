#!/bin/sh
# The manual page names every command and topic that the help names, and the window's own keys.
#
#   manual.sh RINGSCOPE
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$1" show manual >"$folder/manual"
"$1" debug -x help >"$folder/help"
names=$(sed -n 's/^  \([a-z][a-z-]*\).*/\1/p' "$folder/help")
[ "$(echo "$names" | wc -l)" -gt 30 ] || { echo "the help names hardly anything: $names"; exit 1; }
for name in $names; do
  grep -qE "^\.B $(echo "$name" | sed 's/-/\\\\-/g')( |\$|\[)" "$folder/manual" || { echo "the manual does not name $name"; exit 1; }
done
for key in 'F12' 'Ctrl+P' 'Alt+1'; do
  grep -qF "$key" "$folder/manual" || { echo "the manual does not name $key"; exit 1; }
done
