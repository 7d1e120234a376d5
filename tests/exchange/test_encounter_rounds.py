"""Rounds: who is drawn, who never is, what a host may change, and when they leave."""

from datetime import timedelta
from itertools import combinations

import pytest
from django.utils import timezone

from essaim.core import journal
from essaim.core.refusals import NotAllowed
from essaim.core.states import Overtaken
from essaim.exchange.actions import encounter_guests, rounds
from essaim.exchange.encounter_guests import hive_of
from essaim.exchange.models import (
    Arm,
    AvoidPair,
    Encounter,
    EncounterCard,
    EncounterGuest,
    EncounterPlace,
    EncounterRhythm,
    EncounterRound,
    EncounterState,
    Pause,
    RhythmMode,
    RoundState,
)
from essaim.hubs.models import Hub
from essaim.people.models import Person, PersonState, SkillKind
from tests.exchange.helping import notices_of
from tests.exchange.meeting import make_encounter, make_guest, make_round
from tests.factories import (
    lend,
    make_director,
    make_exchange,
    make_host,
    make_hub,
    make_need,
    make_resident,
    make_skill,
    make_venture,
)

pytestmark = pytest.mark.django_db


def make_guests(hub: Hub, count: int) -> list[Person]:
    return [make_guest(hub, given_name=f"Prénom{number}") for number in range(count)]


def pairs(found: EncounterRound) -> set[frozenset[Person]]:
    """Every two who are drawn together."""
    groups = [
        [place.person for place in encounter.places.select_related("person")]
        for encounter in found.encounters.exclude(state=EncounterState.CANCELLED)
    ]
    return {frozenset(two) for group in groups for two in combinations(group, 2)}


def drawn_people(found: EncounterRound) -> set[Person]:
    return {place.person for place in found.places.select_related("person")}


def test_everyone_who_wants_to_is_drawn_and_nobody_else() -> None:
    hub = make_hub()
    guests = make_guests(hub, 5)
    make_resident(hub)

    found = rounds.draw_round(hub=hub, by=None)

    assert drawn_people(found) == set(guests)
    assert sorted(one.places.count() for one in found.encounters.all()) == [2, 3]
    assert [entry.verb for entry in journal.of(found)] == ["draw_round"]


@pytest.mark.parametrize("away", ["paused", "on a pause of all", "left", "elsewhere", "opted out"])
def test_who_is_away_is_not_drawn(away: str) -> None:
    hub, today = make_hub(), timezone.localdate()
    guests = make_guests(hub, 4)
    person = make_guest(make_hub() if away == "elsewhere" else hub)
    if away == "paused":
        EncounterGuest.objects.filter(person=person).update(paused_until=today)
    elif away == "on a pause of all":
        Pause.objects.create(person=person, from_on=today)
    elif away == "left":
        Person.objects.filter(pk=person.pk).update(state=PersonState.LEFT)
    elif away == "opted out":
        encounter_guests.leave_encounters(person=person, by=person)

    assert drawn_people(rounds.draw_round(hub=hub, by=None)) == set(guests)


def test_a_pause_that_ended_yesterday_is_over() -> None:
    hub = make_hub()
    person, *_others = make_guests(hub, 4)
    yesterday = timezone.localdate() - timedelta(days=1)
    EncounterGuest.objects.filter(person=person).update(paused_until=yesterday)

    assert person in drawn_people(rounds.draw_round(hub=hub, by=None))


def test_those_who_avoid_each_other_or_work_together_are_kept_apart() -> None:
    hub = make_hub()
    one, two, three, four = make_guests(hub, 4)
    AvoidPair.objects.create(person=two, other=one)
    make_venture("Les Bocaux", three, four)

    for _round in range(3):
        found = rounds.draw_round(hub=hub, by=None)
        assert pairs(found).isdisjoint({frozenset({one, two}), frozenset({three, four})})
        found.delete()


def test_those_who_met_lately_meet_others() -> None:
    hub = make_hub()
    one, two, *_others = make_guests(hub, 4)
    make_encounter(hub, one, two, state=EncounterState.SKIPPED)

    found = rounds.draw_round(hub=hub, by=None)

    assert frozenset({one, two}) not in pairs(found)


def test_who_needs_what_another_lends_is_drawn_with_them() -> None:
    hub, skill, other_skill = make_hub(), make_skill("Comptabilité"), make_skill("Soudure")
    people = make_guests(hub, 6)
    one, two = people[:2]
    lend(one, skill)
    lend(two, other_skill)
    make_need(two, hub, title="Comptabilité de mon association").skills.add(skill)
    one.skills.create(skill=other_skill, kind=SkillKind.WANTS_TO_LEARN)

    found = rounds.draw_round(hub=hub, by=None)

    assert frozenset({one, two}) in pairs(found)
    card = EncounterCard.objects.get(reader=two, other=one)
    assert card.facts["want"]["quote"] == "Comptabilité de mon association"
    assert card.facts["relevant"]["label_fr"] == "Comptabilité"


