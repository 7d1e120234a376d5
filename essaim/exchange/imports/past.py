"""What happened, to be read beside the lists: who lived where before, who was asked for what."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core.imports.readings import Reading
from essaim.exchange.actions.asks import UNASKED
from essaim.exchange.contact import contacts_of
from essaim.exchange.models import Ask, Need
from essaim.hubs.models import Residency
from essaim.hubs.rules import hubs_to_host
from essaim.people.models import Person

PIECE = 500


class PastResidencies(Reading):
    code = "past_residencies"
    name = _("Past residencies")
    columns = (
        (_("Person"), 30),
        (_("E-mail"), 30),
        (_("Hive"), 20),
        (_("Plan"), 20),
        (_("Since"), 12),
        (_("Until"), 12),
    )

    def rows(self, viewer: Any, hub_id: UUID | None) -> Iterator[list[str]]:
        """Of the hives that the reader hosts, and of people they would find in the directory."""
        past = Residency.objects.filter(
            until_on__isnull=False,
            hub__in=hubs_to_host(viewer),
            person__in=Person.objects.visible_to(viewer),
        )
        if hub_id is not None:
            past = past.filter(hub_id=hub_id)
        ids = list(past.order_by("until_on", "id").values_list("pk", flat=True))
        rows = Residency.objects.select_related("person", "hub")
        for start in range(0, len(ids), PIECE):
            piece = rows.in_bulk(ids[start : start + PIECE])
            contacts = contacts_of({row.person for row in piece.values()}, viewer)
            for row in (piece[pk] for pk in ids[start : start + PIECE]):
                yield [
                    row.person.name,
                    contacts[row.person_id].email,
                    row.hub.name,
                    row.plan,
                    row.since_on.isoformat(),
                    row.until_on.isoformat() if row.until_on else "",
                ]


class Asks(Reading):
    code = "asks"
    name = _("Who was asked")
    columns = (
        (_("Need"), 50),
        (_("Whose need"), 30),
        (_("Hive"), 20),
        (_("Who was asked"), 30),
        (_("Asked on"), 18),
        (_("What was answered"), 24),
        (_("Answered on"), 18),
        (_("Reason"), 24),
        (_("In their words"), 60),
        (_("Thinks of"), 30),
    )

    def rows(self, viewer: Any, hub_id: UUID | None) -> Iterator[list[str]]:
        """As on the page of the need: for the hosts of its hive. Others read only how many."""
        needs = Need.objects.visible_to(viewer).filter(hub__in=hubs_to_host(viewer))
        if hub_id is not None:
            needs = needs.filter(hub_id=hub_id)
        asks = Ask.objects.filter(need__in=needs).order_by("need__published_at", "sent_at", "rank")
        ids = list(asks.values_list("pk", flat=True))
        rows = Ask.objects.select_related("need__author", "need__hub", "helper", "instead")
        for start in range(0, len(ids), PIECE):
            piece = rows.in_bulk(ids[start : start + PIECE])
            yield from (_asked(piece[pk]) for pk in ids[start : start + PIECE])


def _asked(ask: Ask) -> list[str]:
    return [
        ask.need.title,
        ask.need.author.name,
        ask.need.hub.name,
        ask.helper.name,
        # Who came forward was never asked.
        "" if ask.wave == UNASKED else _moment(ask.sent_at),
        str(ask.get_state_display()),
        _moment(ask.answered_at),
        str(ask.get_decline_code_display()) if ask.decline_code else "",
        ask.remark,
        ask.instead.name if ask.instead else "",
    ]


def _moment(moment: Any) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else ""
