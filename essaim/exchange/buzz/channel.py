"""What one Buzz tells to those who listen in this process: kept a while, given from any number on.

No queue per listener: each remembers the number it has, and takes what came since. A slow one takes
more at once; one that is too far behind reads its page anew.
"""

import asyncio
import json
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

KEPT = 300
# Events that say everything by their kind.
BARE = ("bell", "closed", "minutes")
BEAT = b": here\n\n"
# The page is read anew: what is kept here no longer reaches back far enough.
ANEW = b"event: anew\ndata: {}\n\n"


@dataclass(frozen=True)
class Told:
    number: int
    kind: str
    facts: dict[str, Any]
    at: datetime

    def as_json(self) -> dict[str, Any]:
        """Emptied, because somebody asked to be forgotten, it is a number and nothing more."""
        kind = self.kind if self.facts or self.kind in BARE else ""
        return {"n": self.number, "kind": kind, "at": self.at.timestamp()} | self.facts

    def encoded(self) -> bytes:
        # JSON has no line break of its own: one line of data each.
        data = json.dumps(self.as_json(), ensure_ascii=False, separators=(",", ":"))
        return f"id: {self.number}\ndata: {data}\n\n".encode()


class Channel:
    def __init__(self, buzz_id: UUID, last: int) -> None:
        self.buzz_id = buzz_id
        # Everything up to this number has been read from the database.
        self.last = last
        self.listeners = 0
        # For how many ticks nobody has listened.
        self.idle = 0
        self._kept: deque[tuple[int, bytes]] = deque(maxlen=KEPT)
        self.beats = 0
        self.hives = b""
        self._moved: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def add(self, events: list[Told]) -> None:
        """In the order of their numbers."""
        for event in events:
            self._kept.append((event.number, event.encoded()))
            self.last = event.number
        self._wake()

    def say_hives(self, hives: int) -> None:
        """How many hives have their Buzz now: not an event of this one, so it has no number."""
        said = f'event: hives\ndata: {{"hives":{hives}}}\n\n'.encode()
        if said != self.hives:
            self.hives = said
            self._wake()

    def beat(self) -> None:
        self.beats += 1
        self._wake()

    def _wake(self) -> None:
        moved, self._moved = self._moved, asyncio.get_running_loop().create_future()
        moved.set_result(None)

    def since(self, number: int) -> tuple[bytes, int]:
        """What came after `number`, as bytes, and the number reached."""
        if number >= self.last:
            # A page drawn a moment ago may know more than the last tick.
            return b"", number
        first = self._kept[0][0] if self._kept else self.last + 1
        if number + 1 < first:
            return ANEW, self.last
        return b"".join(said for n, said in self._kept if n > number), self.last

    async def moved(self) -> None:
        # Shielded: many wait for the same future, and one of them may go.
        await asyncio.shield(self._moved)
