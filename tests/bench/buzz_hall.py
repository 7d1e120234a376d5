"""A hundred hives whose bell has rung, on a generated network.

Written as JSON, for clients that know nothing of Django. `python -m tests.bench.buzz_hall ends`
tells how far each Buzz went.
"""

import json
import random
import sys
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

HUBS = 100
PEOPLE = 35
SIZE = {"hubs": HUBS, "ventures": 9_600, "people": 16_000, "weeks": 1}


def fill() -> None:
    """As many people as a network of size L has, without its years of history."""
    from essaim.home.demo.build import build
    from essaim.home.demo.sizes import Size
    from essaim.people.seeding import seed_skills

    seed_skills()
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    build(Size(**SIZE, needs_per_100_people=1), seed=1, now=now, tell=lambda done, total: None)


def ring() -> list[dict[str, Any]]:
    """For each hive its Buzz, the session of its host, and those of the people who are there."""
    from essaim.exchange.models import Buzz, BuzzPresence, BuzzState, BuzzTurn
    from essaim.home.demo import corpus
    from essaim.hubs.models import Hub, Residency
    from essaim.people.models import Person

    now, rng = timezone.now(), random.Random(1)
    needs = [need.text for need in corpus.needs(rng, 400) if need.language == "fr"]
    found = []
    for hub in Hub.objects.order_by("pk")[:HUBS]:
        living = Residency.objects.current().filter(hub=hub).values("person")
        there = Person.objects.filter(pk__in=living, state="active").order_by("pk")
        people = list(there[:PEOPLE])
        host = Person.objects.filter(hostings__hub=hub, hostings__until_on=None).first()
        assert host is not None
        buzz = Buzz.objects.create(
            hub=hub, state=BuzzState.RINGING, starts_at=now, rung_at=now, last_event=0
        )
        BuzzPresence.objects.bulk_create(BuzzPresence(buzz=buzz, person=p) for p in people)
        turns = [
            BuzzTurn(buzz=buzz, person=person, position=place)
            for place, person in enumerate(people, start=1)
        ]
        BuzzTurn.objects.bulk_create(turns)
        found.append(
            {
                "buzz": str(buzz.pk),
                "host": _session(host),
                "people": [_session(person) for person in people],
                "turns": [str(turn.pk) for turn in turns],
                "needs": [rng.choice(needs) for _ in range(6)],
            }
        )
    return found


def _session(person: Any) -> str:
    from django.contrib.sessions.models import Session

    store = SessionStore()
    data = {
        SESSION_KEY: str(person.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: person.get_session_auth_hash(),
    }
    key = store._get_new_session_key()  # type: ignore[attr-defined]
    Session.objects.create(
        session_key=key,
        session_data=store.encode(data),
        expire_date=timezone.now() + timedelta(hours=2),
    )
    return str(key)


def ends() -> dict[str, list[int]]:
    """The numbers of the events that the database holds, by Buzz."""
    from essaim.exchange.models import Buzz, BuzzEvent

    buzzes = Buzz.objects.live().values_list("pk", flat=True)
    numbers: dict[str, list[int]] = {str(pk): [] for pk in buzzes}
    told = BuzzEvent.objects.filter(buzz__in=buzzes).order_by("number")
    for buzz, number in told.values_list("buzz_id", "number"):
        numbers[str(buzz)].append(number)
    return numbers


def main() -> None:
    from tests.bench.measure import load

    load()
    if sys.argv[1:] == ["ends"]:
        json.dump(ends(), sys.stdout)
    elif sys.argv[1:] == ["ring"]:
        json.dump(ring(), sys.stdout)
    else:
        fill()
        sys.stdout.write("{}")


if __name__ == "__main__":
    main()
