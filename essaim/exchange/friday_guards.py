"""What forbids to ask somebody for a need, read at once for many needs and many people.

The guards are those of `capacity` and of `matching`; only how they are read differs: ten queries,
however many pairs there are.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from essaim.exchange.capacity import Load, Obstacle, loads_of
from essaim.exchange.models import (
    Ask,
    AvoidPair,
    FridayProposal,
    Need,
    NeedAudience,
    NeedState,
)
from essaim.exchange.texts import FINDABLE
from essaim.hubs.models import Residency
from essaim.people.models import Affiliation, Person

Pair = tuple[UUID, UUID]


class Why(models.TextChoices):
    """Besides the obstacles of a person's capacity. That two people are kept apart is told to
    nobody: it reads like any other impossibility."""

    NEED_OVER = "need_over", _("this need waits no more")
    ASKED = "asked", _("was asked for it already")
    CANNOT = "cannot", _("cannot be asked for this need")


def words_of(why: str) -> str | Promise:
    return Why(why).label if why in Why.values else Obstacle(why).label


@dataclass
class Guards:
    now: datetime
    loads: dict[UUID, Load]
    # (need, person), (person, other), (person, hive).
    asked: set[Pair]
    apart: set[Pair]
    living: set[Pair]
    teams: dict[UUID, set[UUID]]
    present: set[UUID]

    def why_not(self, need: Need, person_id: UUID) -> str:
        """A value of `Why` or of `Obstacle`; empty when nothing forbids it."""
        if need.state != NeedState.OPEN or need.expires_at is None or need.expires_at <= self.now:
            return Why.NEED_OVER
        if (need.pk, person_id) in self.asked:
            return Why.ASKED
        if not self._allowed(need, person_id):
            return Why.CANNOT
        obstacles = self.loads[person_id].why_not_ask(self.now, need.minutes)
        return obstacles[0] if obstacles else ""

    def _allowed(self, need: Need, person_id: UUID) -> bool:
        author = need.author_id
        outside = need.audience == NeedAudience.HUB and (person_id, need.hub_id) not in self.living
        return not (
            person_id == author
            or person_id not in self.present
            or (author, person_id) in self.apart
            or self.teams[author] & self.teams[person_id]
            or outside
        )

    def count_ask(self, person_id: UUID) -> None:
        """One more ask on the way: what follows in the same breath is bounded by it too."""
        load = self.loads[person_id]
        self.loads[person_id] = replace(
            load, open_asks=load.open_asks + 1, asks_this_week=load.asks_this_week + 1
        )


def guards_of(needs: Sequence[Need], person_ids: Iterable[UUID], *, now: datetime) -> Guards:
    ids = list(person_ids)
    authors = {need.author_id for need in needs}
    asks = Ask.objects.filter(need__among=[need.pk for need in needs], helper__among=ids)
    return Guards(
        now=now,
        loads=loads_of(ids, now=now),
        asked=set(asks.values_list("need_id", "helper_id")),
        apart=_apart(authors),
        living=_living(ids),
        teams=_teams({*ids, *authors}),
        present=_present(ids),
    )


def _apart(authors: set[UUID]) -> set[Pair]:
    """Whoever of the two does not wish it."""
    either = Q(person__among=authors) | Q(other__among=authors)
    pairs = set(AvoidPair.objects.filter(either).values_list("person_id", "other_id"))
    return pairs | {(other, person) for person, other in pairs}


def _living(ids: list[UUID]) -> set[Pair]:
    rows = Residency.objects.current().filter(person__among=ids)
    return set(rows.values_list("person_id", "hub_id"))


def _teams(ids: set[UUID]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    rows = Affiliation.objects.current().filter(person__among=ids)
    for person, venture in rows.values_list("person_id", "venture_id"):
        found[person].add(venture)
    return found


def _present(ids: list[UUID]) -> set[UUID]:
    people: Any = Person.objects.filter(state__in=FINDABLE, pk__among=ids)
    return set(people.values_list("pk", flat=True))


def impossible(chosen: Sequence[FridayProposal], guards: Guards) -> dict[UUID, str]:
    """Why some of those chosen could not be asked, in the order in which they would be."""
    found = {}
    for proposal in chosen:
        if why := guards.why_not(proposal.need, proposal.helper_id):
            found[proposal.pk] = why
        else:
            guards.count_ask(proposal.helper_id)
    return found
