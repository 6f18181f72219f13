"""A document system in another language: python3-grpcio with code generated from proto/, knowing nothing else of us."""

import hashlib
import queue
import tempfile
import unittest

import network
import protocol
from base import MINISTRY, SENDER, NetworkTest

GENERATED = tempfile.TemporaryDirectory(prefix="tram-proto-")
protocol.load(GENERATED.name)

from tram.v1 import exchange_pb2, exchange_pb2_grpc, message_pb2  # noqa: E402


class PythonClientTest(NetworkTest):
    def stub(self, agency):
        channel = protocol.channel(self.net.pki, agency, self.net.nodes[network.HOME[agency]].grpc)
        self.addCleanup(channel.close)
        return exchange_pb2_grpc.ExchangeStub(channel)

    def test_sends_and_receives(self):
        content = "văn bản từ một ngôn ngữ khác".encode()
        fields = message_pb2.Fields(
            key=message_pb2.MessageKey(sender="000.00.01.H52", id="python-1"),  # the old form of H52.01
            recipients=[MINISTRY], kind=message_pb2.MESSAGE_KIND_DISPATCH,
            dispatch=message_pb2.Dispatch(code=message_pb2.DocumentCode(number="9", notation="PY"),
                                          type=message_pb2.DocumentType(name="Công văn"), subject="Thử"),
            attachments=[message_pb2.AttachmentInfo(name="py.txt", media_type="text/plain", size=len(content),
                                                    sha256=hashlib.sha256(content).digest())])
        request = exchange_pb2.SendRequest(request=7, fields=fields,
                                           contents=[message_pb2.AttachmentContent(inline=content)])
        answers = list(self.stub(SENDER).Send(iter([request]), timeout=30))
        self.assertEqual(len(answers), 1)
        self.assertEqual(answers[0].request, 7)
        self.assertEqual(answers[0].accepted.key.sender, SENDER, answers[0])

        requests = [exchange_pb2.ReceiveRequest(open=exchange_pb2.ReceiveRequest.Open(credits=4))]
        stream, delivery = self.receive_one(requests)
        self.assertEqual(delivery.contents[0].inline, content)
        self.assertEqual(delivery.delivery_id, f"{SENDER}/python-1/{MINISTRY}")
        self.assertTrue(delivery.verdict.good)
        stream.cancel()

    def receive_one(self, requests):
        pending = queue.Queue()
        for request in requests:
            pending.put(request)
        stream = self.stub(MINISTRY).Receive(iter(pending.get, None), timeout=60)
        delivery = None
        for answer in stream:
            if answer.HasField("delivery"):
                delivery = answer.delivery
                pending.put(exchange_pb2.ReceiveRequest(acknowledge=delivery.delivery_id))
            elif answer.acknowledged:
                pending.put(None)
                return stream, delivery
        raise AssertionError("the stream ended without an acknowledgement")


if __name__ == "__main__":
    unittest.main()
