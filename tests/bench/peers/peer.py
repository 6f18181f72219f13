"""What all measured systems have in common: a folder, processes, a client program."""

import os
import pathlib
import signal
import socket
import subprocess
import time

import measuring
import network
from network import Failed


def missing_program(*names):
    """Refuses a system whose Debian package is not there."""
    for name in names:
        if not pathlib.Path(name).exists():
            raise Failed(f"{name} is not there: install tests/bench/packages.txt, or leave this system out (--systems)")


class Peer:
    """One system: start() in an empty folder, measure with command(), stop(). Subclasses say how."""

    name = ""
    client = ""        # program under build/…/bin
    does_not = ""      # what a document gets from Trạm and not from this system
    how = ""           # how it is set up here

    def __init__(self, folder, pki):
        self.folder, self.pki = pathlib.Path(folder), pki
        self.processes = []
        self.port = network.free_ports(1)[0]

    @property
    def data(self):
        """Where its documents lie."""
        return self.folder

    def start(self):
        raise NotImplementedError

    def program(self):
        path = network.programs() / self.client
        if not path.exists():
            raise Failed(f"{path} was not built: its library is missing (tests/bench/packages.txt)")
        return path

    def command(self, load):
        """The client's command line; load: bytes, in_flight, seconds."""
        return [str(self.program()), "--port", str(self.port), *self.load_arguments(load)]

    @staticmethod
    def load_arguments(load):
        return ["--bytes", str(load.bytes), "--in-flight", str(load.in_flight), "--seconds", str(load.seconds)]

    def spawn(self, words, environment=None, user=None):
        """Starts a process in a session of its own: what a terminal sends to the bench ends it by stop() alone."""
        with open(self.folder / "output.txt", "ab") as output:
            process = subprocess.Popen([str(word) for word in words], stdin=subprocess.DEVNULL, stdout=output,
                                       stderr=output, cwd=self.folder, start_new_session=True, user=user,
                                       env=None if environment is None else {**os.environ, **environment})
        self.processes.append(process)
        return process

    def run(self, words, user=None):
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True, user=user, timeout=120,
                              cwd=self.folder)
        if done.returncode != 0:
            raise Failed(f"{words[0]} failed:\n{done.stdout[-1000:]}{done.stderr[-1000:]}")

    def wait_listening(self, seconds=60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for process in self.processes:
                if process.poll() is not None:
                    raise Failed(f"{self.name} ended with {process.returncode}:\n{self.last_words()}")
            with socket.socket() as probe:
                probe.settimeout(1)
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise Failed(f"{self.name} did not listen on port {self.port} within {seconds} s:\n{self.last_words()}")

    def last_words(self):
        try:
            return (self.folder / "output.txt").read_text(errors="replace")[-1500:]
        except OSError:
            return ""

    def pids(self):
        return [process.pid for process in self.processes]

    def stop(self, how=signal.SIGTERM, seconds=20):
        """Ends what was started, newest first, by pid; children that outlive their parent as well."""
        family = measuring.descendants(self.pids()) - set(self.pids())
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(how)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for pid in family:
            end_orphan(pid, self.folder)
        self.processes = []


def end_orphan(pid, folder):
    """SIGKILL to a process that stands in the folder or has it in its arguments: a pid may belong to another by now."""
    try:
        entry = pathlib.Path("/proc") / str(pid)
        if str(folder) in os.readlink(entry / "cwd") or str(folder).encode() in (entry / "cmdline").read_bytes():
            os.kill(pid, signal.SIGKILL)
    except OSError:
        return
