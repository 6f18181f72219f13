"""SIGTERM under load: exit code 0, nothing lost, nothing twice; peers and clients are told; the limit holds."""

import json
import subprocess
import threading
import time
import unittest

import network
import protocol
from base import MINISTRY, SENDER, NetworkTest, until


class ShutdownTest(NetworkTest):
    @classmethod
    def sections(cls):
        return {"noivu": "[shutdown]\ngrace_seconds = 2\n"}

    def log(self, name):
        return [json.loads(line) for line in (self.net.nodes[name].folder / "tramd.log").read_text().splitlines()]

    def restart(self, name):
        node = self.net.nodes[name]
        self.assertEqual(node.stop(seconds=60), 0)
        node.start()
        node.wait_ready()

    def accepted(self, name):
        for line in (self.net.nodes[name].get("/metrics") or "").splitlines():
            if line.startswith("tram_messages_accepted_total") or line.startswith("tram_messages_relayed_total"):
                if float(line.split()[1]) > 20:
                    return True
        return False

    def load(self, victim):
        command = [str(network.programs() / "exchange_load"), "--roots", str(self.net.pki / "roots.pem"),
                   "--bytes", "2000", "--seconds", "6", "--in-flight", "32"]
        for who, agency in (("sender", SENDER), ("receiver", MINISTRY)):
            node, client = self.net.nodes[network.HOME[agency]], self.net.pki / "clients" / agency
            command += [f"--{who}", agency, f"--{who}-address", f"127.0.0.1:{node.grpc}",
                        f"--{who}-certificate", f"{client}.crt", f"--{who}-key", f"{client}.key"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            for _ in range(2):
                until(lambda: self.accepted(victim), what="load")
                self.restart(victim)
            out, _ = process.communicate(timeout=120)
        counts = json.loads(out)
        self.assertGreater(counts["accepted"], 0)
        self.assertEqual((counts["lost"], counts["duplicates"], counts["delivered"]), (0, 0, counts["accepted"]), counts)
        events = [line["event"] for line in self.log(victim)]
        self.assertGreaterEqual(events.count("draining"), 2)
        self.assertEqual(events.count("draining"), events.count("stopped"))

    def test_the_senders_node_stops_under_load(self):
        self.load("sonla")

    def test_the_axis_stops_under_load_and_its_peers_are_told(self):
        self.load("truc")
        told = [line for line in self.log("sonla")
                if line["event"] == "link lost" and "the peer is stopping" in line.get("detail", "")]
        self.assertTrue(told)

    def test_a_client_that_keeps_what_it_was_given_holds_the_node_up_for_the_limit_alone(self):
        protocol.load(self.folder.name + "/python")
        from tram.v1 import exchange_pb2, exchange_pb2_grpc
        message = self.send(self.file("giu.txt", b"giu"))["id"]
        node = self.net.nodes["noivu"]
        channel = protocol.channel(self.net.pki, MINISTRY, node.grpc)
        requests = [exchange_pb2.ReceiveRequest(open=exchange_pb2.ReceiveRequest.Open(credits=4))]
        keep_open = threading.Event()

        def asking():
            yield from requests
            keep_open.wait(60)

        stream = exchange_pb2_grpc.ExchangeStub(channel).Receive(asking())
        for answer in stream:
            if answer.HasField("delivery") and answer.delivery.delivery_id.split("/")[1] == message:
                break
        began = time.monotonic()
        node.process.terminate()
        drained = any(answer.draining for answer in self.rest(stream))
        self.assertEqual(node.stop(seconds=60), 0)
        took = time.monotonic() - began
        keep_open.set()
        channel.close()
        self.assertTrue(drained, "the client was not told")
        self.assertGreaterEqual(took, 1.9)
        self.assertLess(took, 15)
        node.start()
        node.wait_ready()
        self.receive(MINISTRY, message)

    @staticmethod
    def rest(stream):
        import grpc
        try:
            yield from stream
        except grpc.RpcError:
            pass


if __name__ == "__main__":
    unittest.main()
