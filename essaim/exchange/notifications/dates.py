"""The moment of a help: the other is told of it, and both are asked for it when it is missing."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from essaim.core.models import Channel, Notice
from essaim.core.notifications import Facts, Kind, register
from essaim.exchange.models import HelpExchange, HelpState
from essaim.exchange.notifications.help import facts_in, other_of, tell
from essaim.people.models import Person


def _dated_facts(notice: Notice) -> Facts | None:
    """None once another moment was chosen: its own letter says it."""
    facts = facts_in(HelpState.AGREED)(notice)
    at = facts["exchange"].meets_at if facts else None
    return facts if at == datetime.fromisoformat(notice.facts["at"]) else None


def _undated_facts(notice: Notice) -> Facts | None:
    facts = facts_in(HelpState.AGREED)(notice)
    return facts if facts and facts["exchange"].meets_at is None else None


HELP_DATED = register(
    Kind("help_dated", _("The moment of a help is noted"), Channel.NOW, facts=_dated_facts)
)
HELP_UNDATED = register(
    Kind(
        "help_undated",
        _("A help was agreed three days ago, without a date"),
        Channel.NOW,
        facts=_undated_facts,
    )
)


def dated(exchange: HelpExchange, *, by: Person, now: datetime) -> None:
    assert exchange.meets_at is not None
    tell(
        HELP_DATED,
        exchange,
        other_of(exchange, by.pk),
        _("%(name)s notes when you see each other: %(title)s"),
        again=f"{now:%Y%m%d%H%M%S%f}",
        at=exchange.meets_at.isoformat(),
    )


def undated(exchange: HelpExchange) -> None:
    for to in (exchange.giver, exchange.receiver):
        tell(HELP_UNDATED, exchange, to, _("No date yet with %(name)s: %(title)s"))
