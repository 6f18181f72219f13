"""One document at a time over three nodes that have nothing else to do: how long it takes from accepted to stored at the
recipient's node and to the proof of that at the sender's, and how fast one large attachment goes from node to node beside
bare gRPC streaming. Beside both, in every round, what the machine takes for one fdatasync and for the bare stream.
tests/bench/README.md says how to read it."""

import argparse
import datetime
import hashlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import measuring
import network
import place
import protocol

SENDER, RECIPIENT = "H52.01", "G09.02"
MIB = 1 << 20
FIRST, RELAYED, STORED = "SubmissionAcceptance", "RelayAcceptance", "ContentConsignment"
PATIENCE = 60  # seconds for one small document


def moment(text):
    return datetime.datetime.fromisoformat(text).timestamp()


def limit(net, folder, *more):
    """The program `limit`: what the machine takes."""
    command = [network.programs() / "limit", "--roots", net.pki / "roots.pem",
               "--node-certificate", net.pki / "nodes" / "sonla.crt", "--node-key", net.pki / "nodes" / "sonla.key",
               "--client-certificate", net.pki / "clients" / f"{SENDER}.crt",
               "--client-key", net.pki / "clients" / f"{SENDER}.key", "--dir", folder, *more]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True, timeout=300)
    return json.loads(done.stdout)


class Sender:
    """H52.01's document system, and what its node knows of its documents."""

    def __init__(self, net):
        from tram.v1 import exchange_pb2_grpc
        self.channel = protocol.channel(net.pki, SENDER, net.nodes["sonla"].grpc)
        self.stub = exchange_pb2_grpc.ExchangeStub(self.channel)

    def send(self, document, content):
        from tram.v1 import exchange_pb2, message_pb2
        fields = message_pb2.Fields(
            key=message_pb2.MessageKey(sender=SENDER, id=document), recipients=[RECIPIENT],
            kind=message_pb2.MESSAGE_KIND_DISPATCH,
            dispatch=message_pb2.Dispatch(code=message_pb2.DocumentCode(number="1", notation="UBND-NC"),
                                          type=message_pb2.DocumentType(name="Công văn"), subject="Về việc đo"),
            attachments=[message_pb2.AttachmentInfo(name="van-ban.pdf", media_type="application/pdf", size=len(content),
                                                    sha256=hashlib.sha256(content).digest())])
        request = exchange_pb2.SendRequest(request=1, fields=fields,
                                           contents=[message_pb2.AttachmentContent(inline=content)])
        answer = next(iter(self.stub.Send(iter([request]), timeout=PATIENCE)))
        if not answer.HasField("accepted"):
            raise network.Failed(f"refused: {answer.refused.message}")

    def events(self, document):
        """Times of the evidence that the sender's node has, by its name."""
        from tram.v1 import exchange_pb2, message_pb2
        track = self.stub.Track(exchange_pb2.TrackRequest(key=message_pb2.MessageKey(sender=SENDER, id=document)),
                                timeout=PATIENCE)
        return {event.event: moment(event.time) for event in track.events if event.proven}

    def wait_for(self, document, seconds):
        """All three, and when the last was seen here."""
        deadline = time.time() + seconds
        while time.time() < deadline:
            events = self.events(document)
            if {FIRST, RELAYED, STORED} <= events.keys():
                return events, time.time()
            time.sleep(0.01)
        raise network.Failed(f"{document} was not proven to be at its recipient's node within {seconds} s")


def latency(net, folder, documents, round_number):
    """Milliseconds of one document after another."""
    sender = Sender(net)
    stored, proven = [], []
    for number in range(documents + 3):
        document = f"latency-{round_number}-{number}"
        sender.send(document, os.urandom(10_000))
        events, seen = sender.wait_for(document, PATIENCE)
        if number >= 3:  # the first ones open links and fill caches
            stored.append((events[STORED] - events[FIRST]) * 1000)
            proven.append((seen - events[FIRST]) * 1000)
    return {"fdatasyncMs": limit(net, folder)["fdatasyncUs"] / 1000,
            "storedP50Ms": statistics.median(stored), "storedMaxMs": max(stored),
            "provenP50Ms": statistics.median(proven), "provenMaxMs": max(proven)}


def write(path, megabytes):
    with open(path, "wb") as file:
        for _ in range(megabytes):
            file.write(os.urandom(MIB))


def attachment(net, folder, megabytes, number):
    """MiB a second from node to node, twice; of the bare stream; of a file that is made durable."""
    path = pathlib.Path(folder) / f"large-{number}.bin"
    write(path, megabytes)
    limits = limit(net, folder, "--stream-megabytes", megabytes)
    bare, disk = limits["streamMiBPerSecond"], limits["diskMiBPerSecond"]
    sent = net.client(SENDER).json("send", path, "--to", RECIPIENT, "--subject", "Hồ sơ", "--number", "1", "--notation",
                                   "UBND-TH", "--type", "Tờ trình", timeout=600)
    events, _ = Sender(net).wait_for(sent["id"], 600)
    path.unlink()
    hops = [megabytes / (events[RELAYED] - events[FIRST]), megabytes / (events[STORED] - events[RELAYED])]
    mean = statistics.mean(hops)
    return {"bareMiBPerSecond": bare, "diskMiBPerSecond": disk, "nodeToNodeMiBPerSecond": mean, "hops": hops,
            "ratio": mean / bare, "ratioToDisk": mean / disk}


def medians(rounds):
    return {name: statistics.median(row[name] for row in rounds) for name in rounds[0]
            if isinstance(rounds[0][name], float)}


def show(report):
    if one := report.get("latency"):
        print(f"one document of 10,000 B, accepted → stored at its recipient's node: p50 {one['storedP50Ms']:.1f} ms;"
              f" one fdatasync {one['fdatasyncMs']:.2f} ms\n"
              f"accepted → proven at its sender's node: p50 {one['provenP50Ms']:.0f} ms")
    if one := report.get("attachment"):
        print(f"one attachment of {report['megabytes']:,} MiB, node to node: {one['nodeToNodeMiBPerSecond']:,.0f} MiB/s,"
              f" {one['ratio']:.2f} of bare gRPC streaming ({one['bareMiBPerSecond']:,.0f}), {one['ratioToDisk']:.2f} of what"
              f" the disk writes and makes durable ({one['diskMiBPerSecond']:,.0f})")


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/one_document", description=__doc__)
    parser.add_argument("--documents", type=int, default=100, help="for the latency, each round; 0: none")
    parser.add_argument("--megabytes", type=int, default=1024, help="MiB of the attachment; 0: none")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--dir", help="where the data lie meanwhile; default: a temporary folder")
    parser.add_argument("--json", metavar="FILE", help="medians, and every round")
    options = parser.parse_args()
    report = {"documents": options.documents, "megabytes": options.megabytes, "latencies": [], "attachments": []}
    with place.folder("one_document", options.dir) as folder:
        protocol.load(pathlib.Path(folder) / "protocol")
        with network.Network(folder, quota=measuring.UNLIMITED) as net:
            net.make()
            net.start()
            net.register()
            for number in range(options.rounds):
                if options.documents:
                    report["latencies"].append(latency(net, folder, options.documents, number))
                if options.megabytes:
                    report["attachments"].append(attachment(net, folder, options.megabytes, number))
                print(f"round {number + 1}: " + json.dumps({name: report[name][-1:] for name in ("latencies", "attachments")}),
                      flush=True)
    for one, several in (("latency", "latencies"), ("attachment", "attachments")):
        if report[several]:
            report[one] = medians(report[several])
    show(report)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
