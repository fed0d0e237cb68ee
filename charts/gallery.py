#!/usr/bin/python3
"""Draws the pictures of docs/messages.md, and the odd ones that must stay readable, out of made-up markets.

usage: charts/gallery.py CHART FOLDER [NAME…]    CHART: the built perpwatch_chart; NAMEs: only these
The same program draws the same bytes: run it again after a change of the pictures, and look at them.
"""
import json
import math
import random
import subprocess
import sys
from pathlib import Path

MINUTE = 60_000
DAY = 24 * 60 * MINUTE
DECIDED = 1_795_357_920_000  # 2026-11-22 14:32 UTC
DISCLAIMER = "Information, not advice"
LARGEST_BYTES = 60_000


def walk(seed, price, bars, step, burst=None, bar=MINUTE, drift=0.0):
    """Candles that end at DECIDED; `burst` bars before the end move by so much a bar, on ten times the volume."""
    luck = random.Random(seed)
    candles, first = [], DECIDED - bars * bar
    for i in range(bars):
        hot = burst and i >= bars - burst[0]
        opened, high, low = price, price, price
        for _ in range(6):
            price *= math.exp(luck.gauss((burst[1] if hot else drift) / 6, step * (2 if hot else 1) / 2.4))
            high, low = max(high, price), min(low, price)
        volume = 90_000 * math.exp(luck.gauss(0, 0.5)) * (10 if hot else 1)
        candles.append([first + i * bar, opened, high, low, price, round(volume)])
    return candles


def rounded(candles, tick):
    for candle in candles:
        candle[1:5] = [max(tick, round(round(value / tick) * tick, 12)) for value in candle[1:5]]
    return candles


def plan(spec, direction, entry, risk):
    sign = 1 if direction == "long" else -1
    spec.update(direction=direction, entry=entry, stop=entry - sign * risk, tp1=entry + sign * 1.5 * risk,
                tp2=entry + sign * 3 * risk)
    return spec


def chart(title, subtitle, candles, tick, bar=MINUTE, **more):
    return dict({"picture": "signal", "title": title, "subtitle": subtitle, "footer": DISCLAIMER, "bar_ms": bar,
                 "tick_size": tick, "candles": candles, "liquidations": [], "event_ms": DECIDED}, **more)


def liquidations(seed, bars, side, most):
    luck = random.Random(seed)
    sums = []
    for back in range(bars, 0, -1):
        big = most * math.exp(-((back - 5) / 3.0) ** 2) * luck.uniform(0.5, 1)
        small = big * luck.uniform(0, 0.15)
        if big > most / 200:
            pair = (round(big), round(small)) if side == "long" else (round(small), round(big))
            sums.append([DECIDED - back * MINUTE, *pair])
    return sums


def reversal_long():
    candles = rounded(walk(3, 64_900, 90, 0.0006, (9, -0.0026)), 0.1)
    spec = chart("BTCUSDT · Binance", "Reversal setup after a cascade of longs · 1 m candles", candles, 0.1,
                 liquidations=liquidations(3, 20, "long", 2_600_000))
    return plan(spec, "long", candles[-1][4], 412.5)


def reversal_short():
    candles = rounded(walk(8, 2.31, 90, 0.0011, (7, 0.006)), 0.0001)
    spec = chart("XRPUSDT · Bybit", "Reversal setup after a cascade of shorts · 1 m candles", candles, 0.0001,
                 liquidations=liquidations(8, 16, "short", 640_000))
    return plan(spec, "short", candles[-1][4], 0.0318)


def spike_long():
    candles = rounded(walk(5, 148.2, 90, 0.0008, (4, 0.0045)), 0.01)
    return plan(chart("SOLUSDT · OKX", "Volume ×11.4 out of the value area · 1 m candles", candles, 0.01), "long",
                candles[-1][4], 1.62)


def funding_short():
    candles = rounded(walk(12, 0.4312, 96, 0.0022, None, 15 * MINUTE, 0.0009), 0.0001)
    return plan(chart("WIFUSDT · Gate", "Funding +0.412 % per 4 h, 902 % APR · 15 m candles", candles, 0.0001,
                      15 * MINUTE), "short", candles[-1][4], 0.0093)


def calm():
    candles = rounded(walk(21, 3_012.4, 90, 0.00004), 0.01)
    return chart("ETHUSDT · Kraken", "Hardly a move · 1 m candles", candles, 0.01)


def wild():
    candles = rounded(walk(33, 0.081, 120, 0.012, (10, -0.03)), 0.00001)
    spec = chart("1000MEMEUSDT · KuCoin", "A long title meets a wild market, and has to give way to it somewhere · 1 m",
                 candles, 0.00001, liquidations=liquidations(33, 40, "long", 90_000))
    return plan(spec, "long", candles[-1][4], 0.0052)


def tiny():
    candles = rounded(walk(41, 0.00001234, 90, 0.002, (5, 0.01)), 0.00000001)
    return plan(chart("1000PEPEUSDT · Binance", "Volume ×7.2 · 1 m candles", candles, 0.00000001), "long",
                candles[-1][4], 0.00000021)


def huge():
    candles = rounded(walk(44, 12_345_678.0, 90, 0.0009), 0.5)
    return plan(chart("BTC-JPY · Deribit", "Volume ×4.4 · 1 m candles", candles, 0.5), "short", candles[-1][4], 61_728)


