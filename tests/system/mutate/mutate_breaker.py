#!/usr/bin/env python3
"""Do the breaker's tests notice when the breaker is wrong?

Applies seeded single edits (operators, constants, branches) to a copy of common/guard/breaker.cpp, builds each copy
with the unchanged tests, and counts those that a test, a crash or a hang exposes. An edit that does not compile is
drawn anew. Exits 0 when at least 90 % were noticed; prints those that were not.
"""
import argparse
import pathlib
import random
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
MUTATED = ROOT / "common/guard/breaker.cpp"
REST = ["common/guard/breaker_policy.cpp", "common/guard/saved_wait.cpp"]
TESTS = sorted((ROOT / "tests/unit/guard").glob("breaker*_test.cpp"))
CXX = ["g++", "-std=c++20", "-O0", f"-I{ROOT}"]
LINK = ["-lgtest_main", "-lgtest", "-lpthread"]

# What is replaced, and by what. Each match in the source is one possible edit for each replacement.
OPERATORS = [
    (r"(?<![<>=\-])>=", [">", "<"]),
    (r"(?<![<>=])<=", ["<", ">"]),
    (r" == ", [" != "]),
    (r" != ", [" == "]),
    (r" > ", [" >= ", " < "]),
    (r" < ", [" <= ", " > "]),
    (r" && ", [" || "]),
    (r" \|\| ", [" && "]),
    (r" \+ ", [" - "]),
    (r" - ", [" + "]),
    (r" \* ", [" / "]),
    (r" / ", [" * "]),
    (r"\+\+(?=\w)", ["--"]),
    (r"std::min\b", ["std::max"]),
    (r"std::max\b", ["std::min"]),
]
CONSTANTS = [
    (r"\btrue\b", ["false"]),
    (r"\bfalse\b", ["true"]),
    (r"(?<![\w.])0(?![\w.])", ["1"]),
    (r"(?<![\w.])1(?![\w.'])", ["0", "2"]),
    (r"(?<![\w.])2(?![\w.])", ["1", "3"]),
    (r"BreakerState::(?:closed|open|half_open|forced_open|disabled)\b(?!:)", None),
    (r"Mark::(?:good|slow|bad)\b", None),
]
BRANCHES = [
    (r"\bif \((?!auto|const)(.+)\) ", [r"if (!(\1)) ", "if (true) ", "if (false) "]),
    (r"^  +[\w:>\-.()*]+(?: = |\().*;$", [";"]),  # a statement goes missing
]
SIBLINGS = {
    "BreakerState": ["closed", "open", "half_open", "forced_open", "disabled"],
    "Mark": ["good", "slow", "bad"],
}


def code_only(line):
    return line.split("//")[0]


def possible_edits(source):
    """(line number, column, old text, new text, kind), in the order of the file."""
    edits = []
    in_words = False  # the words for people are a test's business, not the machine's
    for number, line in enumerate(source):
        if line.startswith("std::string_view to_string"):
            in_words = True
        if line.startswith("}"):
            in_words = False
        if in_words or line.startswith("#"):
            continue
        code = code_only(line)
        for kind, table in (("operator", OPERATORS), ("constant", CONSTANTS), ("branch", BRANCHES)):
            for pattern, replacements in table:
                for match in re.finditer(pattern, code):
                    old = match.group(0)
                    if replacements is None:
                        family, name = old.split("::")
                        news = [f"{family}::{other}" for other in SIBLINGS[family] if other != name]
                    else:
                        news = [match.expand(new) for new in replacements]
                    edits += [(number, match.start(), old, new, kind) for new in news]
    return edits


def run(command, timeout):
    try:
        return subprocess.run(command, capture_output=True, timeout=timeout, check=False).returncode
    except subprocess.TimeoutExpired:
        return -1


def compile_object(source, target):
    return run(CXX + ["-c", str(source), "-o", str(target)], 300) == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--edits", type=int, default=50)
    args = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="mutate-") as folder:
        scratch = pathlib.Path(folder)
        objects = []
        for source in [ROOT / name for name in REST] + TESTS:
            target = scratch / (source.stem + ".o")
            if not compile_object(source, target):
                sys.exit(f"{source} does not compile")
            objects.append(str(target))
        mutant, mutant_object, program = scratch / "breaker.cpp", scratch / "mutant.o", scratch / "tests"

        def verdict(text):
            """None: does not build; else whether the tests noticed."""
            mutant.write_text(text)
            if not compile_object(mutant, mutant_object):
                return None
            if run(["g++", str(mutant_object), *objects, "-o", str(program), *LINK], 120) != 0:
                return None
            return run([str(program), "--gtest_brief=1", "--gtest_fail_fast"], 60) != 0

        original = MUTATED.read_text()
        if verdict(original) is not False:
            sys.exit("the tests fail without any edit")
        lines = original.split("\n")
        edits = possible_edits(lines)
        random.Random(args.seed).shuffle(edits)
        tried, survivors = 0, []
        for number, column, old, new, kind in edits:
            if tried == args.edits:
                break
            changed = lines.copy()
            changed[number] = lines[number][:column] + new + lines[number][column + len(old):]
            noticed = verdict("\n".join(changed))
            if noticed is None:
                continue
            tried += 1
            if not noticed:
                before, after = lines[number].strip(), changed[number].strip()
                survivors.append(f"breaker.cpp:{number + 1}: {kind}: {before}\n    -> {after}")
        killed = tried - len(survivors)
        share = 100 * killed / tried
        print(f"{killed} of {tried} edits noticed ({share:.0f} %), {len(edits)} possible, seed {args.seed}")
        for survivor in survivors:
            print("survived:", survivor)
        sys.exit(0 if killed * 10 >= tried * 9 else 1)


if __name__ == "__main__":
    main()
