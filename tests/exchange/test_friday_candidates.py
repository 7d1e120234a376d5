"""Who is proposed for each need on a Friday, and whom a guard keeps: one test per guard."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from essaim.exchange import matching
from essaim.exchange.actions import friday as actions
from essaim.exchange.actions.capacity import pause
from essaim.exchange.friday_candidates import offers_for
from essaim.exchange.models import (
    AskState,
    AvoidPair,
    FridayBatch,
    Need,
    NeedAudience,
    NeedSource,
    NeedState,
    Pledge,
)
from essaim.hubs.models import Hub
from essaim.people.models import Person, Skill
from tests.exchange.fridays import chosen, make_helper, make_waiting
from tests.factories import (
    make_ask,
    make_exchange,
    make_host,
    make_hub,
    make_need,
    make_person,
    make_resident,
    make_skill,
    make_venture,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def host(hub: Hub) -> Person:
    return make_host(hub, given_name="Hugo")


@pytest.fixture
def need(author: Person, hub: Hub, skill: Skill) -> Need:
    return make_waiting(author, hub, skill)


def drafted(hub: Hub, host: Person) -> FridayBatch:
    return actions.draft_batch(hub=hub, by=host)


def test_reasons_are_those_of_an_ask(hub: Hub, host: Person, need: Need, skill: Skill) -> None:
    make_helper(hub, skill, "Nadia")
    [one] = drafted(hub, host).proposals.all()
    assert one.reasons["kind"] == "skill"
    assert one.reasons["quote"] == "J’ai relu dix plans de financement"
    assert (one.reasons["free"], one.reasons["first"]) == (240, True)
    assert sorted(one.reasons["parts"]) == ["answers", "diversity", "relevance", "room"]


def test_all_needs_together_are_scored_as_one_alone(
    hub: Hub, author: Person, skill: Skill, helpers: list[Person]
) -> None:
    """Whatever weighs on somebody weighs the same in both ways of asking, the load first of all."""
    other = make_skill("Vidéo")
    needs = [make_waiting(author, hub, skill), make_waiting(helpers[0], hub, other)]
    make_exchange(helpers[1], author, hub, planned_minutes=120)
    make_ask(make_need(helpers[4], hub), helpers[2])
    make_ask(
        make_need(helpers[4], hub), helpers[3], state=AskState.EXPIRED,
        sent_at=timezone.now() - timedelta(days=20),
    )  # fmt: skip
    now = timezone.now()
    offers, _known = offers_for(needs, now=now)
    together = {(o.need, o.person): round(o.score, 9) for o in offers}
    alone = {
        (need.pk, found.person_id): round(found.score.value, 9)
        for need in needs
        for found in matching.suggest(need, now=now, count=50)
    }
    assert together == alone
    assert len(together) > 5


def test_immediate_asks_count_the_load(hub: Hub, need: Need, helpers: list[Person]) -> None:
    """§5d: who has given most of the month's pledge comes after who has given nothing."""
    now = timezone.now()
    first = matching.suggest(need, now=now, count=5)[0].person_id
    loaded = next(helper for helper in helpers if helper.pk == first)
    make_exchange(loaded, helpers[-1] if loaded != helpers[-1] else helpers[0], hub,
                  planned_minutes=180)  # fmt: skip
    after = matching.suggest(need, now=now, count=5)
    assert after[-1].person_id == first
    assert after[-1].score.room == pytest.approx(1 - 180 / 240)


def test_what_is_awaited_elsewhere_is_left_in_peace(
    hub: Hub, host: Person, author: Person, skill: Skill, helpers: list[Person]
) -> None:
    def waiting(title: str, **fields: Any) -> Need:
        return make_waiting(author, hub, skill, title=title, **fields)

    waiting("À demander")
    waiting("Chez l’hôte", level=3)
    make_ask(waiting("Attend une réponse"), helpers[0])
    make_ask(waiting("Attend plus tard"), helpers[1], state=AskState.LATER)
    make_ask(waiting("Sans réponse"), helpers[2], state=AskState.EXPIRED,
             sent_at=timezone.now() - timedelta(days=9))  # fmt: skip
    waiting("En mains", state=NeedState.IN_HAND)
    waiting("Fini", expires_at=timezone.now() - timedelta(minutes=1))
    waiting("Jamais parti", source=NeedSource.IMPORT, next_step_at=None)
    make_waiting(author, make_hub("Ailleurs"), skill, title="Ailleurs")
    assert set(chosen(drafted(hub, host))) == {"À demander", "Chez l’hôte", "Sans réponse"}


Kept = Callable[[Need, Person], object]


def elsewhere(**fields: Any) -> Need:
    hub = make_hub("Ailleurs")
    return make_need(make_resident(hub), hub, **fields)


def pledged(nadia: Person, **limits: int) -> None:
    Pledge.objects.filter(person=nadia).update(**limits)


def full_week(_need: Need, nadia: Person) -> None:
    pledged(nadia, max_asks_per_week=1)
    make_ask(elsewhere(), nadia, state=AskState.EXPIRED)


def full_hands(_need: Need, nadia: Person) -> None:
    pledged(nadia, max_parallel=1)
    make_exchange(nadia, make_person(), make_hub("Ailleurs"), planned_minutes=15)


def said_no(_need: Need, nadia: Person) -> None:
    make_ask(elsewhere(), nadia, state=AskState.DECLINED, answered_at=timezone.now())


def asked_before(need: Need, nadia: Person) -> None:
    long_ago = timezone.now() - timedelta(days=9)
    make_ask(need, nadia, state=AskState.EXPIRED, sent_at=long_ago)


KEPT: dict[str, Kept] = {
    "pause": lambda _need, nadia: pause(person=nadia, by=nadia),
    "pledge": lambda _need, nadia: pledged(nadia, minutes_per_month=45),
    "week": full_week,
    "parallel": full_hands,
    "rest": said_no,
    "team": lambda need, nadia: make_venture("Ensemble", nadia, need.author),
    "apart": lambda need, nadia: AvoidPair.objects.create(person=nadia, other=need.author),
    "author": lambda need, nadia: Need.objects.filter(pk=need.pk).update(author=nadia),
    "hub": lambda _need, nadia: nadia.residencies.update(hub=make_hub("Ailleurs")),
    "asked": asked_before,
}


@pytest.mark.parametrize("kept_by", KEPT)
def test_whom_a_guard_keeps_is_not_proposed(
    hub: Hub, host: Person, author: Person, skill: Skill, kept_by: str
) -> None:
    need = make_waiting(author, hub, skill, audience=NeedAudience.HUB, minutes=60)
    nadia = make_helper(hub, skill, "Nadia")
    make_helper(hub, skill, "Omar")
    assert len(offers_for([need], now=timezone.now())[0]) == 2
    KEPT[kept_by](need, nadia)
    assert [p.helper.given_name for p in drafted(hub, host).proposals.all()] == ["Omar"]


def test_the_draft_of_another_hive_weighs_on_the_same_people(
    hub: Hub, host: Person, author: Person, skill: Skill
) -> None:
    port = make_hub("Le Port")
    nadia = make_helper(hub, skill, "Nadia")
    Pledge.objects.filter(person=nadia).update(max_asks_per_week=1)
    make_waiting(author, hub, skill)
    make_waiting(make_resident(port), port, skill)
    drafted(hub, host)
    batch = drafted(port, make_host(port))
    assert chosen(batch) == {}
    assert [p.state for p in batch.proposals.filter(helper=nadia)] == ["spare"]
