"""What the system tests share: a sandbox, bots as real processes against it, and a folder for their state."""
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

BOTS = ("liquidation", "funding", "volume")
DOORS = {"binance": {"market": "/binance/market/ws"}, "bybit": {"public": "/bybit/v5/public/linear"},
         "okx": {"public": "/okx/ws/v5/public", "business": "/okx/ws/v5/business"}, "mexc": {"edge": "/mexc/edge"}}
SIGNAL_CHAT, OPERATOR_CHAT = "-1001", "1001"


def token(index):
    """Of the form a token has, and nobody's: made here, so that no such string stands in the repository."""
    return f"{100_000_001 + index}:" + "system-test-token".ljust(35, "0")


class Stage:
    """Use as a context: everything is gone afterwards, unless `keep` was set."""

    def __init__(self, build, source, speed=1.0):
        self.build, self.source, self.speed = Path(build).resolve(), Path(source).resolve(), speed
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

    def start_sandbox(self, scenario, tokens=3):
        file, port_file = self.folder / "scenario.json", self.folder / "port"
        file.write_text(json.dumps(scenario))
        command = [self.build / "tests/sandbox/sandbox", "--port", "0", "--port-file", port_file, "--scenario", file,
                   "--speed", str(self.speed), "--log", self.folder / "requests.jsonl", "--quiet"]
        for index in range(tokens):
            command += ["--token", token(index)]
        self.sandbox = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
        deadline = time.monotonic() + 20
        while not (port_file.exists() and port_file.read_text().strip()):
            if self.sandbox.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("the sandbox did not start")
            time.sleep(0.02)
        self.port = int(port_file.read_text())

    def environment(self, bot, index, exchanges):
        base = f"127.0.0.1:{self.port}"
        out = {"PATH": os.environ["PATH"], "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0",
               f"TELEGRAM_BOT_TOKEN_{bot.upper()}": token(index), "TELEGRAM_CHAT_ID": SIGNAL_CHAT,
               "TELEGRAM_OPERATOR_CHAT_ID": OPERATOR_CHAT, "PERPWATCH_TELEGRAM__BASE_URL": f"http://{base}/telegram"}
        for name, doors in DOORS.items():
            key = f"PERPWATCH_EXCHANGE__{name.upper()}__"
            if name not in exchanges:
                out[key + "ENABLED"] = "false"
                continue
            out[key + "REST_URL"] = f"http://{base}/{name}"
            for door, path in doors.items():
                out[key + f"STREAM_URLS__{door.upper()}"] = f"ws://{base}{path}"
        return out

    def start_bot(self, bot, index, layer, exchanges=tuple(DOORS), wrap=(), extra=None, state=None):
        """Starts `bot` with token `index`. State is kept per index, shared.db is common to all of one `state`."""
        state = self.folder / (state or "state")
        command = [*wrap, self.build / f"bots/{bot}/{bot}_bot", "--config-dir", self.config, "--layer", layer, "--state-dir",
                   state / str(index), "--shared-dir", state / "shared", "--clock-speed", str(self.speed), "run"]
        with open(self.folder / f"{bot}-{index}.log", "ab") as log:
            process = subprocess.Popen([str(part) for part in command], stdout=log, stderr=log, start_new_session=True,
                                       env=self.environment(bot, index, exchanges) | (extra or {}))
        self.processes.append(process)
        return process

    def layer(self, text):
        file = self.folder / "layer.toml"
        file.write_text(text)
        return file

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return json.load(answer)

    def post(self, path, body):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    def messages(self):
        answer = self.get("/control/messages?after=0")
        return answer["messages"] if isinstance(answer, dict) else answer

    def requests(self):
        with open(self.folder / "requests.jsonl", encoding="utf-8") as file:
            return [json.loads(line) for line in file if line.strip()]
