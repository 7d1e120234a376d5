"""Who wants to meet, and when their hive is drawn."""

from datetime import timedelta

import pytest
from django.utils import timezone

from essaim.core.refusals import NotAllowed
from essaim.exchange.actions import encounter_guests, rounds
from essaim.exchange.models import EncounterGuest, EncounterRound, RhythmMode
from essaim.exchange.sweeps.encounters import draw_rounds, send_rounds
from tests.exchange.meeting import MONDAY, TUESDAY
from tests.exchange.test_encounter_rounds import make_guests, pairs
from tests.factories import make_host, make_hub, make_person, make_resident

pytestmark = pytest.mark.django_db


def test_each_hive_is_drawn_every_other_week_in_its_working_hours() -> None:
    hub = make_hub()
    make_guests(hub, 4)
    night, sunday = MONDAY.replace(hour=3), MONDAY - timedelta(days=1)

    drawn = [draw_rounds(at) for at in (sunday, night, MONDAY, MONDAY + timedelta(hours=1))]
    found = EncounterRound.objects.get()
    rounds.send_round(found=found, now=TUESDAY)
    later = [draw_rounds(MONDAY + timedelta(days=days)) for days in (7, 14)]

    assert (drawn, later) == ([0, 0, 1, 0], [0, 1])


def test_a_hive_that_wants_none_is_not_drawn() -> None:
    hub = make_hub()
    make_guests(hub, 4)
    rounds.set_rhythm(hub=hub, mode=RhythmMode.OFF, by=make_host(hub))

    assert draw_rounds(MONDAY) == 0


def test_a_round_leaves_a_working_day_later_unless_it_is_night() -> None:
    hub = make_hub()
    make_guests(hub, 4)
    draw_rounds(MONDAY)

    sent = [send_rounds(at) for at in (MONDAY, TUESDAY.replace(hour=9, minute=30), TUESDAY)]

    assert EncounterRound.objects.get().leaves_at == TUESDAY
    assert sent == [0, 0, 2]
    assert send_rounds(TUESDAY + timedelta(minutes=15)) == 0


def test_the_same_round_is_drawn_from_the_same_seed() -> None:
    hub = make_hub()
    make_guests(hub, 6)

    first = rounds.draw_round(hub=hub, by=None, now=MONDAY)
    groups, seed = pairs(first), first.seed
    first.delete()
    again = rounds.draw_round(hub=hub, by=None, now=MONDAY)

    assert (pairs(again), again.seed) == (groups, seed)


def test_nobody_decides_for_somebody_else() -> None:
    person, other = make_resident(), make_person()

    for change in (
        lambda: encounter_guests.join_encounters(person=person, by=other),
        lambda: encounter_guests.leave_encounters(person=person, by=other),
        lambda: encounter_guests.pause_encounters(
            person=person, until=timezone.localdate() + timedelta(days=9), by=other
        ),
    ):
        with pytest.raises(NotAllowed):
            change()


def test_joining_again_ends_a_pause_and_keeps_one_row() -> None:
    person = make_resident()
    encounter_guests.join_encounters(person=person, by=person)
    until = timezone.localdate() + timedelta(days=30)
    encounter_guests.pause_encounters(person=person, until=until, by=person)

    guest = encounter_guests.join_encounters(person=person, by=person)

    assert guest.paused_until is None
    assert EncounterGuest.objects.filter(person=person).count() == 1


def test_a_pause_needs_a_day_to_come_and_somebody_who_is_drawn() -> None:
    person = make_resident()
    today = timezone.localdate()

    with pytest.raises(encounter_guests.PauseIsOver):
        encounter_guests.pause_encounters(person=person, until=today, by=person)
    with pytest.raises(encounter_guests.NotAGuest):
        encounter_guests.pause_encounters(person=person, until=today + timedelta(days=1), by=person)
