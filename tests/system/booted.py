"""The bots as real services: installed with services/install in a booted bare Debian 12, against a sandbox in that machine.

They start, post a signal each, come back after kill -9, reload (a bad file changes nothing), do not loop on a wrong
setting (exit 78), say goodbye when they are stopped, and leave no token in the journal.

  booted.py --build BUILD_DIR --source SOURCE_DIR [--machine ../shared/tools/fresh-machine]

Needs root. The executables are copied into the machine, and the Debian packages that their libraries come from installed.
"""
import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from stage import BOTS, OPERATOR_CHAT, Stage

UNITS = [f"{bot}_bot.service" for bot in BOTS]
ETC = Path("/etc/perpwatch")
SCENARIO = {"seed": 7, "action": [
    {"at": 5, "kind": "burst", "exchange": "binance", "symbol": "SOL", "factor": 8, "bars": 2, "closes_after": 30,
     "return": 0.006},
    {"at": 20, "kind": "funding", "exchange": "bybit", "symbol": "DOGE", "rate": 0.0045},
    {"at": 25, "kind": "flip", "exchange": "binance", "symbol": "XRP", "rate": -0.0006, "in": 10},
    {"at": 30, "kind": "cascade", "symbol": "BTC", "side": "long", "usd_total": 60e6, "events": 120, "seconds": 20}]}
SETTINGS = {"BOT__CYCLE_EVERY": "5s", "BOT__CYCLE_LIMIT": "4s", "HEARTBEAT__EVERY": "30s", "WATCH__TURNOVER_FLOOR_USD": "0"}


def run(*command, check=True):
    return subprocess.run([str(part) for part in command], check=check, capture_output=True, text=True).stdout


# Outside: what goes into the machine.


def packages_of(files):
    """The Debian packages whose libraries these executables load."""
    libraries = {line.split("=>")[1].split()[0] for file in files for line in run("ldd", file).splitlines()
                 if "=> /" in line}
    owners = set()
    for library in libraries:
        for path in (library, str(Path(library).resolve()), "/usr" + library, library.removeprefix("/usr")):
            found = run("dpkg", "-S", path, check=False)
            if found:
                owners.add(found.split(":")[0])
                break
        else:
            raise SystemExit(f"no package owns {library}")
    return sorted(owners)


def outside(arguments):
    source, build = Path(arguments.source).resolve(), Path(arguments.build).resolve()
    machine = Path(arguments.machine or source / "../shared/tools/fresh-machine")
    if not machine.exists():
        print(f"skipped: no {machine}")
        return 77
    folder = Path(tempfile.mkdtemp(prefix="perpwatch-booted-"))
    files = [f"bots/{bot}/{bot}_bot" for bot in BOTS] + ["charts/perpwatch_chart", "tests/sandbox/sandbox"]
    for name in files:
        (folder / "build" / name).parent.mkdir(parents=True)
        shutil.copy2(build / name, folder / "build" / name)
    for name in ("services", "config", "tests/system"):
        shutil.copytree(source / name, folder / name)
    packages = packages_of(build / name for name in files) + ["fonts-dejavu-core"]
    inside_command = ("apt-get -qq update >/dev/null && apt-get -qq install -y --no-install-recommends python3 procps "
                      f"{' '.join(packages)} >/tmp/apt.log 2>&1 || {{ tail -5 /tmp/apt.log; exit 1; }}; "
                      "python3 -B /src/tests/system/booted.py --inside")
    print(f"into the machine: {len(files)} executables, {len(packages)} packages of libraries", flush=True)
    try:
        return subprocess.run([machine.resolve(), "--boot", "--bind", f"{folder}:/src", "--", "bash", "-c", inside_command],
                              check=False).returncode
    finally:
        shutil.rmtree(folder)


# Inside, as root on a booted machine.


