"""A file fits in a head: 400 lines, with a little patience."""
import sys

import sources

WARN, FAIL = 400, 450


def check(root):
    for name in sources.files(root):
        if not name.startswith(("common/", "bots/", "tests/")) or not name.endswith(sources.CPP + (".py", ".cmake", ".sh")):
            continue
        lines = len(sources.read(root, name).splitlines())
        if lines > FAIL:
            yield name, lines, f"{lines} lines, {FAIL} are allowed: split it by what it does"
        elif lines > WARN:
            print(f"{name}: warning: {lines} lines, aim at {WARN}", file=sys.stderr)
