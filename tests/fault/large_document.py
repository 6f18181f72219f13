"""One very large document, end to end, broken off on the way.

H52.01 sends a document of N MB to G09.02: `tramctl send` uploads it to Sơn La's node, that to the national axis, that
to the ministry's node, and `tramctl receive` downloads it there. Proxies reset every connection of a line when so many
of its bytes went through:

  agency → Sơn La      at 40 % of the document
  Sơn La → axis        at 25 % and at 75 %
  axis → ministry      at 50 %
  ministry → agency    at 60 %

Each side must go on where it broke off. Printed: for each node its peak of resident memory above the idle one (goal:
at most 64 MB), and for each line the bytes that went through it twice (goal: at most one chunk of 1 MiB a break): what
the line carried, less the document, less what TLS, HTTP/2 and gRPC add, which is measured before with a small document
that is not broken off.

Exit code 0 if the document arrived whole after all five breaks; with --assert-goals also only if both goals are met.
"""

import argparse
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import network

from chaos import Chaos

MIB = 1 << 20
SENDER, RECIPIENT = "H52.01", "G09.02"
# line → (node that is dialled, direction of the document's bytes, places of the breaks)
LINES = {
    "agency→sonla": ("sonla", "there", [0.40]),
    "sonla→truc": ("truc", "there", [0.25, 0.75]),
    "truc→noivu": ("noivu", "there", [0.50]),
    "noivu→agency": ("noivu", "back", [0.60]),
}
BREAKS = sum(len(places) for _, _, places in LINES.values())
CALIBRATION = 32  # MB of the document that is not broken off
RSS_GOAL_MIB, TWICE_GOAL_MIB = 64, 1
FIELDS = ["--subject", "Hồ sơ quy hoạch", "--number", "1", "--notation", "UBND-TH", "--type", "Tờ trình"]


def say(text):
    print(text, flush=True)


def write(path, size, salt):
    """A file in which no megabyte is like another; its digest."""
    whole = hashlib.sha256()
    with open(path, "wb") as file:
        for number in range(size // MIB):
            block = hashlib.sha512(f"{salt} {number}".encode()).digest() * (MIB // 64)
            file.write(block)
            whole.update(block)
    return whole.hexdigest()


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Run:
    def __init__(self, options, folder, chaos):
        self.options, self.folder, self.problems = options, pathlib.Path(folder), []
        self.lines = {name: chaos.proxy(name) for name in LINES}
        self.net = network.Network(folder)
        self.net.detours = {SENDER: self.lines["agency→sonla"].port, RECIPIENT: self.lines["noivu→agency"].port,
                            ("sonla", "truc"): self.lines["sonla→truc"].port,
                            ("truc", "noivu"): self.lines["truc→noivu"].port}
        for line, (node, _, _) in LINES.items():
            self.lines[line].target = self.net.nodes[node].grpc

    def go(self):
        self.net.make()
        with self.net:
            self.net.start()
            self.net.register()
            self.deliver("nho.txt", 0)
            idle = {name: node.rss_kib() for name, node in self.net.nodes.items()}
            added, _, _ = self.deliver("do.bin", CALIBRATION * MIB)
            for node in self.net.nodes.values():  # their peaks begin anew
                pathlib.Path(f"/proc/{node.process.pid}/clear_refs").write_text("5")
            size = self.options.megabytes * MIB
            carried, took, breaks = self.deliver("lon.bin", size, broken=True)
            report = {"megabytes": self.options.megabytes, "breaks": breaks, "seconds": round(took, 1),
                      "megabytesPerSecond": round(self.options.megabytes / took, 1),
                      "rssAboveIdleMiB": {name: round((node.peak_rss_kib() - idle[name]) / 1024, 1)
                                          for name, node in self.net.nodes.items()},
                      "sentTwiceMiB": {}}
            for line, (_, _, places) in LINES.items():
                overhead = (added[line] - CALIBRATION * MIB) / (CALIBRATION * MIB)
                twice = carried[line] - size * (1 + overhead)
                report["sentTwiceMiB"][line] = {"breaks": len(places), "megabytes": round(twice / MIB, 2)}
        report["goalsMet"] = self.goals_met(report)
        return report | {"problems": self.problems}

    def goals_met(self, report):
        return (max(report["rssAboveIdleMiB"].values()) <= RSS_GOAL_MIB
                and all(line["megabytes"] <= TWICE_GOAL_MIB * line["breaks"]
                        for line in report["sentTwiceMiB"].values()))

    def deliver(self, name, size, broken=False):
        """Bytes that each line carried, seconds, breaks."""
        path, received = self.folder / name, self.folder / "received"
        sha256 = write(path, size, name)
        carried = {line: proxy.forwarded[LINES[line][1]] for line, proxy in self.lines.items()}
        breaks = sum(proxy.breaks for proxy in self.lines.values())
        if broken:
            for line, (_, direction, places) in LINES.items():
                self.lines[line].break_at([int(size * place) for place in places], direction)
        began = time.monotonic()
        receiving = subprocess.Popen(
            self.net.client(RECIPIENT).command("receive", "--dir", received, "--wait", "--limit", "1"),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            sent = self.net.client(SENDER).json("send", path, "--to", RECIPIENT, *FIELDS, timeout=self.patience())
            if receiving.wait(self.patience()) != 0:
                raise network.Failed(f"the recipient's document system ended with {receiving.returncode}")
        finally:
            receiving.kill()
            receiving.wait()
        took = time.monotonic() - began
        if digest(received / SENDER / sent["id"] / name) != sha256:
            self.problems.append(f"{name} did not arrive as it was sent")
        path.unlink()
        shutil.rmtree(received / SENDER / sent["id"])
        breaks = sum(proxy.breaks for proxy in self.lines.values()) - breaks
        if broken and breaks != BREAKS:
            self.problems.append(f"there were {breaks} breaks, not {BREAKS}")
        return ({line: proxy.forwarded[LINES[line][1]] - carried[line] for line, proxy in self.lines.items()}, took,
                breaks)

    def patience(self):
        return 120 + self.options.megabytes


def require_space(folder, megabytes):
    """The file, a copy at each node, and the copy received."""
    needed, free = 5.2 * megabytes * MIB, shutil.disk_usage(folder).free
    if free < needed:
        raise network.Failed(f"{needed / 1e9:.1f} GB are needed in {folder}, {free / 1e9:.1f} GB are free:"
                             " give --dir a folder with more")


def main():
    parser = argparse.ArgumentParser(prog="tests/fault/large_document", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=2048, help="of the document (MiB); default 2048")
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    parser.add_argument("--assert-goals", action="store_true", help="fail if a goal is missed")
    parser.add_argument("--dir", help="where everything goes; default: a new folder, removed after success")
    options = parser.parse_args()
    folder = options.dir or tempfile.mkdtemp(prefix="tram-large-")
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    require_space(folder, options.megabytes)
    with Chaos() as chaos:
        report = Run(options, folder, chaos).go()
    say(json.dumps(report, indent=1, ensure_ascii=False))
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    if report["problems"]:
        say(f"large_document: failed; everything is kept in {folder}")
        return 1
    if not options.dir:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if options.assert_goals and not report["goalsMet"] else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except network.Failed as failed:
        sys.exit(f"large_document: {failed}")
