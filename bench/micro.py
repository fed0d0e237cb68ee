"""Parts `decode` and `guard`: the Google Benchmark programs, their medians and spreads."""
import re
import subprocess

from common import Line, median, number, run_json, spread

EXCHANGES = ("binance", "bybit", "okx", "mexc", "gate", "bitget", "kraken", "htx", "kucoin", "hyperliquid", "deribit")


def readings(program, smoke):
    """name -> repetitions; each a dict of the library's own fields."""
    out = {}
    command = [program, "--benchmark_format=json", f"--benchmark_repetitions={1 if smoke else 9}",
               f"--benchmark_min_time={0.01 if smoke else 0.3}", "--benchmark_enable_random_interleaving=true"]
    for row in run_json(command, stderr=subprocess.DEVNULL)["benchmarks"]:
        if row.get("error_occurred"):
            raise SystemExit(f"{row['name']}: {row['error_message']}")
        if row["run_type"] == "iteration":
            out.setdefault(re.sub("/(iterations|repeats):[0-9]+", "", row["run_name"]), []).append(row)
    return out


def measure_decode(build, smoke):
    found = readings(build / "bench/bench_decode", smoke)
    lines = []
    for exchange in EXCHANGES:
        ours, bare = ([row["bytes_per_second"] / 1e6 for row in found[f"{kind}/{exchange}"]] for kind in ("decode", "walk"))
        note = f"bare walk over the same fields: {number(median(bare))} MB/s; the decoder is {median(ours) / median(bare):.2f} of it (aim 0.5)"
        lines.append(Line(f"decode: {exchange} tickers, 500 contracts", median(ours), "MB/s", None, spread(ours), note))
    return lines


def measure_guard(build, smoke):
    found = {name: [row["cpu_time"] for row in rows] for name, rows in readings(build / "bench/bench_guard", smoke).items()}

    def line(measure, name, unit, scale, aim, note=""):
        times = [one / scale for one in found[name]]
        return Line(measure, median(times), unit, aim, spread(times), note)

    return [line("guard: limiter + breaker, 10,000 keys", "permit/machines", "ns", 1, 100, "one permit, taken and reported"),
            line("guard: the same with the look-up by key", "permit/with look-up", "ns", 1, None,
                 "in the gate's map of three strings a key"),
            line("guard: ban check over shared.db", "ban/quiet", "us", 1e3, 20, "a request asks twice"),
            line("guard: ban check after another bot's write", "ban/after a write", "us", 1e3, 20)]
