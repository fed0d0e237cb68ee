"""services/install, played into a folder tree: what it writes, what it leaves alone, what it removes."""
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

BOTS = ("liquidation", "funding", "volume")


class Install(unittest.TestCase):
    source = None

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = Path(scratch.name) / "root"
        self.project = Path(scratch.name) / "project"
        shutil.copytree(self.source / "services", self.project / "services")
        for name, text in {"common": "a = 1\n", "funding": "b = 1\n", "demo": "c = 1\n"}.items():
            self.write(self.project / f"config/{name}.toml", text)
        for bot in BOTS:
            self.write(self.project / f"build/release/bots/{bot}/{bot}_bot", "#!/bin/sh\n", 0o755)
        self.write(self.project / "build/release/charts/perpwatch_chart", "#!/bin/sh\n", 0o755)
        self.state = self.root / "var/lib/perpwatch/funding/funding.db"
        self.write(self.state, "precious")

    def write(self, path, text, mode=0o644):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def run_install(self, *arguments, expected=0):
        command = [self.project / "services/install", *arguments, "--root", self.root]
        answer = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(answer.returncode, expected, answer.stdout + answer.stderr)
        return answer.stdout + answer.stderr

    def tree(self):
        """path -> (mode, time of change, content's hash) of everything that is installed."""
        return {str(path.relative_to(self.root)): (path.stat().st_mode, path.stat().st_mtime_ns,
                                                   hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "")
                for path in self.root.rglob("*")}

    def text(self, path):
        return (self.root / path).read_text()

    def test_everything_a_service_needs_is_there(self):
        self.run_install()
        for bot in BOTS:
            self.assertTrue(os.access(self.root / f"opt/perpwatch/bin/{bot}_bot", os.X_OK))
            self.assertTrue((self.root / f"etc/systemd/system/{bot}_bot.service").is_file())
        self.assertTrue(os.access(self.root / "opt/perpwatch/bin/perpwatch_chart", os.X_OK))
        self.assertTrue((self.root / "etc/sysusers.d/perpwatch.conf").is_file())
        self.assertEqual(self.text("etc/perpwatch/funding.toml"), "b = 1\n")
        self.assertFalse((self.root / "etc/perpwatch/demo.toml").exists())

    def test_each_secret_that_a_unit_names_is_an_empty_file_for_root_alone(self):
        self.run_install()
        folder = self.root / "etc/perpwatch/credentials"
        self.assertEqual(folder.stat().st_mode & 0o777, 0o700)
        for bot in BOTS:
            lines = self.text(f"etc/systemd/system/{bot}_bot.service").splitlines()
            named = [line.split(":", 1)[1] for line in lines if line.startswith("LoadCredential=")]
            self.assertEqual(len(named), 4)
            for path in named:
                file = self.root / path.lstrip("/")
                self.assertEqual((file.stat().st_size, file.stat().st_mode & 0o777), (0, 0o600), path)

    def test_a_second_run_changes_nothing(self):
        self.run_install()
        before = self.tree()
        self.assertIn("nothing, all was in place", self.run_install())
        self.assertEqual(self.tree(), before)

    def test_state_and_secrets_are_never_touched(self):
        self.run_install()
        token = self.root / "etc/perpwatch/credentials/telegram-bot-token-funding"
        token.write_text("secret")
        stamps = {path: path.stat().st_mtime_ns for path in (token, self.state)}
        self.write(self.project / "build/release/bots/funding/funding_bot", "#!/bin/sh\n# new\n", 0o755)
        self.run_install()
        self.run_install("uninstall")
        self.assertEqual((token.read_text(), self.state.read_text()), ("secret", "precious"))
        self.assertEqual({path: path.stat().st_mtime_ns for path in stamps}, stamps)

    def test_a_setting_as_delivered_is_updated(self):
        self.run_install()
        self.write(self.project / "config/funding.toml", "b = 2\n")
        self.run_install()
        self.assertEqual(self.text("etc/perpwatch/funding.toml"), "b = 2\n")
        self.assertFalse((self.root / "etc/perpwatch/funding.toml.new").exists())

    def test_a_setting_of_the_operators_stays_and_ours_is_put_beside_it_once(self):
        self.run_install()
        theirs = self.root / "etc/perpwatch/funding.toml"
        theirs.write_text("b = 7\n")
        self.assertIn("nothing, all was in place", self.run_install())
        self.write(self.project / "config/funding.toml", "b = 2\n")
        self.assertIn("is yours and stays", self.run_install())
        self.assertEqual((theirs.read_text(), self.text("etc/perpwatch/funding.toml.new")), ("b = 7\n", "b = 2\n"))
        before = self.tree()
        self.assertIn("nothing, all was in place", self.run_install())
        self.assertEqual(self.tree(), before)

    def test_a_setting_that_was_taken_over_loses_its_new_file(self):
        self.run_install()
        theirs = self.root / "etc/perpwatch/funding.toml"
        theirs.write_text("b = 7\n")
        self.write(self.project / "config/funding.toml", "b = 2\n")
        self.run_install()
        theirs.write_text("b = 2\n")
        self.run_install()
        self.assertFalse((self.root / "etc/perpwatch/funding.toml.new").exists())

    def test_another_prefix_is_written_into_the_units(self):
        self.run_install("--prefix", "/srv/pw")
        unit = self.text("etc/systemd/system/volume_bot.service")
        self.assertIn("ExecStart=/srv/pw/bin/volume_bot run", unit)
        self.assertNotIn("/opt/perpwatch", unit)

    def test_without_executables_nothing_is_written_and_the_remedy_is_named(self):
        shutil.rmtree(self.project / "build")
        before = self.tree()
        self.assertIn("./dev build", self.run_install(expected=1))
        self.assertEqual(self.tree(), before)

    def test_uninstall_leaves_settings_secrets_and_state(self):
        self.run_install()
        self.run_install("uninstall")
        left = sorted(path for path in self.tree() if (self.root / path).is_file())
        self.assertTrue(all(path.startswith(("etc/perpwatch/", "var/lib/perpwatch/")) for path in left), left)
        self.assertIn("etc/perpwatch/funding.toml", left)
        self.run_install("uninstall")  # twice is once


if __name__ == "__main__":
    Install.source = Path(sys.argv.pop(1))
    unittest.main()
