"""NATS JetStream 2.9: one server, one stream in files."""

import subprocess

from network import Failed
from peer import Peer, missing_program

SERVER = "/usr/sbin/nats-server"


class NatsDefault(Peer):
    name = "nats-default"
    client = "compare_nats"
    how = ("one server, JetStream in files, work-queue retention, publish acknowledgements, explicit acknowledgements,"
           " no TLS; flushed every two minutes (its default)")
    does_not = ("not safe against power loss: what it confirmed may be gone; no TLS; no signature, verification, evidence"
                " or receipt; deduplication only if the publisher asks and for two minutes; the sender does not learn that"
                " the recipient took it; no certificate says who sends as whom")

    @property
    def data(self):
        return self.folder / "store"

    def start(self):
        missing_program(SERVER)
        self.data.mkdir()
        self.prepare_store()
        (self.folder / "nats.conf").write_text(f"""listen: 127.0.0.1:{self.port}
jetstream {{ store_dir: "{self.data}" }}
""")
        self.spawn([SERVER, "-c", self.folder / "nats.conf"])
        self.wait_listening()

    def prepare_store(self):
        """Nothing: the defaults."""


class NatsSynced(NatsDefault):
    name = "nats-synced"
    how = "as nats-default, with chattr +S on its store's folder: every write is synchronous (it has no setting for it)"
    does_not = NatsDefault.does_not.split("; ", 1)[1]

    def prepare_store(self):
        for command in (["chattr", "+S", str(self.data)], ["lsattr", "-d", str(self.data)]):
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                raise Failed(f"this file system refuses synchronous writes: {' '.join(command)}: {done.stderr.strip()};"
                             " give another one with --dir (ext4 can do it)")
        if "S" not in done.stdout.split()[0]:
            raise Failed("this file system ignores chattr +S; give another one with --dir (ext4 can do it)")
