"""The sender's node is restored while its peer is away: it accepts nothing, an operator goes on without the peer, the peer
names later what was lost, and the agency's system sends it again."""

import json
import shutil
import unittest

from base import MINISTRY, SENDER, NetworkTest, set_new_origin, until


class RestoredSenderTest(NetworkTest):
    def restore(self, name, backup):
        """As README says: the copy in place of the data, a new log origin. The node starts on it."""
        node = self.net.nodes[name]
        node.kill()
        data = node.folder / "data"
        shutil.rmtree(data)
        shutil.copytree(backup, data)
        set_new_origin(self, node)
        node.start()
        node.wait_ready()

    def start(self, name):
        node = self.net.nodes[name]
        node.start()
        node.wait_ready()

    def alarms(self, name, kind):
        return [alarm for alarm in self.net.client(f"{name}-operator").lines("alarms") if alarm["kind"] == kind]

    def acts(self, reason):
        """The operator's and the node's acts in the log of Sơn La."""
        lines = map(json.loads, (self.net.nodes["sonla"].folder / "tramd.log").read_text().splitlines())
        return [line for line in lines if line.get("event") == "OperatorAct" and line.get("reason") == reason]

    def lost(self):
        return self.net.client("sonla-operator").json("nodes")["lost"]

    def hand_overs(self, message):
        events = self.net.client("noivu-auditor").json("track", f"{SENDER}/{message}")["events"]
        return [event["event"] for event in events].count("ContentHandover")

    def dead_letter(self, message):
        letters = self.net.client("sonla-operator").lines("deliveries", "--state", "dead")
        return next((letter["reason"] for letter in letters if letter["id"] == message), None)

    def test_an_operator_goes_on_and_what_was_lost_is_named_and_sent_again(self):
        operator = self.net.client("sonla-operator")
        document = self.file("sau.txt", b"sau")
        self.receive(MINISTRY, self.send(self.file("truoc.txt", b"truoc"))["id"])
        backup = self.net.dir / "backup"
        operator.json("backup", backup)
        for message in ("mat-1", "mat-2"):
            self.send(document, extra=["--id", message])
            self.receive(MINISTRY, message)
            until(lambda: self.recipient(message, MINISTRY)["state"] == "handed over", what="its receipt")
        self.net.nodes["truc"].kill()
        self.restore("sonla", backup)

        # Nothing is accepted, and the system is told why and what to do.
        refused = self.net.client(SENDER).run("send", document, "--to", MINISTRY, "--subject", "thử", "--number", "1", "--notation",
                                              "UBND", "--id", "cho-1", "--retry-for", "1", check=False)
        self.assertNotEqual(refused.returncode, 0)
        for said in ("RESTORING", "restored from a backup", "it waits for: truc", "nothing was stored", "send the same again later"):
            self.assertIn(said, refused.stderr)
        self.assertEqual([alarm["subject"] for alarm in self.alarms("sonla", "restoring")], ["truc"])
        self.assertIn("tramctl go-on --without", self.alarms("sonla", "restoring")[0]["remedy"])

        # An operator, and nobody else, goes on without the peer.
        words = ["go-on", "--without", "truc", "--reason", "đường truyền đứt"]
        self.assertIn("operator", self.net.client(SENDER).run(*words, check=False).stderr)
        self.assertEqual(operator.json(*words), {"waited_for": []})
        sent = until(lambda: self.net.client(SENDER).run("--json", "send", document, "--to", MINISTRY, "--subject", "thử", "--number",
                                                         "1", "--notation", "UBND", "--id", "cho-1", check=False).stdout,
                     what="submissions are accepted")
        self.assertEqual(json.loads(sent)["id"], "cho-1")
        act = self.acts("GONE_ON_WITHOUT_PEER")[0]
        self.assertIn("đường truyền đứt", act["detail"])
        self.assertTrue(act["peer"].startswith("sha256:"), act)
        gap = until(lambda: self.alarms("sonla", "restore_gap"), what="the gap is named")[0]
        self.assertIn("still owed by: truc", gap["detail"])
        self.assertEqual(self.acts("RECONCILED")[0]["detail"], gap["detail"])
        self.assertEqual(self.alarms("sonla", "restoring"), [])
        self.assertEqual(self.lost(), [])

        # The peer comes, and names what it holds. The list outlives the next start.
        (self.net.pki / "nodes" / "sonla.log.vkey").write_text(operator.json("nodes")["log_vkey"] + "\n")
        self.start("truc")
        named = [{"sender": SENDER, "id": message, "recipients": [MINISTRY], "link": "truc"} for message in ("mat-1", "mat-2")]
        until(lambda: self.lost() == named, what="what was lost is named")
        until(lambda: "peers hold 2 by name" in self.alarms("sonla", "restore_gap")[0]["detail"], what="the alarm says so")
        self.assertEqual([act["message"] for act in self.acts("LOST_IN_RESTORE")], ["mat-1", "mat-2"])
        self.assertIn(f"{SENDER}/mat-1", operator.run("nodes").stdout)
        until(lambda: (self.net.nodes["sonla"].folder / "data" / "reconciled").read_text().count("lost") == 2, what="it is kept")
        self.net.nodes["sonla"].kill()
        self.start("sonla")
        self.assertEqual(self.lost(), named)

        # The system sends the one again as it was, the other with new content.
        self.send(document, extra=["--id", "mat-1"])
        self.send(self.file("khac.txt", b"khac"), extra=["--id", "mat-2"])
        self.assertEqual(self.lost(), [])
        until(lambda: "SUBMITTED_BEFORE" in (self.dead_letter("mat-1") or ""), what="it is known to the peer")
        until(lambda: "ID_REUSED" in (self.dead_letter("mat-2") or ""), what="other content is refused")
        self.assertEqual([alarm["subject"] for alarm in self.alarms("truc", "id_reused")], [f"{SENDER}/mat-2"])
        self.receive(MINISTRY, "cho-1")
        for message in ("mat-1", "mat-2"):
            self.assertEqual((self.receive(MINISTRY, message) / "sau.txt").read_bytes(), b"sau")
            self.assertEqual(self.hand_overs(message), 1)


if __name__ == "__main__":
    unittest.main()
