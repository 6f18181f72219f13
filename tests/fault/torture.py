"""Torture: three real nodes under load while nodes and clients are killed and lines are cut, slowed and hung.

Three nodes as three processes with TLS (Sơn La, the national axis, a ministry); five agencies' document systems, each
a sending process with a durable journal and one or two receiving processes with a durable store. Meanwhile, by a
schedule that the seed alone decides:

  kill -9      of any node and any document system every 1.5 to 4 seconds; it is started again. One node in eight
               is told to stop instead (SIGTERM) and must end with 0
  bad lines    between nodes, and between agencies and their nodes: cut, late, narrow, or half open
               (a proxy goes on taking connections and bytes, and forwards and closes nothing)

Documents are of all priorities, 0.3 to 30 KB, 1.5 % of them large (uploaded apart); 2 % are express updates, which must
not overtake the document that they name; 0.5 % name a recipient that does not exist, who must become a dead letter.
An unknown outcome is settled by sending the same id again. Then the faults stop, everything is drained, and it prints

  sent                messages whose sending was begun
  accepted            deliveries (message × recipient) of accepted messages
  delivered           deliveries that a document system has taken over, each counted once
  duplicates          deliveries that came again after their acknowledgement was durable, or again without the flag
  lost                accepted, and neither delivered nor a dead letter
  dead                dead letters; every one must be for a recipient that does not exist
  restarts            kill -9 of a node, and its start on the same data
  clientRestarts      the same of a document system
  cuts                lines cut
  longestGapSeconds   the longest time in which one of the agencies took no document over
  documentsPerSecond  accepted messages, from the first sent to the last taken over

and checks besides: what was handed over is bit for bit what was accepted; every sender got the status 01 of every
delivery; nothing waits at any node; each checkpoint seen on the way is a prefix of its node's log; a sample of messages
is tracked, sent again (same answer, and other content refused), exported and verified offline.

Exit code 0 only if all of that holds. On failure the folder is kept, and the life of each document concerned is printed
as each node knows it.
"""

import argparse
import json
import pathlib
import shutil
import sys
import tempfile
import time

import protocol

import logs
import schedule
from chaos import Chaos
from documents import Plan

STARTED = time.monotonic()


def say(text):
    print(f"[{time.monotonic() - STARTED:6.1f}] {text}", flush=True)


class Run:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.plan = Plan(options.seed)
        self.problems = []
        self.seconds = 60 * options.minutes

    def go(self):
        import harness
        from questions import Nodes
        from settling import Settling
        with Chaos() as chaos:
            self.systems = harness.Systems(self.folder, chaos, self.options)
            nodes = Nodes(self.systems.net)
            try:
                self.systems.make()
                self.systems.start_nodes()
                with logs.Watch(self.systems.net) as watch:
                    self._torture(harness)
                    settling = Settling(self.plan, self.systems, nodes, self.options.drain, say, self.faults.look)
                    self.problems += settling.run() + self.faults.ended
                    watch.look_again()
            finally:
                nodes.close()
                self.systems.kill_clients()
                codes = self.systems.net.stop()
        self.problems += [f"{name} ended with {code} after SIGTERM" for name, code in codes.items() if code != 0]
        self._check_logs(watch)
        return self._report(settling)

    def _torture(self, harness):
        faults = schedule.make(self.options.seed, self.seconds, self.systems.net.nodes, self.systems.clients,
                               self.systems.lines)
        say(f"{len(faults)} faults in {self.seconds:.0f} s; everything lies in {self.folder}")
        self.systems.start_clients()
        self.faults = harness.Faults(self.systems, faults, say)
        self.faults.run(self.seconds)
        say("the faults are over")
        self.faults.settle()
        for node in self.systems.net.nodes.values():
            node.wait_ready(60)

    def _check_logs(self, watch):
        self.problems += watch.problems
        for name, node in self.systems.net.nodes.items():
            seen = watch.seen[name]
            self.problems += logs.check_growth(name, node.folder / "data" / "messages" / "messages.db", seen)
            say(f"{name}: {len(seen)} checkpoints seen, the last of {max(seen, default=0)} entries")
            if not seen:
                self.problems.append(f"{name}: no checkpoint was ever seen")

    def _report(self, settling):
        account, faults = settling.account, self.faults
        return settling.figures() | {
            "restarts": faults.restarts, "clientRestarts": faults.client_restarts, "cuts": faults.lines["cut"],
            "longestGapSeconds": round(account.longest_gap, 3),
            "documentsPerSecond": round(account.documents_per_second, 1),
            "messages": account.messages, "large": account.large, "refused": len(account.refused),
            "answersLost": account.repeated, "redeliveries": account.redeliveries,
            "statuses": account.statuses, "statusesLost": len(account.missing_statuses), "stops": faults.stops,
            "slowLines": faults.lines["delay"] + faults.lines["throttle"], "hungLines": faults.lines["hang"],
            "minutes": self.options.minutes, "seed": self.options.seed, "problems": self.problems}


def print_schedule(options):
    """The faults that a seed means."""
    import harness
    with Chaos() as chaos:
        systems = harness.Systems(tempfile.gettempdir(), chaos, options)
        for fault in schedule.make(options.seed, 60 * options.minutes, systems.net.nodes, systems.clients,
                                   systems.lines):
            print(fault)


def main():
    parser = argparse.ArgumentParser(prog="tests/fault/torture", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=3, help="how long there are faults; default 3")
    parser.add_argument("--seed", type=int, default=1, help="decides faults and documents; default 1")
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    parser.add_argument("--rate", type=float, default=250,
                        help="new messages a second of all senders together, at most; default 250")
    parser.add_argument("--drain", type=float, default=180, help="seconds that draining may take; default 180")
    parser.add_argument("--dir", help="where everything goes; default: a new folder, removed after success")
    parser.add_argument("--schedule", action="store_true", help="print the faults that the seed means, and do nothing")
    options = parser.parse_args()
    if options.schedule:
        print_schedule(options)
        return 0
    folder = pathlib.Path(options.dir or tempfile.mkdtemp(prefix="tram-torture-"))
    protocol.load(folder / "protocol")
    report = Run(options, folder).go()
    problems = report["problems"]
    for problem in problems[:50]:
        print(f"torture: {problem}")
    print(json.dumps(report | {"problems": len(problems)}, indent=1))
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(report, indent=1) + "\n")
    if problems:
        print(f"torture: failed with {len(problems)} problems; everything is kept in {folder}")
        return 1
    if not options.dir:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
