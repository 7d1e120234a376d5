"""What the two people of a help, and their host, are told."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from essaim.core.models import Channel, Notice
from essaim.core.notifications import Facts, Kind, notify, register
from essaim.core.writing import line
from essaim.exchange import confirm_links
from essaim.exchange.models import HelpExchange, HelpState, Thanks
from essaim.hubs.models import Host
from essaim.hubs.rules import is_host
from essaim.people.models import Person


def _exchange(notice: Notice, *states: str) -> HelpExchange | None:
    found = HelpExchange.objects.select_related("giver", "receiver", "claimed_by", "hub")
    exchange = found.filter(pk=notice.facts["exchange"]).first()
    return exchange if exchange and exchange.state in (states or HelpState.values) else None


def other_of(exchange: HelpExchange, person_id: Any) -> Person:
    return exchange.receiver if exchange.giver_id == person_id else exchange.giver


def facts_in(*states: str) -> Callable[[Notice], Facts | None]:
    """The exchange as it is when the mail leaves; no mail once it is in none of `states`."""

    def fresh(notice: Notice) -> Facts | None:
        exchange = _exchange(notice, *states)
        if exchange is None:
            return None
        other = other_of(exchange, notice.recipient_id)
        gives = exchange.giver_id == notice.recipient_id
        return {"exchange": exchange, "other": other, "gives": gives}

    return fresh


def _claim_facts(notice: Notice) -> Facts | None:
    facts = facts_in(HelpState.CLAIMED)(notice)
    if facts is None:
        return None
    return facts | {"answer": confirm_links.path_for(facts["exchange"], notice.recipient)}


def _thanks_facts(notice: Notice) -> Facts | None:
    """The words stay with their author: no notice keeps a copy."""
    facts = facts_in()(notice)
    thanks = Thanks.objects.filter(exchange_id=notice.facts["exchange"]).first()
    return facts | {"text": line(thanks.text)} if facts and thanks else None


HELP_PROPOSED = register(
    Kind(
        "help_proposed",
        _("Someone proposes help, or asks me directly"),
        Channel.NOW,
        facts=facts_in(HelpState.PROPOSED),
    )
)
HELP_AGREED = register(
    Kind(
        "help_agreed",
        _("My proposal was accepted"),
        Channel.NOW,
        mutable=False,
        facts=facts_in(HelpState.AGREED),
    )
)
MINUTES_CLAIMED = register(
    Kind("minutes_claimed", _("Minutes wait for my word"), Channel.NOW, facts=_claim_facts)
)
HELP_CONFIRMED = register(
    Kind("help_confirmed", _("Minutes are confirmed"), Channel.DIGEST, facts=facts_in())
)
HELP_DISPUTED = register(
    Kind(
        "help_disputed",
        _("Two members disagree on minutes"),
        Channel.NOW,
        facts=facts_in(HelpState.DISPUTED),
        told_to=is_host,
    )
)
HELP_CANCELLED = register(
    Kind("help_cancelled", _("A help will not take place"), Channel.NOW, facts=facts_in())
)
HELP_REMINDER = register(
    Kind(
        "help_reminder",
        _("I am asked whether a help took place"),
        Channel.NOW,
        facts=facts_in(HelpState.AGREED),
    )
)
HELP_MISSION = register(
    Kind(
        "help_mission",
        _("A help could be a mission of its own"),
        Channel.NOW,
        facts=facts_in(HelpState.AGREED),
    )
)
HELP_MISSION_ANSWERED = register(
    Kind(
        "help_mission_answered",
        _("What becomes of a help that could be a mission"),
        Channel.NOW,
        facts=facts_in(HelpState.AGREED, HelpState.MISSION),
    )
)
THANKS_RECEIVED = register(
    Kind("thanks_received", _("Someone thanks me"), Channel.DIGEST, facts=_thanks_facts)
)


def proposed(exchange: HelpExchange) -> None:
    offered = exchange.proposed_by_id == exchange.giver_id
    to = exchange.receiver if offered else exchange.giver
    title = _("%(name)s offers you a hand: %(title)s") if offered else ASKED
    tell(HELP_PROPOSED, exchange, to, title)


ASKED = _("%(name)s asks you for a hand: %(title)s")


def agreed(exchange: HelpExchange) -> None:
    for to in (exchange.giver, exchange.receiver):
        title = _("It is agreed with %(name)s: %(title)s")
        tell(HELP_AGREED, exchange, to, title)


def claimed(exchange: HelpExchange) -> None:
    assert exchange.claimed_by_id is not None
    to = other_of(exchange, exchange.claimed_by_id)
    tell(MINUTES_CLAIMED, exchange, to, _("%(name)s says it is done: %(title)s"))


def confirmed(exchange: HelpExchange, *, by: Person | None) -> None:
    """Whoever did not act themselves; both, when silence or the host confirmed."""
    for to in (exchange.giver, exchange.receiver):
        if by is None or by.pk != to.pk:
            tell(HELP_CONFIRMED, exchange, to, _("Counted, with %(name)s: %(title)s"))


def disputed(exchange: HelpExchange) -> None:
    path = reverse("exchange:disputes")
    hosts = Host.objects.current().filter(hub_id=exchange.hub_id).select_related("person")
    for host in hosts:
        if host.person_id not in (exchange.giver_id, exchange.receiver_id):
            title = _("Two members need your word on their minutes: %(title)s")
            tell(HELP_DISPUTED, exchange, host.person, title, path=path)


def settled_as_missed(exchange: HelpExchange) -> None:
    for to in (exchange.giver, exchange.receiver):
        title = _("Your host noted that this did not take place: %(title)s")
        tell(HELP_CANCELLED, exchange, to, title)


def cancelled(exchange: HelpExchange, *, by: Person) -> None:
    title = _("%(name)s says that this will not take place: %(title)s")
    tell(HELP_CANCELLED, exchange, other_of(exchange, by.pk), title)


def mission_proposed(exchange: HelpExchange, *, by: Person) -> None:
    title = _("%(name)s wonders whether this should be a mission: %(title)s")
    tell(HELP_MISSION, exchange, other_of(exchange, by.pk), title)


def mission_answered(exchange: HelpExchange, to: Person) -> None:
    title = (
        _("It is a mission between you and %(name)s now: %(title)s")
        if exchange.state == HelpState.MISSION
        else _("%(name)s would rather go on as a helping hand: %(title)s")
    )
    tell(HELP_MISSION_ANSWERED, exchange, to, title)


def reminded(exchange: HelpExchange) -> None:
    for to in (exchange.giver, exchange.receiver):
        tell(HELP_REMINDER, exchange, to, _("Did it take place, with %(name)s? %(title)s"))


def thanked(thanks: Thanks) -> None:
    exchange = thanks.exchange
    title = _("%(name)s thanks you: %(title)s")
    tell(THANKS_RECEIVED, exchange, exchange.giver, title)


def tell(
    kind: Kind,
    exchange: HelpExchange,
    to: Person,
    title: Any,
    *,
    path: str = "",
    again: str = "",
    **facts: Any,
) -> None:
    """Once for each help, or once for each `again`."""
    with translation.override(to.language):
        said = title % {"name": other_of(exchange, to.pk).given_name, "title": exchange.title}
    notify(
        kind,
        to=to,
        title=said,
        path=path or reverse("exchange:help", args=[exchange.pk]),
        key=f"{kind.code}:{exchange.pk}{again and ':'}{again}",
        exchange=str(exchange.pk),
        **facts,
    )
