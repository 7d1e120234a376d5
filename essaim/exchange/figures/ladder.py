"""Needs that nobody has taken, on the board that all hives see."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from essaim.core.figures import Figure, Scope, register
from essaim.exchange.figures.community import animates, describe_need
from essaim.exchange.models import Need


def orphans(scope: Scope) -> QuerySet[Any]:
    told = Q(published_at__gte=scope.since, published_at__lt=scope.until)
    rows = Need.objects.on_board().filter(told)
    if scope.hub_id:
        rows = rows.filter(hub_id=scope.hub_id)
    return rows.select_related("author").order_by("-published_at", "id")


ORPHANS = register(
    Figure(
        "orphans",
        _("Not taken yet"),
        _(
            "Needs told in the period that went through every step and that nobody has taken: all "
            "hives see them now."
        ),
        orphans,
        describe_need,
        may_see=animates,
    )
)
