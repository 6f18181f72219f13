"""What tests/bench/soak computes and draws."""

import pathlib
import tempfile
import unittest
import xml.etree.ElementTree

import place
import plot
import soak


class Slope(unittest.TestCase):
    def test_is_the_growth_of_an_hour(self):
        self.assertAlmostEqual(soak.slope_per_hour([(0, 10), (1, 12), (2, 14)]), 120)

    def test_of_what_stays_is_nothing(self):
        self.assertAlmostEqual(soak.slope_per_hour([(0, 5), (1, 5), (7, 5)]), 0)

    def test_needs_two_moments(self):
        self.assertIsNone(soak.slope_per_hour([]))
        self.assertIsNone(soak.slope_per_hour([(1, 5), (1, 6)]))


class Room(unittest.TestCase):
    def test_the_rest_takes_what_the_slices_after_the_first_took(self):
        room = [(1, 1000), (2, 990), (3, 980)]
        self.assertEqual(soak.bytes_needed(room, 10), 70)

    def test_one_slice_says_nothing(self):
        self.assertEqual(soak.bytes_needed([(1, 1000)], 10), 0)


class Place(unittest.TestCase):
    def test_a_folder_that_is_not_there_is_made(self):
        with tempfile.TemporaryDirectory() as folder:
            with place.folder("soak", f"{folder}/a/b") as made:
                self.assertEqual(str(pathlib.Path(made).parent), f"{folder}/a/b")

    def test_what_can_be_no_folder_is_said(self):
        with self.assertRaisesRegex(SystemExit, "tests/bench/soak: no folder can be made in /dev/null/a: .*--dir"):
            place.folder("soak", "/dev/null/a")


class Summary(unittest.TestCase):
    def test_leaves_out_the_time_in_which_caches_fill(self):
        values = [1, 100, 100, 100, 100]  # one of five is the first fifth
        samples = [{"node": "sonla", "minute": minute, **{figure: value for figure, _ in soak.FIGURES}}
                   for minute, value in enumerate(values)]
        found = soak.summary(samples)["sonla"]["rssMiB"]
        self.assertEqual(found["peak"], 100)
        self.assertEqual(found["growthPerHour"], 0)


class Plot(unittest.TestCase):
    def test_grid_lines_are_round_and_few(self):
        for most in (0.3, 1, 7, 60, 256, 12_345):
            self.assertTrue(2 <= len(plot.ticks(most)) <= 8, most)
            self.assertLessEqual(plot.ticks(most)[-1], most)

    def test_is_xml_with_a_line_for_each_series(self):
        text = plot.svg("a < b", [("one", {"x": [(0, 1), (1, 2)], "y": [(0, 2), (1, 1)]}), ("two", {"z": [(0, 0)]})])
        root = xml.etree.ElementTree.fromstring(text)
        lines = root.findall(".//{http://www.w3.org/2000/svg}polyline")
        self.assertEqual(len(lines), 3)

    def test_the_largest_value_is_drawn_highest(self):
        text = plot.svg("", [("one", {"x": [(0, 1), (1, 9)]})])
        line = xml.etree.ElementTree.fromstring(text).find(".//{http://www.w3.org/2000/svg}polyline").get("points")
        first, last = (tuple(map(float, point.split(","))) for point in line.split())
        self.assertLess(last[1], first[1])
        self.assertLess(first[0], last[0])


if __name__ == "__main__":
    unittest.main()
