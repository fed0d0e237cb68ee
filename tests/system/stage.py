"""What the system tests share: a sandbox, bots as real processes against it, and a folder for their state."""
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

BOTS = ("liquidation", "funding", "volume")
# Real processes under ASan on two cores: four exchanges are what they can carry; the demo plays all.
DOORS = {"binance": {"market": "/binance/market/ws"}, "bybit": {"public": "/bybit/v5/public/linear"},
         "okx": {"public": "/okx/ws/v5/public", "business": "/okx/ws/v5/business"}, "mexc": {"edge": "/mexc/edge"}}
SIGNAL_CHAT, OPERATOR_CHAT = "-1001", "1001"
OWN_HOSTS = {"binance": "127.0.0.2", "bybit": "127.0.0.3", "okx": "127.0.0.4", "mexc": "127.0.0.5"}


def token(index):
    """Of the form a token has, and nobody's: made here, so that no such string stands in the repository."""
    return f"{100_000_001 + index}:" + "system-test-token".ljust(35, "0")


def planted_burst(at, symbol):
    """A minute of Binance with x30 of its volume. With volume.spike.relative_volume_min = 8 in the layer no other burst
    is told: a minute's own noise is x8 once in a billion."""
    return {"at": at, "kind": "burst", "exchange": "binance", "symbol": symbol, "factor": 30, "bars": 1,
            "closes_after": 20, "return": 0.01}


class Stage:
    """Use as a context: everything is gone afterwards, unless `keep` was set.

    `hosts` gives exchanges an address of their own ({"okx": "127.0.0.4"}); what is not named, and Telegram, is at
    127.0.0.1. All of 127.0.0.0/8 is this machine."""

    def __init__(self, build, source, speed=1.0, hosts=None):
        self.build, self.source, self.speed = Path(build).resolve(), Path(source).resolve(), speed
        self.hosts, self.token, self.everywhere = hosts or {}, token, {}  # the last: environment of every process
        self.folder = Path(tempfile.mkdtemp(prefix="perpwatch-system-"))
        self.processes, self.sandbox, self.keep = [], None, False
        self.config = self.folder / "config"
        shutil.copytree(self.source / "config", self.config)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in [*self.processes, self.sandbox]:
            if process is not None and process.poll() is None:
                try:
                    os.killpg(process.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
                process.wait()
        if self.keep:
            print(f"logs: {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def start_sandbox(self, scenario, tokens=3, more=()):
        file, port_file = self.folder / "scenario.json", self.folder / "port"
        file.write_text(json.dumps(scenario))
        command = [self.build / "tests/sandbox/sandbox", "--port", "0", "--port-file", port_file, "--scenario", file,
                   "--speed", str(self.speed), "--log", self.folder / "requests.jsonl", "--quiet", *more]
        for index in range(tokens):
            command += ["--token", self.token(index)]
        for address in sorted(set(self.hosts.values())):
            command += ["--also", address]
        self.sandbox = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True, env=os.environ |
                                        {"ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0"} | self.everywhere)
        deadline = time.monotonic() + 20
        while not (port_file.exists() and port_file.read_text().strip()):
            if self.sandbox.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("the sandbox did not start")
            time.sleep(0.02)
        self.port = int(port_file.read_text())

    def environment(self, bot, index, exchanges):
        out = {"PATH": os.environ["PATH"], "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0",
               f"TELEGRAM_BOT_TOKEN_{bot.upper()}": self.token(index), "TELEGRAM_CHAT_ID": SIGNAL_CHAT,
               "TELEGRAM_OPERATOR_CHAT_ID": OPERATOR_CHAT,
               "PERPWATCH_TELEGRAM__BASE_URL": f"http://127.0.0.1:{self.port}/telegram"}
        for name in re.findall(r"^\[exchange\.(\w+)\]$", (self.config / "common.toml").read_text(), re.MULTILINE):
            if name not in DOORS:  # not played here
                out[f"PERPWATCH_EXCHANGE__{name.upper()}__ENABLED"] = "false"
        for name, doors in DOORS.items():
            key, base = f"PERPWATCH_EXCHANGE__{name.upper()}__", f"{self.hosts.get(name, '127.0.0.1')}:{self.port}"
            if name not in exchanges:
                out[key + "ENABLED"] = "false"
                continue
            out[key + "REST_URL"] = f"http://{base}/{name}"
            for door, path in doors.items():
                out[key + f"STREAM_URLS__{door.upper()}"] = f"ws://{base}{path}"
        return out

    def start_bot(self, bot, index, layer, exchanges=tuple(DOORS), wrap=(), extra=None, state=None, more=(), **popen):
        """Starts `bot` with token `index`. State is kept per index, shared.db is common to all of one `state`.
        In `extra`, a variable that is None is taken away; `more` are further arguments."""
        state = self.folder / (state or "state")
        command = [*wrap, self.build / f"bots/{bot}/{bot}_bot", "--config-dir", self.config, "--layer", layer, "--state-dir",
                   state / str(index), "--shared-dir", state / "shared", "--clock-speed", str(self.speed), *more, "run"]
        environment = self.environment(bot, index, exchanges) | self.everywhere | (extra or {})
        with open(self.folder / f"{bot}-{index}.log", "ab") as log:
            process = subprocess.Popen([str(part) for part in command], stdout=log, stderr=log, start_new_session=True,
                                       env={key: value for key, value in environment.items() if value is not None}, **popen)
        self.processes.append(process)
        return process

    def layer(self, text, name="layer.toml"):
        file = self.folder / name
        file.write_text(text)
        return file

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return json.load(answer)

    def call(self, method, path, body=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, {"Content-Type": "application/json"},
                                         method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    def post(self, path, body):
        return self.call("POST", path, json.dumps(body).encode())

    def messages(self):
        answer = self.get("/control/messages?after=0")
        return answer["messages"] if isinstance(answer, dict) else answer

    def requests(self):
        with open(self.folder / "requests.jsonl", encoding="utf-8") as file:
            return [json.loads(line) for line in file if line.endswith("\n")]  # the last one may be half written
