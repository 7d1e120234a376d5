"""One encounter: moments chosen, said to be met or not, and followed a month later."""

from datetime import timedelta

import pytest
from django.core import mail as mailbox
from django.utils import timezone

from essaim.core.refusals import NotAllowed
from essaim.exchange.actions import encounter_guests, encounters
from essaim.exchange.actions.leaving import end_everything
from essaim.exchange.models import (
    AvoidPair,
    Encounter,
    EncounterCard,
    EncounterState,
    Since,
    Told,
)
from essaim.exchange.notifications import encounters as telling
from essaim.exchange.sweeps.encounters import ask_about_encounters, follow_encounters
from essaim.people.models import Person
from tests.exchange.helping import deliver, notices_of
from tests.exchange.meeting import TUESDAY, make_encounter, make_guest, place_of, reread
from tests.factories import make_hub, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def two() -> tuple[Encounter, Person, Person]:
    hub = make_hub()
    one, other = make_guest(hub, given_name="Léa"), make_guest(hub, given_name="Karim")
    return make_encounter(hub, one, other), one, other


def choose(encounter: Encounter, person: Person, *numbers: int, turn: int = 1) -> Encounter:
    place = place_of(encounter, person)
    return encounters.choose_moments(place=place, numbers=numbers, turn=turn, by=person)


Two = tuple[Encounter, Person, Person]


def test_the_first_moment_that_suits_both_is_set(two: Two) -> None:
    encounter, one, other = two

    choose(encounter, one, 2, 1)
    assert reread(encounter).state == EncounterState.PROPOSED
    choose(encounter, other, 0, 1, 2)

    found = reread(encounter)
    assert found.state == EncounterState.AGREED
    assert found.meets_at is not None
    assert found.meets_at.isoformat() == found.slots[1]
    assert notices_of(one) == notices_of(other) == ["encounter_agreed"]


def test_without_a_common_moment_three_others_come_at_once(two: Two) -> None:
    encounter, one, other = two
    before = encounters.slots_of(encounter)

    choose(encounter, one, 0)
    choose(encounter, other, 1, 2)

    found = reread(encounter)
    assert (found.state, found.turn) == (EncounterState.PROPOSED, 2)
    assert min(encounters.slots_of(found)) > max(before)
    assert place_of(encounter, one).suits is None
    assert notices_of(one) == notices_of(other) == ["encounter_proposed"]


def test_moments_seen_before_they_changed_are_not_chosen(two: Two) -> None:
    encounter, one, other = two
    encounters.ask_for_others(place=place_of(encounter, other), by=other)

    with pytest.raises(encounters.MomentsChanged):
        choose(encounter, one, 0, turn=1)

    assert place_of(encounter, one).suits is None


def test_nothing_ticked_is_refused(two: Two) -> None:
    encounter, one, _other = two

    for numbers in ((), (7,), (-1,)):
        with pytest.raises(encounters.NothingChosen):
            choose(encounter, one, *numbers)


def test_after_four_times_no_other_moments_are_proposed(two: Two) -> None:
    encounter, one, other = two
    for _time in range(3):
        encounters.ask_for_others(place=place_of(encounter, one), by=one)

    with pytest.raises(encounters.NoMoreMoments):
        encounters.ask_for_others(place=place_of(encounter, one), by=one)
    choose(encounter, one, 0, turn=4)
    choose(encounter, other, 1, turn=4)

    assert reread(encounter).turn == 4
    assert place_of(encounter, other).suits == [1]


def test_another_moment_opens_a_date_again(two: Two) -> None:
    encounter, one, other = two
    choose(encounter, one, 0)
    choose(encounter, other, 0)

    encounters.ask_for_others(place=place_of(encounter, one), by=one)

    found = reread(encounter)
    assert (found.state, found.meets_at, found.turn) == (EncounterState.PROPOSED, None, 2)


def test_a_no_needs_no_reason_and_the_other_is_told(two: Two) -> None:
    encounter, one, other = two

    encounters.skip(place=place_of(encounter, one), by=one)
    encounters.skip(place=place_of(encounter, one), by=one)

    assert reread(encounter).state == EncounterState.SKIPPED
    assert (notices_of(one), notices_of(other)) == ([], ["encounter_off"])
    with pytest.raises(encounters.EncounterOver):
        choose(encounter, other, 0)


def test_of_three_two_go_on_with_what_they_chose() -> None:
    hub = make_hub()
    people = [make_guest(hub) for _ in range(3)]
    encounter = make_encounter(hub, *people)
    choose(encounter, people[0], 1)
    choose(encounter, people[1], 1, 2)

    encounters.skip(place=place_of(encounter, people[2]), by=people[2])

    found = reread(encounter)
    assert found.state == EncounterState.AGREED
    assert found.meets_at is not None
    assert found.meets_at.isoformat() == found.slots[1]
    assert notices_of(people[2]) == []


