"""The demonstration: the three bots against the sandbox, with a summary of what was seen. Started by `./dev demo`.

Nothing here reaches the internet: every address of the settings is bent to the sandbox, an exchange that the sandbox
does not play is switched off, and the bots see none of the caller's secrets.
"""
import argparse
import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request
from collections import Counter
from pathlib import Path

BOTS = ("liquidation", "funding", "volume")
CHAT, OPERATOR_CHAT = "-1000000000001", "-1000000000002"

# How a message is told by its first line (common/base/messages.tmpl); the first that fits. All others are signals.
KINDS = (
    ("start", re.compile("^\U0001F680")),
    ("goodbye", re.compile("^\U0001F6D1")),
    ("heartbeat", re.compile("^[\U0001F49A\U0001F7E1\u23F8]")),
    ("down", re.compile("^\U0001F534.* not live$")),
    ("up", re.compile("^\U0001F7E2.* live again$")),
    ("alert", re.compile("^[\U0001F534\U0001F7E2]")),
)


class DemoFailure(Exception):
    """The demonstration cannot go on; the text says why."""


def fake_token(bot):
    """Of the form a token has, and nobody's: made here, so that no such string stands in the repository."""
    return f"{100_000_001 + BOTS.index(bot)}:" + f"not-a-real-token-{bot}-".ljust(35, "0")


def leaves(table, path=()):
    for key, value in table.items():
        yield from leaves(value, path + (key,)) if isinstance(value, dict) else [(path + (key,), value)]


def read_toml(file):
    with open(file, "rb") as opened:
        return tomllib.load(opened)


def variable(path):
    return "PERPWATCH_" + "__".join(part.upper() for part in path)


def bent(address, exchange, port):
    """The sandbox's address for an exchange's: scheme without TLS, loopback, the exchange's name, the same path."""
    scheme, rest = address.split("://", 1)
    path = rest.partition("/")[2]
    return f"{scheme.removesuffix('s')}://127.0.0.1:{port}/{exchange}" + (f"/{path}" if path else "")


def overrides(settings, played, port):
    """Environment that leads every exchange of `settings` to the sandbox, or switches it off."""
    out = {variable(("telegram", "base_url")): f"http://127.0.0.1:{port}/telegram"}
    for name, block in settings.get("exchange", {}).items():
        if name not in played:
            out[variable(("exchange", name, "enabled"))] = "false"
            continue
        for path, value in leaves(block):
            if isinstance(value, str) and re.match(r"(https?|wss?)://", value):
                out[variable(("exchange", name) + path)] = bent(value, name, port)
    return out


