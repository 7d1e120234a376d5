"""Live events: what a listener gets, from which number on, and who may listen."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from essaim.exchange.actions import buzz as meeting
from essaim.exchange.buzz import watching
from essaim.exchange.buzz.channel import ANEW, KEPT, Channel, Told
from essaim.exchange.buzz.listening import Live
from essaim.exchange.buzz.watching import Knock
from essaim.exchange.models import Buzz, BuzzEvent
from essaim.hubs.models import Hub
from essaim.people.models import Person, PersonState
from tests.exchange.buzzing import make_buzz, reread, ring
from tests.factories import make_director, make_host, make_hub, make_resident

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _connection_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Closed, it would take the transaction of the test with it."""
    monkeypatch.setattr(watching, "close_old_connections", lambda: None)


def told(number: int) -> Told:
    return Told(number, "typed", {"text": f"n° {number}"}, timezone.now())


def numbers(said: bytes) -> list[int]:
    return [int(line[4:]) for line in said.decode().splitlines() if line.startswith("id: ")]


def in_loop(work: Callable[[], Awaitable[Any]]) -> Any:
    """With the connection of the test, whose transaction no other connection sees."""
    here = connections["default"]

    async def run() -> Any:
        connections["default"] = here
        return await work()

    return asyncio.run(run())


def test_a_listener_gets_what_came_after_its_number_once_and_in_order() -> None:
    async def work() -> list[list[int]]:
        channel = Channel(uuid4(), 4)
        channel.add([told(5), told(6)])
        first, seen = channel.since(4)
        channel.add([told(7)])
        second, seen = channel.since(seen)
        nothing, seen = channel.since(seen)
        late, _ = channel.since(5)
        return [numbers(said) for said in (first, second, nothing, late)]

    assert in_loop(work) == [[5, 6], [7], [], [6, 7]]


def test_who_is_too_far_behind_reads_the_page_anew() -> None:
    async def work() -> Any:
        channel = Channel(uuid4(), 0)
        channel.add([told(number) for number in range(1, KEPT + 10)])
        return channel.since(2), numbers(channel.since(9)[0])

    said, whole = in_loop(work)
    assert said == (ANEW, KEPT + 9)
    assert whole == list(range(10, KEPT + 10))


def test_a_sentence_with_line_breaks_stays_one_message() -> None:
    event = Told(3, "typed", {"text": "un\n\ndeux\r\nid: 9"}, timezone.now())

    said = event.encoded()

    assert said.count(b"\n") == 3
    assert json.loads(said.split(b"data: ")[1])["text"] == "un\n\ndeux\r\nid: 9"


def test_an_event_emptied_by_an_erasure_is_a_number_and_nothing_more() -> None:
    assert Told(3, "turn", {}, timezone.now()).as_json()["kind"] == ""
    assert Told(3, "bell", {}, timezone.now()).as_json()["kind"] == "bell"


# --- what the database is asked


def session_of(person: Person) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def host(hub: Hub) -> Person:
    return make_host(hub)


def test_one_question_when_nothing_is_new_however_many_listen(
    hub: Hub, host: Person, author: Person
) -> None:
    buzzes = [ring(hub, host, author)]
    for number in range(5):
        hive = make_hub(f"Ruche {number}")
        buzzes.append(ring(hive, make_host(hive)))
    known = {buzz.pk: reread(buzz).last_event for buzz in buzzes}

    with CaptureQueriesContext(connection) as quiet:
        nothing = watching.news(known)
    known[buzzes[0].pk] -= 2
    known[buzzes[3].pk] -= 1
    with CaptureQueriesContext(connection) as some:
        found = watching.news(known)

    assert (len(quiet), nothing.events, nothing.hives) == (1, {}, 6)
    assert len(some) == 2
    got = {pk: [event.number for event in events] for pk, events in found.events.items()}
    assert got == {buzzes[0].pk: [1, 2], buzzes[3].pk: [1]}


