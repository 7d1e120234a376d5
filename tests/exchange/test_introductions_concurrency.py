"""Several people answer about one introduction at once: each step is taken once, or not at all."""

from collections import Counter
from pathlib import Path

import pytest

from essaim.core.models import Notice
from essaim.exchange.actions import introductions as actions
from essaim.exchange.models import Introduction, IntroductionState
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.exchange.test_asks_concurrency import act_at_once
from tests.factories import make_need, make_resident

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def test_eight_taps_offer_one_introduction(tmp_path: Path, hub: Hub, author: Person) -> None:
    need = make_need(author, hub, looking_for="La Mutuelle du Fleuve")
    words = f"{need.pk} {make_resident(hub).pk}"

    outcomes = act_at_once(tmp_path, *[[("offer_introduction", words)]] * 8)

    assert outcomes == Counter({"done": 1, "OfferedAlready": 7})
    assert Notice.objects.filter(code="introduction_offered").count() == 1


def test_a_yes_and_a_taking_back_at_once_leave_no_address_half_shown(
    tmp_path: Path, hub: Hub, author: Person
) -> None:
    need = make_need(author, hub, looking_for="La Mutuelle du Fleuve")
    introducer, whom = make_resident(hub), make_resident(hub)
    offered = actions.offer_introduction(need=need, by=introducer, whom=whom)
    actions.welcome(introduction=offered, by=author)
    says_yes = [("make_introduction", f"{offered.pk} {whom.pk}")]
    takes_back = [("withdraw_introduction", f"{offered.pk} {introducer.pk}")]

    outcomes = act_at_once(tmp_path, *[says_yes, takes_back] * 4)

    made = Introduction.objects.get().state == IntroductionState.MADE
    assert outcomes == Counter({"done": 1, "Overtaken": 7})
    assert Notice.objects.filter(code="introduction_made").count() == (3 if made else 0)
