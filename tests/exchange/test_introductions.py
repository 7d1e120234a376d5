"""« Do you know somebody there? »: offered, welcomed, made; who is told what, and who sees whom."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from essaim.core.models import Notice
from essaim.core.personal_data import export
from essaim.core.refusals import NotAllowed
from essaim.core.states import Overtaken
from essaim.exchange.actions import introductions as actions
from essaim.exchange.actions.asks import CannotBeAsked, NeedOver
from essaim.exchange.actions.leaving import end_everything
from essaim.exchange.contact import contact_of
from essaim.exchange.models import (
    AvoidPair,
    Introduction,
    IntroductionState,
    Need,
    NeedState,
    Outcome,
)
from essaim.exchange.sweeps import introductions as sweeps
from essaim.hubs.models import Hub
from essaim.people.models import Audience, Person
from tests.factories import make_hub, make_need, make_resident

pytestmark = pytest.mark.django_db

BANK = "La Mutuelle du Fleuve"


@pytest.fixture
def introducer(hub: Hub) -> Person:
    return make_resident(hub, given_name="Nadia")


@pytest.fixture
def whom() -> Person:
    """Of another hive, and whose address opens with a yes only."""
    return make_resident(
        make_hub("Ailleurs"), given_name="Wim", email_audience=Audience.ON_YES, language="fr"
    )


@pytest.fixture
def need(author: Person, hub: Hub) -> Need:
    return make_need(author, hub, looking_for=BANK)


@pytest.fixture
def offered(need: Need, introducer: Person, whom: Person) -> Introduction:
    return actions.offer_introduction(need=need, by=introducer, whom=whom, words="On a dîné hier")


@pytest.fixture
def outside(need: Need, introducer: Person) -> Introduction:
    return actions.offer_introduction(need=need, by=introducer)


def told(person: Person) -> list[str]:
    rows = Notice.objects.filter(recipient=person).order_by("created_at", "id")
    return list(rows.values_list("code", flat=True))


def reread(introduction: Introduction) -> Introduction:
    return Introduction.objects.get(pk=introduction.pk)


def test_nobody_but_the_asker_hears_of_an_offer(
    offered: Introduction, author: Person, introducer: Person, whom: Person
) -> None:
    assert (told(author), told(introducer), told(whom)) == (["introduction_offered"], [], [])
    assert not Introduction.objects.visible_to(whom).exists()


def test_after_the_yes_of_the_asker_the_third_is_asked(
    offered: Introduction, author: Person, whom: Person
) -> None:
    actions.welcome(introduction=offered, by=author)
    assert told(whom) == ["introduction_asked"]
    assert Introduction.objects.visible_to(whom).get() == offered


def test_no_address_is_shown_before_both_have_said_yes(
    offered: Introduction, author: Person, whom: Person
) -> None:
    shown = []
    for verb, by in ((None, author), (actions.welcome, author), (actions.make_introduction, whom)):
        if verb is not None:
            verb(introduction=offered, by=by)
        shown.append((contact_of(whom, author).email, contact_of(author, whom).email))
    assert shown == [("", ""), ("", ""), (whom.email, author.email)]


def test_all_three_hear_that_it_is_made(
    offered: Introduction, author: Person, introducer: Person, whom: Person
) -> None:
    actions.welcome(introduction=offered, by=author)
    actions.make_introduction(introduction=offered, by=whom)
    for person in (author, introducer, whom):
        assert told(person)[-1] == "introduction_made"


def test_a_no_of_the_third_is_told_to_the_asker_as_nobodys(
    offered: Introduction, author: Person, introducer: Person, whom: Person
) -> None:
    actions.welcome(introduction=offered, by=author)
    actions.decline_introduction(introduction=offered, by=whom)
    titles = Notice.objects.filter(code="introduction_ended").values_list("title", flat=True)
    assert reread(offered).state == IntroductionState.DECLINED
    assert len(titles) == 2
    assert not any("Wim" in title for title in titles)
    assert contact_of(whom, author).email == ""


def test_a_no_of_the_asker_asks_nobody(
    offered: Introduction, author: Person, introducer: Person, whom: Person
) -> None:
    actions.decline_introduction(introduction=offered, by=author)
    assert (told(introducer), told(whom)) == (["introduction_ended"], [])


def test_outside_the_network_nothing_is_held_but_the_organisation(
    outside: Introduction, author: Person, introducer: Person
) -> None:
    actions.welcome(introduction=outside, by=author)
    assert told(introducer) == ["introduction_to_send"]
    assert (outside.whom, outside.about) == (None, BANK)

    actions.make_introduction(introduction=outside, by=introducer)

    assert reread(outside).state == IntroductionState.MADE
    assert told(author)[-1] == "introduction_made"


Verb = Callable[..., None]


@pytest.mark.parametrize("verb", [actions.welcome, actions.withdraw_introduction])
def test_each_answers_for_oneself(offered: Introduction, whom: Person, verb: Verb) -> None:
    with pytest.raises(NotAllowed):
        verb(introduction=offered, by=whom)


def test_the_introducer_does_not_say_yes_for_a_member(
    offered: Introduction, author: Person, introducer: Person
) -> None:
    actions.welcome(introduction=offered, by=author)
    with pytest.raises(NotAllowed):
        actions.make_introduction(introduction=offered, by=introducer)


def test_nothing_is_made_before_the_asker_said_yes(offered: Introduction, whom: Person) -> None:
    with pytest.raises(Overtaken):
        actions.make_introduction(introduction=offered, by=whom)


def test_the_database_itself_refuses_an_introduction_without_consent(
    offered: Introduction,
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Introduction.objects.filter(pk=offered.pk).update(state="made", made_at=timezone.now())


def test_one_offer_each_unless_it_was_taken_back(
    offered: Introduction, need: Need, introducer: Person
) -> None:
    with pytest.raises(actions.OfferedAlready):
        actions.offer_introduction(need=need, by=introducer)
    actions.withdraw_introduction(introduction=offered, by=introducer)
    assert actions.offer_introduction(need=need, by=introducer).whom is None


def test_a_need_that_looks_for_nobody_takes_no_offer(
    author: Person, hub: Hub, introducer: Person
) -> None:
    with pytest.raises(actions.NobodyLookedFor):
        actions.offer_introduction(need=make_need(author, hub), by=introducer)


def test_a_need_that_is_over_takes_no_offer(need: Need, introducer: Person) -> None:
    Need.objects.filter(pk=need.pk).update(state=NeedState.MET)
    with pytest.raises(NeedOver):
        actions.offer_introduction(need=need, by=introducer)


def test_who_cannot_read_the_need_offers_nothing(author: Person, hub: Hub) -> None:
    need = make_need(author, hub, looking_for=BANK, audience="hub")
    stranger = make_resident(make_hub("Ailleurs"))
    for person in (stranger, author):
        with pytest.raises(NotAllowed):
            actions.offer_introduction(need=need, by=person)


@pytest.mark.parametrize("pair", ["author whom", "whom introducer", "author introducer"])
def test_people_kept_apart_are_not_introduced(
    need: Need, introducer: Person, whom: Person, author: Person, pair: str
) -> None:
    people = {"author": author, "whom": whom, "introducer": introducer}
    one, other = pair.split()
    AvoidPair.objects.create(person=people[one], other=people[other])
    with pytest.raises(CannotBeAsked):
        actions.offer_introduction(need=need, by=introducer, whom=whom)


def test_nobody_is_introduced_to_themselves(need: Need, introducer: Person, author: Person) -> None:
    for whom in (author, introducer):
        with pytest.raises(CannotBeAsked):
            actions.offer_introduction(need=need, by=introducer, whom=whom)


def test_five_offers_a_day_are_enough(author: Person, hub: Hub, introducer: Person) -> None:
    needs = [make_need(author, hub, looking_for=BANK) for _number in range(6)]
    for need in needs[:5]:
        actions.offer_introduction(need=need, by=introducer)
    with pytest.raises(actions.OffersEnough):
        actions.offer_introduction(need=needs[5], by=introducer)


def test_silence_ends_it_after_two_weeks_and_names_nobody(
    offered: Introduction, author: Person, introducer: Person, whom: Person
) -> None:
    actions.welcome(introduction=offered, by=author)
    soon, late = (timezone.now() + timedelta(days=days) for days in (13, 14))
    assert sweeps.end_silent_introductions(soon) == 0
    assert sweeps.end_silent_introductions(late) == 1
    assert sweeps.end_silent_introductions(late) == 0
    assert reread(offered).state == IntroductionState.LAPSED
    assert told(author)[-1] == told(introducer)[-1] == "introduction_ended"
    with pytest.raises(Overtaken):
        actions.make_introduction(introduction=offered, by=whom)


def test_a_month_later_the_asker_is_asked_once_what_came_of_it(
    outside: Introduction, author: Person, introducer: Person
) -> None:
    actions.welcome(introduction=outside, by=author)
    actions.make_introduction(introduction=outside, by=introducer)
    # A Monday at noon, whatever the day of the test.
    later = timezone.now() + timedelta(days=32)
    later += timedelta(days=(7 - later.weekday()) % 7)
    later = later.replace(hour=11)
    while not sweeps.follow_introductions(later):
        later += timedelta(days=1)
        assert later < timezone.now() + timedelta(days=50)
    assert sweeps.follow_introductions(later + timedelta(days=1)) == 0
    assert told(author)[-1] == "introduction_since"

    actions.tell_outcome(introduction=outside, outcome=Outcome.LED_TO_WORK, by=author)
    assert reread(outside).outcome == Outcome.LED_TO_WORK


def test_only_the_asker_says_what_came_of_what_was_made(
    outside: Introduction, author: Person, introducer: Person
) -> None:
    with pytest.raises(Overtaken):
        actions.tell_outcome(introduction=outside, outcome=Outcome.NO_RESULT, by=author)
    with pytest.raises(NotAllowed):
        actions.tell_outcome(introduction=outside, outcome=Outcome.NO_RESULT, by=introducer)


def test_when_one_of_the_three_leaves_it_stops_without_a_word(
    offered: Introduction, whom: Person, author: Person
) -> None:
    actions.welcome(introduction=offered, by=author)
    before = Notice.objects.count()
    with transaction.atomic():
        end_everything(person=whom)
    assert reread(offered).state == IntroductionState.LAPSED
    assert Notice.objects.count() == before


def test_what_is_held_is_exported_to_each_of_the_three(
    offered: Introduction, author: Person, introducer: Person, whom: Person
) -> None:
    for person in (author, introducer, whom):
        assert export(person)["exchange.Introduction"][0]["words"] == "On a dîné hier"
