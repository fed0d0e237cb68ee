"""Parts `throughput` and `latency`: a real bot between a WebSocket that floods it and the sandbox's Telegram."""
import json
import sys
import tempfile
import time
from pathlib import Path

from common import Line, cpu_seconds, fsync_ms, median, number, percentile, spread
from peers import Exchange, TelegramDoor, frame

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests/system"))
import stage as system

COINS = {"BTC": 84_000.0, "ETH": 2_800.0, "SOL": 131.0, "XRP": 1.95, "DOGE": 0.141, "ADA": 0.41, "AVAX": 13.2, "LINK": 12.4,
         "SUI": 1.38, "LTC": 84.5, "WIF": 0.34}
SYMBOLS = [coin + "USDT" for coin in COINS]
PRICES = dict(zip(SYMBOLS, COINS.values()))
# Just above the floors of large prints: hours of such prints must stay below a day's volume, or the feed is not believed.
PRINT_USD = {symbol: 300e3 for symbol in SYMBOLS} | {"BTCUSDT": 1.2e6, "ETHUSDT": 1.2e6, "WIFUSDT": 60e3}
CHAT = "2002"  # a person's: no limit by the minute, one message a second

LAYER = """
[telegram]
announce = false
[gates]
cooldown = "0s"
rings_a_day = 0
burst_idle = "0s"
[watch]
turnover_floor_usd = 0
"""
OWN_LAYER = {"liquidation": "[liquidation.cascade]\nevents_min = 1000\n", "volume": ""}  # no cascades: prints alone


def now_ms():
    return time.time_ns() // 1_000_000


def forced_order(symbol, side, usd, at_ms):
    price = PRICES[symbol]
    size = f"{usd / price:.6f}"
    order = {"s": symbol, "S": side, "o": "LIMIT", "f": "IOC", "q": size, "p": f"{price:.4f}", "ap": f"{price:.4f}",
             "X": "FILLED", "l": size, "z": size, "T": at_ms}
    return frame(json.dumps({"e": "forceOrder", "E": at_ms + 5, "o": order}, separators=(",", ":")).encode())


def mark_prices():
    at = now_ms()
    rows = [{"e": "markPriceUpdate", "E": at, "s": symbol, "p": f"{PRICES[symbol]:.8f}", "i": f"{PRICES[symbol]:.8f}",
             "P": f"{PRICES[symbol]:.8f}", "r": "0.00010000", "T": at + 3_600_000} for symbol in SYMBOLS]
    return frame(json.dumps(rows, separators=(",", ":")).encode())


def bars(count):
    """What a candle stream mostly says: the bar that is still open, a little larger each time."""
    at = now_ms()
    opened = at // 60_000 * 60_000
    out = []
    for n in range(count):
        symbol = SYMBOLS[n % len(SYMBOLS)]
        price = f"{PRICES[symbol]:.4f}"
        volume = f"{100 + n:.3f}"
        bar = {"t": opened, "T": opened + 59_999, "s": symbol, "i": "1m", "f": 1, "L": n + 1, "o": price, "c": price, "h": price,
               "l": price, "v": volume, "n": n + 1, "x": False, "q": volume, "V": volume, "Q": volume, "B": "0"}
        event = {"e": "kline", "E": at, "s": symbol, "k": bar}
        out.append(frame(json.dumps(event, separators=(",", ":")).encode()))
    return out


def market():
    """What a socket says by itself: prices, and the open bars. Without bars it would be doubted, and dialled anew."""
    return mark_prices() + b"".join(bars(len(SYMBOLS)))


