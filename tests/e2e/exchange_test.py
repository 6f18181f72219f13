"""The main path: sent, relayed through the axis, handed over, answered, proven, exported, checked with openssl."""

import base64
import hashlib
import json
import pathlib
import subprocess
import unittest
import zipfile

from base import MINISTRY, NEIGHBOUR, SENDER, NetworkTest, until


class ExchangeTest(NetworkTest):
    @classmethod
    def made(cls):
        """Every node knows a second CA of documents, which has nothing to do with ours."""
        other = f"{cls.folder.name}/other-ca"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc",
                        "-subj", "/CN=Another CA", "-days", "30", "-keyout", f"{other}.key", "-out", f"{other}.crt"],
                       check=True, capture_output=True)
        with open(cls.net.pki / "intermediates.pem", "ab") as known:
            known.write(pathlib.Path(f"{other}.crt").read_bytes())

    def test_document_through_the_axis_and_to_a_neighbour(self):
        content = b"noi dung van ban " * 100
        sent = self.send(self.file("van-ban.pdf", content), to=(MINISTRY, NEIGHBOUR))
        for agency in (MINISTRY, NEIGHBOUR):
            folder = self.receive(agency, sent["id"])
            self.assertEqual((folder / "van-ban.pdf").read_bytes(), content)
        for agency in (MINISTRY, NEIGHBOUR):
            for code in ("03", "06"):
                self.net.client(agency).run("status", f"{SENDER}/{sent['id']}", code)
        def done():
            line = self.recipient(sent["id"], MINISTRY)
            return line["state"] == "handed over" and line["last_status"] == 6 and line["verified_receipts"] >= 3
        until(done, what="hand-over, status 06 and three receipts")
        events = [event["event"] for event in self.track(sent["id"])["events"]]
        for expected in ("SubmissionAcceptance", "RelayAcceptance", "ContentConsignment", "ContentHandover"):
            self.assertTrue(any(expected in event for event in events), f"{expected} in {events}")

    def test_what_a_node_writes_is_for_its_user_alone(self):
        sent = self.send(self.file("kin.txt", b"x" * 100_000), to=(MINISTRY,))
        self.receive(MINISTRY, sent["id"])
        folders = [node.folder / "data" for node in self.net.nodes.values()]
        written = folders + [path for folder in folders for path in folder.rglob("*")]
        self.assertGreater(len(written), 20)
        self.assertEqual([str(path) for path in written if path.lstat().st_mode & 0o077], [])

    def test_an_inbox_is_listed_before_and_after_it_is_received(self):
        ids = [self.send(self.file(f"cho-{i}.txt", b"x"), to=(NEIGHBOUR,), extra=("--priority", priority))["id"]
               for i, priority in enumerate(("0", "0", "3"))]
        client, folder = self.net.client(NEIGHBOUR), f"{self.folder.name}/listed"
        def listed(*options, place="node"):
            return [line for line in client.lines("inbox", *options) if line["place"] == place and line["id"] in ids]
        until(lambda: len(listed()) == 3, what="all three in the inbox")
        self.assertEqual([line["id"] for line in listed()], [ids[2], ids[0], ids[1]])
        self.assertEqual({(line["claimed"], line["redelivered"]) for line in listed()}, {(False, False)})
        self.assertIn("waiting at the node for H52.05/default", client.run("inbox").stdout)
        self.assertEqual(len(client.lines("inbox", "--limit", "2")), 2)
        self.assertEqual([line for line in self.net.client(SENDER).lines("inbox") if line["id"] in ids], [])
        client.run("receive", "--dir", folder)
        self.assertEqual(listed(), [])
        self.assertEqual([line["acknowledged"] for line in listed("--dir", folder, place="folder")], [True] * 3)
        self.assertEqual(len(listed("--dir", folder, "--local", place="folder")), 3)
        self.assertIn("ROLE_MISSING", self.net.client("sonla-auditor").run("inbox", check=False).stderr)

    def test_statuses_come_back_as_messages(self):
        sent = self.send(self.file("tt.txt", b"x"))
        self.receive(MINISTRY, sent["id"])
        self.net.client(MINISTRY).run("status", f"{SENDER}/{sent['id']}", "03")
        codes = set()
        def both():
            for item in self.net.client(SENDER).lines("receive", "--dir", f"{self.folder.name}/received/{SENDER}"):
                if item.get("status") and sent["id"] in str(item):
                    codes.add(int(item["status"]["code"] if isinstance(item["status"], dict) else item["status"]))
            return {1, 3} <= codes
        until(both, what="status 01 by the node and 03 by the agency")

    def test_signed_by_the_agency_is_told_apart_from_sealed_by_the_node(self):
        seal = self.net.pki / "seals" / SENDER
        path = self.file("ky.txt", b"ky so")
        own = self.send(path, extra=("--sign-with", f"{seal}.key", "--certificate", f"{seal}.crt"))
        sealed = self.send(path)
        self.assertIn("signed by the agency", self.track(own["id"])["verdict"]["who"])
        self.assertIn("sealed by node H52 for the agency", self.track(sealed["id"])["verdict"]["who"])

    def test_a_certificate_that_is_mapped_to_the_agency_is_good_for_who_names_the_mapping(self):
        seal = self.net.pki / "seals" / NEIGHBOUR  # says that it is another agency's
        der = subprocess.run(["openssl", "x509", "-in", f"{seal}.crt", "-outform", "DER"], capture_output=True, check=True)
        mapping = f"{hashlib.sha256(der.stdout).hexdigest()}={SENDER}"
        registrar, client = self.net.client("sonla-registrar"), self.net.pki / "clients" / f"{SENDER}.crt"
        registrar.run("registry", "add", "--certificate", client, "--agency", SENDER, "--system", "qlvb",
                      "--role", "agency", "--signer", f"{seal}.crt")
        sent = [self.send(self.file("anh-xa.txt", b"x"), to=(NEIGHBOUR,),
                          extra=("--sign-with", f"{seal}.key", "--certificate", f"{seal}.crt"))["id"] for _ in range(2)]
        receiver = self.net.client(NEIGHBOUR)
        def received(dir, *options):
            done = receiver.run("--json", "receive", "--dir", f"{self.folder.name}/{dir}", "--limit", "1", *options, check=False)
            lines = [json.loads(line) for line in done.stdout.splitlines()]
            return [(line, done) for line in lines if line.get("id") in sent]
        without, done = until(lambda: received("unmapped"), what="the first")[0]
        self.assertEqual((without["verdict"]["good"], done.returncode), (False, 1))
        self.assertIn(f"--mapping {mapping}", done.stderr)
        mapped, done = until(lambda: received("mapped", "--mapping", mapping), what="the second")[0]
        self.assertEqual((mapped["verdict"]["good"], mapped["verdict"]["by_mapping"], done.returncode), (True, True, 0))
        self.assertIn(f"signed by the agency {SENDER}, by explicit mapping", mapped["verdict"]["who"])
        folder = self.net.dir / "evidence"
        self.net.client(SENDER).run("evidence", "export", sent[0], "--dir", folder)
        verify = ("verify", folder / f"{sent[0]}.asice")
        refused = self.net.client(SENDER).run(*verify, check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("FOREIGN_AGENCY", refused.stdout)
        self.assertIn("by explicit mapping: good", self.net.client(SENDER).run(*verify, "--mapping", mapping).stdout)

    def with_another_checkpoint_signature(self, container):
        """A copy, CRCs right, in which one bit of one proof's checkpoint signature differs; the proof's name, the copy."""
        copy = container.with_suffix(".changed.asice")
        with zipfile.ZipFile(container) as old, zipfile.ZipFile(copy, "w") as new:
            name = next(one for one in old.namelist() if one.endswith("Handover.tlog-proof"))
            for info in old.infolist():
                data = old.read(info)
                if info.filename == name:
                    text, _, signature = data.rpartition(b" ")
                    raw = bytearray(base64.b64decode(signature))
                    raw[40] ^= 1
                    data = text + b" " + base64.b64encode(raw) + b"\n"
                new.writestr(info, data)
        return name, copy

    def test_evidence_takes_attachments_from_a_folder_when_the_node_keeps_them_no_longer(self):
        sent = self.send(self.file("lưu trữ.pdf", b"luu tru " * 50_000))
        self.receive(MINISTRY, sent["id"])
        client, folder, archive = self.net.client(SENDER), self.net.dir / "evidence", self.net.dir / "archive"
        archive.mkdir()
        def export(check=True):
            return client.run("evidence", "export", sent["id"], "--dir", folder, "--attachments", archive, check=check)
        missing = export(check=False)
        self.assertNotEqual(missing.returncode, 0)
        self.assertIn("lưu trữ.pdf", missing.stderr)
        (archive / "lưu trữ.pdf").write_bytes(b"luu tru " * 49_999 + b"LUU TRU ")
        self.assertNotEqual(export(check=False).returncode, 0, "another file of that name is not what was signed")
        container = folder / f"{sent['id']}.asice"
        self.assertFalse(container.exists())
        (archive / "lưu trữ.pdf").write_bytes(b"luu tru " * 50_000)
        export()
        self.assertIn("good", client.run("verify", container, "--roots", self.net.pki / "roots.pem").stdout)

    def test_evidence_of_one_sender_never_takes_the_place_of_anothers(self):
        same = "0193a2b4-0000-7000-8000-000000000001"
        for sender, recipient in ((SENDER, NEIGHBOUR), (NEIGHBOUR, SENDER)):
            self.send(self.file("cung-ma.txt", sender.encode()), to=(recipient,), client=sender, extra=("--id", same))
        folder = self.net.dir / "of-two-senders"
        def export(sender, folder=folder, check=True):
            return self.net.client(sender).run("evidence", "export", same, "--dir", folder, check=check)
        export(SENDER)
        container = folder / f"{same}.asice"
        first = container.read_bytes()
        self.assertEqual(container.stat().st_mode & 0o077, 0)
        refused = export(NEIGHBOUR, check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn(f"is the container of {SENDER}/{same}, not of {NEIGHBOUR}/{same}", refused.stderr)
        self.assertIn("--dir", refused.stderr)
        self.assertEqual(container.read_bytes(), first)
        export(SENDER)
        export(NEIGHBOUR, folder=folder / "the-other")
        self.assertEqual([path.name for path in sorted(folder.iterdir())], [container.name, "the-other"])

    def test_evidence_is_checked_by_standard_tools_and_by_tramctl(self):
        content = b"bang chung " * 50
        sent = self.send(self.file("bằng chứng.pdf", content))
        self.receive(MINISTRY, sent["id"])
        until(lambda: self.recipient(sent["id"], MINISTRY)["state"] == "handed over", what="hand-over")
        folder = self.net.dir / "evidence"
        self.net.client(SENDER).run("evidence", "export", sent["id"], "--dir", folder)
        container = folder / f"{sent['id']}.asice"
        self.assertEqual([path.name for path in folder.glob(f"{sent['id']}*")], [container.name])
        with zipfile.ZipFile(container) as archive:
            first = archive.infolist()[0]
            self.assertEqual((first.filename, first.compress_type, archive.read(first)),
                             ("mimetype", zipfile.ZIP_STORED, b"application/vnd.etsi.asic-e+zip"))
            archive.extractall(folder / sent["id"])
        openssl = subprocess.run(
            ["openssl", "cms", "-verify", "-binary", "-cades", "-purpose", "any", "-inform", "DER",
             "-in", "META-INF/signature001.p7s", "-content", "META-INF/ASiCManifest001.xml",
             "-CAfile", str(self.net.pki / "roots.pem"), "-out", "/dev/null"],
            cwd=folder / sent["id"], capture_output=True, text=True)
        self.assertEqual(openssl.returncode, 0, openssl.stderr)
        keys = [word for node in self.net.nodes.values() for word in ("--log-key", f"{node.code}={node.folder}/log.vkey")]
        verify = self.net.client(SENDER).run("verify", container, "--roots", self.net.pki / "roots.pem", *keys)
        self.assertIn("good", verify.stdout)
        # Without a key given, the keys that the node put into the container show damage and prove nothing.
        alone = ("--json", "verify", container, "--roots", self.net.pki / "roots.pem")
        report = json.loads(self.net.client(SENDER).run(*alone).stdout)
        self.assertEqual({one["log_key"] for one in report["receipts"]}, {"container"})
        self.assertEqual((report["acceptable"], report["receipts_state"]), (True, "not checked"))
        published = {(node.folder / "log.vkey").read_text().strip() for node in self.net.nodes.values()}
        found = {one["vkey"] for one in report["log_keys"]}
        self.assertTrue(found and found <= published, found)
        name, changed = self.with_another_checkpoint_signature(container)
        refused = self.net.client(SENDER).run(*alone[1:2], changed, *alone[3:], check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn(f"{name}: the note was not signed by", refused.stdout)
        broken = container.read_bytes()
        at = broken.index(content)
        container.write_bytes(broken[:at] + bytes([broken[at] ^ 1]) + broken[at + 1:])
        refused = self.net.client(SENDER).run("verify", container, "--roots", self.net.pki / "roots.pem", check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("content/", refused.stdout + refused.stderr)


if __name__ == "__main__":
    unittest.main()
