"""Runs Trạm for hours at a share of its maximum and watches what must not grow; see tests/bench/README.md."""

import argparse
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import threading
import time

import ending
import exchange
import measuring
import network
import place
import plot
from network import Failed

MIB = 1024 * 1024


def slope_per_hour(points):
    """Least squares over (minute, value): how much the value grows an hour; None of fewer than two moments."""
    if len({minute for minute, _ in points}) < 2:
        return None
    middle_x = statistics.fmean(minute for minute, _ in points)
    middle_y = statistics.fmean(value for _, value in points)
    squares = sum((minute - middle_x) ** 2 for minute, _ in points)
    return 60 * sum((minute - middle_x) * (value - middle_y) for minute, value in points) / squares


def settled(points, share=0.2):
    """Without the first part, in which caches fill."""
    return points[int(len(points) * share):]


def bytes_under(folder):
    """What the files there occupy on the disk; what goes away meanwhile is not counted."""
    total = 0
    for path in pathlib.Path(folder).rglob("*"):
        try:
            total += path.stat().st_blocks * 512 if path.is_file() else 0
        except OSError:
            continue
    return total


def bytes_needed(room, minutes):
    """What the rest of a run of so many minutes takes, by (minute, bytes free) after each slice. What the first slice took
    does not count: write-ahead files and first segments do not grow on."""
    (first, free_at_first), (last, free) = room[0], room[-1]
    return (free_at_first - free) / (last - first) * (minutes - last) if last > first else 0


def look(node):
    """One moment of one node."""
    return {"rssMiB": node.rss_kib() / 1024,
            "fileDescriptors": len(list(pathlib.Path(f"/proc/{node.process.pid}/fd").iterdir())),
            "databaseMiB": bytes_under(node.folder / "data" / "messages") / MIB,
            "contentsMiB": bytes_under(node.folder / "data" / "content") / MIB,
            "logMiB": sum(path.stat().st_size for path in node.folder.glob("tramd.log*")) / MIB}


class Watch(threading.Thread):
    """Looks at every node again and again, while the `with` lasts; what it saw is in samples."""

    def __init__(self, nodes, every, began):
        super().__init__(daemon=True)
        self.nodes, self.every, self.began = nodes, every, began
        self.over, self.samples, self.failed = threading.Event(), [], None

    def run(self):
        try:
            while not self.over.wait(self.every):
                minute = (time.monotonic() - self.began) / 60
                self.samples += [{"node": node.name, "minute": round(minute, 3), **look(node)} for node in self.nodes]
        except OSError as error:
            self.failed = f"a node cannot be looked at any more: {error}"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()


