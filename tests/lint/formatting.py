"""Every C++ file is as clang-format 14 writes it."""
import re
import shutil
import subprocess

import sources

TOOL = "clang-format-14"
PROBLEM = re.compile(r"^(?P<name>[^:\n]+):(?P<line>\d+):\d+: error: ", re.MULTILINE)


def missing_tool():
    return None if shutil.which(TOOL) else TOOL


def check(root):
    names = sources.cpp_files(root)
    seen = set()
    for start in range(0, len(names), 64):
        command = [TOOL, "--dry-run", "-Werror", "--ferror-limit=1", "--style=file", *names[start:start + 64]]
        answer = subprocess.run(command, cwd=root, capture_output=True, text=True)
        for match in PROBLEM.finditer(answer.stderr):
            if match["name"] not in seen:
                seen.add(match["name"])
                yield match["name"], int(match["line"]), f"not formatted: {TOOL} -i {match['name']}"
        if answer.returncode != 0 and not seen:
            yield ".clang-format", 1, answer.stderr.strip().splitlines()[0]
