"""How a help is said to one of its two people: the other, the state in words, what to do next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from essaim.core.templatetags.presentation import day_words, minutes_words, moment_words_in
from essaim.exchange.models import HelpExchange, HelpState
from essaim.people.models import Person


@dataclass(frozen=True)
class HelpLine:
    title: str
    url: str
    other: str
    minutes: int | None
    status: str
    kind: str
    waits: bool


def with_names(rows: QuerySet[HelpExchange]) -> QuerySet[HelpExchange]:
    return rows.select_related("giver", "receiver", "hub").only(
        *("need_id", "title", "state", "planned_minutes", "claimed_minutes", "minutes"),
        *("claimed_by_id", "proposed_by_id", "created_at", "confirm_by_at", "meets_at"),
        "hub__time_zone",
        *(f"{side}__{name}" for side in ("giver", "receiver") for name in NAMES),
    )


NAMES = ("given_name", "family_name", "state")


def to_do(person: Person) -> QuerySet[HelpExchange]:
    """What waits for a word of this person: to answer, to claim, to confirm."""
    mine = Q(claimed_by_id=person.pk)
    no_more_ahead = Q(meets_at=None) | Q(meets_at__lte=timezone.now())
    return HelpExchange.objects.of(person).filter(
        Q(state=HelpState.AGREED) & no_more_ahead
        | Q(state=HelpState.PROPOSED) & ~Q(proposed_by_id=person.pk)
        | Q(state=HelpState.CLAIMED) & ~mine
        | Q(state=HelpState.DISPUTED) & mine
    )


def line(exchange: HelpExchange, person_id: UUID) -> HelpLine:
    gives = exchange.giver_id == person_id
    status, kind, waits = _status(exchange, person_id)
    return HelpLine(
        title=exchange.title or _("A help"),
        url=reverse("exchange:help", args=[exchange.pk]),
        other=_("for %(name)s") % {"name": exchange.receiver.name}
        if gives
        else _("with %(name)s") % {"name": exchange.giver.name},
        minutes=minutes_of(exchange),
        status=status,
        kind=kind,
        waits=waits,
    )


def minutes_of(exchange: HelpExchange) -> int:
    if exchange.minutes is not None:
        return exchange.minutes
    return exchange.claimed_minutes or exchange.planned_minutes


def _status(exchange: HelpExchange, person_id: UUID) -> tuple[str, str, bool]:
    """Words, their colour, and whether they wait for this person."""
    claimant = exchange.claimed_by_id == person_id
    proposer = exchange.proposed_by_id == person_id
    words: dict[str, tuple[str, str, bool]] = {
        HelpState.PROPOSED: (_("waits for an answer"), "wait", False)
        if proposer
        else (_("to answer"), "warn", True),
        HelpState.AGREED: _agreed(exchange),
        HelpState.CLAIMED: (_("waits for a confirmation"), "wait", False)
        if claimant
        else (_("to confirm"), "warn", True),
        HelpState.DISPUTED: (_("to be settled with the host"), "warn", claimant),
        HelpState.CONFIRMED: (_("confirmed"), "good", False),
        HelpState.CANCELLED: (_("cancelled"), "", False),
        HelpState.NO_SHOW: (_("did not take place"), "", False),
        HelpState.MISSION: (_("a mission between you"), "good", False),
    }
    return words[exchange.state]


def _agreed(exchange: HelpExchange) -> tuple[str, str, bool]:
    if exchange.meets_at and exchange.meets_at > timezone.now():
        when = moment_words_in(exchange.meets_at, exchange.hub.time_zone)
        return _("you see each other %(when)s") % {"when": when}, "", False
    return _("agreed: say when it is done"), "wait", True


def story(exchange: HelpExchange, thanks: Any) -> list[dict[str, Any]]:
    """What happened, told in order, from the exchange itself."""
    names: dict[UUID | None, str] = {
        exchange.giver_id: exchange.giver.given_name,
        exchange.receiver_id: exchange.receiver.given_name,
    }
    lines = [_told(exchange.created_at, _beginning(exchange, names))]
    if exchange.claimed_at and exchange.claimed_minutes:
        claim = _("%(name)s says that it took %(time)s") % {
            "name": names.get(exchange.claimed_by_id, _("One of the two")),
            "time": minutes_words(exchange.claimed_minutes),
        }
        lines.append(_told(exchange.claimed_at, claim))
    if exchange.disputed_minutes is not None:
        other = _("The other says %(time)s") % {"time": minutes_words(exchange.disputed_minutes)}
        lines.append({"when": "", "at": None, "text": other, "url": ""})
    if exchange.confirmed_at and exchange.minutes is not None:
        lines.append(_told(exchange.confirmed_at, _ending(exchange)))
    if thanks:
        said = _("%(name)s said thank you") % {"name": exchange.receiver.given_name}
        lines.append(_told(thanks.created_at, said))
    return lines


def _beginning(exchange: HelpExchange, names: dict[UUID | None, str]) -> str:
    if exchange.proposed_by_id in names:
        return _("%(name)s proposed it") % {"name": names[exchange.proposed_by_id]}
    return _("%(name)s said yes") % {"name": exchange.giver.given_name}


def _ending(exchange: HelpExchange) -> str:
    assert exchange.minutes is not None
    time = minutes_words(exchange.minutes)
    if exchange.confirmed_by_silence:
        return _("Seven days without a word: %(time)s are counted") % {"time": time}
    return _("Confirmed: %(time)s are counted") % {"time": time}


def _told(at: datetime, text: str) -> dict[str, Any]:
    return {"when": day_words(at), "at": at, "text": text, "url": ""}
