"""What the document systems of a run send: document N of an agency is a pure function of the run's seed.

So a client that was killed makes the very same document again, a receiver knows what must have come, and the harness
knows whom each document was for, without any of them telling another.
"""

import dataclasses
import hashlib
import random

HOMES = {"H52.01": "sonla", "H52.05": "sonla", "G22.01": "truc", "G09.02": "noivu", "G09.07": "noivu"}
UNKNOWN = {"sonla": "G09.99", "truc": "G09.99", "noivu": "H52.99"}  # recipients that do not exist, far from each node
INLINE_LIMIT = 64 * 1024  # as the run configures its nodes, so that large documents cost little disk
UPDATE_BEHIND = 300       # an update names the document sent this many before; more than a sender has in flight
ROUTINE, URGENT, VERY_URGENT, EXPRESS, EXPRESS_AT_HOUR = range(5)


@dataclasses.dataclass(frozen=True)
class Document:
    sender: str
    number: int
    id: str
    recipients: tuple   # all of them, the unknown one included
    unknown: tuple      # those of them who must end as dead letters
    priority: int
    size: int           # bytes of its one attachment
    updates: int | None  # the number of the earlier document that it names
    content_seed: str

    def content(self):
        return random.Random(self.content_seed).randbytes(self.size)

    @property
    def large(self):
        return self.size > INLINE_LIMIT

    def deliveries(self):
        """Delivery ids that must be handed over."""
        return [f"{self.sender}/{self.id}/{code}" for code in self.recipients if code not in self.unknown]


class Plan:
    """Every document of a run."""

    def __init__(self, seed, homes=None):
        self.seed, self.homes = seed, dict(homes or HOMES)

    def document(self, sender, number):
        draw = random.Random(f"{self.seed}/{sender}/{number}")
        updates = number - UPDATE_BEHIND if number >= UPDATE_BEHIND and draw.random() < 0.02 else None
        if updates is not None and self.document(sender, updates).updates is not None:
            updates = None  # names a document of its own, not another update
        recipients, unknown = self._recipients(draw, sender)
        if updates is not None:
            first = self.document(sender, updates)
            recipients, unknown = first.recipients, first.unknown
        return Document(sender, number, self.id(sender, number), recipients, unknown, self._priority(draw, updates),
                        self._size(draw), updates, f"{self.seed}/{sender}/{number}/content")

    def id(self, sender, number):
        return f"s{self.seed}-{sender}-{number:07d}"

    def number(self, message_id):
        """The number of an id that id() made; None for others."""
        start, _, number = message_id.rpartition("-")
        return int(number) if start.startswith(f"s{self.seed}-") and number.isdigit() else None

    def _recipients(self, draw, sender):
        others = [code for code in self.homes if code != sender]
        count = draw.choices([1, 2, len(others)], [70, 24, 6])[0]
        chosen = draw.sample(others, count)
        unknown = [UNKNOWN[self.homes[sender]]] if draw.random() < 0.005 else []
        return tuple(chosen + unknown), tuple(unknown)

    def _priority(self, draw, updates):
        if updates is not None:
            return EXPRESS  # tempts it to overtake the document that it names
        return draw.choices(range(5), [60, 18, 10, 9, 3])[0]

    def _size(self, draw):
        if draw.random() < 0.015:
            return int(INLINE_LIMIT * 16 ** draw.random()) + 1
        return int(300 * 100 ** draw.random())


def status_of_arrival(sender, message_id, recipient):
    """The delivery id of the status 01 (đã đến) that the recipient's node makes for a document."""
    name = hashlib.sha256(f"01 {sender}/{message_id} {recipient}".encode()).hexdigest()[:32]
    return f"{recipient}/01-{message_id[:24]}-{name}/{sender}"
