#!/usr/bin/env python3
"""Count the public functions of the library, by room, so that the number can be repeated.

    python3 scripts/public_functions.py            # how many in each folder or file of src/
    python3 scripts/public_functions.py --list     # each with its file, and how often its name is used elsewhere

A public function is a `pub fn` in src/: the lint `unreachable_pub` sees to it that what is `pub` can be reached. Methods of traits are
not counted. Uses are words of that name followed by `(`, or named by a path, in the workspace outside the function's own file;
a common name (`new`, `add`) has more uses than its own.
"""

import argparse
import collections
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
FUNCTION = re.compile(r"^\s*pub (?:const )?fn (\w+)", re.MULTILINE)
USERS = ("src", "tests", "examples", "benches", "fuzz", "docs", "README.md", "crates")


def text_of(path):
    """The code of a file without its tests, which begin at the first `#[cfg(test)]` of a module."""
    text = path.read_text(encoding="utf-8")
    return re.split(r"^#\[cfg\(test\)\]\nmod \w+ \{", text, flags=re.MULTILINE)[0]


def room_of(path):
    parts = path.relative_to(ROOT / "src").parts
    return "/".join(parts[:2]) if len(parts) > 2 else "/".join(parts)


def functions():
    for path in sorted((ROOT / "src").rglob("*.rs")):
        if path.name != "tests.rs":
            for match in FUNCTION.finditer(text_of(path)):
                yield path, match.group(1)


def users():
    files = []
    for name in USERS:
        top = ROOT / name
        found = [top] if top.is_file() else [p for s in ("*.rs", "*.md") for p in top.rglob(s)]
        files += [path for path in found if "target" not in path.parts]
    return {path: path.read_text(encoding="utf-8") for path in files}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true", help="list every function with its uses")
    arguments = parser.parse_args()
    found = list(functions())
    if arguments.list:
        texts = users()
        words = collections.Counter()
        for path, text in texts.items():
            for word in set(re.findall(r"\b(\w+)\b", text)):
                words[word] += len(re.findall(rf"(?:\.|::)\s*{word}\b", text))
        for path, name in found:
            own = len(re.findall(rf"(?:\.|::)\s*{name}\b", texts[path]))
            print(f"{words[name] - own:5}  {path.relative_to(ROOT)}  {name}")
        return
    rooms = collections.Counter(room_of(path) for path, _ in found)
    for room, count in sorted(rooms.items()):
        print(f"{count:4}  {room}")
    print(f"{len(found):4}  in all")


if __name__ == "__main__":
    main()
