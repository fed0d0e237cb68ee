"""No token in any log, error, message, database, core file or command line: real processes, then a search of everything.

Each bot gets its token another way (systemd's credentials, an environment file, the environment), made up for this run.
Telegram and the exchanges misbehave in every way the sandbox knows; settings are wrong in every way that puts a secret
where it does not belong; the bots are killed by signals that write a core file. Then every byte that came out is searched
for the tokens and the proxy's password: plain, their secret half, percent-encoded and as base64.

  secret_leaks.py --build BUILD_DIR --source SOURCE_DIR [--keep]
"""
import argparse
import base64
import json
import resource
import secrets
import signal
import sqlite3
import string
import subprocess
import sys
import time
import urllib.parse

from stage import BOTS, OWN_HOSTS, Stage

LETTERS = string.ascii_letters + string.digits
LAYER = """
[bot]
cycle_every = "5s"
cycle_limit = "4s"
log_level = "debug"
[heartbeat]
every = "10s"
[health]
exchange_down_after = "3s"
start_grace = "5s"
[watch]
turnover_floor_usd = 0
"""
SPEED = 10
# One after the other; that they are survived well is tested elsewhere.
TELEGRAM_FAULTS = ("flood", "reset", "close", "garbage", "empty", "html502", "cut", "restart", "nested", "geo",
                   "forbidden_html")
EXCHANGE_FAULTS = {"binance": ("html502", "forbidden_html"), "bybit": ("reset", "garbage"), "okx": ("close", "geo"),
                   "mexc": ("empty", "nested", "cut")}
CRASHES = {"liquidation": signal.SIGSEGV, "funding": signal.SIGABRT, "volume": signal.SIGQUIT}
WAY = {"liquidation": "credentials", "funding": "file", "volume": "environment"}


def made_up(length):
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def forms(name, secret):
    """The ways in which a secret may show: (name, bytes) each."""
    half = secret.partition(":")[2] or secret
    yield name, secret.encode()
    yield f"{name}'s secret half", half.encode()
    yield f"{name}, percent-encoded", urllib.parse.quote(secret, safe="").encode()
    for shift in range(3):  # base64 of it, wherever it stands in what was encoded
        coded = base64.b64encode(b"\0" * shift + half.encode())
        yield f"{name} as base64", coded[4 if shift else 0:-4]


class Secrets:
    """One run: its tokens, the bots, and everything that was seen of them."""

    def __init__(self, stage):
        self.stage, self.password, self.seen, self.bad = stage, made_up(24), {}, []
        self.tokens = [f"{100_000_001 + index}:{made_up(35)}" for index in range(4)]  # the last is not Telegram's
        stage.token = lambda index: self.tokens[index]
        self.needles = [form for name, secret in [*((f"token {i}", t) for i, t in enumerate(self.tokens)),
                                                  ("the proxy's password", self.password)] for form in forms(name, secret)]
        self.layer = stage.layer(LAYER)
        for bot in BOTS:
            self.hand_over(bot)

    def hand_over(self, bot):
        """Writes the credentials or the environment file of `bot`."""
        index, folder = BOTS.index(bot), self.stage.folder / "handed"
        folder.mkdir(mode=0o700, exist_ok=True)
        file = folder / f"{bot}.env"
        file.write_text(f"TELEGRAM_BOT_TOKEN_{bot.upper()}={self.tokens[index]}\n")
        file.chmod(0o600)
        (folder / f"telegram-bot-token-{bot}").write_text(self.tokens[index] + "\n")

    def given(self, bot):
        """(arguments, environment) that hand the token over in the way of this bot. None removes a variable."""
        folder, variable = self.stage.folder / "handed", f"TELEGRAM_BOT_TOKEN_{bot.upper()}"
        if WAY[bot] == "credentials":
            return [], {variable: None, "CREDENTIALS_DIRECTORY": str(folder)}
        if WAY[bot] == "file":
            return ["--env-file", folder / f"{bot}.env"], {variable: None}
        return [], {}

    def command(self, bot, words, name, changes=None, layers=(), state=None, expect=None, seconds=20):
        """Runs a command of `bot` to its end and keeps what it printed."""
        arguments, environment = self.given(bot)
        folder = self.stage.folder / (state or f"commands-{name}")
        line = [self.stage.build / f"bots/{bot}/{bot}_bot", "--config-dir", self.stage.config, "--layer", self.layer]
        for layer in layers:
            line += ["--layer", layer]
        line += ["--state-dir", folder, "--shared-dir", folder / "shared", "--clock-speed", str(SPEED), *arguments, *words]
        base = self.stage.environment(bot, BOTS.index(bot), ("binance",)) | environment | (changes or {})
        try:
            done = subprocess.run([str(part) for part in line], capture_output=True, timeout=seconds,
                                  env={key: value for key, value in base.items() if value is not None})
            out, code = done.stdout + done.stderr, done.returncode
        except subprocess.TimeoutExpired as late:
            out, code = (late.stdout or b"") + (late.stderr or b""), None
        self.seen[f"{name} (exit {code})"] = out
        if expect is not None and code != expect:
            self.bad.append(f"{name}: exit {code} instead of {expect}: {out[-300:]!r}")
        return out

    def check(self, good, words):
        if not good:
            self.bad.append(words)

    def search(self):
        for place, content in sorted(self.seen.items()):
            for name, needle in self.needles:
                if needle in content:
                    at = content.index(needle)
                    around = content[max(0, at - 60):at].decode(errors="replace")
                    self.bad.append(f"{name} in {place}, after …{around!r}")


