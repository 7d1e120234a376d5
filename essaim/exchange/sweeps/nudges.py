"""On Friday morning, before the letters: a word to some of those who were not seen for a week."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core import digest
from essaim.core.duties import duty
from essaim.core.models import Notice
from essaim.exchange import ledger_queries, signs
from essaim.exchange.guards import guards_in_force
from essaim.exchange.models import Need, Pause, Silence
from essaim.exchange.notifications import nudges as telling
from essaim.exchange.nudges import SELDOM, SILENT_FOR, Nudge, Side, nudge_for
from essaim.hubs.models import Residency
from essaim.people.models import Person, PersonSkill, PersonState

BATCH = 1_000


@duty(every=timedelta(hours=1), words=_("Put a word in the letter of those not seen for a week"))
def nudge(now: datetime) -> int:
    local = timezone.localtime(now)
    if local.weekday() != digest.FRIDAY or local.time() >= digest.LEAVES:
        return 0
    ids = list(_not_seen(now).order_by("pk").values_list("pk", flat=True))
    batches = (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
    return sum(_nudged(batch, now) for batch in batches)


def _not_seen(now: datetime) -> QuerySet[Person]:
    """For a week, and not for so long that they are asked whether they are still there."""
    me = OuterRef("pk")
    gone = signs.silent_since(now - guards_in_force().dormant)
    return signs.silent_since(now - SILENT_FOR).filter(
        Exists(Residency.objects.current().filter(person=me)),
        ~Exists(Pause.objects.on(timezone.localdate(now)).filter(person=me)),
        ~Exists(Silence.objects.open().filter(person=me)),
        ~Exists(gone.filter(pk=me)),
        state=PersonState.ACTIVE,
    )


def _nudged(ids: Sequence[UUID], now: datetime) -> int:
    told = _told_lately(ids, now)
    due = {pk: about for pk, about in _due(ids, now) if about not in told.get(pk, ())}
    for person in Person.objects.filter(pk__in=due).order_by("pk"):
        telling.nudged(person, due[person.pk], now)
    return len(due)


def _told_lately(ids: Sequence[UUID], now: datetime) -> dict[UUID, set[str]]:
    rows = Notice.objects.filter(
        recipient__in=ids, code=telling.NUDGE.code, created_at__gt=now - SELDOM
    )
    told: dict[UUID, set[str]] = {}
    for pk, facts in rows.values_list("recipient_id", "facts"):
        told.setdefault(pk, set()).add(facts["about"])
    return told


def _due(ids: Sequence[UUID], now: datetime) -> Iterator[tuple[UUID, Nudge]]:
    times = ledger_queries.brain_times_of(ids)
    lent = PersonSkill.objects.lent().filter(person__in=ids)
    lends = set(lent.values_list("person_id", flat=True))
    needs = Need.objects.filter(author__in=ids, published_at__gt=now - SELDOM)
    asked = set(needs.values_list("author_id", flat=True))
    for pk in ids:
        side = Side(times[pk].given, times[pk].received, pk in lends, pk in asked)
        if (about := nudge_for(side)) is not None:
            yield pk, about
