import pytest

from essaim.core import journal
from essaim.core.refusals import NotAllowed
from essaim.exchange.actions import help as help_actions
from essaim.exchange.models import HelpExchange, HelpState
from tests.factories import make_ask, make_exchange, make_hub, make_need, make_resident

pytestmark = pytest.mark.django_db


def test_yes_to_an_ask_becomes_an_exchange() -> None:
    hub = make_hub()
    author, helper = make_resident(hub), make_resident(hub)
    ask = make_ask(make_need(author, hub, minutes=45), helper)

    exchange = help_actions.agree_help(ask=ask, by=helper)

    assert (exchange.giver, exchange.receiver, exchange.hub) == (helper, author, hub)
    assert (exchange.state, exchange.planned_minutes) == (HelpState.AGREED, 45)
    assert exchange.title == ask.need.title
    assert [line.verb for line in journal.of(exchange)] == ["agree_help"]


def test_only_who_was_asked_may_say_yes() -> None:
    hub = make_hub()
    author, helper = make_resident(hub), make_resident(hub)
    ask = make_ask(make_need(author, hub), helper)

    with pytest.raises(NotAllowed):
        help_actions.agree_help(ask=ask, by=author)

    assert not HelpExchange.objects.exists()


def test_yes_beyond_the_pledge_is_refused() -> None:
    hub = make_hub()
    author, helper = make_resident(hub), make_resident(hub, minutes=60)
    make_exchange(helper, author, hub, planned_minutes=45)
    ask = make_ask(make_need(author, hub, minutes=30), helper)

    with pytest.raises(help_actions.NoTimeLeft):
        help_actions.agree_help(ask=ask, by=helper)


def test_third_help_at_once_is_refused() -> None:
    hub = make_hub()
    author, helper = make_resident(hub), make_resident(hub)
    make_exchange(helper, author, hub, planned_minutes=15)
    make_exchange(helper, author, hub, planned_minutes=15)
    ask = make_ask(make_need(author, hub, minutes=15), helper)

    with pytest.raises(help_actions.HandsFull):
        help_actions.agree_help(ask=ask, by=helper)
