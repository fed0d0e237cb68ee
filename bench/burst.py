"""Part `burst`: a million liquidations through a socket into the liquidation bot's detector, every one counted."""
from common import Line, median, number, run_json, spread


def measure(build, smoke):
    events = 20_000 if smoke else 1_000_000
    runs = [run_json([build / "tests/sandbox/burst", "--events", events]) for _ in range(1 if smoke else 3)]
    rates = [events / run["seconds"] for run in runs]
    grown = [(run["resident_peak_kb"] - run["resident_before_kb"]) / 1024 for run in runs]
    cpu = median([run["cpu_seconds"] / events * 1e6 for run in runs])
    note = f"{number(cpu)} us of CPU each; all {events:,} counted by the detector in each of {len(runs)} runs"
    resident = f"{number(runs[0]['resident_before_kb'] / 1024)} MB before, with the sandbox in the same process"
    return [Line("burst: liquidations from socket to detector", median(rates), "events/s", None, spread(rates), note),
            Line("burst: growth of RSS at its peak", median(grown), "MB", 64, spread(grown), resident)]
