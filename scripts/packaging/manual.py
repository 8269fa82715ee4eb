"""Writes the manual: one mdoc(7) page for the program and one for each of its commands, from what the program says of itself.

    tributary --experimental-dump-help | python3 scripts/packaging/manual.py YYYY-MM-DD DIRECTORY

swift-argument-parser brings a generator of its own, which runs the lines of an example together; these pages keep them.
"""

import json
import re
import sys
from datetime import date
from pathlib import Path
from textwrap import wrap


def escaped(text):
    """Text that roff takes for text: hyphens that can be copied, no requests at the start of a line."""
    text = text.replace("\\", r"\e").replace("-", r"\-")
    return r"\&" + text if text[:1] in (".", "'") else text


def quoted(text):
    """One argument of a macro, whatever it holds."""
    return '"' + r"\&" + escaped(text).replace('"', r"\(dq") + '"'


def flowing(text):
    """A paragraph: each sentence begins a line, as mdoc wants it."""
    sentences = re.split(r"(?<=[A-Za-z0-9)`\"][.:]) +(?=[A-Z`(])", text)
    return [escaped(line) for sentence in sentences for line in wrap(sentence, 72, break_on_hyphens=False)]


def literal(lines):
    return [".Bd -literal -offset indent"] + [escaped(line[2:]) for line in lines] + [".Ed"]


def discussion(text):
    """Paragraphs are parted by empty lines; lines that are indented are an example, and stay as they are."""
    page = []
    for paragraph in text.strip("\n").split("\n\n"):
        flow, example = [], []
        page.append(".Pp")
        for line in paragraph.split("\n"):
            if line.startswith("  "):
                if flow:
                    page += flowing(" ".join(flow))
                    flow = []
                example.append(line)
            else:
                if example:
                    page += literal(example) + [".Pp"]
                    example = []
                flow.append(line)
        page += flowing(" ".join(flow)) if flow else literal(example)
    # No distance between a heading or a paragraph and what follows it.
    return [line for line, after in zip(page, page[1:] + [""]) if not (line == ".Pp" and after in (".Pp", ""))]


def value_of(argument):
    """What is put in for it; of two values the program says `low> <high`."""
    return " ".join(f"Ar {quoted(part)}" for part in argument["valueName"].split("> <"))


def names(argument):
    """`-h, --help`: the names as they are typed."""
    if argument["kind"] == "positional":
        return value_of(argument)
    typed = []
    for name in argument["names"]:
        dashes = "" if name["kind"] == "short" else r"\-"
        typed.append(f"Fl {dashes}{escaped(name['name'])}")
    value = f" {value_of(argument)}" if argument["kind"] == "option" else ""
    return " , ".join(typed) + value


def shortened(argument):
    """An argument in the synopsis: by its longest name."""
    if argument["kind"] == "positional":
        text = value_of(argument)
    else:
        text = names({**argument, "names": [argument["preferredName"]]})
    if argument["isRepeating"] and "> <" not in argument["valueName"]:
        text += " ..."
    return f".Op {text}" if argument["isOptional"] else f".{text}"


def shown(things):
    return [thing for thing in things or [] if thing.get("shouldDisplay", True)]


def required_first(arguments):
    """In the order of usage: what is needed before what is not, and words that stand alone before options."""
    return sorted(arguments, key=lambda a: (a["isOptional"], a["kind"] != "positional"))


def description_of(argument):
    abstract = argument.get("abstract", "")
    values = argument.get("allValues")
    if values and not all(value in abstract for value in values):
        abstract = f"{abstract} One of {', '.join(values)}.".strip()
    default = argument.get("defaultValue")
    if default and argument["kind"] != "flag" and "default" not in abstract:
        abstract = f"{abstract} (default: {default})".strip()
    return flowing(abstract)


def options(arguments):
    """The arguments by their sections, in the order of the help."""
    sections = {}
    for argument in arguments:
        sections.setdefault(argument.get("sectionTitle") or "", []).append(argument)
    page = []
    for title, members in sections.items():
        if title:
            page.append(f".Ss {escaped(title)}")
        page.append(".Bl -tag -width indent")
        for argument in members:
            page += [f".It {names(argument)}"] + description_of(argument)
        page.append(".El")
    return page


def page_name(path):
    return "-".join(path)


def page(path, command, parents, day):
    arguments = shown(command.get("arguments"))
    subcommands = [c for c in shown(command.get("subcommands")) if c["commandName"] != "help"]
    name = page_name(path)
    lines = [
        f".Dd {day:%B} {day.day}, {day.year}",
        f".Dt {escaped(name.upper())} 1",
        f".Os",
        ".Sh NAME",
        f".Nm {escaped(name)}",
        f".Nd {escaped(command.get('abstract', '').rstrip('.'))}",
        ".Sh SYNOPSIS",
        f".Nm {escaped(' '.join(path))}",
    ]
    if subcommands:
        lines.append(".Ar command")
    lines += [shortened(argument) for argument in required_first(arguments)]
    lines += [".Sh DESCRIPTION"] + flowing(command.get("abstract", "")) + discussion(command.get("discussion", ""))
    if subcommands:
        lines += [".Sh COMMANDS", ".Bl -tag -width indent"]
        for sub in subcommands:
            lines += [f".It Xr {page_name(path + [sub['commandName']])} 1"] + flowing(sub.get("abstract", ""))
        lines.append(".El")
    if arguments:
        lines += [".Sh OPTIONS"] + options(arguments)
    related = [page_name(p) for p in parents]
    if related:
        lines += [".Sh SEE ALSO", *(f".Xr {r} 1{' ,' if r != related[-1] else ''}" for r in related)]
    return "\n".join(lines) + "\n"


def pages(command, day, path=(), parents=()):
    """Each page's name and text."""
    path = [*path, command["commandName"]]
    yield page_name(path), page(path, command, parents, day)
    for sub in shown(command.get("subcommands")):
        if sub["commandName"] != "help":
            yield from pages(sub, day, path, (*parents, path))


def main():
    day, directory = sys.argv[1:]
    for name, text in pages(json.load(sys.stdin)["command"], date.fromisoformat(day)):
        Path(directory, f"{name}.1").write_text(text, encoding="utf-8")


main()
