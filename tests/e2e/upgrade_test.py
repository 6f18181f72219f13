"""Upgrades: an older store is copied, then carried on; the way back works; an older program refuses a newer store."""

import json
import shutil
import sqlite3
import subprocess
import unittest

import network
from base import NetworkTest, set_new_origin

OLD = network.ROOT / "tests" / "store" / "data" / "version-1.sql"


class UpgradeTest(NetworkTest):
    def setUp(self):
        self.node = self.net.nodes["noivu"]
        self.data = self.node.folder / "data"
        self.database = self.data / "messages" / "messages.db"

    def version(self, file=None):
        with sqlite3.connect(file or self.database) as database:
            return database.execute("PRAGMA user_version").fetchone()[0]

    def refused(self):
        """What a start says that must fail."""
        done = subprocess.run([network.programs() / "tramd", "--config", self.node.folder / "tramd.toml"],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1, done.stderr)
        return done.stderr

    def put_old_store(self):
        shutil.rmtree(self.data)
        self.database.parent.mkdir(parents=True)
        with sqlite3.connect(self.database) as database:
            database.executescript(OLD.read_text())

    def test_1_an_older_program_refuses_a_newer_store_and_changes_nothing(self):
        self.assertEqual(self.node.stop(), 0)
        ours = self.version()
        with sqlite3.connect(self.database) as database:
            database.execute("PRAGMA user_version = 1000")
        said = self.refused()
        self.assertIn("schema version 1000", said)
        self.assertIn(f"versions up to {ours}", said)
        self.assertIn("run the newer program", said)
        self.assertEqual(self.version(), 1000)
        with sqlite3.connect(self.database) as database:
            database.execute(f"PRAGMA user_version = {ours}")
        self.node.start()
        self.node.wait_ready()

    def test_2_a_node_replaced_by_a_newer_build_carries_on_and_can_go_back(self):
        self.node.stop()
        self.put_old_store()
        self.node.start()
        self.node.wait_ready()
        copy = self.database.parent / "schema-1"
        self.assertEqual(self.version(copy / "messages.db"), 1)
        self.assertGreater(self.version(), 1)
        log = (self.node.folder / "tramd.log").read_text()
        self.assertIn("store copied before an upgrade", log)
        self.assertEqual(self.net.client("noivu-registrar").run("registry", "list").returncode, 0)
        self.assertEqual(self.node.stop(), 0)

        # As README says: the older program would go on from here.
        self.database.parent.rename(self.data / "messages.new")
        self.database.parent.mkdir()
        shutil.copy(self.data / "messages.new" / "schema-1" / "messages.db", self.database)
        shutil.copy(self.data / "messages.new" / "schema-1" / "backup.json", self.data)
        about = json.loads((self.data / "backup.json").read_text())
        self.assertEqual((about["node"], about["log_size"]), ("G09", 2))
        set_new_origin(self, self.node)
        self.node.start()
        self.node.wait_ready()
        self.assertTrue((self.data / "restored.json").exists())


if __name__ == "__main__":
    unittest.main()
