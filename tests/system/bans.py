"""Three real processes and every played exchange, each at an address of its own (judged: never banned; a ban that one bot
meets stops all three, at that address alone).

1. The three bots run against a sandbox that enforces the documented limits and bans whoever goes on after a refusal:
   `--minutes` of market time at `--speed`. Nothing may be refused, nobody may be banned.
2. At normal speed one request is answered with a ban. From 100 ms after the row is committed in shared.db until the ban
   ends, no bot may send that host anything, no WebSocket either: their streams are cut, and each bot is killed and
   started anew meanwhile. The other exchanges hear the bots all the while.

  bans.py --build BUILD_DIR --source SOURCE_DIR [--minutes 60] [--speed 30]
"""
import argparse
import os
import signal
import sqlite3
import sys
import time

from stage import BOTS, OWN_HOSTS, Stage

LAYER = """
[bot]
cycle_every = "{cycle}"
cycle_limit = "{limit}"
[heartbeat]
every = "30m"
[watch]
turnover_floor_usd = 0
"""
FORMS = {"binance": "{}USDT", "bybit": "{}USDT", "okx": "{}-USDT-SWAP", "mexc": "{}_USDT",
         "gate": "{}_USDT",
         "bitget": "{}USDT",
         "kraken": "PF_{}USD",
         }
CROWD = 200  # more contracts on each exchange: what is asked for each of them does not fit into the limits at once
SCENARIO = {"seed": 5,
            "action": [{"kind": "list", "exchange": name, "symbol": form.format(f"N{number:03}"), "price": 5.0}
                       for name, form in FORMS.items() for number in range(CROWD)],
            "limits": {name: {"ban_after": 1, "ban_seconds": 120, "ban_extends": True} for name in FORMS}}
BANNED = "binance"
BAN_SECONDS = 20
AFTER_COMMIT_MS = 100
STREAMS_MIN = 2  # of the banned exchange: the liquidation bot and the volume bot have one each, at least
# Of the other exchanges' requests. Left alone with the banned one, they would hear nothing to the ban's end. A bot that was
# restarted asks for their contracts first, and at MEXC all three share one such request in 5 s: 7 s of silence are its due.
PAUSE_MAX_MS = BAN_SECONDS * 1_000 * 3 / 4


def load(build, source, minutes, speed):
    with Stage(build, source, speed, OWN_HOSTS) as stage:
        stage.start_sandbox(SCENARIO)
        layer = stage.layer(LAYER.format(cycle="10s", limit="9s"))
        bots = [stage.start_bot(bot, index, layer) for index, bot in enumerate(BOTS)]
        time.sleep(minutes * 60 / speed)
        exchanges = stage.get("/control/stats")["exchanges"]
        print(f"{minutes} min of market time at speed {speed:g}, three bots:")
        bad = [bot for bot, process in zip(BOTS, bots) if process.poll() is not None]
        for name in OWN_HOSTS:
            one = exchanges[name]
            print(f"  {name}: {one['total']} requests, {one['rejected']} refused, {one['bans']} bans, "
                  f"{one['during_ban']} during a ban; nearest to their limits: " + ", ".join(nearest(one["peak"])))
            if one["rejected"] or one["bans"] or one["during_ban"] or not one["total"]:
                bad.append(name)
        for name in bad:
            print(f"  failed: {name}")
        stage.keep = bool(bad)
        return not bad


def nearest(peaks):
    ordered = sorted(peaks.items(), key=lambda item: -item[1]["used"] / item[1]["limit"])
    return [f"{limit} {peak['used']}/{peak['limit']}" for limit, peak in ordered[:3]]


def ban_rows(stage):
    """(host, until_ms) of the banned hosts."""
    try:
        with sqlite3.connect(f"file:{stage.folder}/state/shared/shared.db?mode=ro", uri=True, timeout=5) as database:
            return database.execute("SELECT host, until_wall_ms FROM host_ban").fetchall()
    except sqlite3.OperationalError:
        return []


