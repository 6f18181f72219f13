"""A client that takes all it is given: the process of tests/fault/memory_cap.

It opens many connections with one agency's certificate and does, on each, one of these without end:

  send      writes documents of 1 MB to a Send stream and never reads an answer
  receive   asks for ten thousand deliveries on a Receive stream and never reads one
  put       begins uploads of 1 GB and stops in the middle

What is refused is tried again at once. It ends when its input ends.
"""

import argparse
import hashlib
import os
import pathlib
import sys
import threading
import time

import protocol

MIB = 1 << 20


def fill(options, name):
    """Documents of nearly 1 MB, each another."""
    from tram.v1 import exchange_pb2, message_pb2 as pb
    number = 0
    while True:
        number += 1
        message_id = f"{name}-{number}"
        content = message_id.encode().ljust(MIB - 1, b".")
        fields = pb.Fields(
            key=pb.MessageKey(sender=options.agency, id=message_id), recipients=[options.to],
            kind=pb.MESSAGE_KIND_DISPATCH,
            dispatch=pb.Dispatch(code=pb.DocumentCode(number="1", notation="TB"),
                                 type=pb.DocumentType(name="Thông báo"), subject="Một văn bản lớn"),
            attachments=[pb.AttachmentInfo(name="lon.bin", media_type="application/octet-stream", size=len(content),
                                           sha256=hashlib.sha256(content).digest())])
        yield exchange_pb2.SendRequest(request=number, fields=fields, contents=[pb.AttachmentContent(inline=content)])


def send(options, channel, name):
    from tram.v1 import exchange_pb2_grpc
    call = exchange_pb2_grpc.ExchangeStub(channel).Send(fill(options, name))
    while call.is_active():  # never read
        time.sleep(0.1)


def receive(_, channel, __):
    from tram.v1 import exchange_pb2 as pb
    from tram.v1 import exchange_pb2_grpc

    def requests():
        yield pb.ReceiveRequest(open=pb.ReceiveRequest.Open(credits=10_000))
        threading.Event().wait()
    call = exchange_pb2_grpc.ExchangeStub(channel).Receive(requests())
    while call.is_active():  # never read
        time.sleep(0.1)


def put(_, channel, name):
    from tram.v1 import content_pb2, content_pb2_grpc
    query = content_pb2.ContentQuery(sha256=hashlib.sha256(name.encode()).digest(), size=1 << 30)

    def frames():
        yield content_pb2.PutRequest(content=query)
        for _ in range(16):
            yield content_pb2.PutRequest(chunk=bytes(MIB))
        threading.Event().wait()
    content_pb2_grpc.ContentStub(channel).Put(frames())


def greed(options, what, number):
    import grpc
    name, turn = f"tham-{os.getpid()}-{what.__name__}-{number}", 0
    while True:
        turn += 1
        try:
            with protocol.channel(options.pki, options.agency, options.port) as channel:
                what(options, channel, f"{name}-{turn}")
        except grpc.RpcError:
            time.sleep(0.2)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agency", required=True)
    parser.add_argument("--to", required=True, help="recipient of what it sends")
    parser.add_argument("--port", required=True, type=int)
    parser.add_argument("--pki", required=True, type=pathlib.Path)
    parser.add_argument("--protocol", required=True, type=pathlib.Path)
    for what in ("send", "receive", "put"):
        parser.add_argument(f"--{what}", type=int, default=0, help="connections that do so")
    options = parser.parse_args()
    protocol.load(options.protocol)
    for what in (send, receive, put):
        for number in range(getattr(options, what.__name__)):
            threading.Thread(target=greed, args=(options, what, number), daemon=True).start()
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
