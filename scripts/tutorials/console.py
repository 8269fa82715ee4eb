"""Runs the commands of tutorials, and writes what they print below them, or says where that differs from what is there.

    python3 scripts/tutorials/console.py record|check FOLDER ARTICLE.md …

A command stands after `$ ` in a block of the language `console`; what follows it is its standard output. All articles share one shell and the
working directory FOLDER, in their order, since one goes on with what another trained. Pictures that an article shows are those that commands wrote
under the same name: `record` copies them to where the article's links lead (a name without a folder is looked for in Resources, by DocC), and
`check` compares their bytes.
"""

import itertools
import pathlib
import re
import subprocess
import sys

mode, folder, *articles = sys.argv[1:]
folder = pathlib.Path(folder)
MARK = "\x1eend of output\x1e"


class Shell:
    """A shell that runs one command after another, whose messages go to a file."""

    def __init__(self, folder):
        self.process = subprocess.Popen(
            ["bash"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=open(folder / "messages.txt", "a"), text=True)

    def run(self, command):
        """The lines of a command's standard output."""
        self.process.stdin.write(f"{command}\nprintf '%s %s\\n' '{MARK}' $?\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            text, mark, status = line.partition(MARK)
            if text.strip():
                lines.append(text.rstrip("\n"))
            if mark:
                if status.strip() != "0":
                    raise SystemExit(f"`{command}` ended with {status.strip()}; its messages are in {folder}/messages.txt")
                return lines
        raise SystemExit(f"the shell ended in `{command}`")


def commands(block):
    """The commands of a block, those in several lines as one text."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(line[2:])
        elif line.startswith("> ") and found:
            found[-1] += "\n" + line[2:]
    return found


def carried_out(block, shell):
    """The block with what its commands print now."""
    lines = []
    for command in commands(block):
        print(f"$ {command}", flush=True)
        lines += ("$ " + command).replace("\n", "\n> ").split("\n") + shell.run(command)
    return "".join(line + "\n" for line in lines)


def comparable(text):
    """The lines of a text, without the identifiers of runs, which are drawn anew, and without speeds."""
    return [line for line in re.sub(r"\brun [0-9a-f]{8}\b", "run", text).splitlines() if not line.startswith("images/s")]


def differences(article, old, new):
    """Sentences about lines that are not what was recorded."""
    pairs = itertools.zip_longest(comparable(old), comparable(new), fillvalue="")
    return [f"{article}: `{there}` is now `{here}`" for there, here in pairs if there != here]


folder.mkdir(parents=True, exist_ok=True)
shell = Shell(folder)
problems = []
for path in map(pathlib.Path, articles):
    text = path.read_text()
    result = re.sub(r"(?<=^```console\n)(.*?)(?=^```$)", lambda block: carried_out(block[0], shell), text, flags=re.M | re.S)
    problems += differences(path.name, text, result)
    for name in re.findall(r"!\[[^\]]*\]\(([^)]+\.png)\)", text):
        recorded = path.parent / (name if "/" in name else f"Resources/{name}")
        picture = folder / recorded.name
        if mode == "record":
            recorded.parent.mkdir(exist_ok=True)
            recorded.write_bytes(picture.read_bytes())
        elif not recorded.exists() or recorded.read_bytes() != picture.read_bytes():
            problems.append(f"{path.name}: {name} is another picture now")
    if mode == "record":
        path.write_text(result)
if mode == "check" and problems:
    raise SystemExit("\n".join(problems))
print(f"{len(articles)} tutorials: " + ("written" if mode == "record" else "all is as it is written"))
