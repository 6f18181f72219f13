"""Trạm itself: one node, or three in a row, as tests/bench/exchange runs them."""

import exchange
import measuring
import network
from peer import Peer


class Tram(Peer):
    name = "tram"
    case = "one-node"
    client = "exchange_load"
    how = "one node: send, seal, store, log, hand over, acknowledge; a status 01 to the sender each"
    does_not = ""

    def start(self):
        self.net = network.Network(self.folder, quota=measuring.UNLIMITED)
        (self.folder / "pki").symlink_to(self.pki)
        self.net.make()
        if self.case == "one-node":
            self.net.nodes["sonla"].start()
            self.net.nodes["sonla"].wait_ready()
            self.net.home = {agency: home for agency, home in self.net.home.items() if home == "sonla"}
            self.net.codes = {"sonla": self.net.codes["sonla"]}
        else:
            self.net.start()
        self.net.register()

    def command(self, load):
        return [str(self.program()), "--roots", str(self.pki / "roots.pem"), *self.load_arguments(load),
                *exchange.client_arguments(self.net, "sender", "H52.01"),
                *exchange.client_arguments(self.net, "receiver", exchange.RECEIVERS[self.case])]

    def pids(self):
        return [node.process.pid for node in self.net.nodes.values() if node.process]

    def stop(self, *_):
        if hasattr(self, "net"):
            self.net.stop()


class TramThreeNodes(Tram):
    name = "tram-three-nodes"
    case = "three-nodes"
    how = "three nodes in a row: as tram, and relay twice, receipts back to the sender's node"
