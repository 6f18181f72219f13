"""What tests/bench/compare computes: the kernel's counters, statistics, the bound. Needs none of the systems."""

import unittest

import bound
import measuring

STAT = "cpu  100 20 30 4000 500 6 7 800 0 0\ncpu0 50 10 15 2000 250 3 3 400 0 0\nctxt 1\n"
DISKS = """ 254       0 vda 561135 115160 186271754 2446865 5913805 674907 780816968 6240512 6 1421636 9715977 396543 86 47 104445 1344742 924153
 254       1 vda1 1 2 3 4 5 6 7 8 9 10 11
"""
COSTS = {"p256SignUs": 10, "p256VerifyUs": 40, "rsaSignUs": 200, "rsaVerifyUs": 12, "sha256Us": 5, "fdatasyncUs": 1000, "writeUs": 20,
         "echoUs": 30, "smallEchoUs": 15}


class CountersTest(unittest.TestCase):
    def test_busy_time_is_all_but_idle_waiting_and_stolen(self):
        self.assertEqual(measuring.busy_ticks(STAT), 100 + 20 + 30 + 6 + 7)

    def test_a_stat_without_the_machines_line_is_refused(self):
        with self.assertRaises(ValueError):
            measuring.busy_ticks("cpu0 1 2 3 4 5 6 7 8\n")

    def test_flushes_are_of_the_device_asked_for(self):
        self.assertEqual(measuring.flushes(DISKS, "254:0"), 1344742)
        self.assertIsNone(measuring.flushes(DISKS, "254:1"))  # an older kernel's line: it tells none
        self.assertIsNone(measuring.flushes(DISKS, "8:0"))

    def test_shared_pages_count_once(self):
        self.assertEqual(measuring.proportional_kib("00400000-7ff [rollup]\nRss:  900 kB\nPss:  120 kB\nPss_Dirty: 7 kB\n"), 120)
        self.assertEqual(measuring.proportional_kib(""), 0)


class StatisticsTest(unittest.TestCase):
    def test_median_and_range(self):
        self.assertEqual(measuring.summary([3, 1, 2]), (2, [1, 3]))
        self.assertEqual(measuring.summary([4, 1]), (2.5, [1, 4]))

    def test_what_no_round_knows_is_not_known(self):
        self.assertEqual(measuring.summary([None, 5, None]), (5, [5, 5]))
        self.assertEqual(measuring.summary([None]), (None, None))
        self.assertEqual(measuring.summary([]), (None, None))

    def test_ratios_are_taken_within_a_round(self):
        rounds = {"tram": {1: 100, 2: 50, 4: 10}, "peer": {1: 200, 2: 50, 3: 7}}
        self.assertEqual(measuring.ratios(rounds, "peer", "tram"), [2, 1])
        self.assertEqual(measuring.ratios(rounds, "peer", "absent"), [])


class BoundTest(unittest.TestCase):
    def test_processors_bound_one_node(self):
        work = bound.WORK["tram"]
        self.assertEqual(bound.cpu_us(work, COSTS, "P-256"), 2 * 10 + 3 * 5 + 30 + 3 * 15)
        self.assertEqual(bound.cpu_us(work, COSTS, "RSA-2048"), 2 * 200 + 3 * 5 + 30 + 3 * 15)
        self.assertAlmostEqual(bound.bound(work, COSTS, "P-256", 2, 1000), 2e6 / 110)

    def test_the_disk_bounds_when_little_is_in_flight(self):
        self.assertAlmostEqual(bound.bound(bound.WORK["tram"], COSTS, "P-256", 2, 10), 10 / (2 * 0.001))

    def test_the_disk_bounds_when_contents_are_large(self):
        slow = {**COSTS, "writeUs": 2000}
        self.assertAlmostEqual(bound.bound(bound.WORK["tram"], slow, "P-256", 2, 1000), 1e6 / 2000)
        self.assertAlmostEqual(bound.bound(bound.WORK["tram-three-nodes"], slow, "P-256", 2, 1000), 1e6 / (3 * 2000))

    def test_three_nodes_verify_what_they_did_not_sign(self):
        self.assertEqual(bound.cpu_us(bound.WORK["tram-three-nodes"], COSTS, "P-256"),
                         2 * 10 + 4 * 40 + 7 * 5 + 2 * 30 + 3 * 15)

    def test_the_formula_names_what_it_adds(self):
        text = bound.explained("tram", COSTS, "P-256", 2, 64)
        self.assertIn("2 × sign 10.0 + 3 × SHA-256 5.0 + 1 × echo 30.0 + 3 × small echo 15.0 = 110 µs", text)
        self.assertNotIn("verify", text)


if __name__ == "__main__":
    unittest.main()
