"""Figures of help: what was given and received, confirmed, thanked."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.core.figures import Figure, Line, Scope, register
from essaim.core.templatetags.presentation import minutes_words
from essaim.exchange.models import HelpExchange, HelpState, Thanks, Transfer
from essaim.hubs.rules import hosts_hub
from essaim.people.rules import is_director

MINUTES = Sum("minutes", default=0)


def _transfers(scope: Scope) -> QuerySet[Transfer]:
    rows = Transfer.objects.helping().filter(
        created_at__gte=scope.since, created_at__lt=scope.until
    )
    return rows.select_related("payer__person", "payee__person", "exchange")


def given(scope: Scope) -> QuerySet[Transfer]:
    rows = _transfers(scope).order_by("-created_at", "-pk")
    rows = rows.filter(hub_from_id=scope.other_id) if scope.other_id else rows
    return rows.filter(hub_to_id=scope.hub_id) if scope.hub_id else rows


def received(scope: Scope) -> QuerySet[Transfer]:
    rows = _transfers(scope).order_by("-created_at", "-pk")
    rows = rows.filter(hub_to_id=scope.other_id) if scope.other_id else rows
    return rows.filter(hub_from_id=scope.hub_id) if scope.hub_id else rows


def confirmed(scope: Scope) -> QuerySet[HelpExchange]:
    rows = HelpExchange.objects.filter(
        state=HelpState.CONFIRMED,
        minutes__gt=0,
        confirmed_at__gte=scope.since,
        confirmed_at__lt=scope.until,
    )
    rows = rows.filter(hub_id=scope.hub_id) if scope.hub_id else rows
    return rows.select_related("giver", "receiver").order_by("-confirmed_at", "-pk")


def thanked(scope: Scope) -> QuerySet[Thanks]:
    """Only what the viewer may read: a private word is between two people."""
    rows = Thanks.objects.visible_to(scope.viewer).filter(
        created_at__gte=scope.since, created_at__lt=scope.until
    )
    near = Q(exchange__hub_id=scope.hub_id) if scope.hub_id else Q()
    return rows.filter(near).select_related("author", "exchange__giver").order_by("-created_at")


def may_see(viewer: Any, hub_id: UUID | None) -> bool:
    """Names and titles stand behind these figures: for hosts those of their hive, no other."""
    return hosts_hub(viewer, hub_id) if hub_id else is_director(viewer)


def _transfer_line(row: Transfer) -> Line:
    giver = row.payee.person.name if row.payee.person else ""
    receiver = row.payer.person.name if row.payer.person else ""
    words = {"giver": giver, "receiver": receiver, "time": minutes_words(row.minutes)}
    return Line(_("%(giver)s gave %(time)s to %(receiver)s.") % words, "", row.created_at)


def _exchange_line(row: HelpExchange) -> Line:
    words = {"giver": row.giver.name, "receiver": row.receiver.name, "title": row.title}
    path = reverse("exchange:help", args=[row.pk])
    said = _("%(giver)s helped %(receiver)s: %(title)s") % words
    return Line(said, path, row.confirmed_at)


def _thanks_line(row: Thanks) -> Line:
    words = {"author": row.author.name, "giver": row.exchange.giver.name, "text": row.text}
    return Line(_("%(author)s to %(giver)s: %(text)s") % words, "", row.created_at)


GIVEN = register(
    Figure(
        "help_given",
        gettext_lazy("Time given"),
        gettext_lazy("Confirmed help given by people of the hive, as corrected since."),
        records=given,
        value=MINUTES,
        unit="minutes",
        describe=_transfer_line,
        may_see=may_see,
    )
)
RECEIVED = register(
    Figure(
        "help_received",
        gettext_lazy("Time received"),
        gettext_lazy("Confirmed help received by people of the hive, as corrected since."),
        records=received,
        value=MINUTES,
        unit="minutes",
        describe=_transfer_line,
        may_see=may_see,
    )
)
CONFIRMED = register(
    Figure(
        "help_confirmed",
        gettext_lazy("Confirmed help"),
        gettext_lazy("Help of the hive whose minutes were confirmed in the period."),
        records=confirmed,
        describe=_exchange_line,
        may_see=may_see,
    )
)
THANKS = register(
    Figure(
        "thanks",
        gettext_lazy("Thanks"),
        gettext_lazy("Thanks written in the period; private ones count for their two people only."),
        records=thanked,
        by_viewer=True,
        describe=_thanks_line,
        may_see=may_see,
    )
)
