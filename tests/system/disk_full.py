"""A full disk under a real bot (CR-2, F-4).

A volume bot runs against the sandbox; then every write to its databases fails with ENOSPC (full_disk.c, preloaded). A
burst of that time must still reach the channel, once, and the operators must hear of the disk. When there is room again
the signal stands in the signal log and the outbox as sent, its message is edited to its end, and nothing is said twice.

  disk_full.py --build BUILD_DIR --source SOURCE_DIR [--speed 20]
"""
import argparse
import re
import sqlite3
import subprocess
import sys
import time

from stage import OPERATOR_CHAT, SIGNAL_CHAT, Stage, planted_burst

# No burst but the planted ones: a second message of a coin is then a repeat.
LAYER = """
[bot]
cycle_every = "30s"
cycle_limit = "25s"
[watch]
turnover_floor_usd = 0
[volume]
history = "4h"
[volume.spike]
late_after = "10m"
relative_volume_min = 8
"""
FULL_FROM, FULL_TO, BURST_DURING, BURST_AFTER, END = 200, 620, 240, 1_000, 1_300  # seconds of market time
BUSY = "cannot write its database"
FREE = "writes its database again"


def texts(stage, chat, part, actions=("send",)):
    return [message["text"] for message in stage.messages()
            if str(message["chat"]) == chat and message["action"] in actions and part in message["text"]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--speed", type=float, default=20)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    problems = []

    def must(holds, words):
        if not holds:
            problems.append(words)

    with Stage(options.build, options.source, options.speed) as stage:
        stage.keep = options.keep
        bursts = [planted_burst(BURST_DURING, "BTC"), planted_burst(BURST_AFTER, "ETH")]
        stage.start_sandbox({"seed": 11, "action": bursts})
        began = time.monotonic()

        def wait_until(market_second):
            time.sleep(max(0.0, began + market_second / options.speed - time.monotonic()))

        shim, flag, refused = (stage.folder / name for name in ("full_disk.so", "full", "refused"))
        subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", shim, stage.source / "tests/system/full_disk.c", "-ldl"],
                       check=True)
        bot = stage.start_bot("volume", 0, stage.layer(LAYER), exchanges=("binance",),
                              extra={"LD_PRELOAD": str(shim), "FULL_DISK_FLAG": str(flag),
                                     "FULL_DISK_REPORT": str(refused)})

        def posted(symbol, actions=("send",)):
            return len(texts(stage, SIGNAL_CHAT, symbol, actions))

        wait_until(FULL_FROM)
        flag.touch()
        wait_until(FULL_TO)
        must(bot.poll() is None, f"the bot ended with {bot.poll()} on a full disk")
        must(refused.exists() and refused.stat().st_size > 0, "no write was refused: nothing was tried")
        must(posted("BTCUSDT") == 1, f"{posted('BTCUSDT')} posts of the burst while the disk was full, 1 expected")
        must(len(texts(stage, OPERATOR_CHAT, BUSY)) == 1, "the operators were not told of the disk once")
        must(not texts(stage, OPERATOR_CHAT, FREE), "it was called over while it was not")
        count = refused.stat().st_size if refused.exists() else 0
        flag.unlink()
        wait_until(END)
        must(posted("BTCUSDT") == 1, "the burst was posted again from the outbox")
        must(posted("BTCUSDT", ("edit",)) > 0, "the message was not taken to its end")
        must(len(texts(stage, OPERATOR_CHAT, FREE, ("send", "edit"))) == 1, "nobody was told that it is over, once")
        must(posted("ETHUSDT") == 1, "a burst afterwards did not arrive once")
        bot.terminate()
        must(bot.wait(timeout=20) == 0, f"the bot ended with {bot.returncode}")
        database = sqlite3.connect(f"file:{stage.folder / 'state/0/volume.db'}?mode=ro", uri=True)
        rows = database.execute("SELECT s.subject, o.state, o.message_id IS NOT NULL FROM signal s JOIN outbox o "
                                "ON o.id = s.outbox_id ORDER BY s.id").fetchall()
        must([row for row in rows if "BTCUSDT" in row[0]] ==
             [("binance BTCUSDT", "sent", 1)], f"in the database: {rows}")
        must(database.execute("PRAGMA integrity_check").fetchone() == ("ok",), "the database is damaged")
        log = (stage.folder / "volume-0.log").read_text()
        must(re.search(r"disk is full|database or disk", log), "the log does not name the full disk")
        if problems:
            stage.keep = True
    print(f"writes refused: {count}; signals: {rows}")
    for problem in problems:
        print(f"FAILED: {problem}")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
