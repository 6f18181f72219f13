"""The books of a torture run notice what they are for: each wrong made here by hand must be found."""

import hashlib
import pathlib
import sqlite3
import tempfile
import unittest

import accounting
import logs
import schedule
from documents import HOMES, UPDATE_BEHIND, Plan, status_of_arrival
from journal import Journal
from receiver import open_store

SENDER = "H52.01"


class Answer:
    log_index, repeated = 7, False

    def __init__(self, document):
        self.header_sha256 = hashlib.sha256(document.id.encode()).digest()


class AccountingTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.plan = Plan(1)
        self.documents = [self.plan.document(SENDER, number) for number in range(2 * UPDATE_BEHIND)]
        self.journal = Journal(self.folder / "journal")
        self.addCleanup(self.journal.close)
        self.journal.begin(range(len(self.documents)))
        for document in self.documents:
            self.journal.accept(document.number, Answer(document))
        self.stores = {agency: open_store(self.folder / f"{agency}.sqlite") for agency in HOMES}
        for store in self.stores.values():
            self.addCleanup(store.close)
            store.execute("BEGIN")
        for document in self.documents:
            for delivery in document.deliveries():
                self.take(delivery.rpartition("/")[2], delivery, "dispatch", Answer(document).header_sha256.hex())
                self.take(SENDER, status_of_arrival(SENDER, document.id, delivery.rpartition("/")[2]), "status", "")
        for store in self.stores.values():
            store.execute("COMMIT")

    def take(self, agency, delivery, kind, header):
        self.stores[agency].execute(
            "INSERT INTO effects (delivery_id, kind, header, stored_at, stored_by) VALUES (?, ?, ?, 0, '')",
            [delivery, kind, header])

    def account(self):
        files = {agency: self.folder / f"{agency}.sqlite" for agency in self.stores}
        return accounting.Accountant(self.plan, {SENDER: self.folder / "journal"}, files).run()

    def change(self, statement, *values):
        changed = [store.execute(statement, values).rowcount for store in self.stores.values()]
        self.assertEqual(sum(changed), 1)

    def first(self, wanted=lambda document: True):
        return next(document for document in self.documents if document.deliveries() and wanted(document))

    def test_a_whole_run_is_whole(self):
        account = self.account()
        self.assertEqual((account.missing, account.missing_statuses, account.duplicates, account.faults), ([],) * 4)
        self.assertGreater(len(account.doomed), 0)
        self.assertEqual(account.delivered + len(account.doomed), account.accepted)

    def test_a_lost_document(self):
        delivery = self.first().deliveries()[0]
        self.change("DELETE FROM effects WHERE delivery_id = ?", delivery)
        self.assertEqual(self.account().missing, [delivery])

    def test_a_lost_status(self):
        delivery = self.first().deliveries()[0]
        self.change("DELETE FROM effects WHERE delivery_id = ?", status_of_arrival(*delivery.split("/")))
        self.assertEqual(self.account().missing_statuses, [delivery])

    def test_another_header_than_the_accepted(self):
        delivery = self.first().deliveries()[0]
        self.change("UPDATE effects SET header = 'x' WHERE delivery_id = ?", delivery)
        self.assertEqual([one for one, _ in self.account().faults], [delivery])

    def test_an_update_that_overtook(self):
        update = self.first(lambda document: document.updates is not None)
        delivery = self.documents[update.updates].deliveries()[0]
        self.change("UPDATE effects SET place = 1000000 WHERE delivery_id = ?", delivery)
        self.assertEqual([one for one, _ in self.account().faults],
                         [f"{SENDER}/{update.id}/{delivery.rpartition('/')[2]}"])

    def test_a_document_that_nobody_sent(self):
        self.take("H52.05", f"{SENDER}/unknown/H52.05", "dispatch", "")
        self.assertEqual([one for one, _ in self.account().faults], [f"{SENDER}/unknown/H52.05"])

    def test_an_outcome_that_is_not_known(self):
        self.journal.begin([len(self.documents)])
        self.assertEqual(len(self.account().unsettled), 1)

    def test_a_journal_torn_by_a_kill_goes_on(self):
        with open(self.folder / "journal", "ab") as file:
            file.write(b"S 99")
        again = Journal(self.folder / "journal")
        self.assertEqual((len(again.accepted), again.open), (len(self.documents), {}))
        again.begin([len(self.documents)])
        again.close()
        self.assertEqual(len(self.account().unsettled), 1)


class LogsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.database = pathlib.Path(folder.name) / "messages.db"
        self.records = [b"entry %d" % number for number in range(13)]
        with sqlite3.connect(self.database) as store:
            store.execute("CREATE TABLE log (position INTEGER PRIMARY KEY, record BLOB)")
            store.executemany("INSERT INTO log VALUES (?, ?)", enumerate(self.records))
        store.close()
        self.seen = {size: self.root(self.records[:size]) for size in range(1, 14)}

    def root(self, records):
        """As RFC 6962 section 2.1 defines it, recursively."""
        if len(records) == 1:
            return hashlib.sha256(b"\0" + records[0]).digest()
        half = 1 << (len(records) - 1).bit_length() - 1
        return hashlib.sha256(b"\1" + self.root(records[:half]) + self.root(records[half:])).digest()

    def test_every_prefix_of_a_log_is_one(self):
        self.assertEqual(list(logs.check_growth("sonla", self.database, self.seen)), [])

    def test_a_rewritten_entry(self):
        with sqlite3.connect(self.database) as store:
            store.execute("UPDATE log SET record = x'00' WHERE position = 5")
        self.assertEqual(len(list(logs.check_growth("sonla", self.database, self.seen))), 8)

    def test_a_log_that_was_cut(self):
        with sqlite3.connect(self.database) as store:
            store.execute("DELETE FROM log WHERE position >= 12")
        self.assertEqual(len(list(logs.check_growth("sonla", self.database, self.seen))), 1)


class ScheduleTest(unittest.TestCase):
    def test_a_seed_is_one_schedule(self):
        made = [schedule.make(seed, 300, ["a", "b"], ["c"], ["d"]) for seed in (1, 1, 2)]
        self.assertEqual(made[0], made[1])
        self.assertNotEqual(made[0], made[2])
        self.assertEqual({fault.kind for fault in made[0]},
                         {"kill node", "stop node", "kill client", "cut", "delay", "throttle", "hang"})
        self.assertTrue(all(fault.at + fault.lasts <= 302 for fault in made[0]))


if __name__ == "__main__":
    unittest.main()
