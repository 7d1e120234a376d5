from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from essaim.exchange.buzz.minutes import last_record, minutes_of
from essaim.exchange.models import (
    Ask,
    AskState,
    Buzz,
    BuzzState,
    HelpExchange,
    HelpState,
    Need,
    NeedState,
    Thanks,
    Transfer,
)
from essaim.home.demo.build import build
from essaim.home.demo.sizes import SIZES, Size
from essaim.home.demo.world import DOORS, LEA, PASSWORD
from essaim.hubs.models import Hub
from essaim.people.models import Person
from essaim.people.seeding import seed_skills
from tests.factories import make_person

pytestmark = pytest.mark.django_db

SMALL = Size(hubs=2, ventures=20, people=40, weeks=8)
NOW = datetime(2026, 11, 18, 9, 45, tzinfo=UTC)  # a Wednesday


def build_small(seed: int = 1) -> None:
    build(SMALL, seed=seed, now=NOW, tell=lambda done, total: None)


def rows_of(*models: Any) -> dict[str, list[Any]]:
    return {m.__name__: list(m.objects.order_by("pk").values_list()) for m in models}


def rows_once_built(seed: int) -> dict[str, list[Any]]:
    with transaction.atomic():
        build_small(seed)
        rows = rows_of(Person, Need, Ask, HelpExchange, Transfer, Thanks)
        transaction.set_rollback(True)
    return rows


def test_the_same_seed_and_day_give_the_same_rows() -> None:
    seed_skills()
    told = [rows_once_built(seed) for seed in (1, 1, 2)]

    assert told[0] == told[1]
    assert told[0] != told[2]


def test_the_demonstration_has_what_each_page_needs() -> None:
    seed_skills()
    build(SIZES["demo"], seed=1, now=NOW, tell=lambda done, total: None)

    assert Person.objects.count() == 300 + len(DOORS) + 2  # a host for each other hub
    states = set(Need.objects.values_list("state", flat=True))
    assert states == set(NeedState.values) - {NeedState.DRAFT}
    lea = Person.objects.get(email=LEA.email)
    assert lea.check_password(PASSWORD)
    assert lea.asks.filter(state=AskState.SENT).exists()
    assert lea.needs.filter(state=NeedState.OPEN).exists()
    mine = lea.help_received
    assert mine.filter(state=HelpState.AGREED).exists()
    assert mine.filter(state=HelpState.CLAIMED).exclude(claimed_by=lea).exists()
    assert mine.filter(state=HelpState.CONFIRMED, thanks=None).exists()


def test_each_hive_has_a_buzz_to_open_and_the_minutes_of_the_last() -> None:
    seed_skills()
    build(SIZES["demo"], seed=1, now=NOW, tell=lambda done, total: None)

    for hub in Hub.objects.all():
        ahead = Buzz.objects.get(hub=hub, state=BuzzState.PLANNED)
        assert NOW < ahead.starts_at <= NOW + timedelta(days=7)
        record = last_record(hub)
        assert record is not None
        assert (record.made, record.kept, record.broken) == (4, 2, 1)
        assert minutes_of(record.buzz).needs


def test_what_is_generated_keeps_the_rules_of_brain_time() -> None:
    seed_skills()
    build_small()

    confirmed = HelpExchange.objects.filter(state=HelpState.CONFIRMED)
    assert confirmed.count() == Transfer.objects.count() > 5
    assert not confirmed.exclude(transfers__minutes=F("minutes")).exists()
    assert not Transfer.objects.exclude(payee__person=F("exchange__giver")).exists()
    assert not Ask.objects.filter(helper=F("need__author")).exists()
    overtaken = Count("asks", filter=Q(asks__state=AskState.ACCEPTED))
    assert not Need.objects.annotate(yes=overtaken).filter(yes__gt=1).exists()
    assert not Need.objects.filter(published_at__gt=timezone.now()).exists()
    given = Transfer.objects.aggregate(total=Sum("minutes"))["total"]
    assert given == confirmed.aggregate(total=Sum("minutes"))["total"]


def test_most_needs_are_said_around_the_bell_and_none_at_the_week_end() -> None:
    seed_skills()
    build_small()

    moments = Need.objects.values_list("created_at", flat=True)
    days = [timezone.localtime(at).weekday() for at in moments]
    assert max(days) == 4
    assert days.count(4) > len(days) / 3


def test_the_demonstration_stays_out_of_real_data() -> None:
    make_person()

    with pytest.raises(CommandError, match="real data"):
        call_command("demo")


def test_the_second_time_nothing_is_built_again(settings: Any) -> None:
    make_person(email=LEA.email)

    call_command("demo")

    assert Person.objects.count() == 1


def test_nobody_is_asked_beyond_the_guards_now() -> None:
    seed_skills()
    build_small()
    week = NOW - timedelta(days=7)

    most = Ask.objects.filter(sent_at__gt=week).values("helper").annotate(n=Count("pk"))

    assert max(row["n"] for row in most) <= 3  # two, and for Léa the ask of the scene
