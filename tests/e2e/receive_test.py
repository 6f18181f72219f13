"""tramctl receive: goes on after the node was started anew, and past a document that it cannot store."""

import json
import pathlib
import shutil
import subprocess
import unittest

from base import NEIGHBOUR, SENDER, NetworkTest, until

MORE_THAN_A_WINDOW = 40  # of deliveries on their way at once


class ReceiveTest(NetworkTest):
    def sent(self, name):
        return self.send(self.file(f"{name}.txt", b"x"), to=(NEIGHBOUR,))["id"]

    def stored(self, folder):
        return {path.parent.name for path in pathlib.Path(folder).glob(f"{SENDER}/*/delivery.json")}

    def test_who_waits_goes_on_after_the_node_was_started_anew(self):
        folder, node = pathlib.Path(self.folder.name) / "waiting", self.net.nodes["sonla"]
        with open(pathlib.Path(self.folder.name) / "receive.txt", "ab") as said:
            command = self.net.client(NEIGHBOUR).command("receive", "--wait", "--dir", folder)
            process = subprocess.Popen(command, stdout=said, stderr=said)
        try:
            first = self.sent("truoc")
            until(lambda: first in self.stored(folder), what="the first document")
            self.assertEqual(node.stop(), 0)
            node.start()
            node.wait_ready()
            ids = {self.sent(f"sau-{i}") for i in range(MORE_THAN_A_WINDOW)}
            until(lambda: ids <= self.stored(folder), what="all that came after the node's start")
            self.assertIsNone(process.poll())
        finally:
            process.terminate()
            process.wait(30)

    def test_what_cannot_be_stored_holds_up_nobody_behind_it(self):
        client, folder = self.net.client(NEIGHBOUR), pathlib.Path(self.folder.name) / "blocked"
        bad, good = self.sent("hong"), [self.sent(f"tot-{i}") for i in range(3)]
        another = folder / SENDER / bad
        another.mkdir(parents=True)
        (another / "header.json").write_text("another message")
        done = client.run("--json", "receive", "--dir", folder, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("stays at the node", done.stderr)
        self.assertIn("holds another message", done.stderr)
        received = {json.loads(line)["id"] for line in done.stdout.splitlines()}
        self.assertTrue(set(good) <= received, done.stdout)
        self.assertNotIn(bad, received)
        waiting = [line["id"] for line in client.lines("inbox") if line["place"] == "node"]
        self.assertEqual(waiting, [bad], "it is not acknowledged")
        shutil.rmtree(another)
        self.assertIn(bad, [line["id"] for line in client.lines("receive", "--dir", folder)])


if __name__ == "__main__":
    unittest.main()
