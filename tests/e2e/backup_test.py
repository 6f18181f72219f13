"""A backup of a running node, rehearsed: restored, with a log of a new name, it gets back what it lost."""

import json
import shutil
import unittest

from base import MINISTRY, SENDER, NetworkTest, set_new_origin, until


class BackupTest(NetworkTest):
    def restart(self, name):
        node = self.net.nodes[name]
        node.kill()
        node.start()
        node.wait_ready()

    def test_a_node_restored_from_a_backup_gets_back_what_it_lost(self):
        node, operator = self.net.nodes["noivu"], self.net.client("noivu-operator")
        large = self.file("lon.bin", bytes(range(256)) * 12000)
        before = self.send(self.file("truoc.txt", b"truoc"), large)["id"]
        until(lambda: self.recipient(before, MINISTRY)["state"] == "in the inbox", what="it lies at the ministry's node")
        folder = self.net.dir / "backup"
        copied = operator.json("backup", folder)
        self.assertGreaterEqual(copied["files"], 3)
        until(lambda: "BACKUP_TAKEN" in (node.folder / "tramd.log").read_text(), what="the log says who took it")
        self.assertIn("FOLDER_EXISTS", operator.run("backup", folder, check=False).stderr)
        self.assertIn("operator", self.net.client(MINISTRY).run("backup", f"{folder}-2", check=False).stderr)
        self.assertEqual([path.name for path in self.net.dir.glob("backup*")], ["backup"])
        after = self.send(self.file("sau.txt", b"sau"))["id"]
        self.receive(MINISTRY, after)
        node.kill()
        data = node.folder / "data"
        shutil.rmtree(data)
        shutil.copytree(folder, data)
        origin = json.loads((data / "backup.json").read_text())["log_origin"]
        set_new_origin(self, node)
        self.net.nodes["truc"].kill()
        node.start()
        node.wait_ready()
        self.assertTrue((data / "restored.json").exists())
        def alarms(kind):
            return [alarm for alarm in operator.lines("alarms") if alarm["kind"] == kind]
        self.assertEqual([alarm["subject"] for alarm in alarms("restoring")], ["truc"])
        self.assertIn("LINK_NOT_WAITED_FOR", operator.run("go-on", "--without", "sonla", "--reason", "thử", check=False).stderr)
        self.assertFalse((data / "reconciled").exists())
        (self.net.pki / "nodes" / "noivu.log.vkey").write_text(operator.json("nodes")["log_vkey"] + "\n")
        for name in ("truc", "sonla"):
            self.restart(name)
        until(lambda: alarms("restore_gap"), what="the gap is named")
        self.assertEqual(alarms("restoring"), [])
        self.assertIn(origin, alarms("restore_gap")[0]["detail"])
        self.assertEqual((data / "reconciled").read_text(), "")
        def lines():
            self.net.client(MINISTRY).run("receive", "--dir", f"{self.folder.name}/received/{MINISTRY}")
            return [event["event"] for event in self.net.client("noivu-auditor").json("track", f"{SENDER}/{after}")["events"]]
        until(lambda: "ContentHandover" in lines(), what="the document that came after the backup, handed over once more")
        content = self.receive(MINISTRY, before) / "lon.bin"
        self.assertEqual(content.read_bytes(), large.read_bytes())
        fresh = self.send(self.file("moi.txt", b"moi"))["id"]
        self.receive(MINISTRY, fresh)
        until(lambda: self.recipient(fresh, MINISTRY)["verified_receipts"] >= 3, what="receipts of the new log")


if __name__ == "__main__":
    unittest.main()
