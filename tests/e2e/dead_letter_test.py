"""Dead letters: seen by the operator with reason and remedy, tried again once the cause is mended, or closed."""

import json
import subprocess
import unittest

from base import MINISTRY, SENDER, NetworkTest, until

UNKNOWN = "G09.77"


class DeadLetterTest(NetworkTest):
    def dead(self, message):
        lines = self.net.client("sonla-operator").lines("deliveries", "--state", "dead")
        return next((line for line in lines if line["id"] == message), None)

    def test_a_dead_letter_is_retried_when_its_recipient_is_registered(self):
        sent = self.send(self.file("thu-chet.txt", b"x"), to=(UNKNOWN,))
        letter = until(lambda: self.dead(sent["id"]), what="the dead letter")
        delivery = f"{SENDER}/{sent['id']}/{UNKNOWN}"
        self.assertEqual(letter["delivery_ids"], [delivery])
        self.assertTrue(letter["reason"].startswith("UNKNOWN_RECIPIENT"), letter["reason"])
        self.assertIn("retry", letter["remedy"])
        operator = self.net.client("sonla-operator")
        self.assertIn("UNKNOWN_RECIPIENT", operator.run("deliveries").stdout)
        done = operator.json("deliveries", "retry", delivery, "--reason", "theo yeu cau")
        self.assertEqual(done["outcome"], "on its way again by link truc")
        again = until(lambda: (self.dead(sent["id"]) or {}).get("attempts") == 2, what="dead once more")
        self.assertTrue(again)
        operator.run("deliveries", "cancel", delivery, "--reason", "ma sai")
        self.assertIsNone(self.dead(sent["id"]))
        line = self.recipient(sent["id"], UNKNOWN)
        self.assertEqual(line["state"], "closed")
        acts = [event for event in self.track(sent["id"])["events"] if event["event"] == "OperatorAct"]
        self.assertEqual([event["detail"].split(":")[0] for event in acts], ["DELIVERY_RETRIED", "DEAD_LETTER_CLOSED"])

    def test_a_dead_letter_goes_on_to_the_right_agency_which_is_told(self):
        sent = self.send(self.file("nham-ma.txt", b"x"), to=(UNKNOWN,))
        until(lambda: self.dead(sent["id"]), what="the dead letter")
        done = self.net.client("sonla-operator").json(
            "deliveries", "forward", f"{SENDER}/{sent['id']}/{UNKNOWN}", "--to", MINISTRY, "--reason", "nhầm mã")
        self.assertEqual(done["outcome"], "on its way again by link truc")
        folder = self.receive(MINISTRY, sent["id"])
        about = json.loads((folder / "delivery.json").read_text())
        self.assertIn("forwarded by node H52 instead of to G09.77, not addressed so by the sender: nhầm mã", about["forwarded"])
        anchors = self.file("anchors.pem", b"".join((self.net.pki / name).read_bytes() for name in ("roots.pem", "intermediates.pem")))
        subprocess.run(["openssl", "cms", "-verify", "-binary", "-cades", "-purpose", "any", "-inform", "DER", "-in",
                        folder / "forwarding.p7s", "-content", folder / "forwarding.json", "-CAfile", anchors,
                        "-out", "/dev/null"], check=True)
        self.assertEqual(self.recipient(sent["id"], UNKNOWN)["state"], "closed")
        until(lambda: self.recipient(sent["id"], MINISTRY)["state"] == "handed over", what="its receipt")
        self.check_evidence(sent["id"])

    def check_evidence(self, message):
        """An auditor finds it good, and is told that the sender did not address it so."""
        folder, keys = f"{self.folder.name}/evidence", []
        for name, code in self.net.codes.items():
            keys += ["--log-key", f"{code}={self.net.pki / 'nodes' / name}.log.vkey"]
        self.net.client(SENDER).run("evidence", "export", message, "--dir", folder)
        verified = self.net.client(SENDER).run("verify", f"{folder}/{message}.asice", "--roots",
                                               self.net.pki / "roots.pem", *keys)
        self.assertIn(f"forwarded  to {MINISTRY} by an operator of node H52; the sender did not address it\n",
                      verified.stdout)
        self.assertIn("ContentHandover", verified.stdout)

    def test_only_operators_act_and_the_errors_say_what_to_do(self):
        refused = self.net.client(SENDER).run("deliveries", "retry", f"{SENDER}/x/{UNKNOWN}", check=False)
        self.assertIn("operator", refused.stderr)
        missing = self.net.client("sonla-operator").run("deliveries", "cancel", f"{SENDER}/x/{UNKNOWN}", check=False)
        self.assertIn("MESSAGE_UNKNOWN", missing.stderr)


if __name__ == "__main__":
    unittest.main()
