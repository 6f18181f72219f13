"""A document system that receives: stores each delivery once, durably, and only then acknowledges it.

Its store is an SQLite file with synced commits, which the competing receivers of one agency share:

    effects     one row a delivery id: what the agency took over, in the order in which it did
    violations  what a node must never do
"""

import hashlib
import json
import os
import pathlib
import queue
import sqlite3
import threading
import time
import uuid

import client
import protocol
from documents import Plan

CREDITS = 64
PATIENCE = 10  # seconds for one attachment that makes no progress
SCHEMA = """
CREATE TABLE IF NOT EXISTS effects (
  place INTEGER PRIMARY KEY AUTOINCREMENT, delivery_id TEXT UNIQUE NOT NULL, kind TEXT NOT NULL, header TEXT NOT NULL,
  stored_at REAL NOT NULL, stored_by TEXT NOT NULL,     -- the stream that brought it first
  acknowledged_at REAL, acknowledged_by TEXT,           -- when and where the node said that the hand-over is durable
  redeliveries INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS violations (delivery_id TEXT NOT NULL, what TEXT NOT NULL, at REAL NOT NULL);
"""


def open_store(path):
    store = sqlite3.connect(path, timeout=30, isolation_level=None)
    store.execute("PRAGMA journal_mode=WAL")
    store.execute("PRAGMA synchronous=FULL")
    store.executescript(SCHEMA)
    return store


class Broken(Exception):
    """The stream is of no more use."""


