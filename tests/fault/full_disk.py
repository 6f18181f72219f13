"""A node whose disk is full: it says so, loses nothing, and goes on when there is space again.

The data of a node lie on a small tmpfs of their own. Under load from five agencies (as in tests/fault/torture, without
its faults) a file of somebody else takes all but a little of the space, and the documents fill the rest. Then

  - submissions to that node are refused with RESOURCE_EXHAUSTED, and with nothing else;
  - the node goes on running, answers questions, and hands over what lies in its inboxes;
  - when the file is gone, submissions are accepted again without anybody's help;
  - at the end every document that was ever accepted is accounted for: 0 lost, 0 duplicates.

That is done for the node that accepts (sonla), then, unless --node says otherwise, for one that relays (truc) and one
that hands over (noivu). Needs the right to mount; without it, it says so and ends with 0.
"""

import argparse
import collections
import contextlib
import json
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import grpc

import network
import protocol

from chaos import Chaos
from documents import HOMES, Plan

MIB = 1 << 20
EXHAUSTED = grpc.StatusCode.RESOURCE_EXHAUSTED.value[0]
LEFT = 3 * MIB  # what the file leaves
LINES = 20  # in a log, of what is refused while the disk is full: two reasons, a minute each, a few paths


STARTED = time.monotonic()


def say(text):
    print(f"[{time.monotonic() - STARTED:6.1f}] {text}", flush=True)


class SmallDisk:
    """A tmpfs at a folder, and a file that fills it."""

    def __init__(self, folder, megabytes):
        self.folder, self.megabytes = pathlib.Path(folder), megabytes

    def __enter__(self):
        self.folder.mkdir(parents=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.megabytes}m,mode=700", "tram-small-disk",
                               str(self.folder)], capture_output=True, text=True)
        if done.returncode != 0:
            raise PermissionError(done.stderr.strip())
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", str(self.folder)], check=True)

    def free(self):
        return shutil.disk_usage(self.folder).free

    def fill(self):
        with open(self.folder / "somebody-elses", "wb") as file:
            while self.free() > LEFT:
                file.write(bytes(min(MIB, self.free() - LEFT)))
                file.flush()

    def clear(self):
        (self.folder / "somebody-elses").unlink()