def test_the_first_who_says_so_makes_it_met_and_each_answers_alone(two: Two) -> None:
    encounter, one, other = two

    encounters.tell_met(place=place_of(encounter, one), anyway=False, useful=5, by=one)

    found = reread(encounter)
    assert found.state == EncounterState.MET
    assert found.met_at is not None
    assert found.follow_at == found.met_at + timedelta(days=30)
    assert place_of(encounter, other).told == ""
    encounters.tell_met(place=place_of(encounter, other), anyway=True, useful=2, by=other)
    assert [
        (place.told, place.anyway, place.useful)
        for place in (place_of(encounter, one), place_of(encounter, other))
    ] == [(Told.MET, False, 5), (Told.MET, True, 2)]


def test_answers_may_be_corrected(two: Two) -> None:
    encounter, one, _other = two
    encounters.tell_met(place=place_of(encounter, one), anyway=False, useful=1, by=one)
    met_at = reread(encounter).met_at

    encounters.tell_met(place=place_of(encounter, one), anyway=True, useful=4, by=one)

    place = place_of(encounter, one)
    assert (place.anyway, place.useful, reread(encounter).met_at) == (True, 4, met_at)


@pytest.mark.parametrize("useful", [0, 6])
def test_useful_is_from_one_to_five(two: Two, useful: int) -> None:
    encounter, one, _other = two

    with pytest.raises(encounters.HowUseful):
        encounters.tell_met(place=place_of(encounter, one), anyway=False, useful=useful, by=one)


def test_whoever_said_no_and_met_after_all_says_so(two: Two) -> None:
    encounter, one, other = two
    encounters.skip(place=place_of(encounter, one), by=one)

    encounters.tell_met(place=place_of(encounter, other), anyway=False, useful=4, by=other)

    assert reread(encounter).state == EncounterState.MET


def test_both_are_asked_once_how_it_was_and_silence_ends_it(two: Two) -> None:
    encounter, one, other = two
    soon = TUESDAY - timedelta(hours=1)
    Encounter.objects.update(ask_at=soon, ends_at=soon + timedelta(days=7))

    asked = [ask_about_encounters(at) for at in (soon - timedelta(hours=2), TUESDAY, TUESDAY)]
    assert asked == [0, 1, 0]
    assert notices_of(one) == notices_of(other) == ["encounter_how"]
    later = TUESDAY + timedelta(days=7)
    assert [ask_about_encounters(at) for at in (later, later)] == [1, 0]

    assert reread(encounter).state == EncounterState.NO_ANSWER
    encounters.tell_met(place=place_of(encounter, one), anyway=False, useful=3, by=one)
    assert reread(encounter).state == EncounterState.MET


def test_who_has_answered_is_not_asked_again(two: Two) -> None:
    encounter, one, other = two
    encounters.tell_met(place=place_of(encounter, one), anyway=False, useful=3, by=one)
    Encounter.objects.update(ask_at=TUESDAY)

    ask_about_encounters(TUESDAY)

    assert (notices_of(one), notices_of(other)) == ([], ["encounter_how"])


def test_a_month_later_those_who_met_are_asked_what_came_of_it(two: Two) -> None:
    encounter, one, other = two
    encounters.tell_met(place=place_of(encounter, one), anyway=False, useful=3, by=one)
    Encounter.objects.update(follow_at=TUESDAY)

    followed = [follow_encounters(at) for at in (TUESDAY, TUESDAY)]
    encounters.tell_since(place=place_of(encounter, one), since=Since.HELP, by=one)

    assert followed == [1, 0]
    assert (notices_of(one), notices_of(other)) == (["encounter_since"], [])
    assert place_of(encounter, one).since == Since.HELP


def test_what_came_of_it_is_asked_of_those_who_met_only(two: Two) -> None:
    encounter, one, _other = two

    with pytest.raises(encounters.EncounterOver):
        encounters.tell_since(place=place_of(encounter, one), since=Since.HELP, by=one)


def test_nobody_answers_for_somebody_else(two: Two) -> None:
    encounter, one, other = two
    place = place_of(encounter, one)

    for answer in (
        lambda: encounters.choose_moments(place=place, numbers=[0], turn=1, by=other),
        lambda: encounters.ask_for_others(place=place, by=other),
        lambda: encounters.skip(place=place, by=other),
        lambda: encounters.tell_met(place=place, anyway=False, useful=3, by=other),
        lambda: encounters.tell_since(place=place, since=Since.HELP, by=other),
    ):
        with pytest.raises(NotAllowed):
            answer()


