"""PostgreSQL 15 as a queue."""

import os
import pwd
import signal
import subprocess
import time

from network import Failed
from peer import Peer, missing_program

PROGRAMS = "/usr/lib/postgresql/15/bin"


class PostgreSql(Peer):
    name = "postgresql-queue"
    client = "compare_postgresql"
    how = ("INSERT of one document a transaction; SELECT … FOR UPDATE SKIP LOCKED of one, DELETE, COMMIT;"
           " synchronous_commit on, otherwise its defaults; 16 connections each way, no TLS")
    does_not = ("no TLS; no signature, verification, evidence or receipt; no deduplication; whoever receives asks again and"
                " again (here it is told in the client, for nothing); who may send as whom is a database role")

    def __init__(self, folder, pki):
        super().__init__(folder, pki)
        self.user = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root

    @property
    def data(self):
        return self.folder / "data"

    def start(self):
        missing_program(f"{PROGRAMS}/initdb", f"{PROGRAMS}/postgres")
        self.data.mkdir(mode=0o700)
        if self.user:
            owner = pwd.getpwnam(self.user)
            for path in (self.folder, self.data):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        self.run([f"{PROGRAMS}/initdb", "-D", self.data, "-U", "bench", "--auth", "trust", "--encoding", "UTF8",
                  "--locale", "C"], user=self.user)
        self.spawn([f"{PROGRAMS}/postgres", "-D", self.data, "-p", self.port, "-k", "", "-c",
                    "listen_addresses=127.0.0.1", "-c", "synchronous_commit=on"], user=self.user)
        self.wait_listening()
        self.wait_accepting()

    def wait_accepting(self, seconds=60):
        """It listens before it takes connections."""
        deadline = time.monotonic() + seconds
        while subprocess.run([f"{PROGRAMS}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)],
                             timeout=seconds).returncode != 0:
            if time.monotonic() > deadline:
                raise Failed(f"{self.name} takes no connections:\n{self.last_words()}")
            time.sleep(0.1)

    def stop(self, how=signal.SIGINT, seconds=20):
        super().stop(how, seconds)  # SIGINT: a fast shutdown, which waits for no client
