"""A sender's durable journal, a line a fact, appended only:

    S NUMBER TIME                                  about to be sent for the first time: synced before it is
    A NUMBER TIME LOG-INDEX HEADER-SHA256 REPEATED accepted
    R NUMBER TIME REASON                           refused for good
    W NUMBER TIME CODE REASON                      not now, said the node: it stored nothing

What has an S and neither A nor R is sent again: the same id, the same content. A line torn by a kill is the last one
and says nothing.
"""

import collections
import os
import time


class Journal:
    def __init__(self, path):
        self._begin_empty()
        whole = self._read(path)
        self._file = open(path, "ab", buffering=0)
        self._file.truncate(whole)

    @classmethod
    def load(cls, path):
        """What it says, without touching the file."""
        out = cls.__new__(cls)
        out._begin_empty()
        out._read(path)
        return out

    def _begin_empty(self):
        self.accepted, self.refused, self.open = {}, {}, {}
        self.put_off = collections.Counter()  # (gRPC code, reason) → times

    def _read(self, path):
        """Bytes of the lines that are whole."""
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return 0
        whole = data.rfind(b"\n") + 1
        for line in data[:whole].decode().splitlines():
            self._note(line.split(" "))
        return whole

    def _note(self, fact):
        kind, number = fact[0], int(fact[1])
        if kind == "S":
            self.open[number] = float(fact[2])
            return
        if kind == "W":
            self.put_off[int(fact[3]), " ".join(fact[4:])] += 1
            return
        sent = self.open.pop(number, None)
        if kind == "A":
            self.accepted[number] = {"sent": sent, "at": float(fact[2]), "index": int(fact[3]), "header": fact[4],
                                     "repeated": fact[5] == "1"}
        else:
            self.refused[number] = " ".join(fact[3:])

    @property
    def next_number(self):
        return len(self.accepted) + len(self.refused) + len(self.open)

    def close(self):
        self._file.close()

    def begin(self, numbers):
        facts = [["S", str(number), f"{time.time():.6f}"] for number in numbers]
        self._file.write("".join(" ".join(fact) + "\n" for fact in facts).encode())
        os.fdatasync(self._file.fileno())
        for fact in facts:
            self._note(fact)

    def accept(self, number, answer):
        self._settle(["A", str(number), f"{time.time():.6f}", str(answer.log_index), answer.header_sha256.hex(),
                      "1" if answer.repeated else "0"])

    def refuse(self, number, reason):
        self._settle(["R", str(number), f"{time.time():.6f}", *reason.split()])

    def put_off_by(self, number, code, reason):
        self._settle(["W", str(number), f"{time.time():.6f}", str(code), *reason.split()])

    def _settle(self, fact):
        if int(fact[1]) not in self.open:
            return  # answered before
        self._file.write((" ".join(fact) + "\n").encode())
        self._note(fact)
