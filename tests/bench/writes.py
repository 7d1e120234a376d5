"""What people do most, done once each by different people, and committed.

A refusal answers with a redirection as well: `undone` tells which writes have not taken place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from essaim.core.ids import uuid7
from essaim.exchange import matching
from essaim.exchange.actions.asks import WAVE
from essaim.exchange.capacity import loads_of
from essaim.exchange.models import Ask, AskState, HelpExchange, HelpState, Need, NeedState
from essaim.people.models import Person, PersonSkill
from tests.bench.meter import Visit, cookies_of

EACH = 25
WRITE_MS, PUBLISH_MS = 25.0, 60.0


@dataclass(frozen=True)
class Write:
    """A request, and what its row must hold afterwards."""

    visit: Visit
    model: type[Any]
    pk: UUID
    holds: dict[str, str]

    def is_done(self) -> bool:
        return bool(self.model.objects.filter(pk=self.pk, **self.holds).exists())


def writes() -> list[Write]:
    told = [*_told(2 * EACH)]
    return [
        *_drafts(told[:EACH]),
        *_publications(told[EACH:]),
        *_answers(),
        *_claims(),
        *_confirmations(),
        *_notes(),
    ]


def undone(made: list[Write]) -> list[str]:
    return [f"{write.visit.page}: {write.visit.path}" for write in made if not write.is_done()]


def _post(page: str, person: Person, path: str, **data: Any) -> Visit:
    return Visit(page, path, cookies_of(person), data, status=302)


def _told(count: int) -> Iterator[Need]:
    """Needs of the past, each of another author, to be told again in the same words."""
    authors = set()
    for need in Need.objects.filter(state=NeedState.MET).order_by("-id").select_related("author"):
        if need.author_id not in authors and need.author.is_active:
            authors.add(need.author_id)
            yield need
        if len(authors) == count:
            return


def _drafts(told: list[Need]) -> Iterator[Write]:
    path = reverse("exchange:need_new")
    for need in told:
        key = uuid7()
        visit = _post(
            "draft", need.author, path, text=need.text, urgency="week", audience="network", key=key
        )
        yield Write(visit, Need, key, {"state": NeedState.DRAFT})


def _publications(told: list[Need]) -> Iterator[Write]:
    for old in told:
        draft = Need.objects.create(
            author=old.author, hub_id=old.hub_id, title=old.title, text=old.text, minutes=30
        )
        draft.skills.set(old.skills.all())
        path = reverse("exchange:need_publish", args=[draft.pk])
        found = matching.suggest(draft, now=timezone.now(), count=WAVE)
        among = [str(suggestion.person_id) for suggestion in found]
        visit = _post("publish", old.author, path, among=among)
        yield Write(visit, Need, draft.pk, {"state": NeedState.OPEN})


def _answers() -> Iterator[Write]:
    """One ask for each need, one need for each helper: no answer changes what another may do."""
    asks = Ask.objects.filter(state=AskState.SENT, need__state=NeedState.OPEN)
    asks = asks.select_related("need", "helper").order_by("-sent_at", "pk")[: 40 * EACH]
    loads = loads_of({ask.helper_id for ask in asks}, now=timezone.now())
    helpers: set[UUID] = set()
    needs: set[UUID] = set()
    for ask in asks:
        free = not loads[ask.helper_id].why_not_accept(ask.need.minutes)
        if not free or ask.helper_id in helpers or ask.need_id in needs:
            continue
        helpers.add(ask.helper_id)
        needs.add(ask.need_id)
        yes = len(helpers) % 2 == 0
        path = reverse("exchange:ask_answer", args=[ask.pk])
        visit = _post("accept" if yes else "decline", ask.helper, path, a="yes" if yes else "no")
        state = AskState.ACCEPTED if yes else AskState.DECLINED
        yield Write(visit, Ask, ask.pk, {"state": state})
        if len(helpers) == 2 * EACH:
            return


def _claims() -> Iterator[Write]:
    agreed = HelpExchange.objects.filter(state=HelpState.AGREED).select_related("giver")
    for help_ in agreed.order_by("-id")[:EACH]:
        path = reverse("exchange:help_claim", args=[help_.pk])
        visit = _post("claim", help_.giver, path, minutes=30)
        yield Write(visit, HelpExchange, help_.pk, {"state": HelpState.CLAIMED})


def _confirmations() -> Iterator[Write]:
    claimed = HelpExchange.objects.filter(state=HelpState.CLAIMED).select_related("receiver")
    for help_ in claimed.order_by("-id")[:EACH]:
        path = reverse("exchange:help_confirm", args=[help_.pk])
        visit = _post("confirm", help_.receiver, path)
        yield Write(visit, HelpExchange, help_.pk, {"state": HelpState.CONFIRMED})


def _notes() -> Iterator[Write]:
    lent = PersonSkill.objects.lent().select_related("person").order_by("-id")
    for row in lent[: EACH * 8 : 8]:
        path = reverse("exchange:toolbox_note", args=[row.pk])
        visit = _post("toolbox_note", row.person, path, note="Une heure le vendredi.")
        yield Write(visit, PersonSkill, row.pk, {"note": "Une heure le vendredi."})


def targets_of(write: str) -> dict[str, float | None]:
    """What a need costs with the search for helpers is shared by its preview and its publishing."""
    return {"queries": None, "cpu_ms": PUBLISH_MS if write == "publish" else WRITE_MS}
