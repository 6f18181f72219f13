"""A practice network: three nodes as three processes on loopback, with a practice PKI.

    Sơn La (H52) ── national axis (G22) ── Ministry of Home Affairs (G09)

Used by deploy/demo, the end-to-end tests and the benchmarks. Nothing here is for production: keys lie in DIR.
"""

import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEMO = ROOT / "deploy" / "demo-run"  # where deploy/demo puts everything unless it is told otherwise
MARKER = "practice-network"  # a file in a folder that a network was made in
REMADE = ("nodes", "clients", "evidence", "received")  # what make() removes
BROUGHT = {"pki", "protocol"}  # what whoever calls make() may have put there before; neither is removed
NODES = {"sonla": "H52", "truc": "G22", "noivu": "G09"}
TITLES = {"sonla": "Sơn La", "truc": "Trục liên thông văn bản quốc gia", "noivu": "Bộ Nội vụ"}
HOME = {"H52.01": "sonla", "H52.05": "sonla", "G09.02": "noivu"}
# (node, link's name, peer, prefixes behind it)
LINKS = [
    ("sonla", "truc", "truc", ["*"]),
    ("truc", "sonla", "sonla", ["H52"]),
    ("truc", "noivu", "noivu", ["G09"]),
    ("noivu", "truc", "truc", ["*"]),
]


def programs():
    """The folder of the built programs."""
    return pathlib.Path(os.environ.get("TRAM_BIN", ROOT / "build" / "release" / "bin"))


