"""What the parts of the bench share: lines of the table, processes that end with us, readings from /proc."""
import ctypes
import json
import os
import signal
import statistics
import subprocess
import time
from pathlib import Path


class Line:
    """One measure. `aim` is (words, largest value that meets it) or None."""

    def __init__(self, measure, value, unit, aim=None, spread="", note=""):
        self.measure, self.value, self.unit, self.aim, self.spread, self.note = measure, value, unit, aim, spread, note

    @property
    def met(self):
        return "" if self.aim is None else "met" if self.value <= self.aim else "MISSED"


def number(value):
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 1 else f"{value:.1f}"


def print_table(lines):
    rows = [("measure", "value", "spread", "aim", "", "")]
    for line in lines:
        aim = "" if line.aim is None else f"<= {number(line.aim)} {line.unit}"
        rows.append((line.measure, f"{number(line.value)} {line.unit}", line.spread, aim, line.met, line.note))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)) + "  " + row[5])


def percentile(values, share):
    """The smallest value that at least `share` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(len(ordered) * share * 1000) // 1000) - 1))]


def spread(values):
    return f"{number(min(values))} .. {number(max(values))}"


def median(values):
    return statistics.median(values)


def die_with_me():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: no strays, whatever happens to this script


def run_json(command, **options):
    """Runs a program that prints one JSON document."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, check=True, text=True,
                          preexec_fn=die_with_me, **options)
    return json.loads(done.stdout)


def wait_for_port(file, process, seconds=20):
    deadline = time.monotonic() + seconds
    while not (file.exists() and file.read_text().strip()):
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"no port in {file.name}: the sandbox did not start")
        time.sleep(0.02)
    return int(file.read_text())


def memory_kb(pid):
    """RssAnon, VmRSS, VmHWM and more of /proc/PID/status, in kB."""
    out = {}
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        key, _, rest = line.partition(":")
        if rest.strip().endswith(" kB"):
            out[key] = int(rest.split()[0])
    return out


def pss_kb(pid):
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def cpu_seconds(pid):
    """CPU time of all threads, to the nanosecond."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def cpu_model():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "unknown"


def fsync_ms(folder, times):
    """What this disk takes to make as much safe as a signal's commit writes: eight pages at the end of a file."""
    out = []
    with open(Path(folder) / "fsync.tmp", "ab", buffering=0) as file:
        for _ in range(times):
            file.write(os.urandom(8 * 4096))
            before = time.monotonic()
            os.fdatasync(file.fileno())
            out.append((time.monotonic() - before) * 1e3)
    return out
