"""The coverage list in the README is the output of `ringscope show coverage`. RING_REBASE=1 writes it anew.

usage: coverage.py RINGSCOPE README
"""

import difflib
import os
import subprocess
import sys

START, END = "<!-- show coverage -->\n```\n", "```\n<!-- end -->\n"


def main():
    program, readme = sys.argv[1:]
    said = subprocess.run([program, "show", "coverage"], check=True, capture_output=True, text=True).stdout
    with open(readme, encoding="utf-8") as file:
        text = file.read()
    before, start, rest = text.partition(START)
    written, end, after = rest.partition(END)
    if not start or not end:
        sys.exit(f"{readme}: there is no place between {START!r} and {END!r}")
    if os.environ.get("RING_REBASE") == "1":
        with open(readme, "w", encoding="utf-8") as file:
            file.write(before + START + said + END + after)
        return
    if written != said:
        sys.stdout.writelines(difflib.unified_diff(written.splitlines(True), said.splitlines(True), "README.md", "show coverage"))
        sys.exit("README.md: the coverage list is not what the program says; RING_REBASE=1 writes it anew")


main()
