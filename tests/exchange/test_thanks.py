"""Thanks: a few words of who was helped, up to whom they chose, without stars."""

import pytest
from django.contrib.auth.models import AnonymousUser

from essaim.core.models import Notice
from essaim.core.refusals import NotAllowed
from essaim.core.states import Overtaken
from essaim.exchange.actions import help as actions
from essaim.exchange.models import HelpExchange, HelpState, Thanks, ThanksAudience
from tests.factories import make_exchange, make_host, make_hub, make_resident

pytestmark = pytest.mark.django_db


def make_confirmed() -> HelpExchange:
    hub = make_hub()
    return make_exchange(
        make_resident(hub), make_resident(hub), hub, state=HelpState.CONFIRMED, minutes=30
    )


def test_who_was_helped_thanks_and_the_giver_is_told_without_a_copy() -> None:
    exchange = make_confirmed()

    thanks = actions.thank(exchange=exchange, text="  Merci pour tout. ", by=exchange.receiver)

    assert (thanks.text, thanks.audience) == ("Merci pour tout.", ThanksAudience.HUB)
    notice = Notice.objects.get(recipient=exchange.giver)
    assert notice.code == "thanks_received"
    assert "Merci pour tout" not in f"{notice.title} {notice.facts}"


def test_giver_does_not_thank_themselves() -> None:
    exchange = make_confirmed()

    with pytest.raises(NotAllowed):
        actions.thank(exchange=exchange, text="Bravo moi", by=exchange.giver)


def test_one_thanks_per_help() -> None:
    exchange = make_confirmed()
    actions.thank(exchange=exchange, text="Merci", by=exchange.receiver)

    with pytest.raises(actions.AlreadyThanked):
        actions.thank(exchange=exchange, text="Encore", by=exchange.receiver)


def test_empty_thanks_are_refused() -> None:
    exchange = make_confirmed()

    with pytest.raises(actions.NothingWritten):
        actions.thank(exchange=exchange, text=" \n ", by=exchange.receiver)


def test_long_thanks_are_kept_up_to_five_hundred_signs() -> None:
    exchange = make_confirmed()

    assert len(actions.thank(exchange=exchange, text="m" * 600, by=exchange.receiver).text) == 500


@pytest.mark.parametrize("state", [HelpState.AGREED, HelpState.CANCELLED, HelpState.NO_SHOW])
def test_help_that_did_not_happen_is_not_thanked(state: str) -> None:
    hub = make_hub()
    exchange = make_exchange(make_resident(hub), make_resident(hub), hub, state=state)

    with pytest.raises(Overtaken):
        actions.thank(exchange=exchange, text="Merci", by=exchange.receiver)


READERS = {
    ThanksAudience.PRIVATE: {"author", "giver"},
    ThanksAudience.HUB: {"author", "giver", "neighbour", "host"},
    ThanksAudience.PUBLIC: {"author", "giver", "neighbour", "host", "stranger", "visitor"},
}


@pytest.mark.parametrize("audience", READERS)
def test_thanks_are_read_by_whom_their_author_chose(audience: str) -> None:
    exchange = make_confirmed()
    actions.thank(exchange=exchange, text="Merci", audience=audience, by=exchange.receiver)
    people = {
        "author": exchange.receiver,
        "giver": exchange.giver,
        "neighbour": make_resident(exchange.hub),
        "host": make_host(exchange.hub),
        "stranger": make_resident(make_hub()),
        "visitor": AnonymousUser(),
    }

    readers = {who for who, person in people.items() if Thanks.objects.visible_to(person).exists()}

    assert readers == READERS[ThanksAudience(audience)]
