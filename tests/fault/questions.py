"""Questions to the nodes of a run that is drained: what waits, the life of a message, evidence."""

import random
import time

import grpc

import network
import protocol


class Nodes:
    """Every node as its operator and its auditor see it, and every agency's own view."""

    def __init__(self, net):
        self.net = net
        self._channels = {}

    def channel(self, client, node):
        if client not in self._channels:
            self._channels[client] = protocol.channel(self.net.pki, client, self.net.nodes[node].grpc)
        return self._channels[client]

    def close(self):
        for channel in self._channels.values():
            channel.close()

    def waiting(self):
        """What is not done yet, in words; empty when all is drained."""
        from tram.v1 import operations_pb2, operations_pb2_grpc
        out = []
        for name in self.net.nodes:
            stub = operations_pb2_grpc.OperationsStub(self.channel(f"{name}-operator", name))
            try:
                info = stub.GetNode(operations_pb2.GetNodeRequest(), timeout=10)
            except grpc.RpcError as error:
                out.append(f"{name} does not answer: {error.code().name}")
                continue
            out += [f"{name}: {link.waiting} for link {link.name}, try {link.attempts}, {link.last_error or 'no error'}"
                    for link in info.links if link.waiting]
            if info.waiting_handover:
                out.append(f"{name}: {info.waiting_handover} in inboxes")
        return out

    def track(self, sender, message_id, client=None, node=None):
        """As the sender sees it, or another client at its node."""
        from tram.v1 import exchange_pb2, exchange_pb2_grpc, message_pb2
        stub = exchange_pb2_grpc.ExchangeStub(self.channel(client or sender, node or self.net.home[sender]))
        key = message_pb2.MessageKey(sender=sender, id=message_id)
        return stub.Track(exchange_pb2.TrackRequest(key=key), timeout=20)

    def lives(self, sender, message_id):
        """The life of a message as each node knows it, for a person."""
        out = []
        for name in self.net.nodes:
            try:
                track = self.track(sender, message_id, f"{name}-auditor", name)
            except grpc.RpcError as error:
                out.append(f"  {name}: {error.details()}")
                continue
            states = ", ".join(f"{one.recipient} {one.state} {one.reason}".strip() for one in track.recipients)
            out.append(f"  {name}: {states}")
            out += [f"    {one.time} {one.node:4} {one.event} {', '.join(one.recipients)} {one.by} {one.detail}"
                    for one in track.events]
        return "\n".join(out)

    def dead(self, doomed, deadline):
        """Of (sender, id, recipient): how many are dead letters for the right reason, and words about the others."""
        wrong = [words for one in doomed for words in _until(deadline, lambda one=one: self._not_dead(*one))]
        return len(doomed) - len(wrong), wrong

    def _not_dead(self, sender, message_id, recipient):
        line = next((one for one in self.track(sender, message_id).recipients if one.recipient == recipient), None)
        if line is None or line.state != "dead letter" or f"no agency {recipient}" not in line.reason:
            yield (f"{sender}/{message_id} for {recipient}, who does not exist, is "
                   + (f"{line.state} {line.reason}".strip() if line else "not known"))

    def check_tracks(self, documents, deadline):
        """The sender must see each delivery handed over, and have proof of it from beyond its own node."""
        for document in documents:
            yield from _until(deadline, lambda document=document: self._wanting(document))

    def _wanting(self, document):
        for line in self.track(document.sender, document.id).recipients:
            if line.recipient in document.unknown:
                continue
            key = f"{document.sender}/{document.id}"
            if line.state != "handed over" or line.last_status != 1:
                yield f"{key}: its sender sees {line.recipient} as {line.state}, last status {line.last_status}"
            away = self.net.home[line.recipient] != self.net.home[document.sender]
            if away and line.verified_receipts < 2:
                yield f"{key}: {line.verified_receipts} receipts for {line.recipient}, 2 are the least"

    def check_repeats(self, documents, answers):
        """The same id with the same content gets the first answer; with other content it is refused."""
        from tram.v1 import exchange_pb2_grpc
        from sender import request_of
        for document in documents:
            stub = exchange_pb2_grpc.ExchangeStub(self.channel(document.sender, self.net.home[document.sender]))
            same, other = request_of(document, 1), request_of(document, 2)
            other.fields.dispatch.subject += " (khác)"
            got = {answer.request: answer for answer in stub.Send(iter([same, other]), timeout=20)}
            key = f"{document.sender}/{document.id}"
            if not got[1].accepted.repeated or got[1].accepted.header_sha256.hex() != answers[key]["header"]:
                yield f"{key}: sent again, it did not get its first answer: {got[1]}"
            if got[2].refused.code != grpc.StatusCode.ALREADY_EXISTS.value[0]:
                yield f"{key}: sent with another subject, it was not refused as such: {got[2]}"

    def check_evidence(self, documents, folder):
        """Exports and verifies offline, with the tool."""
        for document in documents:
            client = self.net.client(document.sender)
            try:
                client.run("evidence", "export", document.id, "--dir", folder)
                client.run("verify", folder / f"{document.id}.asice")
            except network.Failed as failed:
                yield f"evidence of {document.sender}/{document.id}: {failed}"


def _until(deadline, problems):
    """The problems that are left at the deadline, of the monotonic clock; none as soon as there are none.

    The proof of what was acknowledged last is still on its way to the sender when everything is drained.
    """
    while (left := list(problems())) and time.monotonic() < deadline:
        time.sleep(0.3)
    return left


def sample(plan, answers, count, seed):
    """Some accepted documents: `answers` by "sender/id"."""
    keys = sorted(answers)
    chosen = random.Random(f"{seed}/sample").sample(keys, min(count, len(keys)))
    return [plan.document(*numbered(plan, key)) for key in chosen]


def numbered(plan, key):
    sender, _, message_id = key.partition("/")
    return sender, plan.number(message_id)
