"""No secret and no trace of the machine a file was written on."""
import re
from pathlib import Path

import sources

TOKEN = re.compile(r"(?<![0-9A-Za-z])[0-9]{8,10}:[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])")
# Written in pieces, or this file would find itself.
HOMES = ("/wo" + "rk/", "/ro" + "ot/", "/fa" + "rm/", "/ho" + "me/", "/Us" + "ers/")
MACHINE_PATH = re.compile(r"(?<![\w.$}%*/-])(?:" + "|".join(HOMES) + r")\w")


def check(root):
    here = str(Path(root).resolve())
    for name in sources.files(root):
        text = sources.read(root, name)
        if "\0" in text[:4096]:
            continue
        for match in TOKEN.finditer(text):
            yield name, sources.line_of(text, match.start()), "a string of the shape of a Telegram token"
        for match in MACHINE_PATH.finditer(text):
            yield name, sources.line_of(text, match.start()), f"a path of somebody's machine: '{match[0]}…'"
        if here.count("/") > 1 and here + "/" in text:
            yield name, sources.line_of(text, text.index(here + "/")), "the path of this checkout"
