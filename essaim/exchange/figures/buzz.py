"""The weekly Buzz: who comes, and whether what was promised there is done."""

from typing import Any

from django.db.models import Case, QuerySet, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.core.figures import Figure, Line, Scope, register
from essaim.exchange.figures.members import members, stays
from essaim.exchange.figures.seeing import animates, did, percent, period, person_path, within
from essaim.exchange.models import Buzz, BuzzPresence, BuzzPromise, BuzzState, PromiseState


def buzzes(scope: Scope) -> QuerySet[Any]:
    return Buzz.objects.filter(within("starts_at", scope), state=BuzzState.CLOSED)


def presences(scope: Scope) -> QuerySet[Any]:
    """Guests of other hives are counted where they came."""
    rows = BuzzPresence.objects.filter(buzz__in=buzzes(scope))
    return rows.select_related("person", "buzz").order_by("-since_at", "pk")


def invited(scope: Scope) -> QuerySet[Any]:
    """Members of hives that had a Buzz in the period, with whether they came to one."""
    held = buzzes(scope)
    at_home = stays(scope).filter(hub__in=held.values("hub"))
    came = BuzzPresence.objects.filter(buzz__in=held)
    rows: QuerySet[Any] = members(scope).filter(did(at_home, "person", scope))
    found: QuerySet[Any] = rows.annotate(
        came=Case(When(did(came, "person", scope), then=True), default=False)
    )
    return found


def promises(scope: Scope) -> QuerySet[Any]:
    """Whose fourteen days ended in the period; not those that were no longer needed."""
    rows = BuzzPromise.objects.filter(
        period("due_at", scope), state__in=(PromiseState.KEPT, PromiseState.BROKEN)
    )
    rows = rows.filter(buzz__hub_id=scope.hub_id) if scope.hub_id else rows
    return rows.select_related("giver", "receiver").order_by("-due_at", "pk")


def describe_presence(row: Any) -> Line:
    path = reverse("exchange:buzz", args=[row.buzz_id])
    return Line(row.person.name, path, row.since_at)


def describe_invited(person: Any) -> Line:
    said = _("%(name)s came") if person.came else _("%(name)s did not come")
    return Line(said % {"name": person.name}, person_path(person))


def describe_promise(promise: Any) -> Line:
    words = {
        "giver": promise.giver.name,
        "receiver": promise.receiver.name,
        "text": promise.text,
        "state": promise.get_state_display(),
    }
    said = _("%(giver)s to %(receiver)s: %(text)s (%(state)s)") % words
    return Line(said, reverse("exchange:buzz", args=[promise.buzz_id]), promise.due_at)


THERE = register(
    Figure(
        "buzz_presences",
        gettext_lazy("Seats taken at the Buzz"),
        gettext_lazy("Presences at the Buzzes of the period, guests included."),
        presences,
        describe_presence,
        may_see=animates,
        shared=True,
    )
)
ATTENDANCE = register(
    Figure(
        "buzz_attendance",
        gettext_lazy("Members at the Buzz"),
        gettext_lazy(
            "Of the members of hives that had a Buzz in the period, share of those who came to one."
        ),
        invited,
        describe_invited,
        percent(came=True),
        unit="percent",
        may_see=animates,
        is_share=True,
    )
)
KEPT = register(
    Figure(
        "promises_kept",
        gettext_lazy("Promises kept"),
        gettext_lazy(
            "Of the promises made at a Buzz whose fourteen days ended in the period, share of "
            "those that were kept. Those no longer needed are not counted."
        ),
        promises,
        describe_promise,
        percent(state=PromiseState.KEPT),
        unit="percent",
        may_see=animates,
        is_share=True,
        shared=True,
    )
)
FIGURES = (THERE, ATTENDANCE, KEPT)
