"""What is typed in a turn: the sentence, who can help with it, and what becomes of it."""

from uuid import uuid4

import pytest
from django.utils import timezone

from essaim.core import outbox
from essaim.core.models import Notice
from essaim.core.refusals import NotAllowed
from essaim.exchange.actions import buzz as meeting
from essaim.exchange.actions import buzz_words as actions
from essaim.exchange.models import (
    AvoidPair,
    Buzz,
    BuzzNote,
    Consent,
    Need,
    NeedAudience,
    NeedSource,
    NeedState,
    Pause,
)
from essaim.hubs.models import Hub
from essaim.people.models import Person, Skill
from tests.exchange.buzzing import facts_of, give_next, ring, told, turn_of
from tests.factories import lend, make_host, make_hub, make_resident

pytestmark = pytest.mark.django_db
SENTENCE = "Je cherche quelqu’un pour relire mon plan de financement"


@pytest.fixture
def host(hub: Hub) -> Person:
    return make_host(hub)


@pytest.fixture
def buzz(hub: Hub, host: Person, author: Person, helpers: list[Person]) -> Buzz:
    """The author speaks; four of five helpers are in the room."""
    found = ring(hub, host, author, *helpers[1:])
    give_next(found, host)
    return found


def test_the_sentence_becomes_a_draft_of_its_speaker(buzz: Buzz, author: Person) -> None:
    actions.type_need(turn=turn_of(buzz, author), text="Je cherche", version=1, by=author)
    actions.type_need(turn=turn_of(buzz, author), text=SENTENCE, version=2, by=author)

    need = Need.objects.get()
    assert (need.author, need.state, need.source) == (author, NeedState.DRAFT, NeedSource.BUZZ)
    assert need.text == SENTENCE
    assert facts_of(buzz, "typed")["text"] == SENTENCE


def test_what_arrives_late_or_twice_undoes_nothing(buzz: Buzz, author: Person) -> None:
    turn = turn_of(buzz, author)
    actions.type_need(turn=turn, text=SENTENCE, version=5, by=author)

    actions.type_need(turn=turn, text="Je ch", version=3, by=author)
    actions.type_need(turn=turn, text=SENTENCE, version=5, by=author)

    assert Need.objects.get().text == SENTENCE
    assert told(buzz).count("typed") == 1


def test_the_scribe_types_for_everyone_and_others_only_for_themselves(
    buzz: Buzz, author: Person, helpers: list[Person], host: Person
) -> None:
    turn = turn_of(buzz, author)
    with pytest.raises(NotAllowed):
        actions.type_need(turn=turn, text=SENTENCE, version=1, by=helpers[1])
    meeting.name_scribe(buzz=buzz, person=helpers[1], by=host)

    actions.type_need(turn=turn_of(buzz, author), text=SENTENCE, version=1, by=helpers[1])

    assert Need.objects.get().author == author


def test_nobody_types_before_their_turn(buzz: Buzz, helpers: list[Person]) -> None:
    with pytest.raises(actions.NotYourTurn):
        actions.type_need(turn=turn_of(buzz, helpers[1]), text=SENTENCE, version=1, by=helpers[1])


def test_a_phone_that_was_cut_off_sends_its_sentence_after_the_end(
    buzz: Buzz, author: Person, host: Person
) -> None:
    meeting.close_buzz(buzz=buzz, by=host)

    actions.type_need(turn=turn_of(buzz, author), text=SENTENCE, version=1, by=author)

    assert Need.objects.get().text == SENTENCE
    Buzz.objects.filter(pk=buzz.pk).update(closed_at=timezone.now() - actions.LATE * 2)
    with pytest.raises(meeting.BuzzOver):
        actions.type_need(turn=turn_of(buzz, author), text="Trop tard", version=2, by=author)


