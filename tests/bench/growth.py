"""How Trạm behaves as it grows: one thing at a time gets larger, the load stays. tests/bench/README.md tells how to
read it."""

import argparse
import concurrent.futures
import contextlib
import json
import os
import pathlib
import subprocess
import sys

import ending
import exchange
import measuring
import network
import place
from network import Failed

FIGURES = ("documentsPerSecond", "deliveriesPerSecond", "p50Ms", "p99Ms", "p999Ms", "cpuUsPerDocument",
           "nodeCpuUsPerDocument", "rssMiB")
FILL_AT_ONCE = 200_000  # documents of one run of the load generator, which remembers each


class OneNode:
    """The node of Sơn La with its registered systems; the peers it knows are not there."""

    def __init__(self, folder):
        self.net = network.Network(folder, quota=measuring.UNLIMITED)
        self.net.make()
        self.node = self.net.nodes["sonla"]
        self.registrar = self.net.client("sonla-registrar")

    def __enter__(self):
        self.node.start()
        self.node.wait_ready()
        for agency in ("H52.01", "H52.05"):
            self.register(agency)
        return self

    def __exit__(self, *_):
        self.node.stop()

    def register(self, agency):
        self.registrar.run("registry", "add", "--certificate", self.net.pki / "clients" / f"{agency}.crt",
                           "--agency", agency, "--system", f"qlvb-{agency}", "--role", "agency")

    def add_systems(self, count):
        """So many agencies more, each with a system of its own; the file that tells the load generator."""
        agencies = [f"H52.{1000 + number}" for number in range(count)]

        def issue(agency):
            command = [network.ROOT / "certs" / "issue", self.net.pki, "client", agency]
            subprocess.run(list(map(str, command)), check=True, capture_output=True)
            self.register(agency)

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(issue, agencies))
        lines = [f"{agency} {self.net.pki}/clients/{agency}.crt {self.net.pki}/clients/{agency}.key\n"
                 for agency in agencies]
        listed = self.net.dir / "receivers.txt"
        listed.write_text("".join(lines))
        return ["--receivers", str(listed), "--receiver-address", f"127.0.0.1:{self.node.grpc}"]

    def one_receiver(self):
        return exchange.client_arguments(self.net, "receiver", "H52.05")

    def load(self, receiver, size, in_flight, seconds, *more):
        """What the load generator printed."""
        command = [str(network.programs() / "exchange_load"), "--roots", str(self.net.pki / "roots.pem"),
                   *exchange.client_arguments(self.net, "sender", "H52.01"), *receiver, "--bytes", str(size),
                   "--in-flight", str(in_flight), "--seconds", str(seconds), *map(str, more)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            try:
                out, error = process.communicate(timeout=seconds + 300)
            finally:
                if process.poll() is None:
                    process.kill()
        if process.returncode not in (0, 1) or not out:
            raise Failed(f"the load generator ended with {process.returncode}: {error[-1000:]}")
        sys.stderr.write(error)
        return json.loads(out)

    def fill(self, receiver, documents, *more):
        """Documents of 1 KB until there are so many."""
        done = 0
        while done < documents:
            part = min(FILL_AT_ONCE, documents - done)
            run = self.load(receiver, 1000, 1000, 3600, "--documents", part, *more)
            if run["accepted"] != part:
                raise Failed(f"of {part} documents {run['accepted']} were accepted; the node's log says why")
            done += part
            print(f"filled: {done:,} of {documents:,}", file=sys.stderr, flush=True)
        os.sync()  # what it left to be written is none of the load's

    def warm_up(self, receiver, arguments, recipients=1):
        self.load(receiver, arguments.bytes, arguments.in_flight, arguments.warm_up, "--recipients", recipients)

    def round(self, receiver, arguments, recipients=1):
        counters, node_before = measuring.Counters(self.net.dir), self.node.cpu_seconds()
        run = self.load(receiver, arguments.bytes, arguments.in_flight, arguments.seconds, "--recipients", recipients)
        cpu, _ = counters.since()
        if not run["delivered"] or run["lost"] or run["duplicates"]:
            raise Failed(f"lost, twice or nothing at all: {run}")
        rate = run["delivered"] / run["seconds"]
        return {"documentsPerSecond": rate, "deliveriesPerSecond": rate * recipients, "p50Ms": run["p50Ms"],
                "p99Ms": run["p99Ms"], "p999Ms": run["p999Ms"], "cpuUsPerDocument": cpu * 1e6 / run["delivered"],
                "nodeCpuUsPerDocument": (self.node.cpu_seconds() - node_before) * 1e6 / run["delivered"],
                "rssMiB": measuring.resident_kib([self.node.process.pid]) / 1024}

    def measured(self, receiver, arguments, recipients=1):
        """The median and range of the rounds, after a run that warms node and caches up."""
        self.warm_up(receiver, arguments, recipients)
        return summary([self.round(receiver, arguments, recipients) for _ in range(arguments.rounds)])


def summary(rounds):
    row = {}
    for figure in FIGURES:
        row[figure], row[figure + "Range"] = measuring.summary([one[figure] for one in rounds])
    return row


def beside_empty(one, empty, arguments):
    """A node, and in turns with it one that has nothing in its database: the machine of this hour is not that of the
    first row's."""
    pairs = []
    for node in (one, empty):
        node.warm_up(node.one_receiver(), arguments)
    for _ in range(arguments.rounds):
        pairs.append([node.round(node.one_receiver(), arguments) for node in (one, empty)])
    row = summary([mine for mine, _ in pairs])
    row["ratioToEmpty"], row["ratioToEmptyRange"] = measuring.summary(
        [mine["documentsPerSecond"] / other["documentsPerSecond"] for mine, other in pairs])
    return row


def connected_systems(folder, arguments):
    for count in arguments.systems:
        with OneNode(folder / f"systems-{count}") as one:
            yield count, one.measured(one.add_systems(count), arguments)


def recipients(folder, arguments):
    with OneNode(folder / "recipients") as one:
        receiver = one.add_systems(max(arguments.recipients))
        for count in arguments.recipients:
            yield count, one.measured(receiver, arguments, recipients=count)


def waiting_for_a_dead_link(folder, arguments):
    with OneNode(folder / "waiting") as one:
        receiver, there = one.one_receiver(), 0
        for count in sorted({0, arguments.waiting}):
            one.fill(["--receiver", "G09.02"], count - there, "--send-only")
            there = count
            yield count, one.measured(receiver, arguments)


def finished_messages(folder, arguments):
    """A document is two messages there: itself, and the status 01 that it brings its sender."""
    with OneNode(folder / "finished") as one:
        there = 0
        for count in sorted({0, *arguments.messages}):
            one.fill(one.one_receiver(), (count - there) // 2)
            there = count
            with OneNode(folder / f"empty-beside-{count}") as empty:
                yield count, beside_empty(one, empty, arguments)


CASES = {"connected-systems": connected_systems, "waiting-for-a-dead-link": waiting_for_a_dead_link,
         "recipients": recipients, "finished-messages": finished_messages}


def add_ratios(rows, figure="deliveriesPerSecond"):
    """Each row against the first of its case: 1.0 is flat."""
    for row in rows:
        first = next(other for other in rows if other["case"] == row["case"])
        row["ratioToFirst"] = row[figure] / first[figure]


def show(row):
    least, most = row["documentsPerSecondRange"]
    beside = f"{row['ratioToEmpty']:.2f}" if "ratioToEmpty" in row else "-"
    print(f"{row['case']:24} {row['size']:>10,} {row['documentsPerSecond']:>8,.0f} {f'{least:,.0f} to {most:,.0f}':>16}"
          f" {row['deliveriesPerSecond']:>12,.0f} {row['ratioToFirst']:>6.2f} {row['p50Ms']:>8.1f} {row['p99Ms']:>8.1f}"
          f" {row['p999Ms']:>8.1f} {row['cpuUsPerDocument']:>8,.0f} {row['nodeCpuUsPerDocument']:>8,.0f}"
          f" {row['rssMiB']:>5.0f} {beside:>7}", flush=True)


def numbers(text):
    values = [int(word) for word in text.split(",")]
    if min(values) < 0:
        raise argparse.ArgumentTypeError("numbers of at least 0, separated by commas")
    return values


def parse():
    parser = argparse.ArgumentParser(prog="tests/bench/growth", description=__doc__)
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--case", action="append", choices=list(CASES), help="default: all")
    parser.add_argument("--systems", type=numbers, default=[1, 10, 100, 1000], help="connected, default 1,10,100,1000")
    parser.add_argument("--waiting", type=int, default=100_000, help="documents for a dead link, default 100000")
    parser.add_argument("--recipients", type=numbers, default=[1, 50], help="of a document, default 1,50")
    parser.add_argument("--messages", type=numbers, default=[100_000],
                        help="finished ones in the database, two a document, up to 10000000; default 100000")
    parser.add_argument("--bytes", type=int, default=10_000)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=10, help="of load, each round")
    parser.add_argument("--warm-up", type=int, default=3, help="seconds of load before the rounds")
    parser.add_argument("--dir", help="where the node's data lie meanwhile; default: a temporary folder")
    return parser.parse_args()


def main():
    arguments = parse()
    ending.end_on_signals()
    rows, failed = [], False
    print(f"{'case':24} {'size':>10} {'doc/s':>8} {'range':>16} {'deliveries/s':>12} {'×first':>6} {'p50 ms':>8}"
          f" {'p99 ms':>8} {'p99.9 ms':>8} {'CPU µs':>8} {'node µs':>8} {'MiB':>5} {'×empty':>7}", flush=True)
    with place.folder("growth", arguments.dir) as folder:
        for name in arguments.case or CASES:
            try:
                with contextlib.closing(CASES[name](pathlib.Path(folder), arguments)) as measured:
                    for size, row in measured:
                        rows.append({"case": name, "size": size, **row})
                        add_ratios(rows)
                        show(rows[-1])
            except (Failed, OSError, ValueError, subprocess.SubprocessError) as error:
                failed = True
                print(f"{name}: FAILED: {error}", flush=True)
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