def test_those_who_may_see_the_buzz_are_let_in_and_nobody_else(
    hub: Hub, host: Person, author: Person
) -> None:
    buzz = ring(hub, host, author)
    elsewhere = make_hub("Ailleurs")
    guest, stranger = make_resident(elsewhere), make_resident(elsewhere)
    meeting.join_buzz(buzz=buzz, by=host, person=guest)
    people = (author, host, guest, make_director(), stranger)
    knocks = [Knock(session_of(person), buzz.pk) for person in people]

    assert watching.admitted([*knocks, Knock("forged", buzz.pk)]) == set(knocks[:4])
    unknown = Knock(knocks[0].session, uuid4())
    assert watching.admitted([unknown]) == set()
    # As many as `Buzz.objects.visible_to` lets see, seen one by one.
    seen = {person for person in people if Buzz.objects.visible_to(person).exists()}
    assert seen == {author, host, guest, people[3]}


def test_who_signed_out_left_or_changed_the_password_is_shown_out(
    hub: Hub, host: Person, author: Person, helpers: list[Person]
) -> None:
    buzz = ring(hub, host, author)
    gone, left, changed, moved = helpers[:4]
    knocks = {person: Knock(session_of(person), buzz.pk) for person in (author, *helpers[:4])}
    assert len(watching.admitted(list(knocks.values()))) == 5

    Session.objects.filter(session_key=knocks[gone].session).delete()
    Person.objects.filter(pk=left.pk).update(state=PersonState.LEFT)
    changed.set_password("un autre mot de passe")
    changed.save()
    moved.residencies.update(until_on=timezone.localdate())

    assert watching.admitted(list(knocks.values())) == {knocks[author]}


def test_the_door_asks_as_many_questions_for_one_as_for_three(
    hub: Hub, host: Person, helpers: list[Person]
) -> None:
    buzz = ring(hub, host)
    knocks = [Knock(session_of(person), buzz.pk) for person in helpers[:3]]
    counts = []
    for some in (knocks[:1], knocks):
        with CaptureQueriesContext(connection) as asked:
            assert len(watching.admitted(some)) == len(some)
        counts.append(len(asked))

    assert counts == [7, 7]


# --- the application, as a server calls it


class Wire:
    """One connection: what the application sent, until the client goes."""

    def __init__(self, path: str, **headers: str) -> None:
        named = [(name.replace("_", "-").encode(), v.encode()) for name, v in headers.items()]
        path, _, query = path.partition("?")
        self.scope = {
            "type": "http", "path": path, "query_string": query.encode(), "headers": named,
        }  # fmt: skip
        self.status = 0
        self.sent: dict[str, str] = {}
        self.body = b""
        self.gone = asyncio.Event()

    async def receive(self) -> Any:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.sent = {name.decode(): value.decode() for name, value in message["headers"]}
        self.body += message.get("body", b"")

    async def until(self, true: Callable[[], bool]) -> None:
        for _ in range(500):
            if true():
                return
            await asyncio.sleep(0.01)
        raise AssertionError((self.status, self.body))


