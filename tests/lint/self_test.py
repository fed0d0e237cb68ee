"""A rule that finds nothing proves nothing: each must find exactly the lines marked CAUGHT in its samples."""
import contextlib
import io
import shutil

import sources


def generated():
    """Samples that may not stand in the repository as they are: they would be caught there, rightly."""
    token = "123456789:" + "A" * 35
    home = "/ho" + "me/somebody/perpwatch"
    return {
        "leaks": {
            "config/a.toml": f'token = "{token}"  # CAUGHT\nchat = "-100123"\nclock = "12345678:90"\n',
            "docs/a.md": f"cd {home} (CAUGHT)\nhttps://x.example{home} is a URL, $HOME/x a variable\n",
        },
        "formatting": {
            "common/base/a.cpp": "int  a ;  // CAUGHT\n",
            "common/base/b.cpp": "int b;\n",
        },
        "file_length": {
            "common/base/long.cpp": "\n" * 450 + "// CAUGHT\n",
            "common/base/longish.cpp": "\n" * 450,
            "docs/long.md": "\n" * 900,
        },
    }


def run(name, rule, root, scratch):
    samples = root / sources.SAMPLES / name
    if samples.is_dir():
        shutil.copytree(samples, scratch)
    for path, text in generated().get(name, {}).items():
        file = scratch / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    shutil.copy(root / ".clang-format", scratch / ".clang-format")

    expected = {(path, number) for path in sources.files(scratch)
                for number, line in enumerate(sources.read(scratch, path).splitlines(), start=1) if "CAUGHT" in line}
    with contextlib.redirect_stderr(io.StringIO()):  # warnings about samples interest nobody
        found = {(path, line) for path, line, _ in rule.check(scratch)}
    for path, line in sorted(expected - found):
        print(f"{name}: {path}:{line} should be caught and is not")
    for path, line in sorted(found - expected):
        print(f"{name}: {path}:{line} is caught and should not be")
    if not expected:
        print(f"{name}: no sample that must be caught")
    print(f"{name}: {len(expected & found)} of {len(expected)} samples caught")
    return 0 if expected and expected == found else 1