class Receiver:
    def __init__(self, options):
        self.options, self.plan, self.stop = options, Plan(options.seed), client.Stop()
        self.store = open_store(options.store)
        self.stream, self.opened_at = "", 0.0  # of the stream at work

    def one_stream(self):
        from tram.v1 import exchange_pb2 as pb
        from tram.v1 import exchange_pb2_grpc
        outgoing, incoming = queue.SimpleQueue(), queue.SimpleQueue()
        self.stream, self.opened_at = uuid.uuid4().hex, time.time()
        outgoing.put(pb.ReceiveRequest(open=pb.ReceiveRequest.Open(credits=CREDITS)))
        with client.dial(self.options) as channel:
            call = exchange_pb2_grpc.ExchangeStub(channel).Receive(iter(outgoing.get, None))
            threading.Thread(target=self.read, args=(call, incoming), daemon=True).start()
            try:
                self.handle_all(channel, incoming, outgoing)
            finally:
                outgoing.put(None)
                call.cancel()

    @staticmethod
    def read(call, incoming):
        import grpc
        try:
            for answer in call:
                incoming.put(answer)
        except grpc.RpcError:
            pass
        incoming.put(None)

    def handle_all(self, channel, incoming, outgoing):
        from tram.v1 import exchange_pb2 as pb
        while not self.stop:
            batch = self.next_batch(incoming)
            stored, whole = self.handle(channel, batch)
            for delivery_id in stored:
                outgoing.put(pb.ReceiveRequest(acknowledge=delivery_id))
            if stored:
                outgoing.put(pb.ReceiveRequest(credits=len(stored)))
            if not whole:
                raise Broken

    def next_batch(self, incoming):
        try:
            batch = [incoming.get(timeout=0.5)]
        except queue.Empty:
            return []
        while len(batch) < CREDITS:
            try:
                batch.append(incoming.get_nowait())
            except queue.Empty:
                break
        return batch

    def handle(self, channel, batch):
        """Delivery ids that are stored for good now, in order; and whether everything could be handled."""
        taken, acknowledged, whole = [], [], True
        for answer in batch:
            if answer is None:
                whole = False
                break
            if answer.HasField("delivery"):
                if not self.fetch(channel, answer.delivery):
                    whole = False
                    break
                taken.append(answer.delivery)
            elif answer.acknowledged:
                acknowledged.append(answer.acknowledged)
        if taken or acknowledged:
            self.commit(taken, acknowledged)
        return [delivery.delivery_id for delivery in taken], whole

    def commit(self, taken, acknowledged):
        self.store.execute("BEGIN IMMEDIATE")
        for delivery_id in acknowledged:
            self.store.execute("UPDATE effects SET acknowledged_at = ?, acknowledged_by = ? WHERE delivery_id = ?",
                               [time.time(), self.stream, delivery_id])
        for delivery in taken:
            self.take(delivery)
        self.store.execute("COMMIT")

    def take(self, delivery):
        header = json.loads(delivery.signed.header)
        known = self.store.execute("SELECT stored_at, stored_by, acknowledged_at, acknowledged_by FROM effects"
                                   " WHERE delivery_id = ?", [delivery.delivery_id]).fetchone()
        if known is not None:
            self.store.execute("UPDATE effects SET redeliveries = redeliveries + 1 WHERE delivery_id = ?",
                               [delivery.delivery_id])
            if self.before(*known[2:]):
                self.violation(delivery.delivery_id, "duplicate: delivered after its acknowledgement was durable")
            elif self.before(*known[:2]) and not delivery.redelivered:
                self.violation(delivery.delivery_id, "duplicate: delivered again without the flag")
            return
        for what in self.faults_of(delivery, header):
            self.violation(delivery.delivery_id, what)
        self.store.execute("INSERT INTO effects (delivery_id, kind, header, stored_at, stored_by)"
                           " VALUES (?, ?, ?, ?, ?)",
                           [delivery.delivery_id, header["submitted"]["kind"],
                            hashlib.sha256(delivery.signed.header).hexdigest(), time.time(), self.stream])

    def before(self, at, stream):
        """Whether that happened before what this stream brings. What another, broken stream had brought may be handled
        late, when a competing receiver has it from a newer one: that is no fault of the node."""
        return at is not None and (stream == self.stream or at < self.opened_at)

    def violation(self, delivery_id, what):
        self.store.execute("INSERT INTO violations VALUES (?, ?, ?)", [delivery_id, what, time.time()])

    def faults_of(self, delivery, header):
        """What is wrong with a document of this run."""
        submitted = header["submitted"]
        sender, message_id = submitted["sender"], submitted["id"]
        if delivery.delivery_id != f"{sender}/{message_id}/{self.options.agency}":
            yield f"wrong delivery id for {sender}/{message_id}"
        if not delivery.verdict.good:
            yield f"verdict: {', '.join(delivery.verdict.causes)}"
        if submitted["kind"] != "dispatch":
            return
        number = self.plan.number(message_id)
        if number is None:
            yield "not a document of this run"
            return
        document = self.plan.document(sender, number)
        content = document.content()
        if [one["sha256"] for one in submitted["attachments"]] != [hashlib.sha256(content).hexdigest()]:
            yield "the header names another attachment than the one sent"
        if not document.large and delivery.contents[0].inline != content:
            yield "the attachment is not what was sent"
        if self.options.agency not in document.recipients:
            yield "delivered to an agency that it was not for"

    def fetch(self, channel, delivery):
        """Reads what is not inline, going on where a broken download stopped. False: it cannot be had now."""
        for place, content in enumerate(delivery.contents):
            if content.uploaded and not self.fetch_one(channel, delivery, place):
                return False
        return True

    def fetch_one(self, channel, delivery, place):
        import grpc
        from tram.v1 import content_pb2, content_pb2_grpc
        submitted = json.loads(delivery.signed.header)["submitted"]["attachments"][place]
        digest, at = hashlib.sha256(), 0
        for _ in range(5):
            request = content_pb2.GetRequest(delivery_id=delivery.delivery_id, attachment=place, offset=at)
            try:
                for part in content_pb2_grpc.ContentStub(channel).Get(request, timeout=PATIENCE):
                    digest.update(part.chunk)
                    at += len(part.chunk)
                break
            except grpc.RpcError:
                if self.stop.wait(client.RETRY_AFTER):
                    return False
        if at == int(submitted["size"]) and digest.hexdigest() != submitted["sha256"]:
            self.violation(delivery.delivery_id, "the attachment's bytes are not those of its digest")
        return at == int(submitted["size"])

    def run(self):
        import grpc
        while not self.stop:
            try:
                self.one_stream()
            except (grpc.RpcError, Broken):
                self.stop.wait(client.RETRY_AFTER)
        return 0


def main():
    parser = client.parser(__doc__)
    parser.add_argument("--store", required=True, type=pathlib.Path)
    options = parser.parse_args()
    protocol.load(options.protocol)
    return Receiver(options).run()


if __name__ == "__main__":
    os._exit(main())  # threads of gRPC may still wait on a broken line
