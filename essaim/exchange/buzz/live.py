"""Server-sent events of the Buzz: one watcher per process, however many listen.

Every tick the watcher asks the database once what is new in all the Buzzes that anybody listens to
here, and wakes the listeners. Those who knock are let in together, a few questions for all of them;
every few seconds the same is asked again for those inside, and who may no longer listen is shown
out. See docs/decisions/0017-live-buzz.md.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from essaim.exchange.buzz import watching
from essaim.exchange.buzz.channel import Channel
from essaim.exchange.buzz.watching import Knock

logger = logging.getLogger(__name__)
T = TypeVar("T")

TICK = 0.2
# Proxies close what stays silent for a minute.
BEAT_EVERY = 20.0
RIGHTS_EVERY = 5.0
# Sessions in one question at most.
AT_A_TIME = 500
# Ticks without a listener after which a channel is closed: time to come back after a cut.
PATIENCE = 50


@dataclass(eq=False)
class Visit:
    """One connection, inside."""

    knock: Knock
    over: bool = False


class House:
    """The channels of this process and those who listen. Everything runs in one event loop."""

    def __init__(self) -> None:
        self.channels: dict[UUID, Channel] = {}
        self.visits: set[Visit] = set()
        # How many each session has open.
        self.screens: Counter[str] = Counter()
        self._at_the_door: list[tuple[Knock, asyncio.Future[bool]]] = []
        self._somebody = asyncio.Event()
        # One thread, one connection to the database.
        self._asking = ThreadPoolExecutor(max_workers=1, thread_name_prefix="buzz")
        self._tasks = [
            asyncio.create_task(_again_and_again(duty))
            for duty in (self._watch, self._let_in, self._beat, self._check_rights)
        ]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._asking.shutdown(wait=False, cancel_futures=True)

    async def _ask(self, question: Callable[..., T], about: Any) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._asking, question, about)

    async def knock(self, knock: Knock) -> bool:
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._at_the_door.append((knock, answer))
        self._somebody.set()
        return await answer

    def forget_screen(self, knock: Knock) -> None:
        self.screens[knock.session] -= 1
        if not self.screens[knock.session]:
            del self.screens[knock.session]

    async def _let_in(self) -> None:
        await self._somebody.wait()
        # Those who come back after a cut come together.
        await asyncio.sleep(0.02)
        these = self._at_the_door[:AT_A_TIME]
        known: set[Knock] = set()
        try:
            known = await self._ask(watching.admitted, [knock for knock, _answer in these])
            await self._open_channels({knock.buzz for knock in known} - self.channels.keys())
        finally:
            del self._at_the_door[: len(these)]
            if not self._at_the_door:
                self._somebody.clear()
            for knock, answer in these:
                if not answer.done():
                    answer.set_result(knock in known)

    async def _open_channels(self, buzzes: set[UUID]) -> None:
        if buzzes:
            for pk, first in (await self._ask(watching.beginnings, buzzes)).items():
                self.channels[pk] = Channel(pk, first)
            await self._read_news()

    async def _watch(self) -> None:
        await asyncio.sleep(TICK)
        self._close_idle_channels()
        if self.channels:
            await self._read_news()

    async def _read_news(self) -> None:
        known = {pk: channel.last for pk, channel in self.channels.items()}
        found = await self._ask(watching.news, known)
        for pk, events in found.events.items():
            if channel := self.channels.get(pk):
                # Asked twice at the same moment, the same news comes twice.
                channel.add([event for event in events if event.number > channel.last])
        for channel in self.channels.values():
            channel.say_hives(found.hives)

    def _close_idle_channels(self) -> None:
        for pk, channel in list(self.channels.items()):
            channel.idle = 0 if channel.listeners else channel.idle + 1
            if channel.idle > PATIENCE:
                del self.channels[pk]

    async def _beat(self) -> None:
        await asyncio.sleep(BEAT_EVERY)
        for channel in self.channels.values():
            channel.beat()

    async def _check_rights(self) -> None:
        await asyncio.sleep(RIGHTS_EVERY)
        visits = list(self.visits)
        for start in range(0, len(visits), AT_A_TIME):
            some = visits[start : start + AT_A_TIME]
            known = await self._ask(watching.admitted, [visit.knock for visit in some])
            for visit in some:
                if visit.knock not in known:
                    visit.over = True
                    self.channels[visit.knock.buzz].beat()


async def _again_and_again(duty: Callable[[], Awaitable[None]]) -> None:
    """A question that fails (the database restarts) is asked again; nobody is sent away for it."""
    while True:
        try:
            await duty()
        except asyncio.CancelledError:
            raise
        except Exception:
            logger.exception("the live Buzz stumbled")
            await asyncio.sleep(1)
