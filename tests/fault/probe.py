"""Documents timed end to end: from the moment a document system submits one to the moment another has stored it."""

import hashlib
import queue
import threading
import time
import uuid

import protocol

TRY_AGAIN = (8, 10, 14)  # RESOURCE_EXHAUSTED, ABORTED, UNAVAILABLE: nothing was decided


class Sender:
    """Sends documents of 2 KB, each with its own id; tries again what was put off, as any client does."""

    def __init__(self, net, agency):
        self.agency, self.sent = agency, {}  # id → when it was submitted
        self.refused, self.put_off = [], []  # reasons: for good, and for now
        self._run, self._count = uuid.uuid4().hex[:8], 0
        self._lock = threading.Lock()  # guards what follows
        self._open = {}                # number → request without an answer
        self._requests = queue.SimpleQueue()  # of the stream that stands
        self._closing = threading.Event()
        self._channel = protocol.channel(net.pki, agency, net.nodes[net.home[agency]].grpc)
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def send(self, recipient, priority):
        """Its id."""
        from tram.v1 import exchange_pb2, message_pb2 as pb
        self._count += 1
        message_id = f"probe-{self._run}-{self._count}"
        content = message_id.encode().ljust(2000, b".")
        fields = pb.Fields(
            key=pb.MessageKey(sender=self.agency, id=message_id), recipients=[recipient],
            kind=pb.MESSAGE_KIND_DISPATCH, priority=priority,
            dispatch=pb.Dispatch(code=pb.DocumentCode(number="7", notation="CĐ-UBND"),
                                 type=pb.DocumentType(name="Công điện"), subject="Về việc ứng phó mưa lũ"),
            attachments=[pb.AttachmentInfo(name="cong-dien.pdf", media_type="application/pdf", size=len(content),
                                           sha256=hashlib.sha256(content).digest())])
        request = exchange_pb2.SendRequest(request=self._count, fields=fields,
                                           contents=[pb.AttachmentContent(inline=content)])
        self.sent[message_id] = time.monotonic()
        with self._lock:
            self._open[self._count] = request
            self._requests.put(request)
        return message_id

    def _work(self):
        import grpc
        from tram.v1 import exchange_pb2_grpc
        while not self._closing.is_set():
            with self._lock:
                self._requests = queue.SimpleQueue()
                for request in self._open.values():
                    self._requests.put(request)
                requests = self._requests
            try:
                for answer in exchange_pb2_grpc.ExchangeStub(self._channel).Send(iter(requests.get, None)):
                    self._answered(answer, requests)
            except grpc.RpcError as error:
                self.put_off.append(f"the stream ended: {error.code().name} {error.details()}")
            requests.put(None)
            self._closing.wait(0.2)

    def _answered(self, answer, requests):
        if answer.HasField("refused") and answer.refused.code in TRY_AGAIN:
            self.put_off.append(answer.refused.message)
            threading.Timer(0.2, lambda: requests.put(self._open[answer.request])).start()
            return
        if answer.HasField("refused"):
            self.refused.append(answer.refused.message)
        with self._lock:
            del self._open[answer.request]

    def close(self):
        self._closing.set()
        with self._lock:
            self._requests.put(None)
        self._thread.join(10)
        self._channel.close()


class Receiver:
    """One Receive stream; stores each delivery, synced, then acknowledges it."""

    def __init__(self, net, agency, file, credits=64):
        from tram.v1 import exchange_pb2 as pb
        from tram.v1 import exchange_pb2_grpc
        self.agency, self.stored = agency, {}  # id → when it was stored, in order
        self.changed = threading.Condition()   # guards stored
        self._file = open(file, "ab", buffering=0)
        self._requests = queue.SimpleQueue()
        self._requests.put(pb.ReceiveRequest(open=pb.ReceiveRequest.Open(credits=credits)))
        self._channel = protocol.channel(net.pki, agency, net.nodes[net.home[agency]].grpc)
        self._call = exchange_pb2_grpc.ExchangeStub(self._channel).Receive(iter(self._requests.get, None))
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        import grpc
        try:
            for answer in self._call:
                if answer.HasField("delivery"):
                    self._store(answer.delivery)
        except grpc.RpcError:
            pass

    def _store(self, delivery):
        import os
        from tram.v1 import exchange_pb2 as pb
        self._file.write(delivery.delivery_id.encode() + b"\n")
        os.fdatasync(self._file.fileno())
        with self.changed:
            self.stored[delivery.delivery_id.split("/")[1]] = time.monotonic()
            self.changed.notify_all()
        self._pause()
        self._requests.put(pb.ReceiveRequest(acknowledge=delivery.delivery_id))
        self._requests.put(pb.ReceiveRequest(credits=1))

    def _pause(self):
        """A slow reader's delay; none here."""

    def wait(self, ids, seconds):
        """Those that were not stored in time."""
        with self.changed:
            self.changed.wait_for(lambda: all(one in self.stored for one in ids), seconds)
            return [one for one in ids if one not in self.stored]

    def close(self):
        self._call.cancel()
        self._requests.put(None)
        self._thread.join(10)
        self._channel.close()
        self._file.close()


class SlowReader(Receiver):
    """Takes its time over each document."""

    def __init__(self, net, agency, file, seconds_each):
        self._seconds, self._over = seconds_each, threading.Event()
        super().__init__(net, agency, file, credits=8)

    def _pause(self):
        self._over.wait(self._seconds)

    def close(self):
        self._over.set()
        super().close()


class NeverReader:
    """Opens a stream, asks for ten thousand documents, reads one, and then neither reads nor acknowledges."""

    def __init__(self, net, agency):
        from tram.v1 import exchange_pb2 as pb
        from tram.v1 import exchange_pb2_grpc
        self._requests = queue.SimpleQueue()
        self._requests.put(pb.ReceiveRequest(open=pb.ReceiveRequest.Open(credits=10_000)))
        self._channel = protocol.channel(net.pki, agency, net.nodes[net.home[agency]].grpc)
        self._call = exchange_pb2_grpc.ExchangeStub(self._channel).Receive(iter(self._requests.get, None))
        self.first = next(self._call)

    def close(self):
        self._call.cancel()
        self._requests.put(None)
        self._channel.close()


def spread(milliseconds):
    """p50, p99 and the worst of them."""
    ordered = sorted(milliseconds)
    if not ordered:
        return {"count": 0, "p50Ms": None, "p99Ms": None, "maxMs": None}
    at = lambda share: round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)  # noqa: E731
    return {"count": len(ordered), "p50Ms": at(0.5), "p99Ms": at(0.99), "maxMs": round(ordered[-1], 1)}
