"""The door of live events, as ASGI: `/direct/buzz/<id>/`, and nothing else.

No middleware stands before it: a connection would cost milliseconds, and 3,500 come back at once
after a cut. The session cookie is read as Django reads it (`watching`).
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from essaim.exchange.buzz.channel import BEAT, Channel
from essaim.exchange.buzz.live import House, Visit
from essaim.exchange.buzz.watching import Knock, session_of

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

PREFIX = "/direct/buzz/"
# Milliseconds before a browser knocks again: not all at the same moment.
COME_BACK = (500, 2500)
# Of one session at the same time: a phone, a desk, a wall and some forgotten tabs. Others ask.
SCREENS = 40


class Live:
    """The ASGI application of a process."""

    def __init__(self) -> None:
        self.house: House | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.house = self.house or House()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                if self.house is not None:
                    await self.house.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        self.house = self.house or House()
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        knock = _knock(scope["path"], headers)
        if knock is None:
            await _say(send, 404)
        elif not _of_this_site(headers):
            await _say(send, 403)
        elif not await self.house.knock(knock):
            # EventSource comes back by itself after anything but this.
            await _say(send, 403, headers)
        elif knock.buzz not in self.house.channels:
            # To a director every Buzz is open, even one that never was.
            await _say(send, 404, headers)
        elif self.house.screens[knock.session] >= SCREENS:
            await _say(send, 429, headers)
        else:
            await _listen(self.house, knock, _after(scope, headers), headers, receive, send)


def _knock(path: str, headers: dict[str, str]) -> Knock | None:
    word = path.removeprefix(PREFIX).strip("/")
    session = session_of(headers.get("cookie", ""))
    try:
        return Knock(session, UUID(word)) if path.startswith(PREFIX) and session else None
    except ValueError:
        return None


def _of_this_site(headers: dict[str, str]) -> bool:
    """The page comes from the same host, perhaps from another port. No Origin, no browser page."""
    origin = headers.get("origin")
    if origin is None:
        return True
    return urlsplit(origin).hostname == urlsplit(f"//{headers.get('host', '')}").hostname


def _after(scope: Message, headers: dict[str, str]) -> int:
    """The last number that the listener has: as the browser says when it comes back, else as its
    page was drawn."""
    asked = parse_qs(scope["query_string"].decode("latin-1")).get("after", ["0"])[-1]
    for word in (headers.get("last-event-id", ""), asked):
        if word.isascii() and word.isdigit() and len(word) < 10:
            return int(word)
    return 0


async def _say(send: Send, status: int, headers: dict[str, str] | None = None) -> None:
    shown = _headers(headers or {}, b"text/plain; charset=utf-8")
    await send({"type": "http.response.start", "status": status, "headers": shown})
    await send({"type": "http.response.body", "body": b""})


def _headers(headers: dict[str, str], kind: bytes) -> list[tuple[bytes, bytes]]:
    shown = [
        (b"content-type", kind),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"x-content-type-options", b"nosniff"),
        (b"vary", b"origin"),
    ]
    if origin := headers.get("origin"):
        shown.append((b"access-control-allow-origin", origin.encode("latin-1")))
        shown.append((b"access-control-allow-credentials", b"true"))
    return shown


async def _listen(
    house: House, knock: Knock, after: int, headers: dict[str, str], receive: Receive, send: Send
) -> None:  # fmt: skip
    visit, channel = Visit(knock), house.channels[knock.buzz]
    here = asyncio.current_task()
    assert here is not None
    gone = asyncio.create_task(_until_gone(receive))
    gone.add_done_callback(lambda _task: here.cancel())
    house.visits.add(visit)
    house.screens[knock.session] += 1
    channel.listeners += 1
    try:
        shown = _headers(headers, b"text/event-stream; charset=utf-8")
        await send({"type": "http.response.start", "status": 200, "headers": shown})
        await _tell(visit, channel, after, send)
        await send({"type": "http.response.body", "body": b"event: out\ndata: {}\n\n"})
    except asyncio.CancelledError:
        if not gone.done():
            raise
    finally:
        channel.listeners -= 1
        house.visits.discard(visit)
        house.forget_screen(knock)
        gone.cancel()


async def _tell(visit: Visit, channel: Channel, seen: int, send: Send) -> None:
    """Until the visit is over: what came since, else a sign of life when the channel beats."""
    pause = random.randint(*COME_BACK)  # noqa: S311  (no secret)
    out, beats, hives = f"retry: {pause}\n\n".encode(), channel.beats, b""
    while not visit.over:
        news, seen = channel.since(seen)
        out += news
        if channel.hives != hives:
            hives = channel.hives
            out += hives
        if channel.beats != beats:
            beats = channel.beats
            out = out or BEAT
        if not out:
            await channel.moved()
            continue
        said, out = out, b""
        await send({"type": "http.response.body", "body": said, "more_body": True})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
