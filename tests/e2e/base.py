"""What the end-to-end tests share: a network a class, waiting for events with a deadline."""

import json
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

import network

SENDER, MINISTRY, NEIGHBOUR = "H52.01", "G09.02", "H52.05"
REQUIRED = ["--subject", "Về việc thử nghiệm", "--number", "125", "--notation", "UBND-NC", "--type", "Công văn"]


def until(condition, seconds=60, what="the condition"):
    """The first true answer of `condition`; it is asked again and again, because only the outside of a process is seen."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come true within {seconds} s")


def set_new_origin(test, node):
    """A node on a copy does not start before its log has the name it asks for; then it has. What it said."""
    configuration = node.folder / "tramd.toml"
    refused = subprocess.run([network.programs() / "tramd", "--config", configuration], capture_output=True, text=True,
                             timeout=60)
    test.assertNotEqual(refused.returncode, 0)
    asked = re.search('set \\[log\\] origin to "([^"]+)"', refused.stderr)
    test.assertIsNotNone(asked, refused.stderr)
    former = json.loads((node.folder / "data" / "backup.json").read_text())["log_origin"]
    configuration.write_text(configuration.read_text().replace(f'"{former}"', f'"{asked.group(1)}"'))
    return refused.stderr


class NetworkTest(unittest.TestCase):
    """Three running nodes with every client registered."""

    LIMITS = ""

    @classmethod
    def sections(cls):
        """More TOML for a node, by its name."""
        return {}

    @classmethod
    def made(cls):
        """What a test changes of the network before it starts."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="tram-e2e-")
        cls.net = network.Network(cls.folder.name, limits=cls.LIMITS)
        cls.net.sections = cls.sections()
        cls.net.make()
        cls.made()
        cls.net.start()
        cls.net.register()

    @classmethod
    def tearDownClass(cls):
        cls.net.stop()
        cls.folder.cleanup()

    def file(self, name, content):
        path = pathlib.Path(self.folder.name) / name
        path.write_bytes(content)
        return path

    def send(self, *files, to=(MINISTRY,), client=SENDER, extra=()):
        recipients = [word for code in to for word in ("--to", code)]
        return self.net.client(client).json("send", *files, *recipients, *REQUIRED, *extra)

    def receive(self, agency, message, seconds=60):
        """Receives until the message is there; its folder."""
        folder = pathlib.Path(self.folder.name) / "received" / agency
        def there():
            self.net.client(agency).lines("receive", "--dir", folder)
            found = folder / SENDER / message
            return found if found.exists() else None
        return until(there, seconds, f"{message} at {agency}")

    def track(self, message):
        return self.net.client(SENDER).json("track", message)

    def recipient(self, message, agency):
        return next(line for line in self.track(message)["recipients"] if line["recipient"] == agency)