def run_and_crash(run):
    """The three bots under faults; then each ends by a signal that writes a core file, where one may be written."""
    stage, folder = run.stage, run.stage.folder
    faults = [{"path": "/telegram/*/sendmessage", "kind": kind, "count": 2, "retry_after": 1, "name": f"telegram {kind}"}
              for kind in TELEGRAM_FAULTS]
    faults += [{"path": f"/{exchange}/*", "kind": kind, "count": 1, "name": f"{exchange} {kind}"}
               for exchange, kinds in EXCHANGE_FAULTS.items() for kind in kinds]
    flood = {"chat_burst": 1000, "chat_per_second": 1000, "group_per_minute": 100000, "bot_per_second": 1000}
    stage.start_sandbox({"seed": 3, "fault": faults, "telegram": {"flood": flood}}, more=("--transcript",))
    core_folder = folder / "cores"
    core_folder.mkdir()
    bots = {}
    for index, bot in enumerate(BOTS):
        arguments, environment = run.given(bot)
        bots[bot] = stage.start_bot(bot, index, run.layer, extra=environment, more=arguments, cwd=core_folder,
                                    preexec_fn=allow_cores)
    deadline = time.monotonic() + 25
    while time.monotonic() < deadline:
        unfired = [fault["name"] for fault in stage.get("/control/faults") if not fault["fired"]]
        if not unfired:
            break
        time.sleep(0.5)
    run.check(not unfired, f"faults that never fired: {unfired}")
    for bot, process in bots.items():
        run.check(process.poll() is None, f"{bot} ended early with {process.returncode}")
        run.seen[f"command line of {bot}"] = read(f"/proc/{process.pid}/cmdline")
        if WAY[bot] != "environment":  # where the operator put it, there it stands: SETUP.md says so
            run.seen[f"environment of {bot}"] = read(f"/proc/{process.pid}/environ")
    stage.call("DELETE", "/control/fault")
    for bot, process in bots.items():
        process.send_signal(CRASHES[bot])
    for bot, process in bots.items():
        code = process.wait(timeout=20)
        run.check(code == -CRASHES[bot] or b"Sanitizer" in read(folder / f"{bot}-{BOTS.index(bot)}.log"),
                  f"{bot}: exit {code} after {CRASHES[bot].name}")
    cores = list(core_folder.iterdir())
    run.check(not cores, f"core files were written: {[core.name for core in cores]}")


def allow_cores():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def read(path):
    with open(path, "rb") as file:
        return file.read()


def cores_are_possible(folder):
    """Does this machine write a core file for a process that does not forbid it? Without, its absence proves nothing."""
    where = folder / "control"
    where.mkdir()
    subprocess.run(["/bin/sh", "-c", "ulimit -c unlimited; exec /usr/bin/python3 -c 'import os; os.abort()'"], cwd=where,
                   stderr=subprocess.DEVNULL, check=False)
    return any(where.iterdir())


def commands(run):
    """Every command, in good times and bad."""
    nobody = {"TELEGRAM_BOT_TOKEN_VOLUME": run.tokens[3]}
    closed = {"PERPWATCH_TELEGRAM__BASE_URL": "http://127.0.0.1:9/telegram"}
    for bot in BOTS:
        run.command(bot, ["config"], f"config of {bot}", expect=0)
    run.command("volume", ["check", "--limits"], "check", expect=0)
    run.command("liquidation", ["check"], "check of the liquidation bot")
    run.command("funding", ["send-test"], "send-test", expect=0)
    run.command("funding", ["once"], "once", expect=0)
    run.command("volume", ["--jsonl", "run"], "--jsonl", seconds=3)
    run.command("volume", ["run"], "a token that Telegram does not know", nobody, expect=78)
    run.command("volume", ["check"], "check with that token", nobody, expect=1)
    run.command("volume", ["check"], "check with Telegram away", closed, expect=1)
    run.command("volume", ["check"], "check through a proxy that refuses",
                {"PERPWATCH_TELEGRAM__PROXY": f"http://127.0.0.1:{run.stage.port}"}, expect=1)