def wait_for_streams(stage):
    """Both bots that listen have a stream at the exchange that will ban, and every exchange was asked."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        entries = [(entry["path"].split("/")[1], entry["status"]) for entry in stage.requests()]
        if entries.count((BANNED, 101)) >= STREAMS_MIN and OWN_HOSTS.keys() <= {name for name, _ in entries}:
            return
        time.sleep(0.2)
    raise SystemExit("the bots did not get to work within 90 s")


def meet_the_ban(stage):
    """One request of somebody is answered with a ban. Yields (until, committed), both in ms."""
    stage.post("/control/fault", {"path": f"/{BANNED}/fapi/*", "kind": "status", "status": 418, "count": 1,
                                  "headers": {"Retry-After": str(BAN_SECONDS)},
                                  "body": '{"code":-1003,"msg":"Way too many requests; IP banned."}'})
    deadline = time.monotonic() + 30
    while not (rows := ban_rows(stage)) and time.monotonic() < deadline:
        time.sleep(0.002)
    return (rows[0][1] if rows else None), time.time() * 1_000


def judge(stage, until, committed):
    """What was wrong between the ban's commit and its end; prints what was seen."""
    entries = [(entry["path"].split("/")[1], entry) for entry in stage.requests()]
    # The commit is seen a little after it happened, and a request may have been on its way.
    during = [(name, entry) for name, entry in entries if committed + AFTER_COMMIT_MS < entry["t"] < until]
    early = [entry for name, entry in during if name == BANNED]
    after = [entry for name, entry in entries if name == BANNED and entry["t"] >= until]
    streams = sum(entry["status"] == 101 for entry in after)
    print(f"a ban of {BANNED} for {(until - committed) / 1_000:.1f} s: {len(early)} requests to it between {AFTER_COMMIT_MS} ms "
          f"after the commit and the end, {len(after)} in the 8 s after it, {streams} of them WebSockets")
    bad = [f"early: {entry}" for entry in early]
    if not streams or streams == len(after):
        bad.append("after the ban somebody did not come back")
    for other in OWN_HOSTS.keys() - {BANNED}:
        times = [committed, *(entry["t"] for name, entry in during if name == other), until]
        pause = max(later - sooner for sooner, later in zip(times, times[1:]))
        print(f"  meanwhile {other}: {len(times) - 2} requests, longest pause {pause / 1_000:.1f} s")
        if pause > PAUSE_MAX_MS:
            bad.append(f"{other} was left alone too")
    hosts = [host for host, _ in ban_rows(stage)]
    if hosts != [OWN_HOSTS[BANNED]]:
        bad.append(f"banned hosts: {hosts}")
    return bad


def one_ban(build, source):
    with Stage(build, source, hosts=OWN_HOSTS) as stage:
        stage.start_sandbox({"seed": 5})
        layer = stage.layer(LAYER.format(cycle="1s", limit="1s"))
        bots = [stage.start_bot(bot, index, layer) for index, bot in enumerate(BOTS)]
        wait_for_streams(stage)
        until, committed = meet_the_ban(stage)
        if until is None:
            print("failed: no ban was written")
            stage.keep = True
            return False
        cut = {"path": f"/{BANNED}/*", "kind": "ws_drop", "to": 1}  # whoever has a stream there wants a new one now
        stage.post("/control/fault", cut)
        for index, bot in enumerate(BOTS):
            time.sleep(3)
            os.killpg(bots[index].pid, signal.SIGKILL)
            bots[index].wait()
            bots[index] = stage.start_bot(bot, index, layer)
        time.sleep(max(0.0, until / 1_000 - time.time()) + 8)
        bad = judge(stage, until, committed)
        bad += [f"{bot} ended" for bot, process in zip(BOTS, bots) if process.poll() is not None]
        bad += [] if stage.get("/control/faults")[-1]["fired"] >= STREAMS_MIN else ["the streams were not cut"]
        for words in bad[:8]:
            print("  failed:", words)
        stage.keep = bool(bad)
        return not bad


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
