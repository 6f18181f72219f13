"""The chaos proxy itself: faithful when it should be, and each fault is what it says."""

import socket
import threading
import time
import unittest

from chaos import Chaos


class Echo:
    """Answers every byte with the same byte."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._echo, args=(connection,), daemon=True).start()

    def _echo(self, connection):
        try:
            while data := connection.recv(65536):
                connection.sendall(data)
        except OSError:
            pass
        connection.close()


class ChaosTest(unittest.TestCase):
    def setUp(self):
        self.echo = Echo()
        self.addCleanup(self.echo.socket.close)
        self.chaos = Chaos()
        self.chaos.__enter__()
        self.addCleanup(self.chaos.__exit__)
        self.proxy = self.chaos.proxy("test")
        self.proxy.target = self.echo.port

    def dial(self):
        connection = socket.create_connection(("127.0.0.1", self.proxy.port), timeout=10)
        self.addCleanup(connection.close)
        return connection

    def ask(self, connection, data=b"ping"):
        connection.sendall(data)
        answer = b""
        while len(answer) < len(data):
            part = connection.recv(len(data) - len(answer))
            if not part:
                raise ConnectionResetError
            answer += part
        return answer

    def test_forwards_every_byte(self):
        data = bytes(range(256)) * 4096
        connection = self.dial()
        sender = threading.Thread(target=connection.sendall, args=(data,))
        sender.start()
        answer = b""
        while len(answer) < len(data):
            answer += connection.recv(65536)
        sender.join()
        self.assertEqual(answer, data)
        self.assertEqual(dict(self.proxy.forwarded), {"there": len(data), "back": len(data)})

    def test_a_cut_resets_what_stands_and_refuses_what_comes_until_it_is_cleared(self):
        connection = self.dial()
        self.ask(connection)
        self.proxy.cut()
        with self.assertRaises(OSError):
            while True:
                self.ask(connection)
        with self.assertRaises(OSError):
            self.ask(self.dial())
        self.proxy.clear()
        self.assertEqual(self.ask(self.dial()), b"ping")

    def test_a_hung_line_closes_nothing_and_goes_on_when_cleared(self):
        connection = self.dial()
        self.ask(connection)
        self.proxy.hang()
        late = self.dial()
        for one in (connection, late):
            one.settimeout(0.3)
            one.sendall(b"later")
            with self.assertRaises(TimeoutError):
                one.recv(5)
            one.settimeout(10)
        self.proxy.clear()
        self.assertEqual(connection.recv(5), b"later")
        self.assertEqual(late.recv(5), b"later")

    def test_a_slow_line_is_late(self):
        connection = self.dial()
        self.proxy.slow(delay=0.15)
        began = time.monotonic()
        self.ask(connection)
        self.assertGreaterEqual(time.monotonic() - began, 0.3)

    def test_a_throttled_line_is_slow(self):
        connection = self.dial()
        self.proxy.slow(rate=1_000_000)
        began = time.monotonic()
        for _ in range(4):
            self.ask(connection, bytes(50_000))
        self.assertGreaterEqual(time.monotonic() - began, 0.15)

    def test_breaks_at_the_byte(self):
        connection = self.dial()
        self.proxy.break_at([10, 30])
        for bytes_before in (10, 30):
            with self.assertRaises(OSError):
                self.ask(connection, bytes(30))
            self.assertEqual(self.proxy.forwarded["there"], bytes_before)
            connection = self.dial()
        self.assertEqual(self.proxy.breaks, 2)
        self.assertEqual(self.ask(connection, bytes(30)), bytes(30))


if __name__ == "__main__":
    unittest.main()