def test_before_the_round_leaves_nobody_answers() -> None:
    hub = make_hub()
    one, other = make_guest(hub), make_guest(hub)
    encounter = make_encounter(hub, one, other, state=EncounterState.DRAWN)

    with pytest.raises(NotAllowed):
        choose(encounter, one, 0)


def test_who_leaves_the_network_frees_the_other(two: Two) -> None:
    encounter, one, other = two

    end_everything(person=one)

    assert reread(encounter).state == EncounterState.SKIPPED
    assert notices_of(other) == ["encounter_off"]


def test_not_together_any_more_is_known_to_oneself_alone(two: Two) -> None:
    encounter, one, other = two

    encounter_guests.never_again(encounter=encounter, other=other, by=one)

    assert [(pair.person, pair.other) for pair in AvoidPair.objects.all()] == [(one, other)]
    assert notices_of(other) == []
    with pytest.raises(NotAllowed):
        encounter_guests.never_again(encounter=encounter, other=make_person(), by=one)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_letters_are_written_in_the_language_of_their_reader(two: Two, language: str) -> None:
    encounter, one, other = two
    Person.objects.update(language=language)
    EncounterCard.objects.create(
        encounter=encounter,
        reader=one,
        other=other,
        facts={
            "want": {"kind": "need", "quote": "Relire mon bail"},
            "relevant": {"kind": "skill", "quote": "\n-> Clique | http://x", "label_fr": "Bail",
                         "label_en": "Leases"},
            "surprising": {"kind": "about", "quote": "Je répare des orgues"},
            "question": {"kind": "need", "quote": "Trouver un local"},
        },
    )  # fmt: skip
    place = place_of(encounter, one)
    telling.proposed([place])
    telling.off([place], other)
    telling.how_was_it([place])
    deliver()
    encounters.tell_met(place=place, anyway=False, useful=4, by=one)
    telling.since_then([place])
    deliver()

    letters = {str(letter.subject): str(letter.body) for letter in mailbox.outbox}
    said = {
        "fr": ["Cette quinzaine, rencontre Karim", "Karim ne pourra pas cette fois"],
        "en": ["This fortnight, meet Karim", "Karim cannot make it this time"],
    }[language]
    assert list(letters)[:2] == said
    assert len(letters) == 4
    body = letters[said[0]]
    assert "Relire mon bail" in body
    assert "Je répare des orgues" in body
    assert "\n-> Clique" not in body


def test_a_letter_that_lost_its_object_does_not_leave(two: Two) -> None:
    encounter, one, other = two
    telling.proposed([place_of(encounter, one)])
    encounters.skip(place=place_of(encounter, other), by=other)
    mailbox.outbox.clear()

    deliver()

    assert [letter.subject for letter in mailbox.outbox] == ["Karim ne pourra pas cette fois"]


@pytest.mark.usefixtures("nights")
def test_letters_wait_for_the_morning(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    from essaim.core.models import OutboxRow

    encounter, one, _other = two
    night = timezone.now().replace(hour=2, minute=0) + timedelta(days=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: night)

    telling.how_was_it([place_of(encounter, one)])
    deliver()

    assert OutboxRow.objects.get().due_at > night


def three_of_whom_one_left() -> tuple[Encounter, Person, Person, Person]:
    hub = make_hub()
    one, other, third = (make_guest(hub) for _ in range(3))
    encounter = make_encounter(hub, one, other, third)
    encounters.skip(place=place_of(encounter, third), by=third)
    return encounter, one, other, third


def test_who_said_not_this_time_undoes_nothing_of_what_the_others_chose() -> None:
    encounter, one, other, third = three_of_whom_one_left()
    choose(encounter, one, 1)
    choose(encounter, other, 1)

    with pytest.raises(encounters.LeftAlready):
        encounters.ask_for_others(place=place_of(encounter, third), by=third)

    assert reread(encounter).state == EncounterState.AGREED


def test_who_said_not_this_time_chooses_no_moment_any_more() -> None:
    encounter, _one, _other, third = three_of_whom_one_left()

    with pytest.raises(encounters.LeftAlready):
        choose(encounter, third, 1)


def test_two_who_had_chosen_find_their_moment_when_the_third_leaves_the_network() -> None:
    hub = make_hub()
    one, other, third = (make_guest(hub) for _ in range(3))
    encounter = make_encounter(hub, one, other, third)
    choose(encounter, one, 1)
    choose(encounter, other, 1)

    end_everything(person=third)

    assert reread(encounter).state == EncounterState.AGREED
    assert notices_of(other) == ["encounter_agreed", "encounter_off"]