def bad_settings(run):
    """Secrets where they do not belong: refused with exit 78, and not repeated."""
    token, folder = run.tokens[3], run.stage.folder
    proxy = f"socks5h://operator:{run.password}@127.0.0.1:1080"
    texts = {"a token as a key of its own": f'[telegram]\ntoken = "{token}"\n',
             "a token in a known key": f'[telegram]\nproxy = "{token}"\n',
             "a token as a section": f'["{token}"]\nx = 1\n',
             "a token in broken TOML": f'[telegram]\nproxy = "{token}\n',
             "a token in an exchange's address": f'[exchange.okx]\nrest_url = "https://okx.com/{token}"\n',
             "a token as a watched symbol": f'[watch]\nmode = "listed"\nsymbols = ["{token}", "{token}"]\n',
             "a password in a proxy": f'[telegram]\nproxy = "{proxy}"\n',
             "a password in an exchange's proxy": f'[exchange.okx]\nproxy = "{proxy}"\n',
             "a password in an unknown key": f'[telegram]\nproxi = "{proxy}"\n',
             "a password in an exchange's address": f'[exchange.okx]\nrest_url = "https://me:{run.password}@okx.com"\n'}
    for number, (name, text) in enumerate(texts.items()):
        layer = folder / f"wrong-{number}.toml"
        layer.write_text(text)
        for words in (["config"], ["run"]):
            run.command("funding", words, f"{name}, {words[0]}", layers=[layer], expect=78)
    base = {"the proxy": {"PERPWATCH_TELEGRAM__PROXY": proxy}, "the chat": {"TELEGRAM_CHAT_ID": token},
            "the Bot API's address": {"PERPWATCH_TELEGRAM__BASE_URL": f"https://api.telegram.org/bot{token}"},
            "the operators' chat": {"TELEGRAM_OPERATOR_CHAT_ID": token}, "the admins": {"ADMIN_IDS": token},
            "the token, with a letter too many": {"TELEGRAM_BOT_TOKEN_VOLUME": token + "!"},
            "a setting that is none": {"PERPWATCH_TELEGRAM__TOKEN": token}}
    for name, changes in base.items():
        run.command("volume", ["run"], f"environment: {name}", changes, expect=78)
    wide = folder / "wide.env"
    for name, text, mode in (("wide", f"TELEGRAM_BOT_TOKEN_VOLUME={token}\n", 0o644), ("broken", f"{token}\n", 0o600)):
        wide.write_text(text)
        wide.chmod(mode)
        run.command("volume", ["--env-file", wide, "run"], f"environment file, {name}", expect=78)


def reload_with_a_secret(run):
    """SIGHUP with a bad file: refused in the log, without the value."""
    stage, layer = run.stage, run.stage.folder / "reloaded.toml"
    layer.write_text("")
    arguments, environment = run.given("volume")
    bot = stage.start_bot("volume", 2, run.layer, extra=environment, more=["--layer", layer, *arguments],
                          exchanges=("binance",), state="reload")
    time.sleep(1.5)
    layer.write_text(f'[telegram]\ntoken = "{run.tokens[3]}"\nproxy = "http://me:{run.password}@127.0.0.1:9"\n')
    bot.send_signal(signal.SIGHUP)
    time.sleep(0.7)
    run.check(bot.poll() is None, "the bot did not survive a bad reload")
    bot.send_signal(signal.SIGTERM)
    run.check(bot.wait(timeout=20) == 0, "the bot did not end in order after a bad reload")
    run.check(b"reload refused" in read(stage.folder / "volume-2.log"), "the log does not say that a reload was refused")


def collect(run):
    """All files that the processes left, databases also as their rows, and what the chats were told."""
    stage = run.stage
    kept = {stage.folder / "handed", stage.folder / "wide.env"}
    for path in stage.folder.rglob("*"):
        if not path.is_file() or kept & {path, *path.parents} or path.parent == stage.folder and path.suffix == ".toml":
            continue
        run.seen[f"file {path.relative_to(stage.folder)}"] = read(path)
        if path.suffix == ".db":
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
                run.seen[f"rows of {path.relative_to(stage.folder)}"] = "\n".join(database.iterdump()).encode()
    run.seen["messages"] = json.dumps(stage.messages()).encode()
    run.check(len(run.seen["messages"]) > 1_000, "hardly any message was sent: nothing was tested")
    for bot in BOTS:
        run.check(any(name.startswith(f"rows of state/{BOTS.index(bot)}/") for name in run.seen), f"no database of {bot}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True)
    parser.add_argument("--source", default=".")
    parser.add_argument("--keep", action="store_true", help="leave all files where they are")
    arguments = parser.parse_args()
    with Stage(arguments.build, arguments.source, SPEED, hosts=OWN_HOSTS) as stage:
        run = Secrets(stage)
        cores = cores_are_possible(stage.folder)
        run_and_crash(run)
        reload_with_a_secret(run)
        commands(run)
        bad_settings(run)
        collect(run)
        run.search()
        size = sum(len(content) for content in run.seen.values())
        print(f"{len(run.needles)} forms of {len(run.tokens) + 1} secrets looked for in {len(run.seen)} places, "
              f"{size / 1e6:.1f} MB; core files: " + ("would be seen" if cores else "this machine writes none, unproved"))
        for words in run.bad:
            print("  failed:", words)
        stage.keep = bool(run.bad) or arguments.keep
        return 1 if run.bad else 0


if __name__ == "__main__":
    sys.exit(main())