class Services:
    def __init__(self, stage):
        self.stage, self.bad = stage, []

    def say(self, good, words):
        print(("ok    " if good else "FAIL  ") + words, flush=True)
        if not good:
            self.bad.append(words)

    def show(self, unit, *names):
        lines = run("systemctl", "show", unit, "--property", ",".join(names)).splitlines()
        values = dict(line.split("=", 1) for line in lines)
        return [values[name] for name in names]

    def wait(self, condition, seconds):
        deadline = time.monotonic() + seconds
        while not condition() and time.monotonic() < deadline:
            time.sleep(0.2)
        return condition()

    def posted(self, bot, start, chat=None):
        return [message for message in self.stage.messages()
                if BOTS[message["bot"]] == bot and message["text"].startswith(start) and
                (chat is None or str(message["chat"]) == chat)]

    def signals(self, bot):
        return [message for message in self.stage.messages()
                if BOTS[message["bot"]] == bot and str(message["chat"]) != OPERATOR_CHAT]

    def install(self):
        print(run("/src/services/install", "--build", "/src/build"), end="")
        for index, bot in enumerate(BOTS):
            (ETC / f"credentials/telegram-bot-token-{bot}").write_text(self.stage.token(index) + "\n")
            environment = self.stage.environment(bot, index, ("binance", "bybit", "okx", "mexc"))
            chats = {name: environment[f"TELEGRAM_{name}"] for name in ("CHAT_ID", "OPERATOR_CHAT_ID")}
            for name, value in chats.items():
                (ETC / f"credentials/telegram-{name.lower().replace('_', '-')}").write_text(value + "\n")
            lines = [f'Environment="{key}={value}"' for key, value in
                     ({key: value for key, value in environment.items() if key.startswith("PERPWATCH_")} |
                      {f"PERPWATCH_{key}": value for key, value in SETTINGS.items()}).items()]
            folder = Path(f"/etc/systemd/system/{bot}_bot.service.d")
            folder.mkdir(exist_ok=True)
            (folder / "sandbox.conf").write_text("[Service]\n" + "\n".join(lines) + "\n")
        run("systemctl", "daemon-reload")

    def start(self):
        began = time.monotonic()
        run("systemctl", "start", *UNITS)
        took = time.monotonic() - began
        for bot, unit in zip(BOTS, UNITS):
            active, pid, user = self.show(unit, "ActiveState", "MainPID", "User")
            owner = run("ps", "-o", "user=", "-p", pid).strip()
            hello = self.wait(lambda bot=bot: self.posted(bot, "\U0001F680"), 20)
            self.say(active == "active" and owner == user == "perpwatch" and bool(hello),
                     f"{unit} is {active}, runs as {owner}, said that it started")
        print(f"      systemctl start of all three took {took:.1f} s")

    def post(self):
        for bot in BOTS:
            got = self.wait(lambda bot=bot: self.signals(bot), 150)
            words = got[0]["text"].splitlines()[0] if got else "nothing"
            self.say(bool(got), f"{bot} posted a signal: {words}")
            self.say(bool(self.wait(lambda bot=bot: self.posted(bot, ("\U0001F49A", "\U0001F7E1")), 60)), f"{bot} posted a heartbeat")

    def picture(self):
        """Below a signal with a direction: the sandbox of a service lets it start the program that draws."""
        got = self.wait(lambda: [message for message in self.stage.messages() if message["action"] == "photo"], 90)
        below = {(message["chat"], message["message_id"]) for message in self.stage.messages() if message["action"] == "send"}
        good = [message for message in got if message["photo_bytes"] > 5_000 and message["silent"] and
                (message["chat"], message["reply_to"]) in below]
        words = f"{good[0]['text']}, {good[0]['photo_bytes']} bytes" if good else f"{len(got)} pictures"
        self.say(bool(good), f"a picture came silently below its signal: {words}")
        self.say(not run("ps", "-C", "perpwatch_chart", "-o", "pid=", check=False).strip(), "who drew it is gone")

    def come_back(self):
        for bot, unit in zip(BOTS, UNITS):
            pid = self.show(unit, "MainPID")[0]
            hellos = len(self.posted(bot, "\U0001F680"))
            began = time.monotonic()
            run("kill", "-9", pid)
            self.wait(lambda bot=bot, hellos=hellos: len(self.posted(bot, "\U0001F680")) > hellos, 30)
            active, now, restarts = self.show(unit, "ActiveState", "MainPID", "NRestarts")
            self.say(active == "active" and now not in ("0", pid) and restarts == "1" and
                     len(self.posted(bot, "\U0001F680")) == hellos + 1,
                     f"{unit} came back {time.monotonic() - began:.1f} s after kill -9, and said so once")

    def journal(self, unit):
        return run("journalctl", "--no-pager", "-o", "cat", "-u", unit)

    def reload(self):
        unit, file = "volume_bot.service", ETC / "volume.toml"
        good, pid = file.read_text(), self.show(unit, "MainPID")[0]
        run("systemctl", "reload", unit)
        self.say(bool(self.wait(lambda: "reloaded" in self.journal(unit), 5)), "systemctl reload is heard")
        file.write_text(good + "\n[volume.spike]\n")
        run("systemctl", "reload", unit)
        heard = self.wait(lambda: "reload refused, nothing was changed" in self.journal(unit), 5)
        place = re.search(r"/etc/perpwatch/volume.toml:\d+:\d+: .*", self.journal(unit))
        self.say(bool(heard) and place is not None and self.show(unit, "ActiveState", "MainPID") == ["active", pid],
                 f"a bad file changes nothing: {place.group(0) if place else self.journal(unit)[-300:]}")
        file.write_text(good)

    def wrong_setting(self):
        unit, file = "funding_bot.service", ETC / "funding.toml"
        good = file.read_text()
        file.write_text(good.replace("z_min = 3.5", "z_min = 350").replace("[funding]", "[fudning]"))
        run("systemctl", "restart", unit, check=False)
        time.sleep(12)  # twice RestartSec: a loop would show
        active, status, restarts = self.show(unit, "ActiveState", "ExecMainStatus", "NRestarts")
        places = re.findall(r"/etc/perpwatch/funding.toml:\d+:\d+: .*", self.journal(unit))
        self.say([active, status] == ["failed", "78"] and len(places) >= 1,
                 f"wrong settings: {active} with exit {status}, restarts counted {restarts}, {len(places)} problems named: "
                 f"{'; '.join(places)}")
        starts = self.journal(unit).count("unknown section")
        self.say(starts == 1, f"it was tried {starts} time, not again and again")
        file.write_text(good)
        run("systemctl", "start", unit)
        self.say(self.show(unit, "ActiveState")[0] == "active", "mended, it starts at once")

    def stop(self):
        began = time.monotonic()
        run("systemctl", "stop", *UNITS)
        took = time.monotonic() - began
        for bot, unit in zip(BOTS, UNITS):
            active, result, status = self.show(unit, "ActiveState", "Result", "ExecMainStatus")
            bye = self.posted(bot, "\U0001F6D1")
            self.say([active, result, status] == ["inactive", "success", "0"] and bool(bye),
                     f"{unit} stopped with {result}, exit {status}, and said goodbye")
        print(f"      systemctl stop of all three took {took:.1f} s")

    def leave_no_trace(self):
        seen = run("journalctl", "--no-pager") + run("systemctl", "show", *UNITS) + json.dumps(self.stage.messages())
        found = [bot for index, bot in enumerate(BOTS) if self.stage.token(index).split(":")[1] in seen]
        self.say(not found, f"no token in the journal, the units' properties or the messages {found or ''}")
        state = run("find", "/var/lib/perpwatch/", "-name", "*.db", "-printf", "%M %u %p\n").splitlines()
        self.say(len(state) == 4 and all(line.startswith("-rw------- perpwatch") for line in state),
                 f"{len(state)} databases, readable by perpwatch alone")


def inside():
    with Stage("/src/build", "/src") as stage:
        stage.token = lambda index: f"{100_000_001 + index}:" + f"booted-machine-{BOTS[index]}".ljust(35, "0")
        services = Services(stage)
        stage.start_sandbox(SCENARIO)
        services.install()
        for step in (services.start, services.post, services.picture, services.come_back, services.reload, services.wrong_setting, services.stop,
                     services.leave_no_trace):
            print(f"-- {step.__name__.replace('_', ' ')}", flush=True)
            step()
        if services.bad:
            for unit in UNITS:
                print(f"== {unit}\n{services.journal(unit)[-3000:]}")
        print(f"{'failed' if services.bad else 'all as promised'}: {len(services.bad)} failures")
        return 1 if services.bad else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--source", default=".")
    parser.add_argument("--machine")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    return inside() if arguments.inside else outside(arguments)


if __name__ == "__main__":
    sys.exit(main())