@pytest.fixture
def _same_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The watcher asks in the thread of the test, whose transaction nobody else sees."""

    class Here(ThreadPoolExecutor):
        def submit(self, task: Any, /, *args: Any, **kwargs: Any) -> Any:
            from concurrent.futures import Future

            done: Future[Any] = Future()
            try:
                done.set_result(task(*args, **kwargs))
            except Exception as error:  # noqa: BLE001
                done.set_exception(error)
            return done

    # On PostgreSQL an old connection is closed before each question: this one holds the test.
    monkeypatch.setattr(watching, "close_old_connections", lambda: None)
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    monkeypatch.setattr("essaim.exchange.buzz.live.ThreadPoolExecutor", Here)


def direct(buzz: Buzz, after: int = 0) -> str:
    return f"/direct/buzz/{buzz.pk}/?after={after}"


def cookie_of(person: Person) -> str:
    return f"other=1; {settings.SESSION_COOKIE_NAME}={session_of(person)}"


def add_event(buzz_id: UUID, number: int) -> None:
    BuzzEvent.objects.create(buzz_id=buzz_id, number=number, kind="typed", facts={"text": "x"})
    Buzz.objects.filter(pk=buzz_id).update(last_event=number)


@pytest.mark.usefixtures("_same_connection")
def test_a_browser_gets_each_event_once_across_a_reconnection(hub: Hub, author: Person) -> None:
    buzz = make_buzz(hub)
    for number in (1, 2):
        add_event(buzz.pk, number)
    cookie = cookie_of(author)

    async def work() -> list[list[int]]:
        live = Live()
        first = Wire(direct(buzz), cookie=cookie, host="localhost")
        listening = asyncio.create_task(live(first.scope, first.receive, first.send))
        await first.until(lambda: numbers(first.body) == [1, 2])
        add_event(buzz.pk, 3)
        await first.until(lambda: numbers(first.body) == [1, 2, 3])
        first.gone.set()
        await listening
        add_event(buzz.pk, 4)
        # The address still says 0: the browser's own word counts more.
        again = Wire(direct(buzz), cookie=cookie, host="localhost", last_event_id="3")
        listening = asyncio.create_task(live(again.scope, again.receive, again.send))
        await again.until(lambda: numbers(again.body) == [4])
        assert live.house is not None
        assert len(live.house.visits) == 1
        again.gone.set()
        await listening
        assert live.house.visits == set()
        await live.house.close()
        return [numbers(first.body), numbers(again.body)]

    assert in_loop(work) == [[1, 2, 3], [4]]


@pytest.mark.usefixtures("_same_connection")
def test_the_door_is_closed_to_strangers_and_to_pages_of_other_sites(
    hub: Hub, author: Person
) -> None:
    buzz, stranger = make_buzz(hub), make_resident(make_hub("Ailleurs"))
    mine, theirs = cookie_of(author), cookie_of(stranger)
    tries = {
        "stranger": Wire(direct(buzz), cookie=theirs, host="localhost"),
        "nobody": Wire(direct(buzz), host="localhost"),
        "elsewhere": Wire("/buzz/", cookie=mine, host="localhost"),
        "no id": Wire("/direct/buzz/x/", cookie=mine, host="localhost"),
        "other site": Wire(
            direct(buzz), cookie=mine, host="localhost:8001", origin="https://example.org"
        ),
    }

    async def work() -> dict[str, int]:
        live = Live()
        for wire in tries.values():
            await live(wire.scope, wire.receive, wire.send)
        assert live.house is not None
        await live.house.close()
        return {name: wire.status for name, wire in tries.items()}

    assert in_loop(work) == {
        "stranger": 403,
        "nobody": 404,
        "elsewhere": 404,
        "no id": 404,
        "other site": 403,
    }


@pytest.mark.usefixtures("_same_connection")
def test_who_may_no_longer_listen_is_shown_out(
    hub: Hub, author: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("essaim.exchange.buzz.live.RIGHTS_EVERY", 0.05)
    buzz, cookie = make_buzz(hub), cookie_of(author)

    async def work() -> tuple[int, bytes, str]:
        live = Live()
        wire = Wire(
            direct(buzz), cookie=cookie, host="localhost:8001", origin="http://localhost:8000"
        )
        listening = asyncio.create_task(live(wire.scope, wire.receive, wire.send))
        await wire.until(lambda: wire.status == 200)
        author.residencies.update(until_on=timezone.localdate())
        await asyncio.wait_for(listening, 5)
        assert live.house is not None
        await live.house.close()
        return wire.status, wire.body, wire.sent["access-control-allow-origin"]

    status, body, origin = in_loop(work)
    assert (status, origin) == (200, "http://localhost:8000")
    assert body.endswith(b"event: out\ndata: {}\n\n")


@pytest.mark.usefixtures("_same_connection")
def test_a_question_that_fails_is_asked_again(
    hub: Hub, author: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    buzz, cookie = make_buzz(hub), cookie_of(author)
    real = watching.news
    failed: list[int] = []

    def news(known: dict[UUID, int]) -> watching.News:
        if len(failed) == 1:
            failed.append(2)
            raise OSError("the database restarts")
        failed.append(1)
        return real(known)

    monkeypatch.setattr(watching, "news", news)
    original = asyncio.sleep
    monkeypatch.setattr("essaim.exchange.buzz.live.asyncio.sleep", lambda s: original(min(s, 0.02)))

    async def work() -> list[int]:
        live = Live()
        wire = Wire(direct(buzz), cookie=cookie, host="localhost")
        listening = asyncio.create_task(live(wire.scope, wire.receive, wire.send))
        await wire.until(lambda: wire.status == 200)
        add_event(buzz.pk, 1)
        await wire.until(lambda: numbers(wire.body) == [1])
        wire.gone.set()
        await listening
        assert live.house is not None
        await live.house.close()
        return numbers(wire.body)

    assert in_loop(work) == [1]
    assert failed.count(2) == 1
