"""The main job on real input: the three bots as processes live through twenty recorded minutes of Binance.

Candles (a crash of 2025), funding (a settlement of 264 contracts in 2026) and forced orders (a recorded session of 2025)
are played by one sandbox, moved to the funding's date; the clocks of sandbox and bots show that date (shift_clock.c). What
lies before the window is history, fetched over REST by the bots' own warm start. Afterwards every signal is compared with
the tables, computed again by recordings.py: what the data explains must be there, and nothing else.

  recorded.py --build BUILD_DIR --source SOURCE_DIR [--data ../shared/data] [--speed 1] [--transcript FILE]

Without the data it ends with 77: skipped.
"""
import argparse
import collections
import datetime
import re
import subprocess
import sys
import time
from pathlib import Path

from recordings import DAY, MINUTE, SECOND, Candles, Forced, Funding
from stage import BOTS, OPERATOR_CHAT, SIGNAL_CHAT, Stage

SKIPPED = 77
LENGTH, LEAD, TAIL = 20 * MINUTE, 2 * MINUTE, 2 * MINUTE


def utc(words):
    return int(datetime.datetime.fromisoformat(words + "+00:00").timestamp() * 1_000)


NOW = utc("2026-02-23 15:48")  # the window's first moment, as everybody's clock shows it
CANDLES_AT = utc("2025-02-07 01:48")
FORCED_SESSION, FORCED_AT = "4", utc("2025-01-26 16:53:10")
CONTRACTS = [f"{coin}USDT-1m-2025-02" for coin in ("ALGO", "AVAX", "FIL", "NEAR")]
FUNDING_MOST = 150  # their history takes the shipped share of Binance's limit six minutes
SYNTHETIC = ("BTC", "ETH", "SOL", "XRP", "DOGE", "PEPE", "ADA", "AVAX", "LINK", "SUI", "LTC", "WIF")
# As shipped, but for: every signal a message of its own; no recording of forced orders reaches the shipped floors (the largest order of all four sessions is
# $51,934, of BTC or ETH $51,934 against $1,000,000), and only the candles' contracts have a turnover.
PRINT_FLOOR, CASCADE_FLOOR = 15_000, 3_000
ALONE = """
[gates]
rings_a_day = 0
burst_idle = "0s"
"""
LAYERS = {
    "liquidation": ALONE + f"""
[watch]
turnover_floor_usd = 0
[liquidation.large_print]
floor_large_usd = {PRINT_FLOOR}
floor_rest_usd = {PRINT_FLOOR}
[liquidation.cascade]
floor_large_usd = {CASCADE_FLOOR}
floor_rest_usd = {CASCADE_FLOOR}
""",
    "funding": ALONE + """
[watch]
turnover_floor_usd = 0
""",
    "volume": ALONE}


