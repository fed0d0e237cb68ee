"""Parts `footprint` and `start`: memory of each bot after minutes of the demo, and the time to its first request."""
import copy
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from common import Line, die_with_me, median, memory_kb, number, percentile, pss_kb

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests/sandbox"))
import demo_driver

ROUND_S = 90  # one playing of the demo's scenario
BOTS = demo_driver.BOTS


def repeated(scenario, seconds):
    """The demo's scenario over and over, so that the bots have as much to do in the tenth minute as in the first."""
    out = copy.deepcopy(scenario)
    out["action"], out["fault"] = [], []
    for number_of, start in enumerate(range(0, seconds, ROUND_S)):
        for action in copy.deepcopy(scenario["action"]):
            action["at"] += start
            if action["kind"] == "flip" and number_of % 2:
                action["rate"] = -action["rate"]
            out["action"].append(action)
        for fault in copy.deepcopy(scenario["fault"]):
            fault["from"] += start
            fault["to"] += start
            fault["name"] += f" ({number_of + 1})"
            out["fault"].append(fault)
    return out


class LongDemo(demo_driver.Demo):
    """The demonstration, as long as wanted and without its transcript."""

    def __init__(self, source, build, seconds):
        super().__init__(source, build)
        scenario = repeated(demo_driver.read_toml(self.scenario), seconds)
        self.scenario = self.folder / "scenario.json"
        self.scenario.write_text(json.dumps(scenario))

    def start(self, name, command, env, output):
        quiet = [part for part in command if part != "--transcript"]
        super().start(name, quiet, env, subprocess.DEVNULL if output is None else output)

    def start_bots(self):
        # The demo's own reads the chats from the scenario as TOML; these are the same ones.
        told, demo_driver.read_toml = demo_driver.read_toml, lambda file: (
            json.loads(file.read_text()) if file == self.scenario else told(file))
        try:
            super().start_bots()
        finally:
            demo_driver.read_toml = told


def watched(demo, seconds):
    """Samples every second; (bot -> readings), each with the moment it was made."""
    samples = {bot: [] for bot in BOTS}
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        demo.watch(1)
        for bot in BOTS:
            samples[bot].append(memory_kb(demo.processes[bot].pid))
    return samples


def measure(build, source, minutes, smoke):
    seconds = 8 if smoke else int(minutes * 60)
    demo = LongDemo(source, build, max(seconds, ROUND_S))
    lines = []
    try:
        demo.start_sandbox()
        demo.start_bots()
        samples = watched(demo, seconds)
        sent = demo.control("stats")["messages"]
        print(f"   {seconds} s of the demo, {sent} messages posted by the three")
        for bot in BOTS:
            now = memory_kb(demo.processes[bot].pid)
            pss = pss_kb(demo.processes[bot].pid)
            last_minute = [one["RssAnon"] for one in samples[bot][-60:]]
            # Is it still growing? The same minute five minutes before.
            before = [one["RssAnon"] for one in samples[bot][-360:-300]]
            growth = f"{number((median(last_minute) - median(before)) / 1024)} MB in the last 5 min" if before else ""
            lines += [Line(f"footprint: {bot} RssAnon", now["RssAnon"] / 1024, "MB", 8, note=growth),
                      Line(f"footprint: {bot} RSS", now["VmRSS"] / 1024, "MB", 24),
                      Line(f"footprint: {bot} RSS peak", now["VmHWM"] / 1024, "MB", 28),
                      Line(f"footprint: {bot} Pss", pss / 1024, "MB")]
    finally:
        killed = demo.stop(BOTS, 15)
        demo.stop(["sandbox"], 2)
        shutil.rmtree(demo.folder, ignore_errors=True)
    if killed:
        raise SystemExit(f"did not end by themselves: {', '.join(killed)}")
    return lines


def first_request_ms(command, env, listener):
    """From right before exec to the first byte of the first request, whatever it asks."""
    read_end, write_end = os.pipe()

    def stamp():
        die_with_me()
        os.write(write_end, str(time.monotonic_ns()).encode())

    process = subprocess.Popen([str(part) for part in command], env=env, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=stamp)
    try:
        began = int(os.read(read_end, 64))
        peer, _ = listener.accept()
        with peer:
            peer.settimeout(10)
            if not peer.recv(1):
                raise SystemExit("the first connection asked nothing")
            return (time.monotonic_ns() - began) / 1e6
    finally:
        os.close(read_end)
        os.close(write_end)
        process.kill()
        process.wait()


def environment(bot, demo, port):
    env = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TZ") if key in os.environ}
    for layer in ("common.toml", f"{bot}.toml"):
        settings = demo_driver.read_toml(demo.config / layer)
        env |= demo_driver.overrides(settings, set(settings.get("exchange", {})), port)
    return env | {f"TELEGRAM_BOT_TOKEN_{bot.upper()}": demo_driver.fake_token(bot), "TELEGRAM_CHAT_ID": "1001"}


def one_start(bot, demo):
    command = [demo.bot_files[bot], "run", "--config-dir", demo.config, "--state-dir", demo.folder / bot,
               "--shared-dir", demo.folder / "shared"]
    with socket.create_server(("127.0.0.1", 0)) as listener:  # a fresh one: no connection of the start before waits here
        listener.settimeout(10)
        return first_request_ms(command, environment(bot, demo, listener.getsockname()[1]), listener)


def measure_start(build, source, smoke):
    lines = []
    demo = demo_driver.Demo(source, build)
    try:
        for bot in BOTS:
            first = one_start(bot, demo)  # creates the databases, the others find them
            times = [one_start(bot, demo) for _ in range(2 if smoke else 20)]
            lines.append(Line(f"start: {bot}, exec to first request", median(times), "ms", 60,
                              f"{number(min(times))} .. p95 {number(percentile(times, 0.95))}",
                              f"first start ever, with new databases: {number(first)} ms"))
    finally:
        shutil.rmtree(demo.folder, ignore_errors=True)
    return lines
