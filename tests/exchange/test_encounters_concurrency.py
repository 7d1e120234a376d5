"""Two browsers at once on one encounter, and two workers on one round."""

from pathlib import Path

import pytest

from essaim.core.models import Notice
from essaim.exchange.actions import rounds
from essaim.exchange.models import EncounterPlace, EncounterRound, EncounterState, RoundState
from tests.exchange.meeting import make_encounter, make_guest, place_of, reread
from tests.exchange.test_asks_concurrency import act_at_once
from tests.factories import make_hub

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def test_two_who_choose_at_once_find_their_moment(tmp_path: Path) -> None:
    hub = make_hub()
    one, other = make_guest(hub), make_guest(hub)
    encounter = make_encounter(hub, one, other)
    places = [str(place_of(encounter, person).pk) for person in (one, other)]

    done = act_at_once(tmp_path, [("choose", f"{places[0]} 12")], [("choose", f"{places[1]} 01")])

    assert done == {"done": 2}
    found = reread(encounter)
    assert found.state == EncounterState.AGREED
    assert found.meets_at is not None
    assert found.meets_at.isoformat() == found.slots[1]
    assert Notice.objects.filter(code="encounter_agreed").count() == 2


def test_two_who_choose_at_once_without_a_common_moment_get_three_others_once(
    tmp_path: Path,
) -> None:
    hub = make_hub()
    one, other = make_guest(hub), make_guest(hub)
    encounter = make_encounter(hub, one, other)
    places = [str(place_of(encounter, person).pk) for person in (one, other)]

    done = act_at_once(tmp_path, [("choose", f"{places[0]} 0")], [("choose", f"{places[1]} 2")])

    assert done == {"done": 2}
    found = reread(encounter)
    assert (found.state, found.turn) == (EncounterState.PROPOSED, 2)
    assert [place.suits for place in EncounterPlace.objects.all()] == [None, None]


def test_two_who_say_at_once_that_they_met_are_both_heard(tmp_path: Path) -> None:
    hub = make_hub()
    one, other = make_guest(hub), make_guest(hub)
    encounter = make_encounter(hub, one, other)
    deeds = [[("met", str(place_of(encounter, person).pk))] for person in (one, other)]

    done = act_at_once(tmp_path, *deeds)

    assert done == {"done": 2}
    assert reread(encounter).state == EncounterState.MET
    assert [place.useful for place in EncounterPlace.objects.all()] == [5, 5]


def test_a_round_leaves_once_however_many_send_it(tmp_path: Path) -> None:
    hub = make_hub()
    guests = [make_guest(hub) for _ in range(4)]
    found = rounds.draw_round(hub=hub, by=None)

    done = act_at_once(tmp_path, *[[("send_round", str(found.pk))]] * 3)

    assert done == {"done": 1, "Overtaken": 2}
    assert EncounterRound.objects.get().state == RoundState.SENT
    assert Notice.objects.filter(code="encounter_proposed").count() == len(guests)


def test_a_hive_is_drawn_once_however_many_draw_it(tmp_path: Path) -> None:
    hub = make_hub()
    for _ in range(4):
        make_guest(hub)

    done = act_at_once(tmp_path, *[[("draw_round", str(hub.pk))]] * 3)

    assert done == {"done": 1, "RoundWaits": 2}
    assert EncounterPlace.objects.count() == 4
