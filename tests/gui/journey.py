#!/usr/bin/env python3
"""A journey through the real window under a virtual display of its own, with real mouse and keys.

    journey.py GUI_WINDOW lesson ID           from the start page to the lesson's end
    journey.py GUI_WINDOW file PROGRAM.elf    a foreign file: opened by its path, run to its end
    journey.py GUI_WINDOW memory PROGRAM.elf  a byte is changed, steps are taken, and taken back
    journey.py GUI_WINDOW shell KERNEL.elf    a command is typed at the guest's shell, and its sret is stepped over

What stands where is read from the map that the window writes; every wait has a deadline.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

DEADLINE = 60


class Window:
    def __init__(self, program, folder):
        self.folder = pathlib.Path(folder)
        self.map = self.folder / "map.json"
        reading, writing = os.pipe()
        self.display = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x900x24", "-nolisten", "tcp", "-noreset"],
            pass_fds=[writing], stderr=subprocess.DEVNULL)
        os.close(writing)
        number = os.read(reading, 16).decode().strip()
        self.environment = dict(os.environ, DISPLAY=":" + number, LIBGL_ALWAYS_SOFTWARE="1")
        self.process = subprocess.Popen(
            [program, "--size", "1600x900", "--scale", "1", "--map", str(self.map)], env=self.environment)
        found = self.do("search", "--sync", "--onlyvisible", "--name", "Ringscope")
        self.id = found.split()[0]
        self.do("windowfocus", "--sync", self.id)

    def do(self, *words):
        return subprocess.run(["xdotool", *words], env=self.environment, check=True, timeout=DEADLINE,
                              capture_output=True, text=True).stdout

    def look(self):
        try:
            return json.loads(self.map.read_text())
        except (OSError, ValueError):
            return {}

    def expect(self, what, holds):
        """Waits until the window, at rest, is as `holds` says; answers what it shows then."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise SystemExit(f"journey: the window has ended, waiting for: {what}")
            seen = self.look()
            if seen and seen["current"] and not seen["busy"] and not seen["loading"] and holds(seen):
                return seen
            time.sleep(0.02)
        seen = self.look()
        seen["rects"] = sorted(seen.get("rects", {}))
        raise SystemExit(f"journey: not so: {what}; the window shows {json.dumps(seen, indent=1)}")

    def click(self, id):
        seen = self.expect(f"{id} can be clicked", lambda seen: seen["rects"].get(id, [0] * 6)[4])
        x, y, width, height = seen["rects"][id][:4]
        self.do("mousemove", "--window", self.id, str(int(x + width / 2)), str(int(y + height / 2)), "click", "1")

    def key(self, *keys):
        self.do("key", "--clearmodifiers", "--delay", "20", *keys)

    def type(self, text):
        self.do("type", "--delay", "12", text)

    def close(self):
        self.key("ctrl+q")
        status = self.process.wait(DEADLINE)
        self.display.terminate()
        self.display.wait(DEADLINE)
        if status != 0:
            raise SystemExit(f"journey: the window ended with {status}")


def lesson(window, id):
    window.expect("the start page has the lesson", lambda seen: seen["start"] and f"start/{id}" in seen["rects"])
    window.click(f"start/{id}")
    seen = window.expect("the lesson is open", lambda seen: "lesson" in seen and seen["lesson"]["count"] > 0)
    count = seen["lesson"]["count"]
    for index in range(count):
        seen = window.expect(f"step {index + 1} waits", lambda seen: seen["lesson"]["index"] == index and
                             seen["lesson"]["read"] >= index)
        choice = seen["rects"].get("lesson/choice/0")
        by_hand = index % 2 == 0     # with the mouse and with the keys, in turns
        if choice and by_hand and choice[5]:
            window.click("lesson/choice/0")
            window.expect("an answer is chosen", lambda seen: seen["rects"].get("lesson/play", [0] * 6)[4])
            window.key("F8")
        elif choice:
            window.key("a", "F8")
        elif "lesson/value" in seen["rects"] and not seen["rects"]["lesson/value"][5]:
            window.key("shift+F8")
        elif "lesson/value" in seen["rects"]:
            window.click("lesson/value")
            window.type("1")
            window.key("F8")
        else:
            window.key("F8")
        seen = window.expect(f"step {index + 1} was played", lambda seen: seen["lesson"]["index"] == index + 1)
        next_step = seen["rects"].get("lesson/next")
        if by_hand and next_step and next_step[5]:
            window.click("lesson/next")
        else:
            window.key("F8")
    window.expect("the lesson is over", lambda seen: "lesson/again" in seen["rects"])
    window.key("ctrl+l")
    window.expect("the start page is back", lambda seen: seen["start"])


def open_by_path(window, path):
    window.key("ctrl+o")
    window.expect("the dialog is open", lambda seen: "dialog/path" in seen["rects"])
    window.key("ctrl+a")
    window.type(path)
    window.key("Return")
    name = pathlib.Path(path).name
    window.expect("the file is open", lambda seen: seen["name"] == name and not seen["start"])


def foreign_file(window, path):
    open_by_path(window, path)
    window.key("F11", "F11", "F11")
    window.expect("three steps", lambda seen: seen["step"] == 3)
    window.key("shift+F10")
    window.expect("one back", lambda seen: seen["step"] == 2)
    window.key("F5")
    window.expect("its end", lambda seen: any(line.startswith("exit: code") for line in seen["console"]))


def memory(window, path):
    open_by_path(window, path)
    window.key("ctrl+p")
    window.type("break user:_start")
    window.key("Return", "F5")
    seen = window.expect("the program's first instruction", lambda seen: seen["ring"] == "ring 3")
    step = seen["step"]
    window.key("ctrl+p")
    window.type("set memory $rsp 2a")
    window.key("Return")
    window.key("ctrl+p")
    window.type("check memory($rsp, 1) == 0x2a")
    window.key("Return")
    window.expect("the byte is changed", lambda seen: "does not hold" not in seen["texts"].get("answer", "") and
                  "holds" in seen["texts"].get("answer", ""))
    window.key("F11", "F11")
    window.expect("two steps on", lambda seen: seen["step"] == step + 2)
    window.key("shift+F10", "shift+F10")
    window.expect("and back", lambda seen: seen["step"] == step)
    window.key("ctrl+p")
    window.type("print memory($rsp, 1)")
    window.key("Return")
    window.expect("the change belongs to the past that was gone back to",
                  lambda seen: "0x2a" in seen["texts"].get("answer", ""))


def shell(window, path):
    open_by_path(window, path)
    window.key("F5")
    window.expect("the shell waits", lambda seen: seen["console"] and seen["console"][-1].startswith("/>"))
    window.click("console/send")
    window.type("run /bin/cat2 /test/hello.txt")
    window.key("Return")
    window.key("Escape", "ctrl+p")
    window.type("goto sret_instruction")
    window.key("Return")
    window.expect("the last instruction of S-mode", lambda seen: seen["ring"] == "S-mode")
    window.key("F11")
    window.expect("the program", lambda seen: seen["ring"] == "U-mode")
    window.key("F5")
    window.expect("the file, twice, and the exit code", lambda seen: seen["console"][-4:-1] == [
        "Hello from a file!", "Hello from a file!", "exit code 0"])


def main():
    program, journey, what = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as folder:
        window = Window(program, folder)
        try:
            {"lesson": lesson, "file": foreign_file, "memory": memory, "shell": shell}[journey](window, what)
            window.close()
        finally:
            window.process.kill()
            window.display.kill()
    print(f"journey: {journey} {what}: done")


if __name__ == "__main__":
    main()
