"""readme_test.py BUILD: each word after `tests/run` in README.md's tables is in the name of a test."""

import pathlib
import re
import subprocess
import sys
import unittest

README = pathlib.Path(__file__).resolve().parents[1] / "README.md"
BUILD = sys.argv.pop()


class Words(unittest.TestCase):
    def test_each_names_a_test(self):
        listed = subprocess.run(["ctest", "--test-dir", BUILD, "-N"], capture_output=True, text=True, check=True).stdout
        names = re.findall(r"^ *Test +#\d+: (.+)$", listed, re.M)
        rows = [line for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
        words = {word for run in re.findall(r"`tests/run ([^`]+)`", "\n".join(rows)) for word in run.split()}
        self.assertGreater(len(words), 10)
        self.assertEqual([word for word in sorted(words) if not any(re.search(word, name) for name in names)], [])


if __name__ == "__main__":
    unittest.main()
