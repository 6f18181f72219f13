"""The folder of a practice network: what is not its own stays, and so does what running nodes write."""

import os
import pathlib
import tempfile
import unittest
from unittest import mock

import network

STAND_IN = "#!/usr/bin/python3\nimport signal\nsignal.pause()\n"


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tram-practice-")
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name).resolve() / "run"

    def network(self):
        return network.Network(self.dir)

    def assert_refused(self, words):
        with self.assertRaises(network.Failed) as refused:
            self.network().make()
        self.assertIn(words, str(refused.exception))

    def start_stand_in(self):
        """A process that is started as a node is, and does nothing."""
        programs = self.dir.parent / "bin"
        programs.mkdir()
        (programs / "tramd").write_text(STAND_IN)
        (programs / "tramd").chmod(0o700)
        net = self.network()
        net.take_folder()
        node = net.nodes["sonla"]
        with mock.patch.dict(os.environ, TRAM_BIN=str(programs)):
            node.start()
        self.addCleanup(node.kill)
        return node

    def test_what_is_not_a_networks_stays(self):
        letter = self.dir / "received" / "letter.txt"
        letter.parent.mkdir(parents=True)
        letter.write_text("kept")
        self.assert_refused(f"{self.dir} holds received and was not made by a practice network")
        self.assertEqual([path.name for path in self.dir.iterdir()], ["received"])
        self.assertEqual(letter.read_text(), "kept")

    def test_a_network_that_was_made_is_made_again(self):
        self.network().make()
        left = self.dir / "received" / "of-an-earlier-run.txt"
        left.parent.mkdir()
        left.write_text("x")
        root = (self.dir / "pki" / "roots.pem").read_bytes()
        self.network().make()
        self.assertFalse(left.exists())
        self.assertTrue((self.dir / "nodes" / "sonla" / "tramd.toml").exists())
        self.assertEqual((self.dir / "pki" / "roots.pem").read_bytes(), root)

    def test_what_a_test_puts_there_before_is_no_hindrance(self):
        for name in network.BROUGHT:
            (self.dir / name).mkdir(parents=True)
        self.network().take_folder()
        self.assertTrue((self.dir / network.MARKER).exists())

    def test_running_nodes_keep_their_data(self):
        node = self.start_stand_in()
        self.assert_refused(f"kill {node.process.pid}\n")
        self.assertTrue((node.folder / "pid").exists())
        node.kill()
        self.network().take_folder()

    def test_a_process_that_got_an_ended_nodes_number_is_none(self):
        node = self.start_stand_in()
        node.kill()
        (node.folder / "pid").write_text(str(os.getpid()))
        self.assertEqual(network.living_nodes(self.dir), [])
        (node.folder / "pid").write_text("")
        self.assertEqual(network.living_nodes(self.dir), [])


if __name__ == "__main__":
    unittest.main()
