"""The running parts of a torture run: nodes behind proxies, document systems that die and come back, and the faults."""

import heapq
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import network
from documents import HOMES, INLINE_LIMIT

HERE = pathlib.Path(__file__).resolve().parent
COMPETING = "G09.02"  # two systems of this agency receive from one inbox
STOP_WITHIN = 30      # seconds after SIGTERM


class ClientProcess:
    """One document system: a process of sender.py or receiver.py."""

    def __init__(self, name, command, error):
        self.name, self.command, self.error = name, command, error
        self.process = None

    def start(self):
        with open(self.error, "ab") as error:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=error, stderr=error)

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stdin.close()

    def tell_stop(self):
        try:
            self.process.stdin.write(b"stop\n")
            self.process.stdin.flush()
        except OSError:
            pass  # it has ended; its exit code says how

    def wait(self, seconds):
        """Its exit code; None, and it is killed, if it does not end in time."""
        try:
            return self.process.wait(max(seconds, 0))
        except subprocess.TimeoutExpired:
            self.kill()
            return None


class Systems:
    """Three nodes, a proxy before each link's direction and each agency, and every document system."""

    def __init__(self, folder, chaos, options):
        self.folder, self.chaos, self.options = pathlib.Path(folder), chaos, options
        self.lines = {f"{owner}→{peer}": chaos.proxy(f"{owner}→{peer}") for owner, _, peer, _ in network.LINKS}
        self.lines |= {f"{agency}→{home}": chaos.proxy(agency) for agency, home in HOMES.items()}
        self.net = network.Network(folder, limits=f"inline_bytes = {INLINE_LIMIT}", home=HOMES)
        for owner, link, peer, _ in network.LINKS:
            self.net.detours[owner, link] = self._aim(f"{owner}→{peer}", peer)
        for agency, home in HOMES.items():
            self.net.detours[agency] = self._aim(f"{agency}→{home}", home)
        self.journals = {agency: self.folder / "systems" / f"{agency}.journal" for agency in HOMES}
        self.stores = {agency: self.folder / "systems" / f"{agency}.sqlite" for agency in HOMES}
        self.senders = {f"sender {agency}": self._client("sender", agency, f"sender {agency}") for agency in HOMES}
        self.receivers = {}
        for agency in HOMES:
            for name in ["a", "b"] if agency == COMPETING else ["a"]:
                full = f"receiver {agency} {name}"
                self.receivers[full] = self._client("receiver", agency, full)

    def _aim(self, line, node):
        self.lines[line].target = self.net.nodes[node].grpc
        return self.lines[line].port

    def _client(self, program, agency, name):
        own = {"sender": ["--journal", self.journals[agency], "--rate", self.options.rate / len(HOMES)],
               "receiver": ["--store", self.stores[agency]]}[program]
        command = [sys.executable, "-B", HERE / f"{program}.py", "--agency", agency, "--port", self.net.detours[agency],
                   "--pki", self.net.pki, "--protocol", self.folder / "protocol", "--seed", self.options.seed, *own]
        return ClientProcess(name, [str(word) for word in command], self.folder / "systems" / f"{name}.stderr")

    @property
    def clients(self):
        return self.senders | self.receivers

    def make(self):
        self.net.make()
        shutil.rmtree(self.folder / "systems", ignore_errors=True)
        (self.folder / "systems").mkdir()

    def start_nodes(self):
        self.net.start()
        self.net.register()

    def start_clients(self):
        for client in self.clients.values():
            client.start()

    def kill_clients(self):
        for client in self.clients.values():
            client.kill()


