"""What users of today's systems report, each with a test of its own: here none of it happens."""

import concurrent.futures
import pathlib
import sys
import tempfile
import unittest

import grpc
import network
from base import MINISTRY, NEIGHBOUR, SENDER, NetworkTest, until

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fault"))
from chaos import Chaos  # noqa: E402

RETRIES = '[delivery]\nretry_first_ms = 10\nretry_cap_seconds = 1\n'


class Garbage(grpc.GenericRpcHandler):
    """Answers every call with bytes that are no message."""

    def service(self, details):
        return grpc.unary_unary_rpc_method_handler(lambda request, context: b"\xff\xff\xff\xff")


class WhatGoesWrongToday(NetworkTest):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="tram-e2e-")
        cls.net = network.Network(cls.folder.name)
        cls.net.sections["sonla"] = RETRIES
        cls.chaos = Chaos()
        cls.chaos.__enter__()
        cls.axis_line = cls.chaos.proxy("sonla-truc")
        cls.net.detours[("sonla", "truc")] = cls.axis_line.port
        cls.net.make()
        cls.axis_line.target = cls.net.nodes["truc"].grpc
        cls.net.start()
        cls.net.register()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.chaos.__exit__(None, None, None)

    def test_silent_loss_an_answer_that_cannot_be_read_is_an_error_and_not_an_empty_list(self):
        pki = self.net.pki
        credentials = grpc.ssl_server_credentials(
            [((pki / "nodes" / "sonla.key").read_bytes(), (pki / "nodes" / "sonla.crt").read_bytes())])
        server = grpc.server(concurrent.futures.ThreadPoolExecutor(2), handlers=(Garbage(),))
        port = server.add_secure_port("127.0.0.1:0", credentials)
        server.start()
        self.addCleanup(server.stop, None)
        profile = self.net.dir / "clients" / f"{SENDER}.toml"
        false = self.net.dir / "clients" / "garbage.toml"
        home = self.net.nodes["sonla"].grpc
        false.write_text(profile.read_text().replace(f"127.0.0.1:{home}", f"127.0.0.1:{port}"))
        for command in (("inbox",), ("receive", "--dir", f"{self.folder.name}/nothing"), ("track", "x")):
            done = self.net.client("garbage").run(*command, check=False)
            self.assertNotEqual(done.returncode, 0, f"{command}: {done.stdout}{done.stderr}")
            self.assertIn("tramctl: ", done.stderr)

    def test_duplicates_two_clients_of_one_inbox_make_one_effect_of_a_document_sent_twice(self):
        path = self.file("mot.txt", b"mot lan")
        sent = [self.send(path, extra=("--id", "mot-lan")) for _ in range(2)]
        self.assertEqual([one["repeated"] for one in sent], [False, True])
        folders = [f"{self.folder.name}/client-{i}" for i in range(2)]
        def received():
            for folder in folders:
                self.net.client(MINISTRY).run("receive", "--dir", folder)
            return [folder for folder in folders if (pathlib.Path(folder) / SENDER / "mot-lan").exists()]
        self.assertEqual(len(until(received, what="it arrives")), 1)
        self.assertEqual(len(received()), 1)

    def test_missing_statuses_arrival_is_reported_by_the_node_itself_though_its_client_never_does(self):
        sent = self.send(self.file("tinh-trang.txt", b"x"))
        until(lambda: self.recipient(sent["id"], MINISTRY)["last_status"] == 1, what="status 01")

    def test_recalls_not_applied_a_recall_is_handed_over_behind_what_it_recalls_and_names_it(self):
        sent = self.send(self.file("thu-hoi.txt", b"x"), to=(NEIGHBOUR,))
        recall = self.send(self.file("lenh.txt", b"x"), to=(NEIGHBOUR,), extra=(
            "--business", "recall", "--reference", f"{SENDER}/{sent['id']}", "--reason", "sai số", "--priority", "3"))
        order = []
        def both():
            lines = self.net.client(NEIGHBOUR).lines("receive", "--dir", f"{self.folder.name}/recalled")
            order.extend(line["id"] for line in lines if line.get("id") in (sent["id"], recall["id"]))
            return len(order) == 2
        until(both, what="both")
        self.assertEqual(order, [sent["id"], recall["id"]])
        header = (pathlib.Path(self.folder.name) / "recalled" / SENDER / recall["id"] / "header.json").read_text()
        self.assertIn(sent["id"], header)

    def test_nested_base64_a_document_of_three_megabytes_goes_over_the_line_as_three(self):
        size = 3_000_000
        before = self.axis_line.forwarded["there"]
        sent = self.send(self.file("nhi-phan.bin", bytes(range(256)) * (size // 256)))
        self.receive(MINISTRY, sent["id"])
        self.assertLess(self.axis_line.forwarded["there"] - before, 1.1 * size)

    def test_giving_up_after_five_tries_a_peer_that_fails_more_often_gets_everything(self):
        self.axis_line.cut()
        try:
            sent = self.send(self.file("thu-lai.txt", b"x"))
            def tries():
                links = self.net.client("sonla-operator").json("nodes")["links"]
                return next(link["attempts"] for link in links if link["name"] == "truc")
            until(lambda: tries() > 7, what="more than seven tries")
            waiting = self.net.client("sonla-operator").run("deliveries").stdout
            self.assertIn("waiting for link truc, try ", waiting)
        finally:
            self.axis_line.clear()
        self.receive(MINISTRY, sent["id"])

    def test_credentials_rotated_the_error_names_the_certificate_and_what_to_do(self):
        registrar, certificate = self.net.client("sonla-registrar"), self.net.pki / "clients" / f"{NEIGHBOUR}.crt"
        registrar.run("registry", "revoke", certificate)
        refused = self.net.client(NEIGHBOUR).run("inbox", check=False).stderr
        self.assertIn("sha256:", refused)
        self.assertIn("what to do: ", refused)
        registrar.run("registry", "add", "--certificate", certificate, "--agency", NEIGHBOUR, "--system", "moi",
                      "--role", "agency")
        self.net.client(NEIGHBOUR).run("inbox")


if __name__ == "__main__":
    unittest.main()
