"""Each need in its turn: what letters have shown often gives way to what they have not.

A need's worth is one more than the step that it has climbed. It is divided by one more than the
letters that showed it lately, and halved for each time that the same reader saw it: over many
letters each need is seen in proportion to its worth, and nobody reads the same one every Friday.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from essaim.exchange.models import Need, NeedShown
from essaim.people.models import Person

LATELY = timedelta(weeks=8)
Seen = tuple[int, int]


def weight(need: Need, seen: Seen) -> float:
    """`seen`: by everybody lately, and by this reader among them."""
    by_all, by_me = seen
    return (1.0 + need.level) / (1 + by_all) * 0.5**by_me


def fairest(needs: Sequence[Need], seen: Mapping[UUID, Seen], count: int) -> list[Need]:
    """Of equal worth, those that wait longest: `needs` come in that order."""
    ranked = sorted(needs, key=lambda need: -weight(need, seen.get(need.pk, (0, 0))))
    return ranked[:count]


def drawn(needs: Sequence[Need], seen: Mapping[UUID, Seen], draw_from: Random) -> Need:
    """One by chance; the less it was seen, the likelier."""
    weights = [weight(need, seen.get(need.pk, (0, 0))) for need in needs]
    return draw_from.choices(needs, weights)[0]


def seen_lately(need_ids: Collection[UUID], reader: Person, on: date) -> dict[UUID, Seen]:
    """In one query. The letter of that day itself does not count for its reader."""
    rows = NeedShown.objects.filter(need__among=list(need_ids), on__gt=on - LATELY)
    mine = Q(reader=reader) & ~Q(on=on)
    counted: Any = rows.order_by().values("need").annotate(n=Count("pk"), m=Count("pk", mine))
    return {pk: (n, m) for pk, n, m in counted.values_list("need", "n", "m")}


def shown_in(reader: Person, on: date) -> list[UUID]:
    """What the letter of that day showed, when it is written a second time."""
    rows = NeedShown.objects.filter(reader=reader, on=on).order_by("pk")
    return list(rows.values_list("need_id", flat=True))


def note(needs: Sequence[Need], reader: Person, on: date) -> None:
    rows = [NeedShown(need=need, reader=reader, on=on) for need in needs]
    NeedShown.objects.bulk_create(rows, ignore_conflicts=True)


def forget(today: date) -> None:
    NeedShown.objects.filter(on__lte=today - LATELY).delete()