def gaps():
    candles = rounded(walk(51, 17.42, 90, 0.0012), 0.001)
    del candles[60:63], candles[20:38]
    return plan(chart("LINKUSDT · Bitget", "Some candles never came · 1 m candles", candles, 0.001), "long",
                candles[-1][4], 0.06)


def one_candle():
    candles = [[DECIDED - MINUTE, 1.0, 1.04, 0.98, 1.02, 51_000]]
    return plan(chart("NEWUSDT · MEXC", "Listed a minute ago · 1 m candles", candles, 0.0001), "long", 1.02, 0.03)


def no_tick():
    candles = walk(61, 0.0421337, 60, 0.0015)
    for candle in candles:
        candle[5] = None
    spec = chart("ODDUSDT · HTX", "Neither tick size nor volume known · 1 m candles", candles, None)
    del spec["tick_size"]
    return spec


def far_stop():
    candles = rounded(walk(71, 64_900, 90, 0.0001), 0.1)
    return plan(chart("BTCUSDT · Binance", "Stop and targets far outside · 1 m candles", candles, 0.1), "short",
                candles[-1][4], 2_950.0)


def tight():
    candles = rounded(walk(81, 100, 90, 0.002, (3, 0.01)), 0.01)
    return plan(chart("TIGHTUSDT · Aster", "Levels closer than their labels · 1 m candles", candles, 0.01), "long",
                candles[-1][4], 0.11)


def still():
    candles = [[DECIDED - back * MINUTE, 5.0, 5.0, 5.0, 5.0, 0] for back in range(90, 0, -1)]
    return chart("STILLUSDT · MEXC", "Nobody trades · 1 m candles", candles, 0.01)


def many():
    candles = rounded(walk(91, 64_000, 400, 0.0012, None, 60 * MINUTE), 0.1)
    return plan(chart("BTCUSDT · Binance", "400 bars · 1 h candles", candles, 0.1, 60 * MINUTE), "long",
                candles[-1][4], 900.0)


def equity(seed, trades, mean, days=28):
    luck = random.Random(seed)
    times = sorted(luck.uniform(0, days * DAY) for _ in range(trades))
    points, r = [], 0.0
    for at in times:
        r += luck.choices([-1.05, 0.7, 2.2, 0.3], [48 - 10 * mean, 24, 18 + 10 * mean, 10])[0]
        points.append([DECIDED - days * DAY + int(at), round(r, 2)])
    return points


def total_of(lines):
    r, last, out = 0.0, {}, []
    for at, r_line, name in sorted((at, r_line, line["name"]) for line in lines for at, r_line in line["points"]):
        r += r_line - last.get(name, 0.0)
        last[name] = r_line
        out.append([at, round(r, 2)])
    return out


def report(title, verdict, means, trades=40, placebo=True):
    """One line for each rule, and their total where there are several."""
    names = ["volume spike", "funding extreme", "reversal", "cascade"]
    lines = [{"name": name, "points": equity(100 + i, trades, mean)} for i, (name, mean) in enumerate(zip(names, means))]
    if len(lines) > 1:
        lines.insert(0, {"name": "all rules", "points": total_of(lines)})
    count = len(lines[0]["points"])
    band = [[DECIDED - 28 * DAY + i * DAY, round(-0.04 * i * count / 28 - 2.4 * math.sqrt(i * count / 28), 2),
             round(-0.04 * i * count / 28 + 2.4 * math.sqrt(i * count / 28), 2)] for i in range(29)]
    return {"picture": "report", "title": title, "subtitle": f"{verdict} · {count} trade{'s' * (count != 1)} in 28 days",
            "footer": "Hypothetical trades, after fees and funding. " + DISCLAIMER, "lines": lines,
            "placebo": band if placebo else []}


def report_week():
    return report("Volume Bot until 22 Nov", "no evidence of an edge", [-0.1], 64)


def report_good():
    return report("Funding Bot until 22 Nov", "edge in 1 of 3 rules", [1.2, 0.4, 0.9])


def report_bad():
    return report("Liquidation Bot until 22 Nov", "no evidence of an edge, it loses", [-0.6, -0.8], 30)


def report_new():
    return report("Funding Bot until 22 Nov", "not enough data", [0.5], 1, False)


SHOWN = [reversal_long, reversal_short, spike_long, funding_short, report_week]
ODD = [calm, wild, tiny, huge, gaps, one_candle, no_tick, far_stop, tight, still, many, report_good, report_bad, report_new]


def main(arguments):
    if len(arguments) < 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    program, folder, names = arguments[0], Path(arguments[1]), arguments[2:]
    known = {make.__name__: make for make in SHOWN + ODD}
    wanted = [make.__name__ for make in SHOWN] if not names else list(known) if names == ["all"] else names
    folder.mkdir(parents=True, exist_ok=True)
    for name in wanted:
        drawn = subprocess.run([program], input=json.dumps(known[name]()).encode(), capture_output=True, check=False, env={})
        if drawn.returncode != 0:
            print(f"{name}: exit {drawn.returncode}: {drawn.stderr.decode().strip()}", file=sys.stderr)
            return 1
        if len(drawn.stdout) > LARGEST_BYTES:
            print(f"{name}: {len(drawn.stdout)} bytes, more than {LARGEST_BYTES}", file=sys.stderr)
            return 1
        target = folder / f"{name.replace('_', '-')}.png"
        target.write_bytes(drawn.stdout)
        print(f"{target}: {len(drawn.stdout)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
