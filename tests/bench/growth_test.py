"""What tests/bench/growth computes from its figures."""

import argparse
import unittest

import growth


class Ratios(unittest.TestCase):
    def test_each_case_has_its_own_first(self):
        rows = [{"case": "a", "deliveriesPerSecond": 100}, {"case": "a", "deliveriesPerSecond": 90},
                {"case": "b", "deliveriesPerSecond": 10}, {"case": "b", "deliveriesPerSecond": 20}]
        growth.add_ratios(rows)
        self.assertEqual([row["ratioToFirst"] for row in rows], [1, 0.9, 1, 2])


class FakeNode:
    """A node of scripted rates."""

    def __init__(self, rates):
        self.rates, self.warmed = list(rates), False

    def one_receiver(self):
        return []

    def warm_up(self, receiver, arguments):
        self.warmed = True

    def round(self, receiver, arguments):
        return {**dict.fromkeys(growth.FIGURES, 1), "documentsPerSecond": self.rates.pop(0)}


class BesideEmpty(unittest.TestCase):
    def test_the_ratio_is_of_rounds_that_ran_one_after_the_other(self):
        full, empty = FakeNode([90, 45, 80]), FakeNode([100, 50, 160])
        row = growth.beside_empty(full, empty, argparse.Namespace(rounds=3))
        self.assertEqual(row["ratioToEmpty"], 0.9)
        self.assertEqual(row["ratioToEmptyRange"], [0.5, 0.9])
        self.assertEqual(row["documentsPerSecond"], 80)
        self.assertTrue(full.warmed and empty.warmed)


class Numbers(unittest.TestCase):
    def test_reads_a_list(self):
        self.assertEqual(growth.numbers("1,10,100"), [1, 10, 100])

    def test_refuses_what_is_negative_or_no_number(self):
        self.assertRaises(argparse.ArgumentTypeError, growth.numbers, "1,-2")
        self.assertRaises(ValueError, growth.numbers, "ten")


if __name__ == "__main__":
    unittest.main()