def free_ports(count):
    """Ports of loopback that nobody listens on now, below those that outgoing connections are given: a node that is
    killed finds its own free again."""
    lowest_outgoing = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    candidates = list(range(lowest_outgoing // 3, lowest_outgoing))
    random.SystemRandom().shuffle(candidates)
    ports = []
    while len(ports) < count:
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", candidates.pop()))
                ports.append(one.getsockname()[1])
            except OSError:
                continue
    return ports


class Failed(Exception):
    """A step that did not do what it should; its text is for a person."""


def living_nodes(directory):
    """The processes of nodes that were started in that folder, by whomever, and run."""
    return [pid for file in sorted(pathlib.Path(directory).glob("nodes/*/pid")) if (pid := running(file))]


def running(file):
    """The process that a node's pid file names, if it is that node still and not one that got its number."""
    try:
        pid = int(file.read_text())
        words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    return pid if os.fsencode(file.with_name("tramd.toml")) in words else None


class Tramctl:
    """One client of one node: runs tramctl with a profile."""

    def __init__(self, profile):
        self.profile = pathlib.Path(profile)

    def command(self, *arguments):
        return [str(programs() / "tramctl"), "--profile", str(self.profile), *map(str, arguments)]

    def run(self, *arguments, check=True, timeout=300):
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=timeout)
        if check and done.returncode != 0:
            raise Failed(f"tramctl {' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}")
        return done

    def json(self, *arguments, timeout=300):
        """The answer of a command that prints one JSON object or array."""
        return json.loads(self.run("--json", *arguments, timeout=timeout).stdout)

    def lines(self, *arguments, timeout=300):
        """The answers of a command that prints one JSON object a line."""
        out = self.run("--json", *arguments, timeout=timeout).stdout
        return [json.loads(line) for line in out.splitlines() if line.strip()]


class Node:
    """One tramd process."""

    def __init__(self, network, name, grpc, http):
        self.network, self.name, self.code = network, name, network.codes[name]
        self.grpc, self.http = grpc, http
        self.folder = network.dir / "nodes" / name
        self.process = None
        self.wrapper = []  # words before the program's: a test's limits

    def start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        error = open(self.folder / "stderr.txt", "ab")
        self.process = subprocess.Popen(
            [*self.wrapper, str(programs() / "tramd"), "--config", str(self.folder / "tramd.toml")],
            stdin=subprocess.DEVNULL, stdout=error, stderr=error)
        error.close()
        (self.folder / "pid").write_text(str(self.process.pid))

    def wait_ready(self, seconds=30):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise Failed(f"node {self.name} ended with {self.process.returncode}:\n"
                             + (self.folder / "stderr.txt").read_text(errors="replace")[-2000:])
            if self.get("/readyz") is not None:
                return
            time.sleep(0.05)
        raise Failed(f"node {self.name} was not ready within {seconds} s; see {self.folder}")

    def get(self, path):
        """The body of an HTTP answer 200, else None."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}", timeout=2) as answer:
                return answer.read().decode()
        except (urllib.error.URLError, OSError):
            return None

    def stop(self, how=signal.SIGTERM, seconds=30):
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.process = None
        return code

    def kill(self):
        """kill -9."""
        return self.stop(signal.SIGKILL)

    def peak_rss_kib(self):
        return self._status("VmHWM")

    def rss_kib(self):
        return self._status("VmRSS")

    def _status(self, field):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1])
        return 0

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Network:
    """Makes and runs the practice network in a folder.

    quota: documents a minute that one system may send, another than the default.
    codes, links, home: another topology than NODES, LINKS and HOME. sections: more TOML for a node, by its name.
    detours: ports to dial instead of a node's own, by (node, link's name) for links and by agency for clients: a test
    puts its proxies there.
    """

    def __init__(self, directory, rsa=None, limits="", codes=None, links=None, home=None, quota=None):
        self.dir = pathlib.Path(directory).resolve()
        self.rsa, self.limits, self.quota = rsa, limits, quota
        self.codes, self.home = dict(codes or NODES), dict(home or HOME)
        self.links = list(LINKS if links is None else links)
        self.sections, self.detours = {}, {}
        ports = free_ports(2 * len(self.codes))
        self.nodes = {name: Node(self, name, ports[2 * i], ports[2 * i + 1]) for i, name in enumerate(self.codes)}

    @property
    def pki(self):
        return self.dir / "pki"

    def take_folder(self):
        """Marks the folder as a network's, whose next run removes REMADE. Refuses one that holds anything else, and one
        whose nodes live."""
        self.dir.mkdir(parents=True, exist_ok=True)
        marker = self.dir / MARKER
        others = {path.name for path in self.dir.iterdir()} - BROUGHT
        if others and not marker.exists() and self.dir != DEMO:
            raise Failed(f"{self.dir} holds {', '.join(sorted(others)[:5])} and was not made by a practice network, which"
                         f" would remove {', '.join(REMADE)} in it: name an empty folder, or one that is not there yet")
        if living := living_nodes(self.dir):
            raise Failed(f"the nodes of an earlier run in {self.dir} are running: end them with\n"
                         f"  kill {' '.join(map(str, living))}\nor name another folder")
        marker.write_text(f"Made by deploy/practice/network.py. Its next run here removes {', '.join(REMADE)}.\n")

    def make(self):
        """PKI, configurations, profiles. What an earlier run left of nodes and clients is removed."""
        self.take_folder()
        for part in REMADE:
            shutil.rmtree(self.dir / part, ignore_errors=True)
        for part in ("nodes", "clients", "evidence"):
            (self.dir / part).mkdir(parents=True)
        command = [str(ROOT / "certs" / "make-pki"), str(self.pki), "--nodes",
                   " ".join(f"{name}:{code}" for name, code in self.codes.items()), "--agencies", " ".join(self.home)]
        if self.rsa:
            command += ["--rsa", str(self.rsa)]
        self._run(command)
        for node in self.nodes.values():
            node.folder.mkdir(parents=True)
            (node.folder / "tramd.toml").write_text(self._configuration(node))
            shutil.copy(self.pki / "nodes" / f"{node.name}.log.vkey", node.folder / "log.vkey")
        for agency, home in self.home.items():
            self.write_profile(agency, home, agency)
        for name in self.codes:
            for role in ("operator", "auditor", "registrar"):
                self.write_profile(f"{name}-{role}", name, None)

    def _run(self, command):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
        return done.stdout

    def _configuration(self, node):
        pki, name, code = self.pki, node.name, node.code
        text = f"""# Written by the demonstration. deploy/tramd.toml explains every key.