class Demo:
    def __init__(self, source, build):
        self.config = source / "config"
        self.scenario = source / "tests/sandbox/scenarios/demo.toml"
        self.sandbox_file = build / "tests/sandbox/sandbox"
        self.bot_files = {bot: build / f"bots/{bot}/{bot}_bot" for bot in BOTS}
        self.folder = Path(tempfile.mkdtemp(prefix="perpwatch-demo-"))
        self.processes = {}
        self.port = 0

    def start(self, name, command, env, output):
        def die_with_me():
            ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG: no strays, whatever happens to this script

        # A session of its own: Ctrl-C reaches this script alone, which then stops the others in order.
        self.processes[name] = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=output,
                                                stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=die_with_me)

    def start_sandbox(self):
        port_file = self.folder / "port"
        command = [self.sandbox_file, "--port", "0", "--port-file", port_file, "--scenario", self.scenario,
                   "--transcript", "--quiet"]
        for bot in BOTS:
            command += ["--token", fake_token(bot)]  # in this order: a message's bot is its index
        self.start("sandbox", command, dict(os.environ), None)
        deadline = time.monotonic() + 20
        while not port_file.exists():
            if self.processes["sandbox"].poll() is not None:
                raise DemoFailure("the sandbox did not start; its words stand above")
            if time.monotonic() > deadline:
                raise DemoFailure("the sandbox did not say its port within 20 s")
            time.sleep(0.05)
        self.port = int(port_file.read_text())

    def control(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/control/{path}", timeout=10) as answer:
            return json.load(answer)

    def start_bots(self):
        played = set(self.control("stats")["exchanges"])
        chats = [str(chat["id"]) for chat in read_toml(self.scenario).get("telegram", {}).get("chats", [])]
        signals, operators = (chats + [CHAT, OPERATOR_CHAT])[:2] if len(chats) != 1 else chats * 2
        (self.folder / "shared").mkdir()
        for bot in BOTS:
            (self.folder / bot).mkdir()
            env = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TZ") if key in os.environ}
            for layer in ("common.toml", f"{bot}.toml", "demo.toml"):
                env |= overrides(read_toml(self.config / layer), played, self.port)
            env |= {f"TELEGRAM_BOT_TOKEN_{bot.upper()}": fake_token(bot), "TELEGRAM_CHAT_ID": signals,
                    "TELEGRAM_OPERATOR_CHAT_ID": operators}
            command = [self.bot_files[bot], "run", "--config-dir", self.config, "--layer", self.config / "demo.toml",
                       "--state-dir", self.folder / bot, "--shared-dir", self.folder / "shared"]
            with open(self.log(bot), "wb") as log:
                self.start(bot, command, env, log)

    def log(self, bot):
        return self.folder / f"{bot}.log"

    def watch(self, seconds):
        """Lets everything run; a process that ends before its time ends the demonstration."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for name, process in self.processes.items():
                if process.poll() is None:
                    continue
                words = self.log(name).read_text(errors="replace") if name in BOTS else ""
                raise DemoFailure(f"{name} ended early with status {process.returncode}\n"
                                  + "\n".join(words.splitlines()[-15:]))
            time.sleep(0.2)

    def stop(self, names, patience):
        """SIGTERM, then after `patience` seconds SIGKILL; names those that had to be killed."""
        running = {name: self.processes[name] for name in names if name in self.processes}
        for process in running.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + patience
        killed = []
        for name, process in running.items():
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                killed.append(name)
        return killed


def kind_of(text):
    first = text.splitlines()[0] if text else ""
    return next((kind for kind, pattern in KINDS if pattern.search(first)), "signal")


def count(messages):
    """(bot, kind) -> messages; edits of a message that was counted already do not count again."""
    # A recovery edits the post that told of the trouble: it is the one kind that only edits show.
    return Counter((BOTS[message["bot"]], kind) for message in messages for kind in [kind_of(message["text"])]
                   if message["action"] in ("send", "photo") or kind == "up")


def broken_promises(counts, stats, messages):
    out = []
    seen = set()
    for message in messages:
        if message["action"] == "send" and (message["chat"], message["text"]) in seen:
            out.append(f"said twice: {message['text'].splitlines()[0]}")
        seen.add((message["chat"], message["text"]))
    for bot in BOTS:
        for kind, words in (("start", "no start message"), ("signal", "no signal"), ("heartbeat", "no heartbeat"),
                            ("goodbye", "no goodbye")):
            if not counts[bot, kind]:
                out.append(f"{bot}: {words}")
        spoken = [message for message in messages if BOTS[message["bot"]] == bot]
        byes = [number for number, message in enumerate(spoken) if kind_of(message["text"]) == "goodbye"]
        if byes and any(message["chat"] == spoken[byes[0]]["chat"] for message in spoken[byes[0] + 1:]):
            out.append(f"{bot}: the goodbye was not its last word there")
    for kind, words in (("down", "no bot told that an exchange went down"), ("up", "no bot told that it came back")):
        if not any(counts[bot, kind] for bot in BOTS):
            out.append(words)
    for name, exchange in stats["exchanges"].items():
        if exchange["rejected"]:
            out.append(f"{name} refused {exchange['rejected']} requests: a limit was broken")
    return out


def print_summary(counts, stats):
    kinds = ("start", "signal", "heartbeat", "down", "up", "alert", "goodbye")
    print("\n== summary: messages by bot")
    print("   " + "".ljust(14) + "".join(kind.rjust(11) for kind in kinds))
    for bot in BOTS:
        print("   " + bot.ljust(14) + "".join(str(counts[bot, kind]).rjust(11) for kind in kinds))
    print("== requests by exchange")
    print("   " + "".ljust(14) + "requests".rjust(11) + "refused".rjust(11))
    for name, exchange in stats["exchanges"].items():
        row = str(exchange["total"]).rjust(11) + str(exchange["rejected"]).rjust(11)
        print("   " + name.ljust(14) + row)


def print_start(demo, seconds):
    print(f"== the chats as a page: http://127.0.0.1:{demo.port}/ (while this runs)")
    print("== shortened for the demonstration (config/demo.toml):")
    for path, value in leaves(read_toml(demo.config / "demo.toml")):
        print(f"   {'.'.join(path)} = {json.dumps(value)}")
    print(f"== {seconds} s of market; every message follows as it is delivered. Ctrl-C ends it at once.\n", flush=True)


def play(demo, seconds):
    demo.start_sandbox()
    print_start(demo, seconds)
    demo.start_bots()
    demo.watch(seconds)
    print("== stopping the bots: each says goodbye\n", flush=True)
    problems = [f"{name} did not end within 20 s of SIGTERM and was killed" for name in demo.stop(BOTS, 20)]
    problems += [f"{name} ended with status {demo.processes[name].returncode}" for name in BOTS
                 if demo.processes[name].returncode not in (0, -signal.SIGKILL)]
    stats, messages = demo.control("stats"), demo.control("messages")
    demo.stop(["sandbox"], 5)
    counts = count(messages)
    print_summary(counts, stats)
    problems += broken_promises(counts, stats, messages)
    if problems:
        raise DemoFailure("not everything that was promised was seen:\n" + "\n".join(f"  - {words}" for words in problems))
    print("== all of it as promised", flush=True)


def main():
    parser = argparse.ArgumentParser(description="The three bots against the sandbox.")
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--seconds", type=int, default=85)
    arguments = parser.parse_args()
    demo = Demo(arguments.source.resolve(), arguments.build.resolve())

    def end_at_once(*_):
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end_at_once)
    status = 1
    try:
        play(demo, arguments.seconds)
        status = 0
    except DemoFailure as failure:
        print(f"\n== failed: {failure}\n   the bots' logs: {demo.folder}/*.log", file=sys.stderr)
    except KeyboardInterrupt:
        print("\n== stopped", file=sys.stderr)
        status = 130
    finally:
        demo.stop(BOTS, 5)
        demo.stop(["sandbox"], 2)
        if status != 1:
            shutil.rmtree(demo.folder, ignore_errors=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
