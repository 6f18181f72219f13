"""Where the machine's processor time goes while Trạm is at full load: shares by what it is spent on, and microseconds a
document. Samples of `perf` (Debian's linux-perf) over all processors and processes, kernel included, each counted once, at
its innermost function; the kernel's by the system call that is under way. Needs the right to profile the machine (root)."""

import argparse
import collections
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import exchange
import measuring
import network

CLIENT = "the load generator (client)"
# innermost library → what it does for a node
LIBRARIES = [(r"libcrypto", "signatures, digests, ciphers"), (r"libsqlite3", "SQLite"),
             (r"libgrpc|libgpr|libprotobuf|libssl|libabsl|libaddress_sorting|libcares|libre2|libupb",
              "gRPC, protobuf, TLS records"),
             (r"tcmalloc|libc\.so|libc-|libstdc|vdso|ld-linux", "allocation, copying, C library"),
             (r"libspdlog|libfmt|libprometheus", "log lines, metrics"), (r"tramd", "Trạm's own code")]
# system call in the kernel's part of the stack → what it does
CALLS = [(r"sys_futex|sys_sched_yield|sys_clock_nanosleep|sys_restart", "kernel: threads that wait and wake"),
         (r"sys_(send|recv|read|write|epoll|poll|eventfd)|sock_|tcp_", "kernel: sockets"),
         (r"sys_(pwrite|pread|fdatasync|fsync|fcntl|unlink|open|stat|statx|newfstat|ftruncate|fallocate)|ext4_|jbd2|blk_|wb_",
          "kernel: files and their disk")]
OTHER_KERNEL = "kernel: faults, interrupts, the rest"


def spent_on(command, frames):
    """What one sample counts for. frames: (function, library), the innermost first."""
    if command.startswith("swapper"):
        return "idle"
    if not frames:
        return "other processes"
    if "kernel" in frames[0][1] or frames[0][1].endswith(".ko"):
        inside = [function for function, library in frames if "kernel" in library or library.endswith(".ko")]
        for pattern, name in CALLS:
            if any(re.search(pattern, function) for function in inside):
                return name
        return OTHER_KERNEL
    for pattern, name in LIBRARIES:
        if re.search(pattern, frames[0][1]):
            return name
    return "other processes"


def samples(text):
    """(process, command, frames) of each sample in what `perf script -F comm,pid,ip,sym,dso` prints."""
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if line.strip()]
        head = re.fullmatch(r"\s*(.*\S)\s+(-?\d+)\s*", lines[0]) if lines else None
        if not head:
            continue
        frames = []
        for line in lines[1:]:
            frame = re.fullmatch(r"\s*[0-9a-f]+\s+(.*)\s+\((.*)\)", line)
            if frame:
                frames.append((frame.group(1), frame.group(2)))
        yield int(head.group(2)), head.group(1), frames


def shares(text, nodes, clients):
    """Samples by what they were spent on; `nodes` and `clients` are process ids."""
    counted = collections.Counter()
    for process, command, frames in samples(text):
        name = spent_on(command, frames)
        if process in clients:
            name = CLIENT
        elif process not in nodes and name not in ("idle", "kernel: files and their disk", OTHER_KERNEL):
            name = "other processes"
        counted[name] += 1
    return counted


def record(net, case, options, folder):
    """A run of the load with `perf` beside it: what it printed, the load's figures, who is who."""
    data = pathlib.Path(folder) / "perf.data"
    load = exchange.load_command(net, case, options.bytes, options.seconds + 4, options.in_flight)
    with subprocess.Popen(load, stdout=subprocess.PIPE, text=True) as client:
        subprocess.run(["perf", "record", "-q", "-a", "-g", "-F", "499", "-o", str(data), "--", "sleep",
                        str(options.seconds)], check=True)
        out, _ = client.communicate(timeout=options.seconds + 200)
    text = subprocess.run(["perf", "script", "-i", str(data), "-F", "comm,pid,ip,sym,dso"], capture_output=True, text=True,
                          errors="replace", check=True).stdout
    nodes = {net.nodes[name].process.pid for name in exchange.USED[case]}
    return text, json.loads(out), nodes, {client.pid}


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/profile", description=__doc__)
    parser.add_argument("--case", choices=list(exchange.RECEIVERS), default="one-node")
    parser.add_argument("--bytes", type=int, default=10000)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args()
    if not shutil.which("perf"):
        sys.exit("tests/bench/profile: there is no perf here: apt-get install linux-perf")
    with (tempfile.TemporaryDirectory(prefix="tram-profile-") as folder,
          network.Network(folder, quota=measuring.UNLIMITED) as net):
        net.make()
        net.start()
        net.register()
        text, run, nodes, clients = record(net, options.case, options, folder)
    counted = shares(text, nodes, clients)
    rate, total, cores = run["delivered"] / run["seconds"], sum(counted.values()), exchange.cores()
    rows = [{"spentOn": name, "share": count / total, "usPerDocument": count / total * cores * 1e6 / rate}
            for name, count in counted.most_common()]
    print(f"{options.case}, {options.bytes} B, {options.in_flight} in flight: {rate:,.0f} documents/s, {total} samples")
    for row in rows:
        print(f"  {row['spentOn']:40} {row['share']:6.1%} {row['usPerDocument']:8.1f} µs a document")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"documentsPerSecond": rate, "rows": rows}, indent=1) + "\n",
                                              encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
