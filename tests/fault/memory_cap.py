"""A node that may not take more memory than it is given, among greedy clients.

One node runs under `ulimit -v`: its address space may grow by --above MB over what it has when it is idle; beyond that
an allocation fails and the process ends. One agency's system opens dozens of connections, and on them sends documents
of 1 MB without reading an answer (half of them), asks for thousands of deliveries without reading one (a quarter), and
begins huge uploads that it never ends (a quarter). Meanwhile two other agencies exchange documents as on any day, and
each must arrive; refusals with RESOURCE_EXHAUSTED or UNAVAILABLE are tried again, as any client does.

Exit code 0 if the node never ended, every document of the two arrived, and the node is itself afterwards: it takes and
hands over a document within seconds. Prints the peaks of resident memory and of the address space.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import network
import protocol

MIB = 1 << 20
HERE = pathlib.Path(__file__).resolve().parent
GREEDY, HEAP, SENDER, RECIPIENT = "H52.01", "H52.02", "H52.05", "H52.07"  # HEAP: to whom the greedy send
HOMES = {code: "sonla" for code in (GREEDY, HEAP, SENDER, RECIPIENT)}


def say(text):
    print(text, flush=True)


class Run:
    def __init__(self, options, folder):
        self.options, self.folder, self.problems = options, pathlib.Path(folder), []
        self.net = network.Network(folder, codes={"sonla": "H52"}, links=[], home=HOMES)
        self.node = self.net.nodes["sonla"]

    def go(self):
        import probe
        self.net.make()
        with self.net:
            self.net.start()
            self.net.register()
            idle = self.kib("VmSize")
            self.restart_capped(idle + self.options.above * 1024)
            say(f"idle address space {idle / 1024:.0f} MiB; {self.options.above} MiB more are allowed")
            sender = probe.Sender(self.net, SENDER)
            receiver = probe.Receiver(self.net, RECIPIENT, self.folder / "received.log")
            self.be_greedy(sender)
            sent = list(sender.sent)
            missing = receiver.wait(sent, 60)
            report = {"seconds": self.options.seconds, "aboveMiB": self.options.above, "sent": len(sent),
                      "delivered": len(sent) - len(missing), "putOff": len(sender.put_off),
                      "afterwards": probe.spread(self.afterwards(sender, receiver)),
                      "peakRssMiB": round(self.kib("VmHWM") / 1024),
                      "peakAddressSpaceMiB": round(self.kib("VmPeak") / 1024),
                      "allowedMiB": round(idle / 1024) + self.options.above}
            self.problems += [f"{message} did not arrive" for message in missing]
            self.problems += sender.refused
            for one in (sender, receiver):
                one.close()
        return report | {"problems": self.problems}

    def restart_capped(self, kib):
        self.node.stop()
        self.node.wrapper = ["bash", "-c", f'ulimit -v {kib} && exec "$@"', "--"]
        self.node.start()
        self.node.wait_ready()

    def kib(self, field):
        for line in pathlib.Path(f"/proc/{self.node.process.pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1])
        raise network.Failed(f"the node has ended: {(self.node.folder / 'stderr.txt').read_text()[-1000:]}")

    def be_greedy(self, sender):
        """With the greedy at work, a document every 50 ms."""
        common = ["--agency", GREEDY, "--port", self.node.grpc, "--pki", self.net.pki, "--protocol",
                  self.folder / "protocol", "--to", HEAP]
        share = {kind: self.options.connections // 4 if self.options.only in (None, kind) else 0
                 for kind in ("send", "receive", "put")}
        crowd = [self.greedy(*common, "--send", share["send"], "--put", share["put"]),
                 self.greedy(*common, "--send", share["send"]),
                 self.greedy("--agency", HEAP, *common[2:], "--receive", share["receive"])]
        try:
            over = time.monotonic() + self.options.seconds
            while time.monotonic() < over:
                if self.node.process.poll() is not None:
                    raise network.Failed(f"the node ended with {self.node.process.returncode}:"
                                         f" {(self.node.folder / 'stderr.txt').read_text()[-1000:]}")
                sender.send(RECIPIENT, 0)
                time.sleep(0.05)
        finally:
            for process in crowd:
                process.stdin.close()
            for process in crowd:
                process.wait(30)

    def greedy(self, *arguments):
        command = [sys.executable, "-B", HERE / "greedy.py", *arguments]
        return subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE)

    def afterwards(self, sender, receiver):
        for _ in range(10):
            message = sender.send(RECIPIENT, 0)
            if receiver.wait([message], 30):
                self.problems.append("a document sent when the greedy were gone did not arrive within 30 s")
                return
            yield (receiver.stored[message] - sender.sent[message]) * 1000


def main():
    parser = argparse.ArgumentParser(prog="tests/fault/memory_cap", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--above", type=int, default=1024, help="MiB of address space over the idle; default 1024")
    parser.add_argument("--connections", type=int, default=128, help="of the greedy; default 128")
    parser.add_argument("--seconds", type=float, default=30, help="of greed; default 30")
    parser.add_argument("--only", choices=["send", "receive", "put"], help="greed of this kind alone")
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="tram-memory-cap-")
    protocol.load(pathlib.Path(folder) / "protocol")
    report = Run(options, folder).go()
    say(json.dumps(report, indent=1))
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(report, indent=1) + "\n")
    if report["problems"]:
        say(f"memory_cap: failed; everything is kept in {folder}")
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except network.Failed as failed:
        sys.exit(f"memory_cap: {failed}")
