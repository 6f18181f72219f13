"""Bad input at the edge of real processes: what it gets, in words that say what to do."""

import json
import subprocess
import unittest

from base import MINISTRY, NEIGHBOUR, REQUIRED, SENDER, NetworkTest, until


class RefusalsTest(NetworkTest):
    def refused(self, client, *arguments):
        done = self.net.client(client).run(*arguments, check=False)
        self.assertEqual(done.returncode, 1, done.stdout)
        return done.stdout + done.stderr

    def send_refused(self, to, client=SENDER, extra=()):
        path = self.file("x.txt", b"x")
        return self.refused(client, "send", path, "--to", to, *REQUIRED, *extra)

    def told(self, reason):
        """The line about it in the log of node sonla."""
        def lines():
            log = (self.net.nodes["sonla"].folder / "tramd.log").read_text().splitlines()
            return [line for line in map(json.loads, log)
                    if line["event"] == "refused" and line.get("reason") == reason]
        until(lines, what=f"a line about {reason}")
        return lines()[0]

    def test_unknown_recipient_at_the_authoritative_node_is_refused_at_once(self):
        self.assertIn("UNKNOWN_RECIPIENT", self.send_refused("H52.99"))

    def test_unknown_recipient_behind_the_axis_becomes_a_dead_letter(self):
        sent = self.send(self.file("y.txt", b"y"), to=("G09.77",))
        line = until(lambda: next((one for one in self.track(sent["id"])["recipients"] if one["state"] == "dead letter"),
                                  None), what="the dead letter")
        self.assertIn("UNKNOWN_RECIPIENT", line["reason"])

    def test_malformed_code(self):
        done = self.net.client(SENDER).run("send", self.file("x.txt", b"x"), "--to", "xyz", *REQUIRED, check=False)
        self.assertEqual(done.returncode, 2)  # said by tramctl itself: nothing was sent
        self.assertIn("agency code", done.stdout + done.stderr)

    def test_an_operator_cannot_send(self):
        self.net.write_profile("sonla-operator", "sonla", SENDER)
        try:
            self.assertIn("ROLE_MISSING", self.send_refused(MINISTRY, client="sonla-operator"))
        finally:
            self.net.write_profile("sonla-operator", "sonla", None)

    def test_sending_as_another_agency(self):
        self.net.write_profile(NEIGHBOUR, "sonla", SENDER)
        try:
            self.assertIn("FOREIGN_SENDER", self.send_refused(MINISTRY, client=NEIGHBOUR))
        finally:
            self.net.write_profile(NEIGHBOUR, "sonla", NEIGHBOUR)

    def test_unregistered_certificate(self):
        self.net.write_profile(MINISTRY, "sonla", MINISTRY)  # registered at its own node, not at this one
        try:
            self.assertIn("NOT_REGISTERED", self.send_refused(SENDER, client=MINISTRY))
            self.assertIn(MINISTRY, self.told("NOT_REGISTERED")["about"])
        finally:
            self.net.write_profile(MINISTRY, "noivu", MINISTRY)

    def test_same_id_other_content(self):
        first, second = self.file("a.txt", b"a"), self.file("b.txt", b"b")
        self.send(first, extra=("--id", "cung-so"))
        again = self.send(first, extra=("--id", "cung-so"))
        self.assertTrue(again["repeated"])
        self.assertIn("ID_REUSED", self.refused(SENDER, "send", second, "--to", MINISTRY, *REQUIRED, "--id", "cung-so"))

    def test_status_for_a_message_never_received(self):
        sent = self.send(self.file("z.txt", b"z"))
        self.assertIn("NOT_A_RECIPIENT", self.refused(NEIGHBOUR, "status", f"{SENDER}/{sent['id']}", "03"))

    def test_foreign_seal(self):
        seal = self.net.pki / "seals" / NEIGHBOUR
        said = self.send_refused(MINISTRY, extra=("--sign-with", f"{seal}.key", "--certificate", f"{seal}.crt"))
        self.assertIn("FOREIGN_AGENCY", said)

    def test_revoked_client(self):
        registrar = self.net.client("sonla-registrar")
        certificate = self.net.pki / "clients" / f"{NEIGHBOUR}.crt"
        registrar.run("registry", "revoke", certificate)
        try:
            self.assertIn("REGISTRATION_REVOKED", self.send_refused(MINISTRY, client=NEIGHBOUR))
        finally:
            registrar.run("registry", "add", "--certificate", certificate, "--agency", NEIGHBOUR,
                          "--system", "qlvb", "--role", "agency")

    def handshake(self, version):
        node, client = self.net.nodes["sonla"], self.net.pki / "clients" / SENDER
        return subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{node.grpc}", version, "-CAfile",
             str(self.net.pki / "roots.pem"), "-cert", f"{client}.crt", "-key", f"{client}.key", "-alpn", "h2"],
            input="", capture_output=True, text=True, timeout=30)

    def test_tls_1_3_alone(self):
        self.assertIn("TLSv1.3", self.handshake("-tls1_3").stdout)
        old = self.handshake("-tls1_2")
        self.assertNotEqual(old.returncode, 0, old.stdout)
        self.assertNotIn("Cipher is ECDHE", old.stdout)
        self.assertEqual(self.told("TLS_HANDSHAKE_FAILED")["peer"], "TLS handshake")


if __name__ == "__main__":
    unittest.main()
