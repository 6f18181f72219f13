"""Alarms: a link that is cut is listed, seen by the operator, told to a webhook, and gone when the peer is back."""

import http.server
import json
import re
import threading
import unittest

from base import NetworkTest, until


class Hook(http.server.BaseHTTPRequestHandler):
    """Keeps what is posted; refuses the first."""

    told, refusals = [], 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        first = Hook.refusals == 0
        Hook.refusals += first
        if not first:
            Hook.told.append(json.loads(body))
        self.send_response(503 if first else 204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class AlarmsTest(NetworkTest):
    @classmethod
    def sections(cls):
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        return {"sonla": f"""[alarms]
link_down_seconds = 1
certificate_days = 3650
webhook = "http://127.0.0.1:{cls.server.server_port}/alarms"
"""}

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.server.shutdown()

    def alarm(self, kind, subject):
        lines = self.net.client("sonla-operator").lines("alarms")
        return next((line for line in lines if (line["kind"], line["subject"]) == (kind, subject)), None)

    def metric(self, kind):
        text = self.net.nodes["sonla"].get("/metrics")
        return int(re.search(rf'tram_alarms{{kind="{kind}"}} (\d+)', text).group(1))

    def logged(self, event):
        lines = (self.net.nodes["sonla"].folder / "tramd.log").read_text().splitlines()
        return [line for line in map(json.loads, lines) if line["event"] == event]

    def told(self, change, kind):
        return [one for one in Hook.told if (one["change"], one["kind"]) == (change, kind)]

    def test_a_cut_link_is_listed_seen_and_gone_when_the_peer_is_back(self):
        self.assertIsNone(self.alarm("link_down", "truc"))
        self.net.nodes["truc"].stop()
        down = until(lambda: self.alarm("link_down", "truc"), what="the alarm")
        self.assertIn("G22", down["detail"])
        self.assertIn("tramctl nodes", down["remedy"])
        self.assertEqual((down["count"], down["acknowledged_by"]), (1, ""))
        self.assertEqual(self.metric("link_down"), 1)
        until(lambda: self.told("raised", "link_down"), what="the webhook hearing of it")
        text = self.net.client("sonla-operator").run("alarms").stdout
        self.assertIn("nobody yet", text)

        seen = self.net.client("sonla-operator").json("alarms", "ack", "link_down", "truc")
        self.assertTrue(seen["acknowledged_by"].startswith("operator sha256:"), seen)
        self.assertIn("operator sha256:", self.net.client("sonla-operator").run("alarms").stdout)
        acts = [line for line in self.logged("OperatorAct") if line["reason"] == "ALARM_ACKNOWLEDGED"]
        self.assertEqual([line["detail"] for line in acts], ["link_down truc"])

        node = self.net.nodes["sonla"]
        self.assertEqual(node.stop(), 0)
        node.start()
        node.wait_ready()
        self.assertEqual(self.alarm("link_down", "truc")["acknowledged_by"], seen["acknowledged_by"])

        self.net.nodes["truc"].start()
        until(lambda: self.alarm("link_down", "truc") is None, what="the end of the alarm")
        self.assertEqual(self.metric("link_down"), 0)
        until(lambda: self.told("cleared", "link_down"), what="the webhook hearing of the end")
        self.assertEqual(self.told("raised", "link_down")[0]["subject"], "truc")
        self.assertEqual(self.told("raised", "link_down")[0]["node"], "H52")
        self.assertEqual(self.told("acknowledged", "link_down")[0]["acknowledged_by"], seen["acknowledged_by"])
        self.assertTrue(self.logged("alarm raised") and self.logged("alarm cleared"))

    def test_a_store_that_failed_is_an_alarm_after_the_next_start(self):
        node = self.net.nodes["sonla"]
        node.kill()
        words = node.folder / "data" / "store-failed.txt"  # as the run left it whose sync failed
        words.write_text("2026-11-24T12:00:00.000000Z: a sync failed")
        node.start()
        node.wait_ready()
        alarm = until(lambda: self.alarm("store_failed", "messages"), what="the alarm")
        self.assertIn("a sync failed", alarm["detail"])
        self.assertIn("look at the disk", alarm["remedy"])
        self.assertFalse(words.exists())
        node.kill()
        node.start()
        node.wait_ready()
        self.assertEqual(self.alarm("store_failed", "messages")["count"], 1, "it is kept, and not told anew")

    def test_certificates_that_end_soon_are_alarms(self):
        alarm = until(lambda: self.alarm("certificate_expiring", "seal of this node"), what="the alarm")
        self.assertIn("is valid until", alarm["detail"])

    def test_only_operators_see_and_acknowledge_alarms(self):
        for arguments in (["alarms"], ["alarms", "ack", "link_down", "truc"]):
            refused = self.net.client("sonla-auditor").run(*arguments, check=False)
            self.assertEqual(refused.returncode, 1)
            self.assertIn("ROLE_MISSING", refused.stderr)
        missing = self.net.client("sonla-operator").run("alarms", "ack", "link_down", "hanoi", check=False)
        self.assertIn("ALARM_UNKNOWN", missing.stderr)


if __name__ == "__main__":
    unittest.main()
