"""The units as systemd reads them: no word it does not know, a narrow cage, and three files that say the same."""
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

BOTS = ("liquidation", "funding", "volume")
EXPOSURE_MAX = "15"  # tenths: systemd-analyze's scale from 0 (caged) to 100 (free)


class Units(unittest.TestCase):
    source = None

    def setUp(self):
        """The units with executables that exist, because `verify` looks for them."""
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        (self.folder / "bin").mkdir()
        for bot in BOTS:
            shutil.copy("/bin/true", self.folder / f"bin/{bot}_bot")
            unit = self.unit(bot).replace("/opt/perpwatch", str(self.folder))
            (self.folder / f"{bot}_bot.service").write_text(unit)

    def unit(self, bot):
        return (self.source / f"services/{bot}_bot.service").read_text()

    def analyze(self, *arguments):
        return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True)

    def test_systemd_understands_every_line(self):
        for bot in BOTS:
            answer = self.analyze("verify", "--man=no", "--recursive-errors=no", self.folder / f"{bot}_bot.service")
            self.assertEqual((answer.returncode, answer.stdout + answer.stderr), (0, ""))

    def test_verify_would_notice_a_wrong_word(self):
        broken = self.folder / "broken.service"
        broken.write_text(self.unit("funding").replace("/opt/perpwatch", str(self.folder)) + "WatchdogSecs=1\n")
        self.assertNotEqual(self.analyze("verify", "--man=no", broken).stderr, "")

    def test_sv_the_cage_is_narrow(self):
        for bot in BOTS:
            answer = self.analyze("security", "--offline=true", "--no-pager", f"--threshold={EXPOSURE_MAX}",
                                  self.folder / f"{bot}_bot.service")
            self.assertEqual(answer.returncode, 0, answer.stdout[-400:] + answer.stderr)

    def test_the_three_units_differ_in_the_bots_name_alone(self):
        texts = {self.unit(bot).replace(bot, "BOT") for bot in BOTS}
        self.assertEqual(len(texts), 1)

    def test_a_bot_is_given_its_own_token_and_nobody_elses(self):
        for bot in BOTS:
            others = [other for other in BOTS if f"telegram-bot-token-{other}" in self.unit(bot)]
            self.assertEqual(others, [bot])

    def test_the_boot_id_stays_readable(self):
        """The ban ledger measures over restarts with it (CB-9); ProcSubset=pid would hide it, silently."""
        self.assertFalse(any(line.startswith("ProcSubset=") for line in self.unit("funding").splitlines()))


if __name__ == "__main__":
    if not shutil.which("systemd-analyze"):
        print("skipped: systemd-analyze is not installed")
        sys.exit(77)
    Units.source = Path(sys.argv.pop(1))
    unittest.main()