def test_a_title_kept_inside_another_hive_is_not_quoted() -> None:
    """What met a need of a hive alone is matched elsewhere, and never shown."""
    hub, elsewhere = make_hub(), make_hub()
    helper, *others = make_guests(hub, 4)
    author = make_resident(elsewhere)
    secret = make_need(author, elsewhere, title="Mon divorce", audience="hub", state="met")
    make_exchange(
        helper, author, elsewhere, need=secret, state="confirmed", minutes=30,
        confirmed_at=timezone.now(),
    )  # fmt: skip

    rounds.draw_round(hub=hub, by=None)

    facts = [str(card.facts) for card in EncounterCard.objects.filter(other=helper)]
    assert len(facts) == 1
    assert "divorce" not in facts[0]
    assert others


def test_fewer_than_four_are_not_drawn() -> None:
    hub = make_hub()
    make_guests(hub, 3)

    with pytest.raises(rounds.TooFewGuests):
        rounds.draw_round(hub=hub, by=None)


def test_a_second_round_waits_until_the_first_has_left() -> None:
    hub = make_hub()
    make_guests(hub, 4)
    rounds.draw_round(hub=hub, by=None)

    with pytest.raises(rounds.RoundWaits):
        rounds.draw_round(hub=hub, by=None)


def test_only_who_looks_after_the_hive_draws_it() -> None:
    hub = make_hub()
    make_guests(hub, 4)
    stranger = make_host(make_hub())

    with pytest.raises(NotAllowed):
        rounds.draw_round(hub=hub, by=stranger)

    assert rounds.draw_round(hub=hub, by=make_director()).state == RoundState.DRAWN


def test_in_a_trial_thirds_are_drawn_by_each_way() -> None:
    hub = make_hub()
    make_guests(hub, 12)
    EncounterRhythm.objects.create(hub=hub, mode=RhythmMode.TRIAL)

    found = rounds.draw_round(hub=hub, by=None)

    arms = list(found.encounters.order_by("arm").values_list("arm", flat=True))
    assert arms == [*["full"] * 2, *["random"] * 2, *["relevance"] * 2]
    assert found.mode == RhythmMode.TRIAL


def test_hosts_are_told_and_people_only_when_it_leaves() -> None:
    hub = make_hub()
    host, guests = make_host(hub), make_guests(hub, 4)

    found = rounds.draw_round(hub=hub, by=None)
    assert notices_of(host) == ["encounter_round_drawn"]
    assert notices_of(guests[0]) == []
    rounds.send_round(found=found, now=timezone.now())

    assert [notices_of(guest) for guest in guests] == [["encounter_proposed"]] * 4
    encounter = found.encounters.first()
    assert encounter is not None
    assert (encounter.state, len(encounter.slots), encounter.turn) == ("proposed", 3, 1)


def test_who_left_since_the_draw_is_taken_out_and_the_other_goes_first_next_time() -> None:
    hub = make_hub()
    make_guests(hub, 4)
    found = rounds.draw_round(hub=hub, by=None)
    gone, other = found.encounters.order_by("pk")[0].places.order_by("pk")
    encounter_guests.leave_encounters(person=gone.person, by=gone.person)

    rounds.send_round(found=found, now=timezone.now())

    assert notices_of(gone.person) == notices_of(other.person) == []
    assert EncounterPlace.objects.get(round=found, person=other.person).encounter is None
    assert not EncounterPlace.objects.filter(round=found, person=gone.person).exists()
    assert not EncounterCard.objects.filter(other=gone.person).exists()


def test_of_three_two_remain_when_one_left_since_the_draw() -> None:
    hub = make_hub()
    make_guests(hub, 5)
    found = rounds.draw_round(hub=hub, by=None)
    trio = next(one for one in found.encounters.all() if one.places.count() == 3)
    gone = trio.places.order_by("pk")[0].person
    EncounterGuest.objects.filter(person=gone).delete()

    rounds.send_round(found=found, now=timezone.now())

    trio.refresh_from_db()
    assert (trio.state, trio.places.count()) == (EncounterState.PROPOSED, 2)


def test_who_was_left_out_is_not_left_out_again() -> None:
    hub = make_hub()
    one, two, three, four = make_guests(hub, 4)
    for other in (two, three):
        AvoidPair.objects.create(person=one, other=other)
    last = make_round(hub, sent_at=timezone.now() - timedelta(days=14))
    EncounterPlace.objects.create(round=last, person=one)

    found = rounds.draw_round(hub=hub, by=None)

    assert frozenset({one, four}) in pairs(found)


