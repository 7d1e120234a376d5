"""Places at the door of live events: so many for a session, none for a Buzz that never was."""

import asyncio
from uuid import uuid4

import pytest

from essaim.exchange.buzz.listening import Live
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.exchange.buzzing import make_buzz
from tests.exchange.test_buzz_live import (
    Wire,
    _same_connection,  # noqa: F401  (a fixture)
    cookie_of,
    direct,
    in_loop,
)
from tests.factories import make_director

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("_same_connection")
def test_one_session_does_not_take_every_place(
    hub: Hub, author: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("essaim.exchange.buzz.listening.SCREENS", 2)
    buzz, cookie = make_buzz(hub), cookie_of(author)

    async def work() -> list[int]:
        live = Live()
        wires = [Wire(direct(buzz), cookie=cookie, host="localhost") for _ in range(4)]
        tasks = []
        for wire in wires[:3]:
            tasks.append(asyncio.create_task(live(wire.scope, wire.receive, wire.send)))
            await wire.until(lambda: wire.status != 0)  # noqa: B023  (awaited here)
        wires[0].gone.set()
        await tasks[0]
        tasks.append(asyncio.create_task(live(wires[3].scope, wires[3].receive, wires[3].send)))
        await wires[3].until(lambda: wires[3].status != 0)
        for wire in wires:
            wire.gone.set()
        await asyncio.gather(*tasks)
        assert live.house is not None
        assert not live.house.screens
        await live.house.close()
        return [wire.status for wire in wires]

    assert in_loop(work) == [200, 200, 429, 200]


@pytest.mark.usefixtures("_same_connection")
def test_a_buzz_that_never_was_is_not_there_even_for_a_director() -> None:
    wire = Wire(f"/direct/buzz/{uuid4()}/", cookie=cookie_of(make_director()), host="localhost")

    async def work() -> int:
        live = Live()
        await live(wire.scope, wire.receive, wire.send)
        assert live.house is not None
        await live.house.close()
        return wire.status

    assert in_loop(work) == 404
