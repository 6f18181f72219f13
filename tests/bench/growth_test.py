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


class Numbers(unittest.TestCase):
    def test_reads_a_list(self):
        self.assertEqual(growth.numbers("1,10,100"), [1, 10, 100])

    def test_refuses_what_is_negative_or_no_number(self):
        self.assertRaises(argparse.ArgumentTypeError, growth.numbers, "1,-2")
        self.assertRaises(ValueError, growth.numbers, "ten")


if __name__ == "__main__":
    unittest.main()
