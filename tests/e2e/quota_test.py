"""Quotas: a system that sends too much is put off with the time to wait, tramctl waits, and urgent ones go on."""

import time
import unittest

import protocol
from base import MINISTRY, SENDER, NetworkTest

A_MINUTE = 30


class QuotaTest(NetworkTest):
    @classmethod
    def sections(cls):
        return {"sonla": f"[[quota_for]]\nagency = \"{SENDER}\"\ndocuments_per_minute = {A_MINUTE}\n"}

    def request(self, number, priority=0):
        from tram.v1 import exchange_pb2
        request = exchange_pb2.SendRequest(request=number)
        fields = request.fields
        fields.key.sender, fields.key.id = SENDER, f"loat-{number}"
        fields.recipients.append(MINISTRY)
        fields.kind, fields.priority = 1, priority
        fields.dispatch.code.number, fields.dispatch.code.notation = str(number), "UBND-NC"
        fields.dispatch.subject, fields.dispatch.type.name = "Gửi hàng loạt", "Công văn"
        return request

    def test_a_bulk_mailing_is_put_off_urgent_ones_go_on_and_tramctl_waits(self):
        protocol.load(self.folder.name + "/python")
        from google.rpc import status_pb2
        from tram.v1 import exchange_pb2_grpc
        channel = protocol.channel(self.net.pki, SENDER, self.net.nodes["sonla"].grpc)
        stub = exchange_pb2_grpc.ExchangeStub(channel)
        bulk = [self.request(number) for number in range(1, A_MINUTE + 21)]
        urgent = [self.request(1000 + number, priority=3) for number in range(2)]
        answers = {answer.request: answer for answer in stub.Send(iter(bulk + urgent))}
        accepted = [number for number, answer in answers.items() if answer.HasField("accepted")]
        refused = [answer.refused for answer in answers.values() if answer.HasField("refused")]
        self.assertEqual(len(answers), len(bulk) + len(urgent))
        self.assertTrue({1000, 1001} <= set(accepted), "the bulk held the urgent ones back")
        self.assertIn(len(refused), range(15, 21))
        for status in refused:
            self.assertEqual(status.code, 8)
            waits = []
            for detail in status.details:
                retry = status_pb2.RetryInfo()
                if detail.Is(retry.DESCRIPTOR):
                    detail.Unpack(retry)
                    waits.append(retry.retry_delay.ToMilliseconds())
            self.assertEqual(len(waits), 1, status)
            self.assertTrue(0 < waits[0] <= 2100, waits)
        began = time.monotonic()
        sent = self.send(self.file("cho.txt", b"cho"))
        self.assertLess(time.monotonic() - began, 30)
        self.assertEqual(sent["sender"], SENDER)
        metrics = self.net.nodes["sonla"].get("/metrics")
        self.assertIn('tram_notes_total{event="quota exceeded"}', metrics)
        other = self.send(self.file("khac.txt", b"khac"), client="H52.05")
        self.assertEqual(other["sender"], "H52.05")


if __name__ == "__main__":
    unittest.main()
