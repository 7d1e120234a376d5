"""Needs that nobody has taken, on the board that all hives see."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from essaim.core.figures import Figure, Scope, register
from essaim.exchange.figures.seeing import animates, describe_need, within
from essaim.exchange.models import Need


def orphans(scope: Scope) -> QuerySet[Any]:
    rows = Need.objects.on_board().filter(within("published_at", scope))
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
