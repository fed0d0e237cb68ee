"""Cuts a window out of each of three recordings, and says by itself, from the tables alone, what must be told of it.

Nothing here knows the bots' code: the rules are those of SIGNALS.md, computed again with plain medians. All times in ms.
"""
import collections
import csv
import json
import lzma
import math
import statistics

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000


def table(file):
    with lzma.open(file, "rt", encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def write_lines(file, lines):
    with open(file, "w", encoding="utf-8") as out:
        out.writelines(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)


class Candles:
    """Minute bars of some contracts: a day and two hours before the window, and the window."""

    def __init__(self, data, names, start, length):
        self.start, self.end, self.bars = start, start + length, {}
        for name in names:
            rows = table(data / f"klines_1m_um/{name}.csv.xz")
            self.bars[name.split("-")[0]] = [row for row in rows
                                             if start - DAY - 2 * HOUR <= int(row["time_ms"]) < self.end]

    def write(self, file):
        lines = []
        for symbol, rows in self.bars.items():
            for row in rows:
                opened, quote, close = int(row["time_ms"]), row["quote_volume"], float(row["close"])
                lines.append({"at": opened + MINUTE, "symbol": symbol, "row": [
                    opened, row["open"], row["high"], row["low"], row["close"], repr(round(float(quote) / close, 6)),
                    opened + MINUTE - 1, quote, int(row["trades"]), "", row["taker_buy_quote"], "0"]})
        write_lines(file, sorted(lines, key=lambda line: line["at"]))

    def volume(self, symbol, since, until):
        """(quote volume, times the median of four hours before) of the bars that open in [since, until)."""
        rows = self.bars[symbol]
        inside = [float(row["quote_volume"]) for row in rows if since <= int(row["time_ms"]) < until]
        before = [float(row["quote_volume"]) for row in rows if since - 4 * HOUR <= int(row["time_ms"]) < since]
        return sum(inside), sum(inside) / (statistics.median(before) * max(1, len(inside)))

    def clear_bursts(self):
        """(symbol, open time) of single bars that any fair baseline calls a burst: all limits passed by a wide margin."""
        out = []
        for symbol, rows in self.bars.items():
            quote = [float(row["quote_volume"]) for row in rows]
            price = [{key: float(row[key]) for key in ("open", "high", "low", "close")} for row in rows]
            for i, row in enumerate(rows):
                if int(row["time_ms"]) < self.start or quote[i] < 150_000:
                    continue
                logs = [math.log1p(volume) for volume in quote[i - 240:i]]
                middle = statistics.median(logs)
                spread = max(0.1, statistics.median(abs(one - middle) for one in logs))
                z, ratio = 0.6745 * (math.log1p(quote[i]) - middle) / spread, quote[i] / math.expm1(middle)
                atr = sum(max(price[j]["high"], price[j - 1]["close"]) - min(price[j]["low"], price[j - 1]["close"])
                          for j in range(i - 30, i)) / 30
                tilted = abs(float(row["taker_buy_quote"]) / quote[i] - 0.5) >= 0.15
                moved = abs(price[i]["close"] - price[i]["open"]) >= 1.5 * atr
                if z >= 3.6 and ratio >= 4 and (tilted or moved):
                    out.append((symbol, int(row["time_ms"])))
        return out


class Funding:
    """Settled rates of those contracts that settle within the window and keep one interval around it."""

    def __init__(self, data, start, length, most, never=()):
        self.start, self.end = start, start + length
        rows = collections.defaultdict(dict)
        for row in table(data / "funding/binance_um_539.csv.xz"):
            at = (int(row["time_ms"]) + 30 * SECOND) // MINUTE * MINUTE
            if at <= self.end + DAY:
                rows[row["symbol"]][at] = float(row["funding_rate"])
        self.rates = {}
        for symbol in sorted(rows):
            times = sorted(rows[symbol])
            near = [at for at in times if start - DAY <= at]
            steps = {later - sooner for sooner, later in zip(near, near[1:])}
            inside = any(start <= at < self.end for at in times)
            if inside and len(steps) == 1 and len(times) >= 60 and symbol not in never and len(self.rates) < most:
                self.rates[symbol] = [(at, rows[symbol][at]) for at in times]

    def write(self, file):
        lines = [{"at": at, "row": {"symbol": symbol, "fundingRate": f"{rate:.8f}", "fundingTime": at}}
                 for symbol, rates in self.rates.items() for at, rate in rates]
        write_lines(file, sorted(lines, key=lambda line: line["at"]))

    def per_8h(self, symbol):
        """(time, 8 h equivalent, hours) of each settlement, by the distance to the one before."""
        out = []
        for (sooner, _), (at, rate) in zip(self.rates[symbol], self.rates[symbol][1:]):
            hours = round((at - sooner) / HOUR)
            if hours in (1, 2, 4, 8):
                out.append((at, rate * 8 / hours, hours))
        return out

    def flips(self, least=0.00005):
        """Symbols whose settled rate changes its sign in the window, both sides large enough."""
        out = set()
        for symbol in self.rates:
            settled = self.per_8h(symbol)
            for (_, before, _), (at, now, _) in zip(settled, settled[1:]):
                if self.start <= at < self.end and before * now < 0 and min(abs(before), abs(now)) >= least:
                    out.add(symbol)
        return out

    def extremes(self, others, apr_min=0.5, z_min=3.5, mad_min=0.00002, top=0.1):
        """(symbol, settlement that the running rate leads to) -> how far above the nearest limit, 1 being on it.
        `others` more contracts are listed, with ordinary rates: they count in the rank."""
        out = {}
        for moment in (self.start, self.end):  # before and after the settlement of the window
            running = {}
            for symbol in self.rates:
                settled = self.per_8h(symbol)
                ahead = next((one for one in settled if one[0] >= moment), None)
                past = [r8 for at, r8, _ in settled if moment - 30 * DAY <= at < moment]
                if ahead is not None:
                    running[symbol] = (*ahead, past)
            sizes = sorted((abs(r8) for _, r8, _, _ in running.values()), reverse=True)
            bar = sizes[max(0, math.floor(top * (len(sizes) + others)) - 1)]
            for symbol, (at, r8, _, past) in running.items():
                if len(past) < 30:
                    continue
                middle = statistics.median(past)
                z = 0.6745 * (r8 - middle) / max(mad_min, statistics.median(abs(one - middle) for one in past))
                margin = min(abs(r8) * 1095 / apr_min, abs(z) / z_min, abs(r8) / bar)
                if margin > 0.9:
                    out[symbol, at] = margin
        return out


class Forced:
    """A stretch of one recorded session of forced orders."""

    def __init__(self, data, session, start, length):
        self.start, self.end = start, start + length
        rows = [row for row in table(data / "liq/binance_um_forceorder_sessions.csv.xz") if row["session"] == session]
        self.rows = [row for row in rows if start <= int(row["time_ms"]) < self.end]

    def write(self, file):
        lines = []
        for row in self.rows:
            at = int(row["time_ms"])
            order = {"s": row["symbol"], "S": row["side"], "o": "LIMIT", "f": "IOC", "q": row["orig_qty"], "p": row["price"],
                     "ap": row["avg_price"], "X": row["status"], "l": row["last_qty"], "z": row["filled_qty"], "T": at}
            lines.append({"at": at, "frame": {"e": "forceOrder", "E": at + 5, "o": order}})
        write_lines(file, lines)

    def prints(self, floor):
        """(symbol, usd) of each contract's first order that reaches the floor: a second one within the hour is held by the
        cooldown."""
        out = {}
        for row in self.rows:
            usd = float(row["filled_qty"]) * float(row["avg_price"])
            if usd >= floor:
                out.setdefault(row["symbol"], usd)
        return sorted(out.items())

    def cascades(self, floor, events=5):
        """(symbol, side) whose sum over 60 s reached the floor, with so many orders, while the price (that of the orders
        themselves, there is no other) had not moved against the forced direction since a minute before."""
        by, prices, out = collections.defaultdict(list), collections.defaultdict(list), set()
        for row in self.rows:
            at, price, side = int(row["time_ms"]), float(row["avg_price"]), row["side"]
            by[row["symbol"], side].append((at, price * float(row["filled_qty"])))
            path = prices[row["symbol"]]
            path.append((at, price))
            minute = [usd for when, usd in by[row["symbol"], side] if when > at - MINUTE]
            older = [one for when, one in path if at - 5 * MINUTE < when <= at - MINUTE]
            since = older[-1] if older else next(one for when, one in path if when > at - MINUTE)
            if sum(minute) >= floor and len(minute) >= events and (price <= since if side == "SELL" else price >= since):
                out.add((row["symbol"], side))
        return out
