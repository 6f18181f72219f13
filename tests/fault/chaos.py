"""A chaos proxy for TCP on loopback: what is dialled through it can be cut, slowed and hung.

    with Chaos() as chaos:
        proxy = chaos.proxy("sonla-truc")      # listens at proxy.port from now on
        proxy.target = node.grpc               # where connections go on to
        proxy.slow(delay=0.2, rate=100_000)    # later by 0.2 s each way, at most 100,000 bytes a second
        proxy.hang()                           # half open: takes connections and bytes, forwards and closes nothing
        proxy.cut()                            # resets every connection, and new ones at once
        proxy.clear()                          # faithful again; what hung goes on
        proxy.break_at([5_000_000])            # resets every connection once that many more bytes went forward

Bytes are forwarded as they are: TLS goes through, and whoever dials sees the certificate behind. One event loop in a
thread of its own; every method may be called from any thread.
"""

import asyncio
import collections
import socket
import struct
import threading

CHUNK = 256 * 1024
AHEAD = 16  # chunks on their way of one direction of a connection


class Proxy:
    """One listening port. Counters: connections taken, bytes forwarded (to the target, back), breaks made."""

    def __init__(self, loop, name):
        self.name, self.target = name, None
        self.connections, self.breaks = 0, 0
        self.forwarded = collections.Counter()  # "there", "back"
        self._loop = loop
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._delay, self._rate, self._refusing = 0.0, None, False
        self._passing = asyncio.Event()
        self._direction, self._breaks_at = "there", []  # bytes forwarded at which every connection is reset, once
        self._writers = set()

    # What to do from now on.

    def cut(self):
        self._later(self._cut)

    def slow(self, delay=0.0, rate=None):
        """Each byte `delay` seconds later; at most `rate` bytes a second a connection and direction, if given."""
        self._later(self._set, delay, rate)

    def hang(self):
        self._later(self._passing.clear)

    def clear(self):
        self._later(self._clear)

    def break_at(self, counts, direction="there"):
        """Every connection is reset once when so many more bytes went that way, for each count; new ones are taken."""
        self._later(self._set_breaks, counts, direction)

    # On the loop.

    def _later(self, function, *arguments):
        self._loop.call_soon_threadsafe(function, *arguments)

    def _cut(self):
        self._refusing = True
        self._reset_all()

    def _set(self, delay, rate):
        self._delay, self._rate = delay, rate

    def _clear(self):
        self._refusing, self._delay, self._rate = False, 0.0, None
        self._passing.set()

    def _set_breaks(self, counts, direction):
        self._direction, self._breaks_at = direction, sorted(self.forwarded[direction] + count for count in counts)

    def _reset_all(self):
        self.breaks += 1
        for writer in list(self._writers):
            reset(writer)

    async def serve(self):
        self._passing.set()
        server = await asyncio.start_server(self._connected, sock=self._socket, limit=CHUNK)
        async with server:
            await server.serve_forever()

    async def _connected(self, reader, writer):
        self.connections += 1
        self._writers.add(writer)
        upstream = None
        try:
            await self._passing.wait()
            if self._refusing:
                return
            upstream_reader, upstream = await asyncio.open_connection("127.0.0.1", self.target, limit=CHUNK)
            self._writers.add(upstream)
            await self._both_ways(reader, writer, upstream_reader, upstream)
        except OSError:
            pass  # one end went away: so does the other, below
        finally:
            for one in (writer, upstream):
                if one is not None:
                    self._writers.discard(one)
                    one.close()  # not reset: what was given on is still read

    async def _both_ways(self, reader, writer, upstream_reader, upstream):
        """Until either direction ends: gRPC never closes one half of a connection."""
        ways = (reader, upstream, "there"), (upstream_reader, writer, "back")
        pumps = [asyncio.ensure_future(pump) for way in ways for pump in self._pumps(*way)]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)

    def _pumps(self, reader, writer, direction):
        underway = asyncio.Queue(AHEAD)
        return self._take(reader, underway), self._give(underway, writer, direction)

    async def _take(self, reader, underway):
        while data := await reader.read(CHUNK):
            await underway.put((self._loop.time() + self._delay, data))
        await underway.put((0, None))
        await asyncio.Event().wait()  # the other task ends the connection, when all was given on

    async def _give(self, underway, writer, direction):
        while True:
            due, data = await underway.get()
            if due > self._loop.time():
                await asyncio.sleep(due - self._loop.time())
            if not self._passing.is_set():
                await self._passing.wait()
            if data is None:
                return
            if await self._give_until_break(data, writer, direction):
                return
            if self._rate:
                await asyncio.sleep(len(data) / self._rate)

    async def _give_until_break(self, data, writer, direction):
        """True if it broke here."""
        left = None
        if self._breaks_at and self._direction == direction:
            left = self._breaks_at[0] - self.forwarded[direction]
            data = data[:max(left, 0)]
        self.forwarded[direction] += len(data)  # first: whoever has the bytes finds them counted
        writer.write(data)
        await writer.drain()
        if left is None or len(data) < left:
            return False
        self._breaks_at.pop(0)
        self._reset_all()
        return True


def reset(writer):
    """Closes at once with an RST, as a broken line looks to both ends."""
    raw = writer.get_extra_info("socket")
    try:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except OSError:
        pass  # closed already
    writer.transport.abort()


class Chaos:
    """Every proxy of one run."""

    def __init__(self):
        self.proxies = []
        self._loop = self._stop = None
        self._running = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()), name="chaos", daemon=True)

    async def _main(self):
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._running.set()
        await self._stop.wait()

    def proxy(self, name):
        one = Proxy(self._loop, name)
        self.proxies.append(one)
        asyncio.run_coroutine_threadsafe(one.serve(), self._loop)
        return one

    def clear(self):
        for one in self.proxies:
            one.clear()

    def __enter__(self):
        self._thread.start()
        self._running.wait()
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)
