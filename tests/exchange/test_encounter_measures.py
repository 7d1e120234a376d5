"""Each figure of encounters is its records, by way of drawing; and what may be concluded."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from essaim.core.figures import Scope, measure
from essaim.exchange.encounter_measures import conclusions, guards_of, rows_of
from essaim.exchange.figures import encounters as figures
from essaim.exchange.models import (
    Arm,
    Encounter,
    EncounterPlace,
    EncounterRound,
    EncounterState,
    RoundState,
    Told,
)
from essaim.exchange.trials import ENOUGH
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.exchange.meeting import make_encounter, make_guest, make_round
from tests.factories import make_director, make_host, make_hub, make_resident

pytestmark = pytest.mark.django_db


def make_told(hub: Hub, found: EncounterRound, arm: str, *said: tuple[bool, int] | None) -> None:
    """One encounter that took place; for each of its people what they said (anyway, useful)."""
    people = [make_guest(hub) for _ in said]
    encounter = make_encounter(
        hub, *people, found=found, arm=arm, state=EncounterState.MET, met_at=timezone.now(),
        drop=0.1,
    )  # fmt: skip
    for person, words in zip(people, said, strict=True):
        if words:
            EncounterPlace.objects.filter(encounter=encounter, person=person).update(
                told=Told.MET, anyway=words[0], useful=words[1], told_at=timezone.now()
            )


@pytest.fixture
def hub() -> Hub:
    return make_hub()


def scope_of(hub: Hub | None = None, viewer: Any = None) -> Scope:
    until = timezone.now() + timedelta(days=1)
    return Scope(viewer, hub.pk if hub else None, until - timedelta(days=90), until)


def fill(hub: Hub) -> None:
    found = make_round(hub)
    make_told(hub, found, Arm.FULL, (False, 5), (False, 4))
    make_told(hub, found, Arm.FULL, (True, 5), None)
    make_told(hub, found, Arm.RANDOM, (False, 2), (True, 1))
    for state in (EncounterState.SKIPPED, EncounterState.NO_ANSWER, EncounterState.PROPOSED):
        people = make_guest(hub), make_guest(hub)
        make_encounter(hub, *people, found=found, state=state, arm=Arm.RANDOM)
    EncounterPlace.objects.create(round=found, person=make_guest(hub))


def test_each_figure_counts_its_records(hub: Hub) -> None:
    fill(hub)
    fill(make_hub())
    scope = scope_of(hub)

    values = {
        arm: [round(measure(figure, scope) or 0, 1) for figure in three]
        for arm, three in figures.BY_ARM.items()
    }

    assert values == {
        "": [60.0, 40.0, 10.0],
        "random": [33.3, 0.0, 10.0],
        "relevance": [0, 0, 0],
        "full": [100.0, 66.7, 10.0],
    }
    met, unexpected, drop = figures.BY_ARM[""]
    assert [figure.records(scope).count() for figure in (met, unexpected, drop)] == [5, 5, 3]
    assert measure(figures.LEFT_OUT, scope) == pytest.approx(100 / 13)


def test_a_round_that_never_left_is_counted_nowhere(hub: Hub) -> None:
    found = make_round(hub, state=RoundState.CANCELLED)
    make_told(hub, found, Arm.FULL, (False, 5), (False, 4))

    every = (*figures.BY_ARM[""], figures.LEFT_OUT, figures.EXPOSURE, figures.CAME)
    assert [figure.records(scope_of(hub)).count() for figure in every] == [0] * 6


def test_exposure_tells_how_often_each_was_drawn(hub: Hub) -> None:
    often, never = make_guest(hub), make_guest(hub)
    for _round in range(3):
        found = make_round(hub)
        make_encounter(hub, often, make_guest(hub), found=found)
        EncounterPlace.objects.create(round=found, person=never)

    rows = figures.EXPOSURE.records(scope_of(hub))

    assert [(person.pk == often.pk, person.times) for person in rows] == [
        (True, 3),
        *[(False, 1)] * 3,
        (False, 0),
    ]
    assert measure(figures.EXPOSURE, scope_of(hub)) == pytest.approx(40)


def test_intervals_and_counts_stand_beside_each_figure(hub: Hub) -> None:
    fill(hub)

    rows = rows_of(scope_of(hub))

    assert [row.arm for row in rows] == ["", Arm.RANDOM, Arm.FULL]
    met = rows[0].measures[0]
    assert (met.words["n"], round(met.words["value"]), met.few) == (5, 60, True)
    assert met.words["low"] < 60 < met.words["high"]
    assert [guard.estimate.n for guard in guards_of(scope_of(hub)) if guard.estimate] == [13, 13]


def test_few_answers_conclude_nothing_and_say_so(hub: Hub) -> None:
    fill(hub)

    said = conclusions(rows_of(scope_of(hub)))

    assert all("trop peu pour conclure" in sentence for sentence in said)
    assert "Le plus petit groupe n’en compte que 2" in said[1]


@pytest.mark.parametrize(
    ("full", "words"), [(140, "mieux que le hasard"), (95, "aucun écart"), (40, "moins bien")]
)
def test_enough_answers_conclude(hub: Hub, full: int, words: str) -> None:
    """Of 170 in each way, 90 by chance and `full` by the score took place."""
    found = make_round(hub)
    for arm, count in ((Arm.RANDOM, 90), (Arm.FULL, full)):
        Encounter.objects.bulk_create(
            Encounter(
                round=found,
                arm=arm,
                state=EncounterState.MET if number < count else EncounterState.SKIPPED,
                met_at=timezone.now(),
            )
            for number in range(ENOUGH)
        )

    met, unexpected = conclusions(rows_of(scope_of(hub)))

    assert words in met
    assert "trop peu" in unexpected


def test_one_way_alone_compares_nothing(hub: Hub) -> None:
    make_told(hub, make_round(hub), Arm.FULL, (False, 5), None)

    assert conclusions(rows_of(scope_of(hub))) == [
        "Une seule façon de tirer a servi\u00a0: il n’y a rien à comparer."
    ]


@pytest.mark.parametrize("who", ["member", "host elsewhere", "host", "director"])
def test_records_open_for_those_who_look_after_the_hive(hub: Hub, who: str) -> None:
    fill(hub)
    ways: dict[str, Callable[[], Person]] = {
        "member": make_resident,
        "host elsewhere": lambda: make_host(make_hub()),
        "host": lambda: make_host(hub),
        "director": make_director,
    }
    person = ways[who]()
    client = Client()
    client.force_login(person)
    codes = [figure.code for three in figures.BY_ARM.values() for figure in three]
    codes += ["encounters_left_out", "encounters_exposure", "encounters_came"]

    answers = {client.get(f"/chiffres/{code}/?hub={hub.pk}").status_code for code in codes}

    assert answers == ({200} if who in ("host", "director") else {404})