class Soak:
    """The nodes of one case, and their load."""

    def __init__(self, net, arguments):
        self.net, self.arguments = net, arguments
        self.nodes = [net.nodes[name] for name in exchange.USED[arguments.case]]

    def load(self, seconds, rate=0):
        command = [str(network.programs() / "exchange_load"), "--roots", str(self.net.pki / "roots.pem"),
                   *exchange.client_arguments(self.net, "sender", "H52.01"),
                   *exchange.client_arguments(self.net, "receiver", exchange.RECEIVERS[self.arguments.case]),
                   "--bytes", str(self.arguments.bytes), "--in-flight", str(self.arguments.in_flight),
                   "--seconds", str(seconds), "--rate", str(rate)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            try:
                out, error = process.communicate(timeout=seconds + 200)
            finally:
                if process.poll() is None:
                    process.kill()
        if process.returncode != 0:
            raise Failed(f"the load generator ended with {process.returncode}: {out} {error[-1000:]}")
        return json.loads(out)

    def maximum(self):
        """Documents a second, median of three runs after one that warms up."""
        runs = [self.load(self.arguments.measure_seconds) for _ in range(4)][1:]
        return statistics.median(run["delivered"] / run["seconds"] for run in runs)

    def slices(self, rate):
        """A run of the load generator after the other, until the time is over."""
        began, done, room = time.monotonic(), [], []
        with Watch(self.nodes, self.arguments.every, began) as watch:
            while (left := self.arguments.minutes * 60 - (time.monotonic() - began)) > 0:
                run = self.load(max(1, min(self.arguments.slice, round(left))), rate)
                minute = (time.monotonic() - began) / 60
                done.append({"minute": round(minute, 3), "documentsPerSecond": run["delivered"] / run["seconds"],
                             **{name: run[name] for name in ("delivered", "p50Ms", "p99Ms", "p999Ms")}})
                print(f"minute {minute:6.1f}: {done[-1]['documentsPerSecond']:,.0f}/s, p50 {run['p50Ms']:.1f} ms,"
                      f" p99 {run['p99Ms']:.1f} ms", flush=True)
                if watch.failed:
                    raise Failed(watch.failed)
                room.append((minute, shutil.disk_usage(self.net.dir).free))
                self.check_room(room)
        return done, watch.samples

    def check_room(self, room):
        """Stops a run that would fill the disk, while it can still be told."""
        needed, free = bytes_needed(room, self.arguments.minutes), room[-1][1]
        if needed > free * 0.9:
            raise Failed(f"the rest of the run would need {needed / MIB:,.0f} MiB and {free / MIB:,.0f} are free: give"
                         " fewer --minutes, fewer --bytes, a smaller --share, or --dir with more room")


FIGURES = (("rssMiB", "memory, MiB"), ("fileDescriptors", "file descriptors"), ("databaseMiB", "database, MiB"),
           ("contentsMiB", "contents, MiB"), ("logMiB", "log, MiB"))


def series(samples, figure):
    out = {}
    for sample in samples:
        out.setdefault(sample["node"], []).append((sample["minute"], sample[figure]))
    return out


def drawn(result):
    panels = [(title, series(result["samples"], figure)) for figure, title in FIGURES]
    slices = result["slices"]
    panels.append(("documents a second", {"delivered": [(one["minute"], one["documentsPerSecond"]) for one in slices]}))
    panels.append(("latency, ms", {name: [(one["minute"], one[key]) for one in slices]
                                   for name, key in (("p50", "p50Ms"), ("p99", "p99Ms"))}))
    heading = (f"{result['case']}, {result['bytes']:,} B, {result['key']}, {result['share']:.0%} of {result['maximumPerSecond']:,.0f}"
               f" documents a second, {result['minutes']:g} minutes")
    return plot.svg(heading, panels)


def summary(samples):
    """By node: the peak and, after the first fifth of the time, the growth an hour."""
    out = {}
    for figure, _ in FIGURES:
        for node, points in series(samples, figure).items():
            growth = slope_per_hour(settled(points))
            out.setdefault(node, {})[figure] = {"peak": round(max(value for _, value in points), 1),
                                                "growthPerHour": None if growth is None else round(growth, 1)}
    return out


def run(net, arguments):
    soak = Soak(net, arguments)
    most = arguments.maximum or soak.maximum()
    print(f"the maximum is {most:,.0f} documents a second; the load is {arguments.share:.0%} of it", flush=True)
    slices, samples = soak.slices(most * arguments.share)
    return {"case": arguments.case, "bytes": arguments.bytes, "key": arguments.key, "inFlight": arguments.in_flight,
            "share": arguments.share, "minutes": arguments.minutes, "maximumPerSecond": round(most, 1),
            "delivered": sum(one["delivered"] for one in slices), "nodes": summary(samples), "slices": slices,
            "samples": samples}


def show(result):
    print(f"\n{result['delivered']:,} documents delivered, none lost, none twice\n"
          f"{'node':8} {'figure':16} {'peak':>10} {'growth an hour':>15}")
    for node, figures in result["nodes"].items():
        for name, one in figures.items():
            growth = "-" if one["growthPerHour"] is None else f"{one['growthPerHour']:,.1f}"
            print(f"{node:8} {name:16} {one['peak']:>10,.1f} {growth:>15}")


def parse():
    parser = argparse.ArgumentParser(prog="tests/bench/soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--case", choices=list(exchange.USED), default="three-nodes")
    parser.add_argument("--share", type=float, default=0.7, help="of the maximum, default 0.7")
    parser.add_argument("--maximum", type=float, help="documents a second; default: measured first")
    parser.add_argument("--measure-seconds", type=int, default=10, help="of each of four runs that find the maximum")
    parser.add_argument("--bytes", type=int, default=1000, help="default 1000; everything is kept, so mind the disk")
    parser.add_argument("--key", choices=["P-256", "RSA-2048"], default="P-256", help="of the seals; default P-256")
    parser.add_argument("--in-flight", type=int, default=256)
    parser.add_argument("--slice", type=int, default=60, help="seconds of each run of the load generator")
    parser.add_argument("--every", type=float, default=5, help="seconds between looks at the nodes")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--svg", metavar="FILE", help="the plot")
    parser.add_argument("--dir", help="where the nodes' data lie; default: a temporary folder")
    return parser.parse_args()


def main():
    arguments = parse()
    ending.end_on_signals()
    with place.folder("soak", arguments.dir) as folder:
        with network.Network(folder, rsa=2048 if arguments.key == "RSA-2048" else None,
                             quota=measuring.UNLIMITED) as net:
            net.make()
            net.start()
            net.register()
            try:
                result = run(net, arguments)
            except (Failed, subprocess.TimeoutExpired) as failed:
                sys.exit(f"tests/bench/soak: {failed}")
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(result, indent=1), encoding="utf-8")
    if arguments.svg:
        pathlib.Path(arguments.svg).write_text(drawn(result), encoding="utf-8")
    show(result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
