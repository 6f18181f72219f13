"""The faults of a run: a pure function of its seed and length.

Kills: `kill -9` of a node or a client, every 1.5 to 4 seconds; a node stays down for up to 2 seconds, a client comes
back at once. One node in eight is told to stop instead (SIGTERM) and must end cleanly. Lines: every 2 to 6 seconds one
line (a direction of a link, or an agency's way to its node) is cut, slowed, throttled or hung for 0.3 to 5 seconds.
"""

import dataclasses
import random

KINDS = {"cut": 40, "delay": 20, "throttle": 15, "hang": 25}


@dataclasses.dataclass(frozen=True)
class Fault:
    at: float        # seconds from the start
    kind: str        # "kill node", "stop node", "kill client", "cut", "delay", "throttle", "hang"
    target: str
    lasts: float     # seconds that the node is down, or the line is bad
    amount: float    # delay: seconds each way; throttle: bytes a second

    def __str__(self):
        amount = {"delay": f", {self.amount:.2f} s each way", "throttle": f", {self.amount:.0f} bytes/s"}
        return f"{self.at:7.1f} s  {self.kind:11} {self.target:20} for {self.lasts:.1f} s{amount.get(self.kind, '')}"


def make(seed, seconds, nodes, clients, lines):
    """Every fault, in order of time; all are over at `seconds`."""
    return sorted([*_kills(random.Random(f"{seed}/kills"), seconds, sorted(nodes), sorted(clients)),
                   *_lines(random.Random(f"{seed}/lines"), seconds, sorted(lines))], key=lambda fault: fault.at)


def _kills(draw, seconds, nodes, clients):
    at = 2.0
    while (at := at + draw.uniform(1.5, 4)) < seconds - 1:
        if draw.random() < 0.55:
            kind = "stop node" if draw.random() < 1 / 8 else "kill node"
            yield Fault(at, kind, draw.choice(nodes), draw.choice([0.0, draw.uniform(0, 2)]), 0)
        else:
            yield Fault(at, "kill client", draw.choice(clients), 0, 0)


def _lines(draw, seconds, lines):
    at = 2.0
    while (at := at + draw.uniform(2, 6)) < seconds - 1:
        kind = draw.choices(list(KINDS), list(KINDS.values()))[0]
        lasts = min(draw.uniform(0.3, 5), seconds - at)
        amount = {"delay": draw.uniform(0.02, 0.6), "throttle": draw.uniform(20e3, 500e3)}.get(kind, 0)
        yield Fault(at, kind, draw.choice(lines), lasts, amount)
