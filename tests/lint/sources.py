"""The files a lint looks at, and C++ text with its comments and literals blanked out."""
import re
import subprocess
from pathlib import Path

CPP = (".cpp", ".hpp")
SAMPLES = "tests/lint/samples/"  # broken on purpose
UNTRACKED_FOLDERS = {".git", "build", ".cache", "state", "logs", "__pycache__"}
UNTRACKED_FILES = (".env", ".db")  # by their end


def files(root):
    """Paths relative to `root`, sorted: what git tracks or would track; without git, every file outside build folders."""
    listed = []
    try:
        command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        answer = subprocess.run(command, capture_output=True, check=True)
        listed = [name for name in answer.stdout.decode().split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        pass
    if not listed:
        listed = [str(path.relative_to(root)) for path in Path(root).rglob("*")
                  if not UNTRACKED_FOLDERS & set(path.relative_to(root).parts) and not path.name.endswith(UNTRACKED_FILES)]
    kept = {name for name in listed if not name.startswith(SAMPLES)}
    return sorted(name for name in kept if (Path(root) / name).is_file())


def cpp_files(root):
    return [name for name in files(root) if name.endswith(CPP)]


def read(root, name):
    return (Path(root) / name).read_text(encoding="utf-8", errors="replace")


TOKEN = re.compile(
    r"""(?P<comment>//(?:\\\n|[^\n])*|/\*.*?(?:\*/|\Z))
      | (?P<raw>(?:u8|[uUL])?R"(?P<delimiter>[^()\\\s]{0,16})\(.*?\)(?P=delimiter)")
      | (?P<string>"(?:\\.|[^"\\\n])*")
      | (?P<char>'(?:\\.|[^'\\\n])+')
      | (?P<number>\.?[0-9](?:[eEpP][+-]|'(?=\w)|[\w.])*)
      | (?P<word>[A-Za-z_]\w*)""",
    re.VERBOSE | re.DOTALL)
DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.MULTILINE)


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def code(text, keep_strings=False):
    """`text` with comments blanked, and string and character contents too; every other character keeps its place."""
    def replace(match):
        if match["comment"]:
            return _blank(match[0])
        if match["raw"] or match["string"] or match["char"]:
            return match[0] if keep_strings else match[0][0] + _blank(match[0][1:-1]) + match[0][-1]
        return match[0]
    return TOKEN.sub(replace, text)


def without_directives(text):
    return DIRECTIVE.sub(lambda match: _blank(match[0]), text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


def includes(text):
    """(line, '<' or '"', path) of each include directive that is not commented out."""
    clean = code(text, keep_strings=True)
    return [(line_of(clean, match.start(1)), match[1], match[2]) for match in INCLUDE.finditer(clean)]
