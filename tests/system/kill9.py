"""kill -9 against the promise of the outbox (CR-5, F-1).

Two volume bots watch one sandbox, whose minutes are short. One runs undisturbed; the other is killed again and again:
inside each commit window of the outbox (kill_at.c, preloaded) and at system calls spread over its life (strace). In the
end every signal that the undisturbed bot posted must have arrived from the other too; a second copy only where the first
send was in doubt, and marked as a possible repeat. Prints how often each window was hit.

  kill9.py --build BUILD_DIR --source SOURCE_DIR [--kills 200] [--speed 20]
"""
import argparse
import collections
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

COINS = ("BTC", "ETH", "SOL", "XRP", "DOGE", "ADA", "AVAX", "LINK", "LTC", "SUI")
WINDOWS = ("accept", "sending", "sent")
SIGNAL_CHAT, OPERATOR_CHAT = "-1001", "1001"
REPEAT = "possible repeat"


def token(index):
    return f"{100_000_001 + index}:" + "kill9-test-token".ljust(35, "0")


class Suite:
    def __init__(self, arguments, folder):
        self.arguments, self.folder = arguments, Path(folder)
        self.build = Path(arguments.build).resolve()
        self.bot = self.build / "bots/volume/volume_bot"
        self.shim = self.folder / "kill_at.so"
        self.random = random.Random(arguments.seed)
        source = Path(arguments.source).resolve()
        subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", self.shim, source / "tests/system/kill_at.c", "-ldl"],
                       check=True)
        self.config = self.folder / "config"
        shutil.copytree(source / "config", self.config)
        (self.config / "test.toml").write_text(
            '[bot]\ncycle_every = "30s"\ncycle_limit = "25s"\n[heartbeat]\nevery = "10m"\n'
            '[watch]\nturnover_floor_usd = 0\n[volume]\nhistory = "4h"\n')

    def start_sandbox(self):
        market_seconds = self.arguments.kills * 2.5 * self.arguments.speed + 1_200
        actions = []
        at, number = 240, 0
        while at < market_seconds:  # one coin after the other bursts for a minute; each again after more than its cooldown
            actions.append({"at": at, "kind": "burst", "exchange": "binance", "symbol": COINS[number % len(COINS)],
                            "factor": 9, "bars": 1, "closes_after": 20, "return": 0.01})
            at, number = at + 420, number + 1
        scenario = self.folder / "scenario.json"
        scenario.write_text(json.dumps({"seed": 11, "telegram": {"flood": {
            "chat_burst": 1000, "chat_per_second": 1000, "group_per_minute": 100000, "bot_per_second": 1000}},
            "action": actions}))
        port_file = self.folder / "port"
        command = [self.build / "tests/sandbox/sandbox", "--port", "0", "--port-file", port_file, "--scenario", scenario,
                   "--speed", str(self.arguments.speed), "--token", token(0), "--token", token(1), "--quiet"]
        self.sandbox = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        for _ in range(200):
            if port_file.exists() and port_file.read_text().strip():
                break
            time.sleep(0.05)
        self.port = int(port_file.read_text())

    def environment(self, index):
        base = f"127.0.0.1:{self.port}"
        return {"PATH": os.environ["PATH"], "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0",
                "TELEGRAM_BOT_TOKEN_VOLUME": token(index), "TELEGRAM_CHAT_ID": SIGNAL_CHAT,
                "TELEGRAM_OPERATOR_CHAT_ID": OPERATOR_CHAT,
                "PERPWATCH_TELEGRAM__BASE_URL": f"http://{base}/telegram",
                "PERPWATCH_EXCHANGE__BINANCE__REST_URL": f"http://{base}/binance",
                "PERPWATCH_EXCHANGE__BINANCE__STREAM_URLS__MARKET": f"ws://{base}/binance/market/ws",
                "PERPWATCH_EXCHANGE__BYBIT__ENABLED": "false", "PERPWATCH_EXCHANGE__OKX__ENABLED": "false",
                "PERPWATCH_EXCHANGE__MEXC__ENABLED": "false"}

    def start_bot(self, index, wrap=(), extra=None):
        state = self.folder / f"state{index}"
        command = [*wrap, self.bot, "--config-dir", self.config, "--layer", self.config / "test.toml", "--state-dir", state,
                   "--clock-speed", str(self.arguments.speed), "run"]
        log = open(self.folder / f"bot{index}.log", "ab")
        return subprocess.Popen(command, env=self.environment(index) | (extra or {}), stdout=log, stderr=log,
                                start_new_session=True)

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return json.load(answer)

    def signals(self, index):
        """What bot `index` sent to the channel: (contract, minute) -> texts in order of arrival."""
        out = collections.defaultdict(list)
        for message in self.messages():
            if message["bot"] != index or str(message["chat"]) != SIGNAL_CHAT or message["action"] != "send":
                continue
            text = message["text"]
            contract = text.split()[1]
            minute = re.search(r"(\d\d\d\d-\d\d-\d\d \d\d:\d\d)", text)
            out[contract, minute.group(1) if minute else text].append(text)
        return out

    def messages(self):
        answer = self.get("/control/messages?after=0")
        return answer["messages"] if isinstance(answer, dict) else answer

    def kill_once(self, number, hits):
        """One life of bot 1, ended by SIGKILL somewhere."""
        if number % 4 < 3:
            window = WINDOWS[number % 4]
            point = self.random.choice(["before", "write:1", "write:2", "sync:1", "after"])
            report = self.folder / "report"
            report.unlink(missing_ok=True)
            bot = self.start_bot(1, extra={"LD_PRELOAD": str(self.shim), "KILL_WINDOW": window, "KILL_POINT": point,
                                           "KILL_NTH": str(self.random.randint(1, 3)), "KILL_REPORT": str(report)})
            try:
                bot.wait(timeout=self.random.uniform(1.0, 4.0))
            except subprocess.TimeoutExpired:
                pass
            if report.exists():
                hits[f"{window} ({point})"] += 1
                hits[window] += 1
                bot.wait()
                return
            hits["at a random moment"] += 1
        else:
            call = self.random.randint(50, 6_000)
            bot = self.start_bot(1, wrap=["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=all", "-e",
                                          f"inject=all:signal=KILL:when={call}"])
            try:
                bot.wait(timeout=6)
                hits["at a system call"] += 1
            except subprocess.TimeoutExpired:
                hits["at a random moment"] += 1
        try:
            os.killpg(bot.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        bot.wait()

    def run(self):
        self.start_sandbox()
        steady = self.start_bot(0)
        hits = collections.Counter()
        for number in range(self.arguments.kills):
            self.kill_once(number, hits)
            if steady.poll() is not None:
                raise SystemExit(f"the undisturbed bot ended with {steady.returncode}")
        survivor = self.start_bot(1)
        time.sleep(12)
        expected = self.signals(0)
        time.sleep(6)
        for bot in (steady, survivor):
            bot.send_signal(signal.SIGTERM)
        codes = [bot.wait(timeout=30) for bot in (steady, survivor)]
        got = self.signals(1)
        self.report(hits, expected, got, codes)

    def report(self, hits, expected, got, codes):
        print(f"kills: {self.arguments.kills}")
        for name in sorted(hits):
            print(f"  {name}: {hits[name]}")
        lost = [key for key in expected if key not in got]
        repeats = sum(len(texts) - 1 for texts in got.values())
        unmarked = [key for key, texts in got.items() for text in texts[1:] if REPEAT not in text]
        print(f"signals: {len(expected)} undisturbed, {len(got)} under kills, {repeats} repeats, {len(lost)} lost, "
              f"{len(unmarked)} repeats unmarked; exit codes {codes}")
        for key in lost:
            print("  lost:", *key)
        for key in unmarked:
            print("  unmarked repeat:", *key)
        least = self.arguments.kills // 10
        thin = [window for window in WINDOWS if hits[window] < least]
        if thin:
            print(f"  too few hits (under {least}): {', '.join(thin)}")
        if lost or unmarked or thin or codes != [0, 0] or not expected:
            print(f"logs: {self.folder}")
            self.arguments.keep = True
            raise SystemExit(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True)
    parser.add_argument("--source", default=".")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--speed", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.keep = False
    folder = tempfile.mkdtemp(prefix="perpwatch-kill9-")
    suite = Suite(arguments, folder)
    try:
        suite.run()
    finally:
        subprocess.run(["pkill", "-KILL", "-f", folder], check=False)
        if hasattr(suite, "sandbox"):
            suite.sandbox.kill()
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
