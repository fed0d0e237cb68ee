"""The floors of the house: who may include whom, who may know which library, which files stay pure."""
from fnmatch import fnmatch
from pathlib import PurePosixPath

import sources

# Lowest first. A room includes only rooms on lower floors: never beside it, never above.
FLOORS = [
    ["base"],
    ["config", "net", "stats"],
    ["market"],
    ["exchange", "guard", "health"],
    ["store"],
    ["feed", "telegram"],
    ["desk"],
    ["console"],
    ["app"],
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}

# A library's headers, and the only folders or files that may include them.
LIBRARIES = {
    "Boost.Beast": (("boost/beast",), ("common/net/", "common/base/boost_bodies.cpp")),
    "OpenSSL": (("openssl/", "boost/asio/ssl"), ("common/net/", "common/base/boost_bodies.cpp")),
    "curl": (("curl/",), ("common/net/",)),
    "toml++": (("toml++/", "toml.hpp"), ("common/config/",)),
    "cairo": (("cairo", "ft2build", "freetype", "png.h"), ("charts/",)),
}
# Tests that talk to real sockets bring servers of their own.
LIBRARY_EXEMPT = ("tests/sandbox/", "tests/unit/charts/", "tests/support/net/", "tests/unit/net/")

# Pure: told the time, no waiting, whatever is included on the way.
PURE = ("common/market/", "common/exchange/", "common/stats/", "common/health/", "common/guard/", "common/desk/", "bots/")
IMPURE_HEADERS = ("boost/asio",)
IMPURE_FILES = ("common/base/clock.hpp", "common/base/task_group.hpp")
# Beside pure files live the coroutines that apply them, and what joins a bot to the app (paths without suffix).
LOOPS = ("common/guard/gate*", "common/guard/wait_line", "bots/*/main", "bots/*/logic")
# Reads both clocks of a Clock it is given, for its caller; pure files may include it.
READERS = ("common/health/moment",)


def room_of(name):
    """("common", "guard") for common/guard/x.cpp; ("", "") outside the rooms."""
    parts = PurePosixPath(name).parts
    return (parts[0], parts[1]) if len(parts) > 2 and parts[0] in ("common", "bots") else ("", "")


def floor_problem(name, path):
    """Why file `name` may not include the project header `path`; None when it may."""
    house, room = room_of(name)
    to_house, to_room = room_of(path)
    if not house or (house, room) == (to_house, to_room):
        return None
    if path.startswith("tests/"):
        return "production code includes a test's header"
    if not to_house:
        return None
    if to_house == "bots":
        return "a bot's files are its own: nobody includes them"
    if to_room not in FLOOR:
        return f"common/{to_room} stands on no floor: add it to tests/lint/floors.py"
    if house == "bots":
        return None
    if room not in FLOOR:
        return f"common/{room} stands on no floor: add it to tests/lint/floors.py"
    if FLOOR[to_room] < FLOOR[room]:
        return None
    where = "beside" if FLOOR[to_room] == FLOOR[room] else "above"
    return f"{room} includes {to_room}, a room {where} it"


def library_problem(name, path):
    if name.startswith(LIBRARY_EXEMPT):
        return None
    for library, (headers, homes) in LIBRARIES.items():
        if path.startswith(headers) and not name.startswith(homes):
            return f"{library} is known only to {' and '.join(homes)}"
    return None


def is_pure(name):
    stem = name.rsplit(".", 1)[0]
    return name.startswith(PURE) and not any(fnmatch(stem, loop) for loop in LOOPS)


def impure_route(path, kind, included, seen):
    """How the include of `path` leads to a clock or to Asio; empty when it does not, or when a pure file on the way
    is to blame and is reported itself."""
    if path in IMPURE_FILES or (kind == "<" and path.startswith(IMPURE_HEADERS)):
        return [path]
    if kind == "<" or path in seen or is_pure(path):
        return []
    seen.add(path)
    for _, next_kind, next_path in included.get(path, []):
        route = impure_route(next_path, next_kind, included, seen)
        if route:
            return [path] + route
    return []


def check(root):
    included = {name: sources.includes(sources.read(root, name)) for name in sources.cpp_files(root)}
    for name, lines in included.items():
        for line, kind, path in lines:
            problem = floor_problem(name, path) if kind == '"' else None
            problem = problem or library_problem(name, path)
            if problem:
                yield name, line, problem
            if is_pure(name) and name.rsplit(".", 1)[0] not in READERS:
                route = impure_route(path, kind, included, set())
                if route:
                    yield name, line, "a pure file reaches waiting or the clock: " + " -> ".join(route)
