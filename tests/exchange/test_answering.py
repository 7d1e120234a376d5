from datetime import timedelta

import pytest
from django.utils import timezone

from essaim.exchange.answering import answers_of
from essaim.exchange.models import AskState, DeclineCode
from essaim.exchange.scoring import Answers
from tests.factories import make_ask, make_hub, make_need, make_resident

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def asked(days_ago: float, state: str, **fields: object) -> list[Answers]:
    """What is known of somebody who was asked once."""
    hub = make_hub()
    helper = make_resident(hub)
    need = make_need(make_resident(hub), hub)
    make_ask(need, helper, state=state, sent_at=NOW - timedelta(days=days_ago), **fields)
    return answers_of([helper.pk, need.author_id], now=NOW)[helper.pk]


@pytest.mark.parametrize(("days", "weight"), [(0, 1), (90, 0.5), (135, 0.5**1.5), (4.5, 0.5**0.05)])
def test_an_answer_fades_by_half_every_90_days(days: float, weight: float) -> None:
    [answers] = asked(days, AskState.ACCEPTED)

    assert answers.weight == pytest.approx(weight, rel=1e-6)


@pytest.mark.parametrize(
    ("state", "worth"),
    [
        (AskState.ACCEPTED, 1),
        (AskState.LATE_YES, 1),
        (AskState.DECLINED, 0),
        (AskState.EXPIRED, 0),
    ],
)
def test_a_yes_is_worth_one_and_a_no_or_silence_nothing(state: str, worth: float) -> None:
    [answers] = asked(1, state)

    assert answers.worth == worth


def test_a_no_that_names_somebody_is_worth_half() -> None:
    [answers] = asked(1, AskState.DECLINED, decline_code=DeclineCode.OTHER_PERSON)

    assert answers.worth == 0.5


@pytest.mark.parametrize("state", [AskState.SENT, AskState.LATER, AskState.WITHDRAWN])
def test_what_waits_or_was_taken_back_says_nothing(state: str) -> None:
    assert asked(1, state) == []


def test_what_is_older_than_half_a_year_is_forgotten() -> None:
    assert asked(181, AskState.ACCEPTED) == []


def test_answers_of_one_kind_add_up() -> None:
    hub = make_hub()
    helper, author = make_resident(hub), make_resident(hub)
    for days in (0, 90):
        need = make_need(author, hub)
        make_ask(need, helper, state=AskState.ACCEPTED, sent_at=NOW - timedelta(days=days))

    [answers] = answers_of([helper.pk], now=NOW)[helper.pk]

    assert answers.worth == 1
    assert answers.weight == pytest.approx(1.5)