[node]
code = "{code}"
name = "{TITLES.get(name, name)}"
data = "data"
authoritative = ["{code}"]
[listen]
grpc = "127.0.0.1:{node.grpc}"
http = "127.0.0.1:{node.http}"
[tls]
certificate = "{pki}/nodes/{name}.crt"
key = "{pki}/nodes/{name}.key"
roots = "{pki}/roots.pem"
[trust]
roots = "{pki}/roots.pem"
intermediates = "{pki}/intermediates.pem"
[log]
key = "{pki}/nodes/{name}.log.key"
origin = "{self._origin(name)}"
[seal_of_node]
key = "{pki}/seals/node-{code}.key"
certificate = "{pki}/seals/node-{code}.crt"
[logging]
file = "tramd.log"
[[registrar]]
certificate = "{pki}/clients/{name}-registrar.crt"
"""
        if self.limits:
            text += "[limits]\n" + self.limits + "\n"
        if self.quota:
            text += f"[quota]\ndocuments_per_minute = {self.quota}\n"
        for agency, home in self.home.items():
            if home == name:
                text += f"""[[seal]]
agency = "{agency}"
key = "{pki}/seals/{agency}.key"
certificate = "{pki}/seals/{agency}.crt"
"""
        for owner, link, peer, prefixes in self.links:
            if owner == name:
                text += f"""[[link]]
name = "{link}"
node = "{self.codes[peer]}"
address = "127.0.0.1:{self.detours.get((owner, link), self.nodes[peer].grpc)}"
prefixes = {json.dumps(prefixes)}
certificate = "{pki}/nodes/{peer}.crt"
"""
        for peer, peer_code in self.codes.items():
            if peer != name:
                text += f"""[[known_log]]
node = "{peer_code}"
vkey_file = "{pki}/nodes/{peer}.log.vkey"
"""
        return text + self.sections.get(name, "")

    def _origin(self, name):
        return (self.pki / "nodes" / f"{name}.log.vkey").read_text().split("+", 1)[0]

    def write_profile(self, client, home, agency):
        keys = [f"{code}={self.pki}/nodes/{name}.log.vkey" for name, code in self.codes.items()]
        text = f"""# A profile for tramctl: who calls whom.
address = "127.0.0.1:{self.detours.get(client, self.nodes[home].grpc)}"
certificate = "{self.pki}/clients/{client}.crt"
key = "{self.pki}/clients/{client}.key"
roots = "{self.pki}/roots.pem"
node_name = "localhost"
trust_roots = ["{self.pki}/roots.pem"]
intermediates = ["{self.pki}/intermediates.pem"]
log_keys = {json.dumps(keys)}
"""
        if agency:
            text += f'agency = "{agency}"\n'
        (self.dir / "clients" / f"{client}.toml").write_text(text)

    def client(self, name):
        return Tramctl(self.dir / "clients" / f"{name}.toml")

    def start(self):
        for node in self.nodes.values():
            node.start()
        for node in self.nodes.values():
            node.wait_ready()

    def register(self):
        """Every client into its node's registry, by the node's registrar."""
        for agency, home in self.home.items():
            self.client(f"{home}-registrar").run(
                "registry", "add", "--certificate", self.pki / "clients" / f"{agency}.crt", "--agency", agency,
                "--system", f"qlvb-{agency}", "--role", "agency")
        for name in self.codes:
            for role in ("operator", "auditor"):
                self.client(f"{name}-registrar").run(
                    "registry", "add", "--certificate", self.pki / "clients" / f"{name}-{role}.crt",
                    "--agency", self.codes[name], "--system", role, "--role", role)

    def stop(self):
        """SIGTERM to all; their exit codes by name."""
        for node in self.nodes.values():
            if node.process and node.process.poll() is None:
                node.process.send_signal(signal.SIGTERM)
        return {name: node.stop() for name, node in self.nodes.items() if node.process}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
