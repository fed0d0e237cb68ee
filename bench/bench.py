"""All of Perpwatch's numbers in one run, against the release build. Started by `./dev bench`; bench/README.md says what
each of them means. Exit 1: a part could not be measured. A missed aim is no failure, it is a line of the table."""
import argparse
import os
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # the source folder may be read-only, and is nobody's cache

import burst
import footprint
import micro
import poll
import stream
import sweeps
from common import cpu_model, print_table

PARTS = ("decode", "guard", "poll", "burst", "throughput", "latency", "start", "footprint", "sweeps")


def measure(part, arguments):
    build, source, smoke = arguments.build, arguments.source, arguments.smoke
    if part == "decode":
        return micro.measure_decode(build, smoke)
    if part == "guard":
        return micro.measure_guard(build, smoke)
    if part == "poll":
        return poll.measure(build, smoke)
    if part == "burst":
        return burst.measure(build, smoke)
    if part == "throughput":
        return stream.measure_throughput(build, source, smoke)
    if part == "latency":
        return stream.measure_latency(build, source, smoke)
    if part == "start":
        return footprint.measure_start(build, source, smoke)
    if part == "sweeps":
        return sweeps.measure(build, source, arguments.minutes / 2, smoke)
    return footprint.measure(build, source, arguments.minutes, smoke)


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description="Measures the release build; prints one table.")
    parser.add_argument("--source", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--build", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--minutes", type=float, default=10, help="of the demo before its footprint is read; half of it for sweeps (10)")
    parser.add_argument("--only", choices=PARTS, action="append", help="one part; may be given again")
    parser.add_argument("--smoke", action="store_true", help="seconds instead of minutes: does every part still run?")
    arguments = parser.parse_args()
    arguments.source, arguments.build = arguments.source.resolve(), arguments.build.resolve()

    def machine():
        return f"{cpu_model()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"

    print(f"== {machine()}")
    lines = []
    for part in arguments.only or PARTS:
        print(f"== {part}", flush=True)
        lines += measure(part, arguments)
    print(f"\n== {machine()}{': SMOKE RUN, the numbers mean nothing' if arguments.smoke else ''}\n")
    print_table(lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
