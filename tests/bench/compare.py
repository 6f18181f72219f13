"""Measures Trạm and, alternating with it, what a user would pick instead; prints tables and, with --json, writes a list.
tests/bench/README.md says what is measured, and how to read it."""

import argparse
import dataclasses
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import bound
import ending
import measuring
import nats
import network
import place
import postfix
import postgresql
import rabbitmq
import tram
from network import Failed

SYSTEMS = {system.name: system for system in (
    tram.Tram, tram.TramThreeNodes, rabbitmq.RabbitMqTls, rabbitmq.RabbitMq, nats.NatsSynced,
    nats.NatsDefault, postfix.Postfix, postgresql.PostgreSql)}
SIZES, IN_FLIGHT = [1000, 10_000, 100_000, 1_000_000], [64, 1000]
DRAIN_SECONDS = 60
LIMIT = "limit"  # the calibration, beside the systems
FIGURES = ("documentsPerSecond", "p50Ms", "p99Ms", "p999Ms", "cpuUsPerDocument", "rssMiB", "flushesPerSecond",
           "statusesPerSecond")


@dataclasses.dataclass(frozen=True)
class Load:
    bytes: int
    in_flight: int
    seconds: int


def client_run(command, load):
    """The client's JSON; its exit code 1 says that something was lost or came twice, which the JSON tells as well."""
    limit = load.seconds + 2 * DRAIN_SECONDS + 30
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            out, error = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            raise Failed(f"the client did not end within {limit} s") from None
        finally:
            if process.poll() is None:
                process.kill()
    if process.returncode not in (0, 1) or not out:
        raise Failed(f"the client ended with {process.returncode}: {error[-1000:]}")
    if error:
        sys.stderr.write(error)
    return json.loads(out)


def measure(system, load):
    """One run of one started system."""
    counters = measuring.Counters(system.data)
    run = client_run(system.command(load), load)
    cpu, flushed = counters.since()
    if not run["delivered"] or not run["seconds"]:
        raise Failed(f"nothing was delivered: {run}")
    return {"documentsPerSecond": run["delivered"] / run["seconds"],
            "p50Ms": run["p50Ms"], "p99Ms": run["p99Ms"], "p999Ms": run["p999Ms"],
            "cpuUsPerDocument": cpu * 1e6 / run["delivered"],
            "rssMiB": measuring.resident_kib(system.pids()) / 1024,
            "flushesPerSecond": None if flushed is None else flushed / run["seconds"],
            "statusesPerSecond": run["statuses"] / run["seconds"],
            "lost": run["lost"], "duplicates": run["duplicates"], "refused": run["refused"]}


def one_round(name, folder, pki, load):
    """Starts a system in an empty folder, measures, ends it, removes the folder."""
    own = pathlib.Path(tempfile.mkdtemp(prefix=f"{name}-", dir=folder))
    own.chmod(0o755)  # some servers run as users of their own
    system = SYSTEMS[name](own, pki)
    try:
        system.start()
        return measure(system, load)
    finally:
        system.stop()
        shutil.rmtree(own, ignore_errors=True)


class Results:
    """Every run, by (bytes, in flight), system and round."""

    def __init__(self):
        self.runs, self.failures = {}, {}

    def add(self, load, name, number, run):
        self.runs.setdefault((load.bytes, load.in_flight), {}).setdefault(name, {})[number] = run

    def fail(self, load, name, error):
        self.failures.setdefault((load.bytes, load.in_flight, name), str(error))

    def costs(self, size, in_flight):
        """Medians of the calibration's figures, or None."""
        rounds = list(self.runs.get((size, in_flight), {}).get(LIMIT, {}).values())
        return {name: measuring.summary([run[name] for run in rounds])[0] for name in rounds[0]} if rounds else None

    def rows(self, key, cores):
        out = []
        for (size, in_flight), systems in self.runs.items():
            rates = {name: {number: run["documentsPerSecond"] for number, run in rounds.items()}
                     for name, rounds in systems.items() if name != LIMIT}
            costs = self.costs(size, in_flight)
            for name in rates:
                rounds = systems[name]
                row = {"system": name, "bytes": size, "inFlight": in_flight, "rounds": len(rounds)}
                for figure in FIGURES:
                    row[figure], row[figure + "Range"] = measuring.summary([run[figure] for run in rounds.values()])
                row["ratioToTram"], row["ratioToTramRange"] = measuring.summary(measuring.ratios(rates, name, "tram"))
                for count in ("lost", "duplicates", "refused"):
                    row[count] = sum(run[count] for run in rounds.values())
                if name in bound.WORK and costs:
                    most = bound.bound(bound.WORK[name], costs, key, cores, in_flight)
                    row |= {"key": key, "boundDocumentsPerSecond": most, "calibration": costs,
                            "shareOfBound": row["documentsPerSecond"] / most}
                out.append(row)
        for (size, in_flight, name), error in self.failures.items():
            out.append({"system": name, "bytes": size, "inFlight": in_flight, "error": error})
        return out


def shown(value, digits=0):
    return "-" if value is None else f"{value:,.{digits}f}"


