from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from essaim.core.prepared import Prepared
from essaim.hubs.models import Residency
from essaim.people.models import Person
from tests.factories import make_hub, make_person, make_residency

pytestmark = pytest.mark.django_db


def beside(person: UUID, since: datetime) -> QuerySet[Any, Any]:
    found: QuerySet[Any, Any] = Person.objects.filter(
        ~Q(pk=person), created_at__gte=since
    ).annotate(at=F("created_at"))
    return found.order_by("folded_name").values_list("at", "pk", "given_name")[:2]


def stays(person: UUID, day: date) -> QuerySet[Any, Any]:
    return Residency.objects.filter(person=person, since_on=day).values_list("since_on", "person")


def test_the_same_words_answer_for_other_values() -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    ana, bob, zoe = (
        make_person(name, family_name=name, created_at=noon + timedelta(days=number))
        for number, name in enumerate(("Ana", "Bob", "Zoé"))
    )
    ask = Prepared(beside, person=UUID, since=datetime)

    assert ask(person=ana.pk, since=noon) == [
        (bob.created_at, bob.pk, "Bob"),
        (zoe.created_at, zoe.pk, "Zoé"),
    ]
    assert ask(person=bob.pk, since=zoe.created_at) == [(zoe.created_at, zoe.pk, "Zoé")]
    assert ask(person=zoe.pk, since=zoe.created_at) == []


def test_days_are_days() -> None:
    person, today = make_person("Ana"), timezone.localdate()
    make_residency(person, make_hub(), since_on=today)
    ask = Prepared(stays, person=UUID, day=date)

    assert ask(person=person.pk, day=today) == [(today, person.pk)]
    assert ask(person=person.pk, day=today - timedelta(days=1)) == []


def among(ids: list[UUID]) -> QuerySet[Any, Any]:
    found: QuerySet[Any, Any] = Person.objects.filter(pk__among=ids)
    return found.order_by("folded_name").values_list("given_name")


def test_ids_may_be_any_number() -> None:
    ana, bob = (make_person(name, family_name=name) for name in ("Ana", "Bob"))
    ask = Prepared(among, ids=list)

    assert ask(ids=[bob.pk, ana.pk]) == [("Ana",), ("Bob",)]
    assert ask(ids=[bob.pk]) == [("Bob",)]
    assert ask(ids=[]) == []
