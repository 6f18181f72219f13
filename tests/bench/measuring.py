"""What a measurement is made of: the kernel's counters and statistics over rounds. Pure logic; tested in compare_test.py."""

import os
import pathlib
import statistics

UNLIMITED = 10_000_000  # documents a minute of one system: the default quota would end a fast run
FLUSHES_FIELD = 18  # of /proc/diskstats, counted from 0: Documentation/admin-guide/iostats.rst


def busy_ticks(stat):
    """CPU time of the whole machine in clock ticks, from the text of /proc/stat: all but idle, iowait and steal."""
    for line in stat.splitlines():
        fields = line.split()
        if fields and fields[0] == "cpu":
            user, nice, system, _idle, _iowait, irq, softirq = map(int, fields[1:8])
            return user + nice + system + irq + softirq
    raise ValueError("/proc/stat has no line of the whole machine")


def flushes(diskstats, device):
    """Completed flush requests of a device "major:minor", from the text of /proc/diskstats; None if it tells none."""
    for line in diskstats.splitlines():
        fields = line.split()
        if len(fields) > FLUSHES_FIELD and f"{fields[0]}:{fields[1]}" == device:
            return int(fields[FLUSHES_FIELD])
    return None


def device_of(path):
    """The whole disk that holds a path, "major:minor": the kernel counts no flushes of partitions."""
    number = os.stat(path).st_dev
    device = f"{os.major(number)}:{os.minor(number)}"
    node = pathlib.Path("/sys/dev/block") / device
    if (node / "partition").exists():
        return (node.resolve().parent / "dev").read_text().strip()
    return device


def descendants(pids):
    """The processes and all their children, now."""
    parents = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue  # it ended meanwhile
    found = set(pids)
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def proportional_kib(rollup):
    """What a process occupies in KiB, its part of shared pages alone, from the text of a process's smaps_rollup."""
    for line in rollup.splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def resident_kib(pids):
    """Memory of processes and their children, each shared page counted once."""
    total = 0
    for pid in descendants(pids):
        try:
            total += proportional_kib((pathlib.Path("/proc") / str(pid) / "smaps_rollup").read_text())
        except OSError:
            continue
    return total


class Counters:
    """The machine's counters between two moments."""

    def __init__(self, folder):
        self.device = device_of(folder)
        self.ticks, self.flushed = self._read()

    def _read(self):
        return (busy_ticks(pathlib.Path("/proc/stat").read_text()),
                flushes(pathlib.Path("/proc/diskstats").read_text(), self.device))

    def since(self):
        """CPU seconds and flushes (None if the device tells none) since the beginning."""
        ticks, flushed = self._read()
        seconds = (ticks - self.ticks) / os.sysconf("SC_CLK_TCK")
        return seconds, None if flushed is None or self.flushed is None else flushed - self.flushed


def summary(values):
    """Median, least and most of a figure over rounds; of nothing, None."""
    known = [value for value in values if value is not None]
    if not known:
        return None, None
    return statistics.median(known), [min(known), max(known)]


def ratios(rounds, of, to):
    """`of` : `to` within each round that has both; rounds: {system: {round: documents a second}}."""
    mine, theirs = rounds.get(of, {}), rounds.get(to, {})
    return [mine[number] / theirs[number] for number in sorted(mine) if theirs.get(number)]