def print_row(row):
    if "error" in row:
        print(f"{row['system']:20} {row['bytes']:>9,} {row['inFlight']:>5}  FAILED: {row['error'].splitlines()[0]}")
        return
    least, most = row["documentsPerSecondRange"]
    print(f"{row['system']:20} {row['bytes']:>9,} {row['inFlight']:>5} {shown(row['documentsPerSecond']):>8}"
          f" {shown(least) + ' to ' + shown(most):>18} {shown(row['ratioToTram'], 2):>6} {shown(row['p50Ms'], 1):>8}"
          f" {shown(row['p99Ms'], 1):>8} {shown(row['p999Ms'], 1):>8} {shown(row['cpuUsPerDocument']):>8}"
          f" {shown(row['rssMiB']):>6} {shown(row['flushesPerSecond']):>8}"
          + (f"  lost {row['lost']}" if row["lost"] else "") + (f"  twice {row['duplicates']}" if row["duplicates"] else ""))


def print_table(rows):
    print(f"\n{'system':20} {'bytes':>9} {'in fl':>5} {'doc/s':>8} {'range':>18} {'×tram':>6} {'p50 ms':>8} {'p99 ms':>8}"
          f" {'p99.9 ms':>8} {'CPU µs':>8} {'MiB':>6} {'flush/s':>8}")
    for row in rows:
        print_row(row)


def print_limit(rows, key, cores):
    print("\nThe limit: what the signatures, digests, TLS and fdatasync of one document cost, and allow at most"
          " (tests/bench/bound.py says how it is counted):")
    for row in rows:
        if "shareOfBound" in row:
            print(f"  {row['system']}, {row['bytes']:,} B, {row['inFlight']} in flight: "
                  + bound.explained(row["system"], row["calibration"], key, cores, row["inFlight"])
                  + f"; reached {row['documentsPerSecond']:,.0f}/s, {row['shareOfBound']:.0%}")


def print_notes(names):
    print("\nHow each is set up, and what it does not do:")
    for name in names:
        print(f"  {name}: {SYSTEMS[name].how}")
        if SYSTEMS[name].does_not:
            print(f"    not: {SYSTEMS[name].does_not}")


def calibrate(folder, pki, load):
    """What the operations cost now, for payloads of this size."""
    clients, nodes = pki / "clients", pki / "nodes"
    command = [network.programs() / "limit", "--roots", pki / "roots.pem", "--node-certificate", nodes / "sonla.crt",
               "--node-key", nodes / "sonla.key", "--client-certificate", clients / "H52.01.crt",
               "--client-key", clients / "H52.01.key", "--dir", folder, "--bytes", load.bytes]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise Failed(f"the calibration failed: {done.stderr}")
    return json.loads(done.stdout)


def attempt(results, load, name, number, step):
    """A system that fails costs its own figures alone."""
    title = f"{name}, {load.bytes} B, {load.in_flight} in flight, round {number}"
    try:
        run = step()
    except (Failed, OSError, subprocess.SubprocessError, ValueError) as error:
        results.fail(load, name, error)
        print(f"{title}: FAILED: {error}", flush=True)
        return
    results.add(load, name, number, run)
    if "documentsPerSecond" in run:
        print(f"{title}: {run['documentsPerSecond']:,.0f}/s", flush=True)


def measure_all(arguments, folder, pki, results):
    for size in arguments.bytes:
        for in_flight in arguments.in_flight:
            load = Load(size, in_flight, arguments.seconds)
            for number in range(1, arguments.rounds + 1):
                attempt(results, load, LIMIT, number, lambda: calibrate(folder, pki, load))
                for name in arguments.systems:
                    attempt(results, load, name, number, lambda: one_round(name, folder, pki, load))


def numbers(text):
    values = [int(word) for word in text.split(",")]
    if not values or min(values) < 1:
        raise argparse.ArgumentTypeError("numbers of at least 1, separated by commas")
    return values


def system_names(text):
    names = text.split(",")
    for name in names:
        if name not in SYSTEMS:
            raise argparse.ArgumentTypeError(f"no system {name}; there are {', '.join(SYSTEMS)}")
    return names


def parse():
    parser = argparse.ArgumentParser(prog="tests/bench/compare", description=__doc__)
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--bytes", type=numbers, default=SIZES, help="default 1000,10000,100000,1000000")
    parser.add_argument("--in-flight", type=numbers, default=IN_FLIGHT, help="default 64,1000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5, help="of load, each run")
    parser.add_argument("--systems", type=system_names, default=list(SYSTEMS), help=f"default {','.join(SYSTEMS)}")
    parser.add_argument("--key", choices=list(bound.SIGNATURES), default="P-256", help="of Trạm's seals")
    parser.add_argument("--dir", help="where the data of all systems lie meanwhile; default: a temporary folder")
    return parser.parse_args()


def warn_of_memory(folder):
    """On a file system without a disk nothing is durable, and those who flush have it for nothing."""
    if measuring.flushes(pathlib.Path("/proc/diskstats").read_text(), measuring.device_of(folder)) is None:
        print(f"tests/bench/compare: {folder} is on no disk that /proc/diskstats knows (memory, network?): what is measured"
              " there says nothing about durable systems; give a folder on a disk with --dir", file=sys.stderr, flush=True)


def main():
    arguments = parse()
    ending.end_on_signals()
    results = Results()
    with place.folder("compare", arguments.dir) as folder:
        pathlib.Path(folder).chmod(0o755)
        warn_of_memory(folder)
        practice = network.Network(pathlib.Path(folder) / "practice",
                                   rsa=2048 if arguments.key == "RSA-2048" else None)
        practice.make()
        measure_all(arguments, folder, practice.pki, results)
    cores = len(os.sched_getaffinity(0))
    rows = results.rows(arguments.key, cores)
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(rows, indent=1), encoding="utf-8")
    print_table(rows)
    print_limit(rows, arguments.key, cores)
    print_notes(arguments.systems)
    return 1 if results.failures or any(row.get("lost") or row.get("duplicates") for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