class Run:
    def __init__(self, name, options, folder, chaos):
        import harness
        import questions
        self.name, self.options, self.problems = name, options, []
        self.agencies = [agency for agency, home in HOMES.items() if home == name]
        self.systems = harness.Systems(folder, chaos, options)
        self.node = self.systems.net.nodes[name]
        self.nodes = questions.Nodes(self.systems.net)

    def go(self):
        from settling import Settling
        self.systems.make()
        with contextlib.ExitStack() as stack:
            disk = stack.enter_context(SmallDisk(self.node.folder / "data", self.options.megabytes))
            stack.callback(self.systems.net.stop)
            stack.callback(self.systems.kill_clients)
            stack.callback(self.nodes.close)
            self.systems.start_nodes()
            self.systems.start_clients()
            self.until(lambda: min(self.accepted().values()) > 50, "some documents of every agency of the node")
            disk.fill()
            began = time.monotonic()
            if self.until(self.refusals, "a refusal by the full node"):
                say(f"{self.name} is full; it refuses after {time.monotonic() - began:.1f} s: {dict(self.refusals())}")
            self.while_full()
            say(f"{disk.free() / MIB:.1f} MiB are free; the file goes away")
            disk.clear()
            self.after()
            settling = Settling(Plan(self.options.seed), self.systems, self.nodes, self.options.drain, say)
            self.problems += settling.run()
            self.check_put_off()
            self.check_log()
            return settling.figures() | {"node": self.name, "problems": self.problems}

    def until(self, condition, what, seconds=60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.node.process.poll() is not None:
                raise network.Failed(f"node {self.name} ended with {self.node.process.returncode} while the test waited"
                                     f" for {what}: {(self.node.folder / 'stderr.txt').read_text()[-1000:]}")
            if condition():
                return True
            time.sleep(0.1)
        self.problems.append(f"{what} did not come within {seconds} s")
        return False

    def journals(self):
        from journal import Journal
        return {agency: Journal.load(self.systems.journals[agency]) for agency in self.agencies}

    def accepted(self):
        return {agency: len(journal.accepted) for agency, journal in self.journals().items()}

    def refusals(self):
        """Refusals so far by (code, reason)."""
        return sum((journal.put_off for journal in self.journals().values()), collections.Counter())

    def while_full(self):
        """It answers questions, and what lies in its inboxes is handed over."""
        from tram.v1 import operations_pb2, operations_pb2_grpc
        stub = operations_pb2_grpc.OperationsStub(self.nodes.channel(f"{self.name}-operator", self.name))

        def ask():
            return stub.GetNode(operations_pb2.GetNodeRequest(), timeout=30)
        before = self.accepted()
        self.until(lambda: ask().waiting_handover == 0, "the hand-over of what lies in the full node's inboxes")
        agency, journal = next(iter(self.journals().items()))
        self.nodes.track(agency, Plan(self.options.seed).id(agency, next(iter(journal.accepted))))
        say(f"while it is full: {ask().waiting_handover} in its inboxes;"
            f" accepted {sum(self.accepted().values()) - sum(before.values())}")

    def after(self):
        before = self.accepted()
        began = time.monotonic()
        if self.until(lambda: all(count > before[agency] for agency, count in self.accepted().items()),
                      "acceptance after there is space again"):
            say(f"accepting again after {time.monotonic() - began:.1f} s")

    def check_put_off(self):
        """The full node may have put documents off by RESOURCE_EXHAUSTED alone: it never stopped or broke."""
        self.problems += [f"{count} times code {code}: {reason}" for (code, reason), count in self.refusals().items()
                          if code != EXHAUSTED]
        self.problems += [f"a client is told a path of the node: {reason}" for _, reason in self.refusals()
                          if str(self.node.folder) in reason]

    def check_log(self):
        """Refusals of one reason are a line a minute, however many documents they put off."""
        lines = [line for line in (self.node.folder / "tramd.log").read_text(errors="replace").splitlines()
                 if '"event":"refused"' in line and ('"DISK_LOW"' in line or '"DISK_FULL"' in line)]
        say(f"{self.name} put off {sum(self.refusals().values())} documents and wrote {len(lines)} lines about it")
        if len(lines) > LINES:
            self.problems.append(f"{len(lines)} lines in the log about the full disk")


def main():
    parser = argparse.ArgumentParser(prog="tests/fault/full_disk", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--node", action="append", choices=list(network.NODES), help="default: each in turn")
    parser.add_argument("--megabytes", type=int, default=256, help="of the small disk; default 256")
    parser.add_argument("--rate", type=float, default=100, help="new messages a second of all; default 100")
    parser.add_argument("--seed", type=int, default=1, help="decides the documents")
    parser.add_argument("--drain", type=float, default=120, help="seconds that draining may take")
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("full_disk: told to stop"))  # and so the disk is unmounted
    reports = []
    for name in options.node or list(network.NODES):
        folder = tempfile.mkdtemp(prefix="tram-full-disk-")
        protocol.load(pathlib.Path(folder) / "protocol")
        try:
            with Chaos() as chaos:
                reports.append(Run(name, options, folder, chaos).go())
        except PermissionError as refused:
            say(f"full_disk: skipped, a small disk needs the right to mount (run it as root): {refused}")
            return 0
        if reports[-1]["problems"]:
            say(f"full_disk: everything but the small disk is kept in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
        say(json.dumps(reports[-1], indent=1, ensure_ascii=False))
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(reports, indent=1) + "\n")
    return 1 if any(report["problems"] for report in reports) else 0


if __name__ == "__main__":
    sys.exit(main())
