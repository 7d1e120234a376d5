import os
import threading
import time
import uuid

_lock = threading.Lock()
_last = 0


def uuid7() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562 §5.7): not guessable, and always later than the one before.

    Even in the same millisecond (§6.2, method 2), so that what a process wrote first sorts first.
    """
    global _last  # noqa: PLW0603
    with _lock:
        value = _drawn(time.time_ns() // 1_000_000)
        if value <= _last:
            value = _last + 1 + int.from_bytes(os.urandom(6))
        _last = value
    return uuid.UUID(int=value)


def _drawn(milliseconds: int) -> int:
    random = int.from_bytes(os.urandom(10))
    value = (milliseconds & (1 << 48) - 1) << 80
    value |= 0x7 << 76 | (random >> 62 & 0xFFF) << 64
    # The highest of the 62 last bits stays free: later ids of the millisecond never overflow.
    return value | 0b10 << 62 | random & (1 << 61) - 1