class Faults:
    """Carries a schedule out, and starts again what it killed. `ended` tells of processes that ended by themselves."""

    def __init__(self, systems, schedule, say):
        self.systems, self.schedule, self.say = systems, schedule, say
        self.restarts = self.stops = self.client_restarts = 0
        self.lines = {"cut": 0, "delay": 0, "throttle": 0, "hang": 0}
        self.ended = []
        self.bad = {}     # line → the fault that holds it
        self.down = set()  # nodes that wait to be started
        self.stopping = {}  # node → (when it was told to stop, how long it shall be down)
        self._agenda, self._order = [], 0

    def run(self, seconds):
        began = time.monotonic()
        for fault in self.schedule:
            self._plan(fault.at, self._begin, fault)
        while (now := time.monotonic() - began) < seconds:
            while self._agenda and self._agenda[0][0] <= now:
                at, _, action, subject = heapq.heappop(self._agenda)
                action(at, subject)
            self._look_at_stopping(now)
            self.look()
            next_at = self._agenda[0][0] if self._agenda else seconds
            time.sleep(max(0.0, min(next_at - (time.monotonic() - began), 0.2)))

    def settle(self):
        """Every line is faithful and everything runs."""
        self.systems.chaos.clear()
        for name in self.stopping:
            self._stopped(name, self.systems.net.nodes[name].stop(seconds=STOP_WITHIN))
        self.stopping.clear()
        for name in list(self.down):
            self._start_node(0, name)
        self.look()

    def look(self):
        """Starts again what ended by itself, and remembers that it did."""
        for name, node in self.systems.net.nodes.items():
            if name not in self.down and name not in self.stopping and node.process.poll() is not None:
                self._ended(f"node {name}", node.process.returncode, node.folder / "stderr.txt")
                node.start()
        for client in self.systems.clients.values():
            if client.process and client.process.poll() is not None:
                self._ended(client.name, client.process.returncode, client.error)
                client.start()

    def _ended(self, what, code, error):
        tail = error.read_text(errors="replace")[-1500:] if error.exists() else ""
        how = signal.Signals(-code).name if code < 0 else f"code {code}"
        self.ended.append(f"{what} ended by itself with {how}: {tail.strip()}")
        self.say(self.ended[-1])
        if len(self.ended) > 20:
            raise network.Failed("too many processes ended by themselves")

    def _plan(self, at, action, subject):
        self._order += 1
        heapq.heappush(self._agenda, (at, self._order, action, subject))

    def _begin(self, at, fault):
        self.say(str(fault))
        {"kill node": self._kill_node, "stop node": self._stop_node,
         "kill client": self._kill_client}.get(fault.kind, self._line)(at, fault)

    def _kill_node(self, at, fault):
        if fault.target in self.down:
            return
        self.stopping.pop(fault.target, None)  # it may be killed while it stops
        self.systems.net.nodes[fault.target].kill()
        self.restarts += 1
        self.down.add(fault.target)
        self._plan(at + fault.lasts, self._start_node, fault.target)

    def _start_node(self, _, name):
        if name in self.down:
            self.systems.net.nodes[name].start()
            self.down.discard(name)

    def _stop_node(self, at, fault):
        if fault.target in self.down or fault.target in self.stopping:
            return
        node = self.systems.net.nodes[fault.target]
        if node.get("/readyz") is None:
            return self._kill_node(at, fault)  # it is still starting: nothing is there yet to be ended cleanly
        node.process.send_signal(signal.SIGTERM)
        self.stopping[fault.target] = at, fault.lasts
        self.stops += 1

    def _look_at_stopping(self, now):
        for name, (told, lasts) in list(self.stopping.items()):
            node = self.systems.net.nodes[name]
            code = node.process.poll()
            if code is None and now < told + STOP_WITHIN:
                continue
            if code is None:
                node.kill()
            del self.stopping[name]
            self._stopped(name, code)
            self._plan(now + lasts, self._start_node, name)

    def _stopped(self, name, code):
        self.down.add(name)
        if code != 0:
            self.ended.append(f"node {name}, told to stop, "
                              + (f"did not within {STOP_WITHIN} s" if code is None else f"ended with {code}"))
            self.say(self.ended[-1])

    def _kill_client(self, _, fault):
        client = self.systems.clients[fault.target]
        client.kill()
        client.start()
        self.client_restarts += 1

    def _line(self, at, fault):
        line = self.systems.lines[fault.target]
        line.clear()
        {"cut": line.cut, "hang": line.hang, "delay": lambda: line.slow(delay=fault.amount),
         "throttle": lambda: line.slow(rate=fault.amount)}[fault.kind]()
        self.lines[fault.kind] += 1
        self.bad[fault.target] = fault
        self._plan(at + fault.lasts, self._mend, fault)

    def _mend(self, _, fault):
        if self.bad.get(fault.target) is fault:  # else a later fault holds the line
            self.systems.lines[fault.target].clear()
            del self.bad[fault.target]
