"""What the gate lets pass, and what not."""

import unittest

import budget

KEPT = {"instructions": 1000, "timesCalibration": 10.0}


PROFILE = """positions: line
events: Ir
ob=(1) /bin/paths
fl=(1) a.cc
fn=(1) main
10 5
+1 7
cob=(2) /lib/libcrypto.so.3
cfn=(2) hash
calls=3 0
* 1000
-2 1
ob=(2)
fn=(2)
0 1000
ob=(1)
fn=(3) other
20 2
"""


class Profiles(unittest.TestCase):
    def test_each_object_has_what_it_spent_itself(self):
        self.assertEqual(budget.by_object(PROFILE), {"/bin/paths": 15, "/lib/libcrypto.so.3": 1000})


class Verdicts(unittest.TestCase):
    def problems(self, counted, times=10.0):
        return budget.verdict("accept", counted, times, KEPT)

    def test_what_stays_within_its_budget_passes(self):
        for counted in (905, 1000, 1049):
            self.assertEqual(self.problems(counted), [])

    def test_what_costs_more_is_named_with_its_share(self):
        self.assertIn("accept: 1060 instructions a document, +6.0% on its budget of 1000", self.problems(1060)[0])

    def test_a_gain_is_to_be_recorded(self):
        self.assertIn("--record", self.problems(800)[0])

    def test_time_has_a_generous_margin(self):
        self.assertEqual(self.problems(1000, 39), [])
        self.assertIn("takes 41.00 times", self.problems(1000, 41)[0])


if __name__ == "__main__":
    unittest.main()
