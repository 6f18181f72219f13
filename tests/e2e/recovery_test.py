"""kill -9, restarts and absent peers: nothing accepted is lost, nothing is delivered twice."""

import json
import subprocess
import unittest

import network
from base import MINISTRY, SENDER, NetworkTest, until


class RecoveryTest(NetworkTest):
    def test_what_was_accepted_while_the_axis_was_down_arrives_when_it_is_back(self):
        axis = self.net.nodes["truc"]
        axis.kill()
        sent = [self.send(self.file(f"{i}.txt", b"%d" % i))["id"] for i in range(3)]
        self.net.nodes["sonla"].kill()
        self.net.nodes["sonla"].start()
        self.net.nodes["sonla"].wait_ready()
        axis.start()
        axis.wait_ready()
        for message in sent:
            self.receive(MINISTRY, message)
        until(lambda: all(self.recipient(message, MINISTRY)["state"] == "handed over" for message in sent),
              what="receipts of all three")

    def test_a_retry_after_a_lost_answer_gets_the_first_answer(self):
        path = self.file("lai.txt", b"lai")
        first = self.send(path, extra=("--id", "gui-lai"))
        self.net.nodes["sonla"].kill()
        self.net.nodes["sonla"].start()
        self.net.nodes["sonla"].wait_ready()
        again = self.send(path, extra=("--id", "gui-lai"))
        self.assertTrue(again["repeated"])
        self.assertEqual(again["accepted_at"], first["accepted_at"])

    def load(self, victim):
        net, receiver = self.net, MINISTRY
        command = [str(network.programs() / "exchange_load"), "--roots", str(net.pki / "roots.pem"),
                   "--bytes", "2000", "--seconds", "6", "--in-flight", "32"]
        for who, agency in (("sender", SENDER), ("receiver", receiver)):
            node, client = net.nodes[network.HOME[agency]], net.pki / "clients" / agency
            command += [f"--{who}", agency, f"--{who}-address", f"127.0.0.1:{node.grpc}",
                        f"--{who}-certificate", f"{client}.crt", f"--{who}-key", f"{client}.key"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            for _ in range(2):
                accepted = until(lambda: net.nodes["sonla"].get("/metrics"), what="metrics")
                self.assertTrue(accepted)
                net.nodes[victim].kill()
                net.nodes[victim].start()
                net.nodes[victim].wait_ready()
            out, _ = process.communicate(timeout=120)
        counts = json.loads(out)
        self.assertGreater(counts["accepted"], 0)
        self.assertEqual((counts["lost"], counts["duplicates"], counts["delivered"]), (0, 0, counts["accepted"]), counts)

    def test_killing_the_senders_node_under_load(self):
        self.load("sonla")

    def test_killing_the_axis_under_load(self):
        self.load("truc")

    def test_killing_the_recipients_node_under_load(self):
        self.load("noivu")

    def test_sigterm_ends_cleanly(self):
        node = self.net.nodes["noivu"]
        self.assertEqual(node.stop(), 0)
        node.start()
        node.wait_ready()


if __name__ == "__main__":
    unittest.main()
