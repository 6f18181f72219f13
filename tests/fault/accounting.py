"""What became of every document: the senders' journals against the receivers' stores."""

import collections
import dataclasses
import sqlite3

from documents import status_of_arrival
from journal import Journal


@dataclasses.dataclass
class Account:
    sent: int = 0                  # messages whose sending was begun
    unsettled: list = dataclasses.field(default_factory=list)   # message keys whose outcome is not known
    refused: list = dataclasses.field(default_factory=list)     # (message key, reason)
    messages: int = 0              # accepted
    accepted: int = 0              # deliveries: message × recipient
    delivered: int = 0
    missing: list = dataclasses.field(default_factory=list)     # delivery ids of documents that were not handed over
    doomed: list = dataclasses.field(default_factory=list)      # (sender, id, recipient): must be dead letters
    duplicates: list = dataclasses.field(default_factory=list)  # (delivery id, what)
    faults: list = dataclasses.field(default_factory=list)      # (delivery id, what): everything else that is wrong
    statuses: int = 0              # of arrival, handed over to the senders
    missing_statuses: list = dataclasses.field(default_factory=list)
    redeliveries: int = 0
    large: int = 0                 # large documents among the accepted
    repeated: int = 0              # accepted on a retry: the first answer had been lost
    first_sent: float = 0.0
    effects: dict = dataclasses.field(default_factory=dict)     # agency → times of hand-overs, sorted

    @property
    def longest_gap(self):
        """Of one agency, between its first and its last hand-over."""
        return max((later - earlier for times in self.effects.values() for earlier, later in zip(times, times[1:])),
                   default=0.0)

    @property
    def documents_per_second(self):
        took = max((times[-1] for times in self.effects.values() if times), default=0) - self.first_sent
        return self.messages / took if took > 0 else 0.0

    @property
    def complete(self):
        return not self.missing and not self.missing_statuses


def open_read_only(path):
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)


class Accountant:
    """journals, stores: files by agency. competing: agencies whose order is not one."""

    def __init__(self, plan, journals, stores, competing=()):
        self.plan, self.journals, self.stores, self.competing = plan, journals, stores, competing
        self.account = Account()
        self.effects = {}  # delivery id → (header digest, place, kind)

    def run(self):
        for agency, path in self.stores.items():
            self._read_store(agency, path)
        firsts = []
        for agency, path in self.journals.items():
            journal = Journal.load(path)
            self._read_journal(agency, journal)
            firsts += [one["sent"] for one in journal.accepted.values()]
        self.account.first_sent = min(firsts, default=0.0)
        self._strangers()
        return self.account

    def _read_store(self, agency, path):
        store = open_read_only(path)
        account, times = self.account, []
        for delivery_id, what in store.execute("SELECT delivery_id, what FROM violations"):
            (account.duplicates if what.startswith("duplicate") else account.faults).append((delivery_id, what))
        for row in store.execute("SELECT delivery_id, header, place, kind, stored_at, redeliveries FROM effects"):
            delivery_id, header, place, kind, stored_at, redeliveries = row
            if delivery_id in self.effects:
                account.duplicates.append((delivery_id, "duplicate: two agencies have it"))
            self.effects[delivery_id] = [header, place, kind, False]
            account.redeliveries += redeliveries
            if kind == "dispatch":
                times.append(stored_at)
        account.effects[agency] = sorted(times)

    def _read_journal(self, agency, journal):
        account = self.account
        account.sent += len(journal.accepted) + len(journal.refused) + len(journal.open)
        account.unsettled += [f"{agency}/{self.plan.id(agency, number)}" for number in journal.open]
        account.refused += [(f"{agency}/{self.plan.id(agency, number)}", why)
                            for number, why in journal.refused.items()]
        for number, answer in journal.accepted.items():
            document = self.plan.document(agency, number)
            account.messages += 1
            account.accepted += len(document.recipients)
            account.large += document.large
            account.repeated += answer["repeated"]
            account.doomed += [(agency, document.id, code) for code in document.unknown]
            for delivery_id in document.deliveries():
                self._delivery(document, delivery_id, answer)

    def _delivery(self, document, delivery_id, answer):
        account = self.account
        recipient = delivery_id.rpartition("/")[2]
        effect = self.effects.get(delivery_id)
        status = self.effects.get(status_of_arrival(document.sender, document.id, recipient))
        if effect is None:
            account.missing.append(delivery_id)
            return
        effect[3] = True
        account.delivered += 1
        if effect[0] != answer["header"]:
            account.faults.append((delivery_id, "the header handed over is not the one that was accepted"))
        if status is None:
            account.missing_statuses.append(delivery_id)
        else:
            status[3] = True
            account.statuses += 1
        if document.updates is not None and recipient not in self.competing:
            self._order(document, recipient, effect, delivery_id)

    def _order(self, document, recipient, effect, delivery_id):
        earlier = self.effects.get(f"{document.sender}/{self.plan.id(document.sender, document.updates)}/{recipient}")
        if earlier is None or earlier[1] > effect[1]:
            self.account.faults.append((delivery_id, "it overtook the document that it names"))

    def _strangers(self):
        """What was handed over and nobody says to have been accepted."""
        for delivery_id, (_, _, kind, known) in self.effects.items():
            if not known:
                self.account.faults.append((delivery_id, f"a {kind} that nobody's accepted document explains"))


def by_reason(pairs):
    return collections.Counter(reason for _, reason in pairs)