def test_three_of_the_room_are_shown_then_those_of_other_hives(
    buzz: Buzz, author: Person, helpers: list[Person], skill: Skill
) -> None:
    far = make_resident(make_hub("Lyon"), given_name="Zoé")
    lend(far, skill, "J’en ai monté trois")
    actions.type_need(turn=turn_of(buzz, author), text=SENTENCE, version=1, by=author)

    actions.show_helpers(turn=turn_of(buzz, author), by=author)
    in_room = facts_of(buzz, "helpers")
    actions.show_helpers(turn=turn_of(buzz, author), by=author, further=True)
    further = facts_of(buzz, "helpers")

    there = {str(person.pk) for person in helpers[1:]}
    assert len(in_room["here"]) == 3
    assert {card["id"] for card in in_room["here"]} <= there
    assert in_room["there"] == []
    # Nadia lives in this hive and is not in the room: she will be asked, she is not shown.
    assert [card["given"] for card in further["there"]] == ["Zoé"]
    assert "J’en ai monté trois" in further["there"][0]["why"]["fr"]


def test_the_wall_tells_neither_hours_left_nor_who_helped_whom(buzz: Buzz, author: Person) -> None:
    actions.type_need(turn=turn_of(buzz, author), text=SENTENCE, version=1, by=author)
    actions.show_helpers(turn=turn_of(buzz, author), by=author)

    for card in facts_of(buzz, "helpers")["here"]:
        assert "Plan de financement" in card["why"]["fr"]
        assert "ce mois-ci" not in card["why"]["fr"]
        assert "jamais" not in card["why"]["fr"]


def test_who_rests_or_is_kept_apart_from_the_speaker_is_not_shown(
    buzz: Buzz, author: Person, helpers: list[Person]
) -> None:
    _nadia, omar, pia, quentin, rosa = helpers
    Pause.objects.create(person=omar, from_on=timezone.localdate())
    AvoidPair.objects.create(person=pia, other=author)
    actions.type_need(turn=turn_of(buzz, author), text=SENTENCE, version=1, by=author)

    actions.show_helpers(turn=turn_of(buzz, author), by=author)

    shown = {card["id"] for card in facts_of(buzz, "helpers")["here"]}
    assert shown == {str(quentin.pk), str(rosa.pk)}


def test_the_same_people_are_not_told_twice(buzz: Buzz, author: Person) -> None:
    turn = turn_of(buzz, author)
    actions.type_need(turn=turn, text=SENTENCE, version=1, by=author)
    for _ in range(3):
        actions.show_helpers(turn=turn_of(buzz, author), by=author)

    assert told(buzz).count("helpers") == 1


def test_without_consent_the_need_stays_a_draft_that_nobody_else_sees(
    buzz: Buzz, author: Person, helpers: list[Person]
) -> None:
    actions.type_need(turn=turn_of(buzz, author), text=SENTENCE, version=1, by=author)

    actions.give_consent(turn=turn_of(buzz, author), consent=Consent.KEPT, by=author)

    assert not Need.objects.visible_to(helpers[1]).exists()
    assert list(Need.objects.visible_to(author)) == [Need.objects.get(state=NeedState.DRAFT)]


def test_published_at_once_three_are_asked_as_for_any_need(
    buzz: Buzz, author: Person, helpers: list[Person]
) -> None:
    actions.type_need(turn=turn_of(buzz, author), text=SENTENCE, version=1, by=author)

    actions.give_consent(
        turn=turn_of(buzz, author), consent=Consent.AT_ONCE, by=author, audience=NeedAudience.HUB
    )

    need = Need.objects.get()
    assert (need.state, need.audience) == (NeedState.OPEN, NeedAudience.HUB)
    assert need.asks.count() == 3
    with pytest.raises(actions.NeedHasLeft):
        actions.type_need(turn=turn_of(buzz, author), text="Autre chose", version=9, by=author)


