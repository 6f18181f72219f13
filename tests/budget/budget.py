"""The regression gate: instructions that a document costs on the accept, relay and deliver paths, against budget.json.

The paths run on stores in memory, in one thread on virtual time: no disk, no network, no scheduler. callgrind counts
the instructions, but for those of libcrypto, which differ from processor to processor; the count of one build is the
same everywhere, to some thousandths. A path that costs more than its budget and a twentieth
fails. So does one that costs so much less that the budget should be lowered: that is a gain to write down. Beside
it, and far more loosely, the time of a path as a multiple of a loop of work of its kind on this machine.

  tests/budget/run              compares
  tests/budget/run --record     writes what is counted into budget.json: say in the commit what the change pays for
"""

import argparse
import collections
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BUDGET = HERE / "budget.json"
PATHS = ["accept", "relay", "deliver"]
DOCUMENTS = 50
MARGIN = 0.05
GAIN = 0.10
TIMES = 4.0  # a path may take so many times its recorded multiple of the calibration loop
ROUNDS = 5


def program():
    return str(pathlib.Path(os.environ["TRAM_BIN"]) / "budget_paths")


def instructions(path):
    """Instructions a document."""
    with tempfile.TemporaryDirectory(prefix="tram-budget-") as folder:
        out = pathlib.Path(folder) / "out"
        subprocess.run(["valgrind", "--tool=callgrind", "--collect-atstart=no", f"--callgrind-out-file={out}",
                        program(), path, str(DOCUMENTS)], check=True, capture_output=True, timeout=500)
        return sum(cost for name, cost in by_object(out.read_text(encoding="utf-8")).items()
                   if "libcrypto" not in name) / DOCUMENTS


def by_object(profile):
    """Instructions of each program and library themselves, from callgrind's format (its manual, appendix)."""
    names, spent, current, skip = {}, collections.Counter(), "?", False
    for line in profile.splitlines():
        if line.startswith("ob="):
            number, name = re.fullmatch(r"ob=\((\d+)\)(?: (.*))?", line).groups()
            current = names.setdefault(number, name)
        elif line.startswith("cob="):
            number, name = re.fullmatch(r"cob=\((\d+)\)(?: (.*))?", line).groups()
            names.setdefault(number, name)
        elif line.startswith("calls="):
            skip = True  # the next line is what the callee spent
        elif re.match(r"[+\-*\d]", line):
            if not skip:
                spent[current] += int(line.split()[1])
            skip = False
    return spent


def multiple(path):
    """Its time as a multiple of the calibration loop's: the median of several runs."""
    runs = [json.loads(subprocess.run([program(), path, "200"], check=True, capture_output=True, text=True,
                                      timeout=100).stdout) for _ in range(ROUNDS)]
    return statistics.median(run["nanoseconds"] / run["calibrationNanoseconds"] for run in runs)


def verdict(path, counted, times, budget):
    """What is wrong with what was counted; nothing if all is well."""
    problems = []
    allowed = budget["instructions"]
    if counted > allowed * (1 + MARGIN):
        problems.append(f"{path}: {counted:.0f} instructions a document, {counted / allowed - 1:+.1%} on its budget of "
                        f"{allowed}: find what costs more, or raise the budget and say what for")
    if counted < allowed * (1 - GAIN):
        problems.append(f"{path}: {counted:.0f} instructions a document, {counted / allowed - 1:+.1%} on its budget of "
                        f"{allowed}: a gain; record it with tests/budget/run --record, so that it is kept")
    if times > budget["timesCalibration"] * TIMES:
        problems.append(f"{path}: takes {times:.2f} times the calibration loop, recorded were "
                        f"{budget['timesCalibration']}")
    return problems


def main():
    parser = argparse.ArgumentParser(prog="tests/budget/run", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--record", action="store_true")
    arguments = parser.parse_args()
    budget = json.loads(BUDGET.read_text(encoding="utf-8")) if BUDGET.exists() else {}
    counted = {path: {"instructions": round(instructions(path)), "timesCalibration": round(multiple(path), 2)}
               for path in PATHS}
    for path, row in counted.items():
        print(f"{path:8} {row['instructions']:>9} instructions a document   {row['timesCalibration']:>6} times the "
              f"calibration loop   budget {budget.get(path, {}).get('instructions', '-')}", flush=True)
    if arguments.record:
        BUDGET.write_text(json.dumps(counted, indent=1) + "\n", encoding="utf-8")
        return 0
    problems = [problem for path, row in counted.items()
                for problem in verdict(path, row["instructions"], row["timesCalibration"], budget[path])]
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
