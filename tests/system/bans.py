"""Three real processes and one address (judged: never banned; a ban that one bot meets stops all three).

1. The three bots run against a sandbox that enforces the documented limits and bans whoever goes on after a refusal:
   `--minutes` of market time at `--speed`. Nothing may be refused, nobody may be banned.
2. At normal speed one request is answered with a ban. From 100 ms after the row is committed in shared.db until the ban
   ends, no bot may send that host anything, also not a bot that is killed and started anew meanwhile.

  bans.py --build BUILD_DIR --source SOURCE_DIR [--minutes 60] [--speed 30]
"""
import argparse
import os
import signal
import sqlite3
import sys
import time

from stage import BOTS, Stage

LAYER = """
[bot]
cycle_every = "{cycle}"
cycle_limit = "{limit}"
[heartbeat]
every = "30m"
[watch]
turnover_floor_usd = 0
"""
SCENARIO = {"seed": 5, "limits": {name: {"ban_after": 1, "ban_seconds": 120, "ban_extends": True}
                                  for name in ("binance", "bybit", "okx", "mexc")}}
BAN_SECONDS = 20
AFTER_COMMIT_MS = 100


def load(build, source, minutes, speed):
    with Stage(build, source, speed) as stage:
        stage.start_sandbox(SCENARIO)
        layer = stage.layer(LAYER.format(cycle="10s", limit="9s"))
        bots = [stage.start_bot(bot, index, layer) for index, bot in enumerate(BOTS)]
        time.sleep(minutes * 60 / speed)
        exchanges = stage.get("/control/stats")["exchanges"]
        print(f"{minutes} min of market time at speed {speed:g}, three bots:")
        bad = [bot for bot, process in zip(BOTS, bots) if process.poll() is not None]
        for name, one in exchanges.items():
            print(f"  {name}: {one['total']} requests, {one['rejected']} refused, {one['bans']} bans, "
                  f"{one['during_ban']} during a ban; peaks " +
                  ", ".join(f"{limit} {peak['used']}/{peak['limit']}" for limit, peak in one["peak"].items()))
            if one["rejected"] or one["bans"] or one["during_ban"] or not one["total"]:
                bad.append(name)
        for name in bad:
            print(f"  failed: {name}")
        stage.keep = bool(bad)
        return not bad


def ban_row(stage):
    """(until_ms, saved_at_ms) of the one banned host, None before."""
    try:
        with sqlite3.connect(f"file:{stage.folder}/state/shared/shared.db?mode=ro", uri=True, timeout=5) as database:
            return database.execute("SELECT until_wall_ms, saved_at_ms FROM host_ban").fetchone()
    except sqlite3.OperationalError:
        return None


def one_ban(build, source):
    with Stage(build, source) as stage:
        stage.start_sandbox({"seed": 5})
        layer = stage.layer(LAYER.format(cycle="1s", limit="1s"))
        bots = [stage.start_bot(bot, index, layer) for index, bot in enumerate(BOTS)]
        time.sleep(10)
        stage.post("/control/fault", {"path": "/binance/*", "kind": "status", "status": 418, "count": 1,
                                      "headers": {"Retry-After": str(BAN_SECONDS)},
                                      "body": '{"code":-1003,"msg":"Way too many requests; IP banned."}'})
        deadline = time.monotonic() + 30
        while (row := ban_row(stage)) is None and time.monotonic() < deadline:
            time.sleep(0.002)
        if row is None:
            print("failed: no ban was written")
            stage.keep = True
            return False
        until, committed = row[0], time.time() * 1_000
        time.sleep(4)
        os.killpg(bots[1].pid, signal.SIGKILL)
        bots[1].wait()
        bots[1] = stage.start_bot(BOTS[1], 1, layer)
        time.sleep(max(0.0, until / 1_000 - time.time()) + 8)
        # All exchanges share one loopback host here, so a ban of it stops every request of every bot but Telegram's.
        early = [entry for entry in stage.requests() if "/telegram/" not in entry["path"] and "/control/" not in entry["path"]
                 and committed + AFTER_COMMIT_MS < entry["t"] < until]
        after = [entry for entry in stage.requests() if entry["t"] >= until and "/telegram/" not in entry["path"]]
        print(f"a ban of {(until - committed) / 1_000:.1f} s: {len(early)} requests between {AFTER_COMMIT_MS} ms after its "
              f"commit and its end, {len(after)} in the 8 s after it")
        for entry in early[:5]:
            print("  early:", entry)
        alive = all(bot.poll() is None for bot in bots)
        stage.keep = bool(early) or not after or not alive
        return not stage.keep


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True)
    parser.add_argument("--source", default=".")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--speed", type=float, default=30)
    arguments = parser.parse_args()
    good = [one_ban(arguments.build, arguments.source),
            load(arguments.build, arguments.source, arguments.minutes, arguments.speed)]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