def test_a_cancelled_round_leaves_nothing_behind() -> None:
    hub = make_hub()
    host, guests = make_host(hub), make_guests(hub, 4)
    found = rounds.draw_round(hub=hub, by=None)

    rounds.cancel_round(found=found, by=host)

    assert [notices_of(guest) for guest in guests] == [[]] * 4
    assert not EncounterCard.objects.exists()
    with pytest.raises(Overtaken):
        rounds.send_round(found=found, now=timezone.now())
    with pytest.raises(rounds.RoundLeft):
        rounds.cancel_round(found=found, by=host)


def test_a_pair_taken_out_is_left_out() -> None:
    hub = make_hub()
    host = make_host(hub)
    make_guests(hub, 4)
    found = rounds.draw_round(hub=hub, by=None)
    encounter = found.encounters.order_by("pk")[0]

    rounds.drop_encounter(encounter=encounter, by=host)
    rounds.send_round(found=found, now=timezone.now())

    assert EncounterPlace.objects.filter(round=found, encounter__isnull=True).count() == 2
    assert Encounter.objects.get(pk=encounter.pk).state == EncounterState.CANCELLED


def test_two_people_change_places_and_their_pairs_are_the_hosts() -> None:
    hub = make_hub()
    host = make_host(hub)
    make_guests(hub, 4)
    found = rounds.draw_round(hub=hub, by=None)
    first, second = found.encounters.order_by("pk")
    one, two = first.places.order_by("pk")[0].person, second.places.order_by("pk")[0].person

    rounds.swap_places(found=found, one=one, other=two, by=host)

    assert EncounterPlace.objects.get(round=found, person=one).encounter == second
    assert EncounterPlace.objects.get(round=found, person=two).encounter == first
    assert set(found.encounters.values_list("arm", flat=True)) == {Arm.HOST}
    readers = set(first.cards.values_list("reader_id", flat=True))
    assert readers == set(first.places.values_list("person_id", flat=True))


def test_a_swap_that_puts_together_those_who_avoid_each_other_is_refused() -> None:
    hub = make_hub()
    host = make_host(hub)
    make_guests(hub, 4)
    found = rounds.draw_round(hub=hub, by=None)
    first, second = found.encounters.order_by("pk")
    [one, _], [two, three] = first.places.order_by("pk"), second.places.order_by("pk")
    AvoidPair.objects.create(person=three.person, other=one.person)

    with pytest.raises(rounds.NotTogether):
        rounds.swap_places(found=found, one=one.person, other=two.person, by=host)

    assert EncounterPlace.objects.get(pk=one.pk).encounter == first


@pytest.mark.parametrize("who", ["a host of another hive", "a member"])
def test_others_change_nothing(who: str) -> None:
    hub = make_hub()
    guests = make_guests(hub, 4)
    found = rounds.draw_round(hub=hub, by=None)
    by = guests[0] if who == "a member" else make_host(make_hub())
    encounter = found.encounters.order_by("pk")[0]

    for change in (
        lambda: rounds.cancel_round(found=found, by=by),
        lambda: rounds.drop_encounter(encounter=encounter, by=by),
        lambda: rounds.swap_places(found=found, one=guests[0], other=guests[1], by=by),
        lambda: rounds.send_round(found=found, now=timezone.now(), by=by),
        lambda: rounds.set_rhythm(hub=hub, mode=RhythmMode.OFF, by=by),
    ):
        with pytest.raises(NotAllowed):
            change()


def test_never_again_said_after_the_draw_holds_when_the_round_leaves() -> None:
    hub = make_hub()
    make_guests(hub, 4)
    found = rounds.draw_round(hub=hub, by=None)
    parted, kept = found.encounters.order_by("pk")
    one, other = (place.person for place in parted.places.order_by("pk"))
    AvoidPair.objects.create(person=other, other=one)

    rounds.send_round(found=found, now=timezone.now())

    assert list(found.encounters.filter(state="proposed")) == [kept]
    assert notices_of(one) == notices_of(other) == []


def test_a_need_told_in_another_hive_alone_is_quoted_to_nobody_of_this_one() -> None:
    hub, other_hive = make_hub(), make_hub()
    person = make_guest(hub)
    make_need(person, other_hive, title="Secret", audience="hub")
    make_need(person, other_hive, title="Pour tout le monde")
    make_need(person, hub, title="Chez nous", audience="hub")

    told = hive_of(hub, [person.pk], timezone.now()).guests[person.pk]

    assert {quoted.quote for quoted in told.wants} == {"Pour tout le monde", "Chez nous"}
