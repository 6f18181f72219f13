"""Measures the exchange with real processes on loopback; prints a table and, with --json, writes a list."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading

import measuring
import network
import stages

RECEIVERS = {"one-node": "H52.05", "three-nodes": "G09.02"}
USED = {"one-node": ["sonla"], "three-nodes": ["sonla", "truc", "noivu"]}


def client_arguments(net, who, agency):
    node = net.nodes[network.HOME[agency]]
    return [f"--{who}", agency, f"--{who}-address", f"127.0.0.1:{node.grpc}",
            f"--{who}-certificate", str(net.pki / "clients" / f"{agency}.crt"),
            f"--{who}-key", str(net.pki / "clients" / f"{agency}.key")]


class Killer(threading.Thread):
    """kill -9 of one node every few seconds while the load runs; it is started again at once."""

    def __init__(self, node, every):
        super().__init__(daemon=True)
        self.node, self.every, self.over, self.kills = node, every, threading.Event(), 0

    def run(self):
        while not self.over.wait(self.every):
            self.node.kill()
            self.node.start()
            self.node.wait_ready()
            self.kills += 1

    def end(self):
        self.over.set()
        self.join()


def cores():
    return len(os.sched_getaffinity(0))


def load_command(net, case, size, seconds, in_flight):
    return [str(network.programs() / "exchange_load"), "--roots", str(net.pki / "roots.pem"),
            "--bytes", str(size), "--seconds", str(seconds), "--in-flight", str(in_flight),
            *client_arguments(net, "sender", "H52.01"), *client_arguments(net, "receiver", RECEIVERS[case])]


def measure(net, case, size, arguments, key):
    nodes = [net.nodes[name] for name in USED[case]]
    command = load_command(net, case, size, arguments.seconds, arguments.in_flight)
    before = sum(node.cpu_seconds() for node in nodes)
    stages_before = {node.name: stages.read(node) for node in nodes}
    killer = Killer(net.nodes[arguments.kill], arguments.every) if arguments.kill else None
    if killer:
        killer.start()
    done = subprocess.run(command, capture_output=True, text=True, timeout=arguments.seconds + 200)
    if killer:
        killer.end()
    sys.stderr.write(done.stderr)
    run = json.loads(done.stdout)
    # After a kill the CPU time of the process that died is not known.
    cpu = None if killer else sum(node.cpu_seconds() for node in nodes) - before
    delivered = max(run["delivered"], 1)
    spent = None if killer else stages.spent(nodes, stages_before, delivered, run["meanMs"])
    return {"case": case, "bytes": size, "key": key, "inFlight": arguments.in_flight,
            "documentsPerSecond": round(run["delivered"] / run["seconds"], 1) if run["seconds"] else 0,
            "p50Ms": run["p50Ms"], "p99Ms": run["p99Ms"], "p999Ms": run["p999Ms"],
            "cpuUsPerDocument": None if cpu is None else round(cpu * 1e6 / delivered, 1),
            "rssMiB": round(max(node.peak_rss_kib() for node in nodes) / 1024, 1),
            "accepted": run["accepted"], "delivered": run["delivered"], "lost": run["lost"],
            "duplicates": run["duplicates"], "statuses": run["statuses"], "refused": run["refused"],
            "kills": killer.kills if killer else 0, "meanMs": run["meanMs"], "stagesUs": spent}


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/exchange", description=__doc__)
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--case", action="append", choices=list(RECEIVERS))
    parser.add_argument("--bytes", action="append", type=int, help="default 1000 and 10000")
    parser.add_argument("--key", action="append", choices=["P-256", "RSA-2048"], help="default P-256")
    parser.add_argument("--stages", action="store_true", help="print where a document's time goes")
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--in-flight", type=int, default=256)
    parser.add_argument("--kill", choices=list(network.NODES), help="kill -9 this node again and again meanwhile")
    parser.add_argument("--every", type=float, default=3, help="seconds between kills")
    arguments = parser.parse_args()
    rows = []
    for key in arguments.key or ["P-256"]:
        for case in arguments.case or list(RECEIVERS):
            for size in arguments.bytes or [1000, 10000]:
                with tempfile.TemporaryDirectory(prefix="tram-bench-") as folder:
                    with network.Network(folder, rsa=2048 if key == "RSA-2048" else None,
                                         quota=measuring.UNLIMITED) as net:
                        net.make()
                        net.start()
                        net.register()
                        rows.append(measure(net, case, size, arguments, key))
                row = rows[-1]
                print(f"{case:12} {size:>9} B {key:9} {row['documentsPerSecond']:>8}/s  p50 {row['p50Ms']:.1f} ms"
                      f"  p99 {row['p99Ms']:.1f} ms  {row['cpuUsPerDocument']} CPU µs  {row['rssMiB']} MiB"
                      f"  accepted {row['accepted']}  delivered {row['delivered']}  lost {row['lost']}"
                      f"  duplicates {row['duplicates']}  statuses {row['statuses']}  kills {row['kills']}", flush=True)
                if arguments.stages and row["stagesUs"]:
                    print(stages.table(row["stagesUs"]), flush=True)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(rows, file, indent=1)
    return 0 if all(row["lost"] == 0 and row["duplicates"] == 0 and row["delivered"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
