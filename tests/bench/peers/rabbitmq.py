"""RabbitMQ 3.10: one node, one quorum queue."""

import network
from peer import Peer, missing_program

SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server"
EPMD = "/usr/bin/epmd"


class RabbitMq(Peer):
    name = "rabbitmq-quorum"
    client = "compare_rabbitmq"
    how = "one node, quorum queue, persistent messages, publisher confirms, manual acknowledgements, no TLS"
    does_not = ("no TLS; no signature, verification, evidence or receipt; no deduplication; the sender learns that the"
                " queue has it, not that the recipient took it; an acknowledgement is not answered, so not known to be"
                " durable; who may send as whom is a password")

    def start(self):
        missing_program(SERVER, EPMD)
        epmd_port, node_port = network.free_ports(2)
        (self.folder / "rabbitmq.conf").write_text(self.listener())
        (self.folder / "plugins").write_text("[].\n")
        environment = {
            "HOME": str(self.folder),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(epmd_port),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_NODENAME": f"bench{self.port}@localhost",
            "RABBITMQ_DIST_PORT": str(node_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self.folder / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
        }
        self.spawn([EPMD, "-address", "127.0.0.1", "-port", epmd_port])
        self.spawn([SERVER], environment)
        self.wait_listening(90)

    def listener(self):
        return f"listeners.tcp.1 = 127.0.0.1:{self.port}\n"


class RabbitMqTls(RabbitMq):
    name = "rabbitmq-quorum-tls"
    how = "as rabbitmq-quorum, over TLS 1.3 with certificates of both sides"
    does_not = RabbitMq.does_not.removeprefix("no TLS; ")

    def listener(self):
        return f"""listeners.tcp = none
listeners.ssl.1 = 127.0.0.1:{self.port}
ssl_options.cacertfile = {self.pki}/roots.pem
ssl_options.certfile = {self.pki}/nodes/sonla.crt
ssl_options.keyfile = {self.pki}/nodes/sonla.key
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = true
ssl_options.depth = 3
ssl_options.versions.1 = tlsv1.3
"""

    def command(self, load):
        return [*super().command(load), "--roots", str(self.pki / "roots.pem"),
                "--certificate", str(self.pki / "clients" / "H52.01.crt"),
                "--key", str(self.pki / "clients" / "H52.01.key")]
