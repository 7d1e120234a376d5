"""A hive on a Monday, and what a host does there."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.test import Client
from django.utils import timezone

from essaim.core.models import Notice
from essaim.exchange.models import (
    Buzz,
    BuzzPromise,
    BuzzState,
    HelpState,
    PromiseState,
)
from essaim.home.models import MondayDone
from essaim.home.monday import Kind, Matter
from essaim.home.monday_rows import matters_of
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.factories import (
    lend,
    make_exchange,
    make_need,
    make_resident,
    make_skill,
)


def settled(hub: Hub, **fields: Any) -> Person:
    person = make_resident(hub, **fields)
    lend(person, make_skill())
    seen = timezone.now() - timedelta(days=7)
    make_need(person, hub, published_at=seen, level=1)
    return person


def found(hub: Hub) -> dict[Kind, Matter]:
    return {one.kind: one for one in matters_of([hub.pk], timezone.now())}


def act(client: Client, kind: str, pk: UUID, gesture: str, **data: Any) -> str:
    path = f"/lundi/{kind}/{pk}/{gesture}/"
    return client.post(path, data, follow=True).content.decode()


def folded(kind: str) -> int:
    """In how many days the line of this kind comes back."""
    return (MondayDone.objects.get(kind=kind).until_on - timezone.localdate()).days


def told(person: Person) -> list[str]:
    return list(Notice.objects.filter(recipient=person).values_list("code", flat=True))


def promise_late(hub: Hub, **fields: Any) -> BuzzPromise:
    buzz = Buzz.objects.create(hub=hub, state=BuzzState.CLOSED, starts_at=timezone.now())
    values: dict[str, Any] = {
        "text": "Prêter la remorque", "state": PromiseState.BROKEN,
        "due_at": timezone.now() - timedelta(days=2),
    } | fields  # fmt: skip
    giver, receiver = settled(hub, given_name="Nadia"), settled(hub)
    return BuzzPromise.objects.create(buzz=buzz, giver=giver, receiver=receiver, **values)


def generous(hub: Hub, minutes: int = 900) -> Person:
    """Somebody who gave much, among ten who gave a little."""
    nadia, receiver = settled(hub, given_name="Nadia"), settled(hub)
    done: dict[str, Any] = {"state": HelpState.CONFIRMED, "happened_on": timezone.localdate()}
    done["confirmed_at"] = timezone.now()
    for _time in range(minutes // 60):
        make_exchange(nadia, receiver, hub, minutes=60, **done)
    for _other in range(4):
        make_exchange(settled(hub), receiver, hub, minutes=60, **done)
    return nadia


def order(client: Client, *names: str) -> list[str]:
    page = client.get("/lundi/").content.decode()
    page = page[page.index("<ol") : page.index("</ol>")]
    return sorted((name for name in names if name in page), key=page.index)
