"""Dead letters: seen by the operator with reason and remedy, tried again once the cause is mended, or closed."""

import unittest

from base import SENDER, NetworkTest, until

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

    def test_only_operators_act_and_the_errors_say_what_to_do(self):
        refused = self.net.client(SENDER).run("deliveries", "retry", f"{SENDER}/x/{UNKNOWN}", check=False)
        self.assertIn("operator", refused.stderr)
        missing = self.net.client("sonla-operator").run("deliveries", "cancel", f"{SENDER}/x/{UNKNOWN}", check=False)
        self.assertIn("MESSAGE_UNKNOWN", missing.stderr)


if __name__ == "__main__":
    unittest.main()
