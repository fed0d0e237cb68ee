"""Every coroutine and thread has an owner and an end: nothing is detached."""
import re

import sources

DETACHED = re.compile(r"\bdetach(?:ed)?\b")


def check(root):
    for name in sources.cpp_files(root):
        if not name.startswith(("common/", "bots/")):
            continue
        clean = sources.code(sources.read(root, name))
        for match in DETACHED.finditer(clean):
            yield name, sources.line_of(clean, match.start()), "detached work outlives its owner: base::TaskGroup::spawn"
