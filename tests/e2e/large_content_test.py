"""Large attachments: streamed, hashed, never whole in memory."""

import hashlib
import unittest

from base import MINISTRY, NetworkTest

MIB = 1 << 20


class LargeContentTest(NetworkTest):
    def deliver(self, name, size):
        block = hashlib.sha512(name.encode()).digest() * (MIB // 64)
        path = self.file(name, b"")
        with open(path, "wb") as file:
            for _ in range(size // MIB):
                file.write(block)
        sent = self.send(path)
        stored = self.receive(MINISTRY, sent["id"], seconds=200) / name
        self.assertEqual(stored.stat().st_size, size)
        with open(stored, "rb") as file:
            self.assertTrue(all(file.read(MIB) == block for _ in range(size // MIB)))

    def test_memory_does_not_grow_with_the_document(self):
        self.deliver("nho.bin", 5 * MIB)
        small = {name: node.peak_rss_kib() for name, node in self.net.nodes.items()}
        self.deliver("lon.bin", 300 * MIB)
        for name, node in self.net.nodes.items():
            self.assertLess(node.peak_rss_kib() - small[name], 32 * 1024, f"KiB more at {name}")


if __name__ == "__main__":
    unittest.main()
