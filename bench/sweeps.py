"""Part `sweeps`: eleven exchanges of a real market's size, polled and heard by the three bots with the shipped settings.

Every exchange is measured alone (three bots that know no other), and all of them together; CPU time is the processes' own.
Contracts above the turnover floor, whose bars and settlements the bots follow, have a price path in the sandbox; the many
small ones below it are only listed, quoted and charged, as everywhere."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from common import Line, cpu_seconds, die_with_me, memory_kb, number, pss_kb, wait_for_port

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests/sandbox"))
import demo_driver

BOTS = demo_driver.BOTS
# How its contracts are spelled, how many it lists (the sandbox's own coins among them), its part of Binance's turnover.
EXCHANGES = {"binance": ("{}USDT", 739, 1), "bybit": ("{}USDT", 739, 0.45), "okx": ("{}-USDT-SWAP", 423, 0.4),
             "mexc": ("{}_USDT", 951, 0.25), "gate": ("{}_USDT", 792, 0.22), "bitget": ("{}USDT", 739, 0.3),
             "kraken": ("PF_{}USD", 370, 0.08), "htx": ("{}-USDT", 317, 0.15), "kucoin": ("{}USDTM", 634, 0.12),
             "hyperliquid": ("{}", 264, 0.3), "deribit": ("{}_USDC-PERPETUAL", 32, 0.1)}
COINS = ("BTC", "ETH", "SOL", "XRP", "DOGE", "ADA", "AVAX", "LINK", "SUI", "LTC", "WIF")
OWN_COINS = 12      # that the sandbox lists everywhere
CORE_SHARE_MAX = 5  # % of one core: all exchanges, all three bots
WARM_UP_S = 480     # history of bars and rates is fetched as slowly as the limits want it
FLOOR_USD = 5e6     # the shipped [watch] turnover_floor_usd


def turnover_usd(rank, part):
    """A day's, of the contract of this rank: Binance's twelfth makes some 300 million, its 220th five."""
    return part * 3e8 * (12 / rank) ** 1.4


def listed(names, smoke):
    out = []
    for name in names:
        form, contracts, part = EXCHANGES[name]
        first = OWN_COINS + 1
        for rank in range(first, first + (contracts - OWN_COINS) // (20 if smoke else 1)):
            action = {"kind": "list", "exchange": name, "symbol": form.format(f"N{rank:03}"), "price": 5.0}
            turnover = turnover_usd(rank, part)
            if turnover >= FLOOR_USD:
                action |= {"like": COINS[rank % len(COINS)], "turnover_usd": turnover}
            out.append(action)
    return out


class Market:
    """A sandbox that plays `names` at full size, and three bots that know no other exchanges."""

    def __init__(self, build, source, names, smoke):
        self.build, self.config, self.names = build, source / "config", names
        self.folder = Path(tempfile.mkdtemp(prefix="perpwatch-bench-"))
        actions = listed(names, smoke)
        self.traded = sum("like" in action for action in actions) + len(names) * OWN_COINS
        (self.folder / "scenario.json").write_text(json.dumps({"seed": 7, "action": actions}))
        command = [build / "tests/sandbox/sandbox", "--port", "0", "--port-file", self.folder / "port", "--gzip", "--scenario",
                   self.folder / "scenario.json", "--quiet"]
        for bot in BOTS:
            command += ["--token", demo_driver.fake_token(bot)]
        self.sandbox = self.start(command, dict(os.environ), self.folder / "sandbox.log")
        self.port = wait_for_port(self.folder / "port", self.sandbox)
        self.bots = {bot: self.start_bot(bot) for bot in BOTS}

    @staticmethod
    def start(command, env, log):
        with open(log, "wb") as file:
            return subprocess.Popen([str(part) for part in command], env=env, stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                                    preexec_fn=die_with_me)

    def start_bot(self, bot):
        env = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TZ") if key in os.environ}
        for layer in ("common.toml", f"{bot}.toml"):
            env |= demo_driver.overrides(demo_driver.read_toml(self.config / layer), set(self.names), self.port)
        env |= {f"TELEGRAM_BOT_TOKEN_{bot.upper()}": demo_driver.fake_token(bot), "TELEGRAM_CHAT_ID": "1001"}
        (self.folder / bot).mkdir()
        return self.start([self.build / f"bots/{bot}/{bot}_bot", "run", "--config-dir", self.config, "--state-dir",
                           self.folder / bot, "--shared-dir", self.folder / "shared"], env, self.folder / f"{bot}.log")

    def stats(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/control/stats", timeout=60) as answer:
            exchanges = json.load(answer)["exchanges"]
        return {name: exchanges[name] for name in self.names}

    def requests(self):
        """exchange -> (asked, refused for too many) since the start."""
        return {name: (one["total"], one["rejected"]) for name, one in self.stats().items()}

    def cpu(self):
        for bot, process in self.bots.items():
            if process.poll() is not None:
                words = (self.folder / f"{bot}.log").read_text(errors="replace").splitlines()[-5:]
                raise SystemExit("\n".join([f"{bot} ended early with status {process.returncode}", *words]))
        return {bot: cpu_seconds(process.pid) for bot, process in self.bots.items()}

    def close(self):
        for process in [*self.bots.values(), self.sandbox]:
            process.kill()
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def window(markets, seconds):
    """market -> (bot -> seconds of CPU, requests) of the next `seconds`, for all of them side by side; how long it was."""
    began = time.monotonic()
    before = {name: (market.cpu(), market.requests()) for name, market in markets.items()}
    time.sleep(seconds)
    out = {}
    for name, market in markets.items():
        cpu, requests = market.cpu(), market.requests()
        cpu_before, requests_before = before[name]
        for exchange, (_, refused) in requests.items():
            if refused > requests_before[exchange][1]:
                print(f"   {name}: {exchange} refused {refused - requests_before[exchange][1]} requests: too many")
        asked = sum(now - requests_before[exchange][0] for exchange, (now, _) in requests.items())
        out[name] = ({bot: cpu[bot] - cpu_before[bot] for bot in BOTS}, asked)
    return out, time.monotonic() - began


def core_share(used, seconds):
    return 100 * used / seconds


def words(by_bot, seconds):
    return ", ".join(f"{bot} {number(core_share(used, seconds))}" for bot, used in by_bot.items())


def lines_of(market, title, measured, seconds, warm, aim):
    by_bot, requests = measured
    memory = [memory_kb(process.pid) for process in market.bots.values()]
    count = sum(EXCHANGES[name][1] for name in market.names)
    note = (f"{words(by_bot, seconds)}; {number(sum(by_bot.values()))} s of CPU in {number(seconds)} s; {market.traded} contracts "
            f"with bars; {number(requests * 60 / seconds)} requests a minute; "
            f"the {number(warm[1])} s of warm-up before it: {number(core_share(sum(warm[0].values()), warm[1]))} %")
    rss = " / ".join(number(one["VmRSS"] / 1024) for one in memory)
    return [Line(f"sweeps: {title}, {count:,} contracts, three bots", core_share(sum(by_bot.values()), seconds), "% of a core",
                 aim, note=note),
            Line(f"sweeps: {title}, RSS of the three", sum(one["VmRSS"] for one in memory) / 1024, "MB",
                 note=f"{' / '.join(BOTS)}: {rss}; RssAnon {' / '.join(number(one['RssAnon'] / 1024) for one in memory)}; "
                      f"Pss {' / '.join(number(pss_kb(process.pid) / 1024) for process in market.bots.values())}")]


def measure(build, source, minutes, smoke):
    warm_s, seconds = (12, 8) if smoke else (WARM_UP_S, 60 * minutes)
    markets = {}
    try:
        for name in [*EXCHANGES, "all"]:
            markets[name] = Market(build, source, tuple(EXCHANGES) if name == "all" else (name,), smoke)
        warm, warm_took = window(markets, warm_s)
        measured, took = window(markets, seconds)
        lines = []
        for name, market in markets.items():
            lines += lines_of(market, "all eleven" if name == "all" else f"{name} alone", measured[name], took,
                              (warm[name][0], warm_took), CORE_SHARE_MAX if name == "all" else None)
        return lines
    finally:
        for market in markets.values():
            market.close()
