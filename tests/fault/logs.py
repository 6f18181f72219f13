"""Whether each node's log only ever grew: checkpoints seen during a run against the entries found at its end.

Hashes and checkpoints as RFC 6962 and C2SP tlog-checkpoint say, written here anew: the daemon's own code proves nothing
about itself.
"""

import base64
import hashlib
import sqlite3
import threading

import protocol

EVERY = 0.5  # seconds between two questions to one node


def parse(note):
    """(size, root) of a checkpoint."""
    _, size, root = note.decode().split("\n")[:3]
    return int(size), base64.b64decode(root)


class Watch:
    """Asks each node for its newest checkpoint again and again. `problems` says what must not be."""

    def __init__(self, network):
        self.seen = {name: {} for name in network.nodes}  # size → root
        self.problems = []
        self._network, self._over, self._asked = network, threading.Event(), threading.Condition()
        self._answers = dict.fromkeys(network.nodes, 0)  # under _asked
        self._threads = [threading.Thread(target=self._watch, args=(name,), daemon=True) for name in network.nodes]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join()

    def look_again(self, seconds=10):
        """Until each node was asked once more: its checkpoint then is among those seen."""
        with self._asked:
            wanted = {name: count + 2 for name, count in self._answers.items()}
            self._asked.wait_for(lambda: all(self._answers[name] >= count for name, count in wanted.items()), seconds)

    def _watch(self, name):
        import grpc
        from tram.v1 import audit_pb2, audit_pb2_grpc
        options = [("grpc.max_reconnect_backoff_ms", 500), ("grpc.initial_reconnect_backoff_ms", 100)]
        newest = 0
        with protocol.channel(self._network.pki, f"{name}-auditor", self._network.nodes[name].grpc, options) as channel:
            stub = audit_pb2_grpc.AuditStub(channel)
            while not self._over.wait(EVERY):
                try:
                    size, root = parse(stub.GetCheckpoint(audit_pb2.GetCheckpointRequest(), timeout=2).note)
                except grpc.RpcError:
                    continue
                if size < newest:
                    self.problems.append(f"{name}: its newest checkpoint has {size} entries after one of {newest}")
                if self.seen[name].setdefault(size, root) != root:
                    self.problems.append(f"{name}: two checkpoints of {size} entries with different roots")
                newest = max(newest, size)
                with self._asked:
                    self._answers[name] += 1
                    self._asked.notify_all()


def check_growth(name, database, seen):
    """Problems: checkpoints that are no prefix of the entries which the stopped node's database holds."""
    store = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    entries = store.execute("SELECT position, record FROM log ORDER BY position")
    wanted, found = dict(seen), 0
    for size, root in roots(entries):
        found = size
        if size in wanted and wanted.pop(size) != root():
            yield f"{name}: the checkpoint of {size} entries, seen earlier, is no prefix of its log"
    for size in wanted:
        if size > 0:
            yield f"{name}: a checkpoint of {size} entries was seen, its log has {found}"


def roots(entries):
    """For each number of entries: (size, function that gives the root of the tree of that size)."""
    stack = []  # (level, hash) of whole subtrees, the largest first
    for size, (position, record) in enumerate(entries, 1):
        if position != size - 1:
            raise ValueError(f"the log has no entry {size - 1}")
        level, node = 0, hashlib.sha256(b"\0" + record).digest()
        while stack and stack[-1][0] == level:
            node = hashlib.sha256(b"\1" + stack.pop()[1] + node).digest()
            level += 1
        stack.append((level, node))
        yield size, lambda: fold(stack)


def fold(stack):
    root = stack[-1][1]
    for _, left in reversed(stack[:-1]):
        root = hashlib.sha256(b"\1" + left + root).digest()
    return root