def test_consent_needs_words_and_the_author_or_the_scribe(
    buzz: Buzz, author: Person, helpers: list[Person]
) -> None:
    with pytest.raises(actions.NothingSaid):
        actions.give_consent(turn=turn_of(buzz, author), consent=Consent.AFTER, by=author)
    actions.type_need(turn=turn_of(buzz, author), text=SENTENCE, version=1, by=author)
    with pytest.raises(NotAllowed):
        actions.give_consent(turn=turn_of(buzz, author), consent=Consent.AT_ONCE, by=helpers[1])
    assert Need.objects.get().state == NeedState.DRAFT


def test_news_and_thanks_are_noted_once(buzz: Buzz, author: Person, host: Person) -> None:
    key = uuid4()
    for _ in range(2):
        actions.note(
            buzz=buzz, kind="news", text="On a signé le bail !", by=host, person=author, key=key
        )
    with pytest.raises(NotAllowed):
        actions.note(buzz=buzz, kind="thanks", text="Merci", by=author, person=host)
    with pytest.raises(actions.NobodyTyped):
        actions.note(buzz=buzz, kind="thanks", text="  ", by=author)

    noted = BuzzNote.objects.get()
    assert (noted.person, noted.text) == (author, "On a signé le bail !")


def test_the_author_who_said_no_is_not_overruled_by_a_host(
    buzz: Buzz, author: Person, host: Person
) -> None:
    actions.type_need(turn=turn_of(buzz, author), text=SENTENCE, version=1, by=author)
    actions.give_consent(turn=turn_of(buzz, author), consent=Consent.KEPT, by=author)

    with pytest.raises(actions.AuthorHasSaid):
        actions.give_consent(turn=turn_of(buzz, author), consent=Consent.AT_ONCE, by=host)

    assert Need.objects.get().state == NeedState.DRAFT


def test_once_the_buzz_is_over_a_host_publishes_nothing_that_was_kept(
    buzz: Buzz, author: Person, host: Person
) -> None:
    actions.type_need(turn=turn_of(buzz, author), text=SENTENCE, version=1, by=host)
    actions.give_consent(turn=turn_of(buzz, author), consent=Consent.KEPT, by=host)
    meeting.close_buzz(buzz=buzz, by=host)

    with pytest.raises(actions.AuthorHasSaid):
        actions.give_consent(turn=turn_of(buzz, author), consent=Consent.AT_ONCE, by=host)
    with pytest.raises(actions.AuthorHasSaid):
        actions.type_need(turn=turn_of(buzz, author), text="Autre chose", version=2, by=host)

    actions.give_consent(turn=turn_of(buzz, author), consent=Consent.AT_ONCE, by=author)
    assert Need.objects.get().state == NeedState.OPEN


def test_a_draft_left_open_is_its_authors_alone_a_day_after(
    buzz: Buzz, author: Person, host: Person
) -> None:
    actions.type_need(turn=turn_of(buzz, author), text=SENTENCE, version=1, by=host)
    meeting.close_buzz(buzz=buzz, by=host)
    Buzz.objects.filter(pk=buzz.pk).update(closed_at=timezone.now() - actions.LATE * 2)

    with pytest.raises(meeting.BuzzOver):
        actions.give_consent(turn=turn_of(buzz, author), consent=Consent.AT_ONCE, by=host)


def test_a_sentence_that_was_emptied_is_never_published(
    buzz: Buzz, author: Person, host: Person
) -> None:
    actions.type_need(turn=turn_of(buzz, author), text=SENTENCE, version=1, by=author)
    actions.give_consent(turn=turn_of(buzz, author), consent=Consent.AFTER, by=author)
    actions.type_need(turn=turn_of(buzz, author), text=" ", version=2, by=author)
    with pytest.raises(actions.NothingSaid):
        actions.give_consent(turn=turn_of(buzz, author), consent=Consent.AT_ONCE, by=author)

    meeting.close_buzz(buzz=buzz, by=host)
    outbox.deliver()

    assert Need.objects.get().state == NeedState.DRAFT
    assert not Notice.objects.filter(code="buzz_need_kept").exists()
    assert Notice.objects.filter(code="buzz_minutes", recipient=author).exists()
