"""House lint: laws that no compiler checks.

usage: lint.py ROOT [RULE…]            problems as file:line: words; exit 1 when there is one
       lint.py ROOT --self-test RULE   the rule must find exactly the lines marked CAUGHT in its samples
"""
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True  # the source folder may be read-only, and is nobody's cache

import coroutine_shapes
import file_length
import floors
import formatting
import leaks
import no_detached
import one_clock
import self_test

RULES = {rule.__name__: rule for rule in
         (coroutine_shapes, floors, one_clock, no_detached, formatting, leaks, file_length)}
SKIPPED = 77


def missing_tool(rule):
    return rule.missing_tool() if hasattr(rule, "missing_tool") else None


def run(root, names):
    problems, skipped = 0, 0
    for name in names:
        tool = missing_tool(RULES[name])
        if tool:
            print(f"{name}: skipped, {tool} is not installed")
            skipped += 1
            continue
        found = list(RULES[name].check(root))
        for path, line, words in found:
            print(f"{path}:{line}: {words} [{name}]")
        problems += len(found)
    if problems:
        return 1
    return SKIPPED if skipped == len(names) else 0


def main(arguments):
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__.strip())
        return 0 if arguments else 2
    root, rest = Path(arguments[0]).resolve(), arguments[1:]
    testing = rest[:1] == ["--self-test"]
    names = rest[1:] if testing else rest
    unknown = [name for name in names if name not in RULES]
    if unknown:
        print(f"no such rule: {', '.join(unknown)}; there are {', '.join(RULES)}", file=sys.stderr)
        return 2
    names = names or list(RULES)
    if not testing:
        return run(root, names)
    if any(missing_tool(RULES[name]) for name in names):
        return SKIPPED
    with tempfile.TemporaryDirectory() as scratch:
        return max([self_test.run(name, RULES[name], root, Path(scratch) / name) for name in names])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
