# SPDX-License-Identifier: MIT
"""A cache that takes a share of the memory, and shrinks under pressure."""
import signal
from collections import OrderedDict
from typing import Optional

import mymem

MIB = 1 << 20


def cache_size(default: int = 64 * MIB) -> int:
    """A quarter of the limit, but no more than half of what is left."""
    try:
        return min(mymem.limit() // 4, mymem.available() // 2)
    except OSError:
        return default


class Cache:
    """Evicts the least recently used entry first."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.used = 0
        self._entries: "OrderedDict[str, bytes]" = OrderedDict()

    def get(self, key: str) -> Optional[bytes]:
        if key in self._entries:
            self._entries.move_to_end(key)
        return self._entries.get(key)

    def put(self, key: str, value: bytes) -> None:
        self.used += len(value) - len(self._entries.pop(key, b""))
        self._entries[key] = value
        self.shrink(self.size)

    def shrink(self, size: int) -> None:
        while self.used > size:
            _, value = self._entries.popitem(last=False)
            self.used -= len(value)

    def relieve(self) -> None:
        """Call this now and then, for instance by a timer."""
        try:
            pressed = mymem.pressure() >= mymem.Pressure.MEDIUM
        except OSError:
            return
        if pressed:
            self.shrink(self.used // 2)


if __name__ == "__main__":
    # The reader of the output may stop early, as head(1) does.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    cache = Cache(cache_size())
    print(f"the cache may hold {cache.size // MIB} MiB")
    for number in range(16):
        cache.put(f"page {number}", bytes(MIB))
    cache.relieve()
    print(f"it holds {cache.used // MIB} MiB")