class Player:
    """The recordings, the sandbox that plays them, and the bots."""

    def __init__(self, stage, data):
        self.stage = stage
        self.candles = Candles(data, CONTRACTS, CANDLES_AT, LENGTH)
        self.forced = Forced(data, FORCED_SESSION, FORCED_AT, LENGTH)
        forced = {row["symbol"] for row in self.forced.rows}
        self.listed = forced | set(self.candles.bars)
        # A contract that the sandbox has a market of its own for would add liquidations of its own.
        self.funding = Funding(data, NOW, LENGTH, FUNDING_MOST,
                               {f"{coin}USDT" for coin in (*SYNTHETIC, "1000PEPE")} - self.listed)

    def start(self):
        stage, speed = self.stage, self.stage.speed
        shim = stage.folder / "shift_clock.so"
        subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", shim, stage.source / "tests/system/shift_clock.c", "-ldl"],
                       check=True)
        for what in ("candles", "funding", "forced"):
            getattr(self, what).write(stage.folder / f"{what}.jsonl")
        plays = [("candles", "klines", CANDLES_AT), ("funding", "funding", NOW), ("forced", "forceorder", FORCED_AT)]
        actions = [{"kind": "delist", "exchange": "binance", "symbol": coin} for coin in SYNTHETIC]
        actions += [{"kind": "play", "file": f"{name}.jsonl", "what": what, "start_ms": at, "offset_s": LEAD / SECOND}
                    for name, what, at in plays]
        # SystemClock at speed s shows origin + (machine - origin) * s: what the machine must show for NOW - LEAD?
        origin, machine = utc("2026-01-01"), time.time() * 1_000
        wanted = origin + (NOW - LEAD - origin) / speed
        stage.everywhere = {"LD_PRELOAD": str(shim), "CLOCK_SHIFT_MS": str(round(wanted - machine) + 20)}
        stage.start_sandbox({"seed": 1, "action": actions}, more=("--data", stage.folder))
        for index, bot in enumerate(BOTS):
            layer = stage.layer(LAYERS[bot], f"{bot}-layer.toml")
            stage.start_bot(bot, index, layer, exchanges=("binance",))

    def live_through(self):
        left = (LEAD + LENGTH + TAIL) / SECOND / self.stage.speed
        deadline = time.monotonic() + left
        while time.monotonic() < deadline:
            time.sleep(min(1.0, max(0.0, deadline - time.monotonic())))
            for bot, process in zip(BOTS, self.stage.processes):
                if process.poll() is not None:
                    raise SystemExit(f"{bot} ended early with {process.returncode}")
        for process in self.stage.processes:
            process.terminate()
        return [process.wait(timeout=60) for process in self.stage.processes]


def money(words):
    number, unit = re.fullmatch(r"\$([\d.]+)([kMB]?)", words).groups()
    return float(number) * {"": 1, "k": 1e3, "M": 1e6, "B": 1e9}[unit]


def near(one, other, share=0.006):
    return abs(one - other) <= share * max(abs(one), abs(other))


def stamp(words):
    return utc(words.replace(" UTC", "")[:16])


