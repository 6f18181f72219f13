"""Postfix 3.7 as a relay: takes mail over SMTP, queues it, delivers it over SMTP."""

import os
import shutil

import network
from network import Failed
from peer import Peer, missing_program

DAEMONS = "/usr/lib/postfix/sbin"
SERVICES = """127.0.0.1:{port} inet n - n - - smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
scache    unix  - - n - 1 scache
anvil     unix  - - n - 1 anvil
postlog   unix-dgram n - n - 1 postlogd
"""


class Postfix(Peer):
    name = "postfix"
    client = "compare_smtp"
    how = ("an SMTP relay: takes a mail (16 connections), queues it, delivers it to a sink of the bench; its defaults;"
           " no TLS; mails are base64, so a third more bytes")
    does_not = ("no TLS; no signature, verification, evidence or receipt; no deduplication; delivery at least once; the"
                " sender learns that the relay has it, not that the recipient took it; the sink stores nothing; anyone on"
                " loopback may send as anyone")

    def __init__(self, folder, pki):
        super().__init__(folder, pki)
        self.sink_port = network.free_ports(1)[0]

    @property
    def data(self):
        return self.folder / "queue"

    def start(self):
        missing_program(f"{DAEMONS}/master", "/usr/sbin/postfix")
        if os.geteuid() != 0:
            raise Failed("Postfix runs as root only: run tests/bench/compare as root, or leave it out (--systems)")
        configuration = self.folder / "etc"
        for folder in (configuration, self.data, self.folder / "lib"):
            folder.mkdir()
        (configuration / "main.cf").write_text(f"""compatibility_level = 3.6
queue_directory = {self.data}
data_directory = {self.folder}/lib
command_directory = /usr/sbin
daemon_directory = {DAEMONS}
maillog_file = {self.folder}/mail.log
maillog_file_prefixes = {self.folder}
myhostname = relay.bench.invalid
mydestination =
inet_protocols = ipv4
inet_interfaces = 127.0.0.1
mynetworks = 127.0.0.0/8
alias_maps =
local_recipient_maps =
smtpd_relay_restrictions = permit_mynetworks, reject
relayhost = [127.0.0.1]:{self.sink_port}
message_size_limit = 100000000
mailbox_size_limit = 0
smtp_tls_security_level = none
smtpd_tls_security_level = none
""")
        (configuration / "master.cf").write_text(SERVICES.format(port=self.port))
        shutil.chown(self.folder / "lib", "postfix")
        self.run(["/usr/sbin/postfix", "-c", configuration, "check"])
        self.spawn([f"{DAEMONS}/master", "-c", configuration, "-d"])
        self.wait_listening()

    def command(self, load):
        return [*super().command(load), "--sink-port", str(self.sink_port)]