def small_liquidations(count):
    """A storm of prints of a dollar: each is decoded, counted and judged, none is told."""
    begin = now_ms() - 30_000  # one a millisecond and contract
    return [forced_order(SYMBOLS[n % len(SYMBOLS)], "SELL" if n % 3 else "BUY", 1 + n % 7 / 10,
                         begin + n // len(SYMBOLS)) for n in range(count)]


class Bench(system.Stage):
    """A stage whose Binance streams come from here."""

    def begin(self, bot, extra=None):
        self.start_sandbox({"seed": 7, "telegram": {"flood": {"chat_burst": 5, "chat_per_second": 1.0}}}, tokens=1)
        self.exchange = Exchange(market)
        env = {"PERPWATCH_EXCHANGE__BINANCE__STREAM_URLS__MARKET": f"ws://127.0.0.1:{self.exchange.port}/market/ws",
               "TELEGRAM_CHAT_ID": CHAT} | (extra(self) if extra else {})
        self.bot = self.start_bot(bot, 0, self.layer(LAYER + OWN_LAYER[bot]), exchanges=("binance",), extra=env)
        if not self.exchange.subscribed.wait(30):
            raise SystemExit(f"{bot} did not subscribe")
        time.sleep(3)  # its history and first cycle
        return self


def flood(build, source, smoke, bot, words, messages):
    rounds, count = (1, 2_000) if smoke else (7, 50_000)
    rates, cpu = [], []
    with Bench(build, source) as stage:
        stage.begin(bot)
        for _ in range(rounds):
            data = b"".join(messages(count))
            before = cpu_seconds(stage.bot.pid)
            seconds = stage.exchange.send_and_wait(data)
            cpu.append((cpu_seconds(stage.bot.pid) - before) / count * 1e6)
            rates.append(count / seconds)
            time.sleep(0.5)
    note = f"{number(median(cpu))} us of CPU each ({spread(cpu)}), {number(len(data) / count)} bytes"
    return Line(f"stream: {words}", median(rates), "messages/s", None, spread(rates), note)


def measure_throughput(build, source, smoke):
    return [flood(build, source, smoke, "liquidation", "liquidations through client, decoder, detector", small_liquidations),
            flood(build, source, smoke, "volume", "open bars through client, decoder, bar closer", bars)]


def signal_times(build, source, signals):
    """(ms from frame to request for each signal, ms of this disk's fdatasync between them)."""
    waits, disk = [], []

    def door(stage):
        stage.door = TelegramDoor(stage.port, CHAT.encode())
        return {"PERPWATCH_TELEGRAM__BASE_URL": f"http://127.0.0.1:{stage.door.port}/telegram"}

    with Bench(build, source) as stage:
        stage.begin("liquidation", door)
        for n in range(signals + 1):
            # Each its own contract's large print, a second and more after the last one: nothing waits for a limit.
            symbol = SYMBOLS[n % len(SYMBOLS)]
            sent_at = stage.exchange.send(forced_order(symbol, "SELL" if n % 2 else "BUY", PRINT_USD[symbol], now_ms()))
            if not stage.door.wait(n + 1, 10):
                raise SystemExit(f"signal {n + 1} did not reach Telegram")
            waits.append((stage.door.arrived[n] - sent_at) / 1e6)
            time.sleep(0.6)
            disk += fsync_ms(stage.folder, 1)
            time.sleep(0.55)
        if len(stage.messages()) < signals:
            raise SystemExit("Telegram did not take every signal")
    return waits[1:], disk  # the first one opens the connection


def measure_latency(build, source, smoke):
    signals = 4 if smoke else 200
    waits, disk = signal_times(build, source, signals)
    note = (f"{signals} signals, 1 commit each; one fdatasync of this disk between them: p50 {number(median(disk))}, "
            f"p99 {number(percentile(disk, 0.99))} ms")
    lines = [Line("latency: frame to Telegram request, p99", percentile(waits, 0.99), "ms", 2, spread(waits), note),
             Line("latency: frame to Telegram request, p50", median(waits), "ms")]
    if not smoke and Path("/dev/shm").is_dir():
        here, tempfile.tempdir = tempfile.tempdir, "/dev/shm"
        try:
            waits, _ = signal_times(build, source, 100)
        finally:
            tempfile.tempdir = here
        lines.append(Line("latency: the same without a disk, p99", percentile(waits, 0.99), "ms", None, spread(waits),
                          f"state in memory, 100 signals; p50 {number(median(waits))} ms"))
    return lines
