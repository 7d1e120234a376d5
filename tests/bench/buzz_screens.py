"""Screens that listen and people who type, as browsers do it, over raw connections to loopback."""

import asyncio
import json
import random
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

HOST = "127.0.0.1"
TOKEN = "x" * 32
# One need in three minutes and a piece of news in five, as in a Buzz of three quarters of an hour.
NEED_EVERY = 180.0
# Signs typed in a second, and how long the page waits before it sends what was typed.
TYPED = 5.0
SENT_EVERY = 0.6
LOOKED_EVERY = 2.0


@dataclass
class Seen:
    """What all the screens saw together."""

    # Seconds from the moment a sentence was typed to the moment a screen had it, and when that was.
    delays: list[tuple[float, float]] = field(default_factory=list)
    posts: list[float] = field(default_factory=list)
    problems: Counter[str] = field(default_factory=Counter)
    comings: int = 0
    # How late this process itself is woken: what a busy machine adds to every delay.
    lags: list[float] = field(default_factory=list)
    cores: float = 0.0

    async def feel_the_machine(self) -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(0.05)
            self.lags.append(time.monotonic() - began - 0.05)


@dataclass(eq=False)
class Screen:
    """One open page: it remembers its last number, comes back by itself, counts what it gets."""

    buzz: str
    session: str
    seen: Seen
    port: int
    last: int = 0
    got: Counter[int] = field(default_factory=Counter)
    open: bool = False
    over: bool = False
    writer: asyncio.StreamWriter | None = None

    async def live(self) -> None:
        while not self.over:
            with suppress(OSError, EOFError, ValueError):
                await self._listen()
            self.open = False
            # As the page is told: between half a second and two and a half.
            await asyncio.sleep(random.uniform(0.5, 2.5))

    async def _listen(self) -> None:
        reader, self.writer = await asyncio.open_connection(HOST, self.port)
        again = f"Last-Event-ID: {self.last}\r\n" if self.last else ""
        self.writer.write(
            f"GET /direct/buzz/{self.buzz}/?after=0 HTTP/1.1\r\nHost: {HOST}\r\n"
            f"Cookie: sessionid={self.session}\r\nAccept: text/event-stream\r\n{again}\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n")[0]:
            self.seen.problems[f"door: {head[:20]!r}"] += 1
            self.writer.close()
            return
        self.open = True
        self.seen.comings += 1
        rest = b""
        while True:
            size = int(await reader.readuntil(b"\r\n"), 16)
            if not size:
                return
            rest += (await reader.readexactly(size + 2))[:-2]
            *whole, rest = rest.split(b"\n\n")
            for message in whole:
                self._hear(message)

    def _hear(self, message: bytes) -> None:
        if not message.startswith(b"id: "):
            if message.startswith(b"event: anew"):
                self.seen.problems["a screen was too far behind"] += 1
            return
        number, data = message.split(b"\ndata: ", 1)
        self.last = int(number[4:])
        self.got[self.last] += 1
        facts = json.loads(data)
        if facts["kind"] == "typed":
            now = time.time()
            self.seen.delays.append((now - facts["version"] / 1000, now))

    def cut(self) -> None:
        """The network goes, without a word to the server."""
        if self.writer is not None:
            self.writer.transport.abort()


@dataclass
class Host:
    """Whoever runs a hive: gives the floor, types, notes a hand and a promise, at a human pace."""

    plan: dict[str, Any]
    port: int
    seen: Seen
    speaking: str = ""

    async def run(self, seconds: float, rng: random.Random) -> None:
        until = time.monotonic() + seconds
        turns, needs = list(self.plan["turns"]), list(self.plan["needs"])
        # Hives do not speak in step.
        await asyncio.sleep(rng.uniform(0, min(NEED_EVERY, seconds)) * 0.9)
        while time.monotonic() < until and turns and needs:
            began = time.monotonic()
            turn = turns.pop(0)
            await self._send("parole", after=self.speaking, turn=turn)
            self.speaking = turn
            await self._type(turn, needs.pop(0), until)
            await self._send("note", kind="news", text="On a signé le bail de l’atelier.")
            rest = NEED_EVERY - (time.monotonic() - began)
            await asyncio.sleep(max(0.0, min(rest, until - time.monotonic())))

    async def _type(self, turn: str, text: str, until: float) -> None:
        length, began, looked = 0, time.monotonic(), 0.0
        while length < len(text) and time.monotonic() < until:
            await asyncio.sleep(SENT_EVERY)
            length = int((time.monotonic() - began) * TYPED)
            look = {"look": "1"} if time.monotonic() - looked > LOOKED_EVERY else {}
            looked = time.monotonic() if look else looked
            await self._send(
                "taper", turn=turn, text=text[:length], version=_milliseconds(), **look
            )
        await asyncio.sleep(1.2)
        await self._send("taper", turn=turn, text=text, version=_milliseconds(), further="1")

    async def _send(self, verb: str, **fields: Any) -> None:
        """Sent again with the same key until the server answers, as the page does."""
        body = urlencode(fields | {"key": str(uuid4())}).encode()
        began = time.monotonic()
        while True:
            try:
                status = await asyncio.wait_for(self._post(verb, body), 30)
            except (OSError, EOFError, ValueError, TimeoutError):
                status = 0
            if 0 < status < 500:
                break
            await asyncio.sleep(1)
        self.seen.posts.append(time.monotonic() - began)
        if status != 200:
            self.seen.problems[f"{verb}: {status}"] += 1

    async def _post(self, verb: str, body: bytes) -> int:
        reader, writer = await asyncio.open_connection(HOST, self.port)
        writer.write(
            f"POST /buzz/{self.plan['buzz']}/geste/{verb}/ HTTP/1.1\r\nHost: {HOST}\r\n"
            f"Cookie: sessionid={self.plan['host']}; csrftoken={TOKEN}\r\n"
            f"X-CSRFToken: {TOKEN}\r\nAccept: application/json\r\nConnection: close\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        try:
            return int((await reader.readuntil(b"\r\n")).split()[1])
        finally:
            writer.close()


def _milliseconds() -> int:
    return int(time.time() * 1000)