class Judge:
    """Compares what was said with what the tables hold."""

    def __init__(self, player, messages):
        self.player, self.bad, self.said = player, [], collections.defaultdict(list)
        for message in messages:
            if str(message["chat"]) == SIGNAL_CHAT and message["action"] == "send":
                self.said[BOTS[message["bot"]]].append(message)
        self.said_to_operator = [message for message in messages
                                 if str(message["chat"]) == OPERATOR_CHAT and message["action"] == "send"]

    def expect(self, what, wanted, got):
        wanted, got = set(wanted), set(got)
        print(f"  {what}: {len(got)} told, {len(wanted)} in the data, {len(wanted - got)} missing, {len(got - wanted)} too many")
        self.bad += [f"{what}: missing {one}" for one in sorted(wanted - got, key=str)]
        self.bad += [f"{what}: not in the data: {one}" for one in sorted(got - wanted, key=str)]

    def volume(self):
        candles, moved = self.player.candles, CANDLES_AT - NOW
        told = []
        for message in self.said["volume"]:
            text = message["text"]
            if text.startswith("\u2b06"):
                continue
            symbol = re.search(r"[A-Z0-9]+USDT", text).group(0)
            day, since, until = re.search(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d)–(\d\d:\d\d) UTC", text).groups()
            span = stamp(f"{day} {since}") + moved, stamp(f"{day} {until}") + moved
            said = money(re.search(r"(\$[\d.]+[kMB]?) in ", text).group(1))
            held, ratio = candles.volume(symbol, *span)
            told.append((symbol, *span))
            print(f"  {symbol} {day} {since}–{until}: ${said:,.0f} said, ${held:,.0f} in the table, {ratio:.1f} times the "
                  f"median of the 4 h before; told {(message['time'] - stamp(f'{day} {until}')) / SECOND:.1f} s after its end")
            if not near(said, held) or ratio < 2 or span[0] < candles.start - 5 * MINUTE:
                self.bad.append(f"volume: the data does not explain {text!r}")
        for symbol, opened in candles.clear_bursts():
            if not any(name == symbol and since - 5 * MINUTE <= opened <= until + 60 * MINUTE for name, since, until in told):
                self.bad.append(f"volume: a clear burst of {symbol} at {opened} was not told")
        print(f"  volume: {len(told)} told, {len(candles.clear_bursts())} clear bursts in the data")
        if not told:
            self.bad.append("volume: nothing was told")

    def funding_rates(self):
        funding, flips, extremes = self.player.funding, [], set()
        for message in self.said["funding"]:
            text = message["text"]
            if text.startswith(("\u23f1", "\U0001F9F1", "\U0001F553")):  # changed intervals, limits, calm hours
                continue
            symbol = re.search(r"[A-Z0-9]+USDT", text).group(0)
            if "funding turned" in text:
                flips.append(symbol)
            elif "about to turn" not in text:
                extremes.add(symbol)
            rate = float(re.search(r"Rate ([+−][\d.]+)%", text).group(1).replace("−", "-")) / 100
            if not any(abs(rate - held) < 1e-6 for _, held in funding.rates[symbol]):
                self.bad.append(f"funding: no settlement of {symbol} has the rate of {text!r}")
        self.expect("settled flips", funding.flips(), flips)
        if len(flips) != len(set(flips)):
            self.bad.append("a flip was told twice")
        margins = collections.defaultdict(float)
        for (symbol, _), margin in funding.extremes(len(self.player.listed - funding.rates.keys())).items():
            margins[symbol] = max(margins[symbol], margin)
        clear = {symbol for symbol, margin in margins.items() if margin >= 1.1}
        self.expect("extremes (those within 10 % of a limit aside)", clear, extremes - (margins.keys() - clear))

    def liquidations(self):
        forced = self.player.forced
        said, cascades = [], set()
        for message in self.said["liquidation"]:
            text = message["text"]
            if text.startswith("\U0001F4A5"):
                said.append((re.search(r"\n([A-Z0-9]+USDT)", text).group(1), money(re.search(r"\$[\d.]+[kM]?", text).group(0))))
            elif text.startswith(("\U0001F30A", "\U0001F3C1")):
                asset, side = re.search(r"([A-Z0-9]+) (longs|shorts) liquidated", text).groups()
                cascades.add((asset, "SELL" if side == "longs" else "BUY"))
        held = forced.prints(PRINT_FLOOR)
        paired = {one: next((row for row in held if row[0] == one[0] and near(row[1], one[1])), one) for one in said}
        self.expect("large prints", held, paired.values())
        wanted = {(re.sub(r"^1000|USDT$", "", symbol), side) for symbol, side in forced.cascades(CASCADE_FLOOR)}
        self.expect("cascades", wanted, cascades)

    def doubts(self):
        """What the exchange tells is true: nobody may doubt it, and leave data out."""
        for message in self.said_to_operator:
            if "not believed" in message["text"]:
                self.bad.append(f"a doubt: {message['text']!r}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True)
    parser.add_argument("--source", default=".")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--speed", type=float, default=1)
    parser.add_argument("--transcript", type=Path, help="where the chats are written to, as text")
    arguments = parser.parse_args()
    data = arguments.data or Path(arguments.source) / "../shared/data"
    if not data.is_dir():
        print(f"skipped: no recordings in {data}")
        return SKIPPED
    with Stage(arguments.build, arguments.source, arguments.speed) as stage:
        player = Player(stage, data.resolve())
        player.start()
        codes = player.live_through()
        messages = stage.messages()
        if arguments.transcript:
            arguments.transcript.write_bytes(stage.call("GET", "/control/transcript"))
        print(f"{LENGTH // MINUTE} recorded minutes at speed {arguments.speed:g}: {len(messages)} messages; "
              f"{sum(map(len, player.candles.bars.values()))} candles, {len(player.funding.rates)} funding contracts, "
              f"{len(player.forced.rows)} forced orders")
        judge = Judge(player, messages)
        judge.volume()
        judge.funding_rates()
        judge.liquidations()
        judge.doubts()
        judge.bad += [] if codes == [0, 0, 0] else [f"exit codes {codes}"]
        for words in judge.bad:
            print("  failed:", words)
        stage.keep = bool(judge.bad)
        return 1 if judge.bad else 0


if __name__ == "__main__":
    sys.exit(main())
