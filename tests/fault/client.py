"""What the sending and the receiving document system of a run share: a process that may be killed at any moment.

The harness starts it, and ends it by a line "stop" on its standard input: finish what you began, then exit with 0.
When the harness itself is gone (end of input), it ends at once.
"""

import argparse
import os
import pathlib
import sys
import threading

import protocol

RETRY_AFTER = 0.2  # seconds
KEEPALIVE = [("grpc.keepalive_time_ms", 12_000), ("grpc.keepalive_timeout_ms", 5_000),
             ("grpc.http2.max_pings_without_data", 0)]


def parser(description):
    out = argparse.ArgumentParser(description=description)
    out.add_argument("--agency", required=True)
    out.add_argument("--port", required=True, type=int, help="of the agency's node, or of a proxy before it")
    out.add_argument("--pki", required=True, type=pathlib.Path)
    out.add_argument("--protocol", required=True, type=pathlib.Path, help="folder of the generated modules")
    out.add_argument("--seed", required=True)
    return out


class Stop:
    """Whether the harness has said stop."""

    def __init__(self):
        self._event = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in sys.stdin:
            if line.strip() == "stop":
                self._event.set()
        os._exit(3)  # pylint: disable=protected-access

    def __bool__(self):
        return self._event.is_set()

    def wait(self, seconds):
        return self._event.wait(seconds)


def dial(options):
    return protocol.channel(options.pki, options.agency, options.port, KEEPALIVE)
