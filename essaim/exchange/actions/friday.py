"""Friday's asks: drafted for a hive, looked at and changed by its hosts, sent once or put aside."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.refusals import NotAllowed, Refusal
from essaim.exchange import escalation
from essaim.exchange.actions.asks import lock_people, send_asks
from essaim.exchange.actions.escalation import HOST_LEVEL, next_wave
from essaim.exchange.friday import asks_left, best_first, share_out, weighing
from essaim.exchange.friday_candidates import explained, offers_for
from essaim.exchange.friday_guards import guards_of, impossible
from essaim.exchange.models import (
    BATCH,
    PROPOSAL,
    Ask,
    BatchState,
    FridayBatch,
    FridayProposal,
    Need,
    ProposalState,
)
from essaim.exchange.notifications import escalation as telling
from essaim.exchange.notifications import friday as hosts_are_told
from essaim.exchange.reasons import Reasons
from essaim.hubs.models import Hub
from essaim.hubs.rules import hosts_hub
from essaim.people.models import Person

# More would not be read: the longest waiting first, the others next Friday.
MOST = 60


class NothingToAsk(Refusal):
    message = _("No need waits for somebody to ask, or nobody may be asked just now.")


class BatchWaits(Refusal):
    message = _("Friday’s asks are prepared already: look at them, then send them or put them aside.")  # fmt: skip  # noqa: E501


class BatchLeft(Refusal):
    message = _("These asks have left or were put aside meanwhile: nothing was sent twice.")


class BatchChanged(Refusal):
    message = _("Another host changed something meanwhile: look again, then send.")


class NothingChosen(Refusal):
    message = _("Nobody is to be asked: choose somebody for a need, or put it all aside.")


class NotProposed(Refusal):
    message = _("Choose one of those who are proposed for this need.")


@dataclass(frozen=True)
class Came:
    """What came of sending: the asks that left, and the proposals that could not."""

    asked: list[Ask]
    left_out: list[FridayProposal]


def needs_to_ask(hub: Hub, now: datetime) -> QuerySet[Need]:
    """Open needs of a hive for which nobody's answer is awaited, at whatever step they are.

    Those of a spreadsheet that never left are for Monday: their clock begins with that gesture.
    """
    awaited = Ask.objects.waiting().filter(need=OuterRef("pk"))
    rows = Need.objects.open().filter(~Exists(awaited), hub=hub, expires_at__gt=now)
    never = Need.objects.filter(hub=hub).never_told().values("pk")
    return rows.exclude(pk__in=never).select_related("author", "hub")


def draft_batch(*, hub: Hub, by: Person | None, now: datetime | None = None) -> FridayBatch:
    """By the duty of Friday morning, or by a host.

    Worked out before the transaction that writes it: the writers of SQLite do not wait meanwhile.
    """
    if by is not None and not hosts_hub(by, hub.pk):
        raise NotAllowed
    now = now or timezone.now()
    return _write(hub, _worked_out(hub, by, now), by=by, now=now)


def draft_again(*, batch: FridayBatch, by: Person) -> FridayBatch:
    """With the needs and the people of now; when there are none, the draft stays as it is."""
    if not hosts_hub(by, batch.hub_id):
        raise NotAllowed
    now = timezone.now()
    proposals = _worked_out(batch.hub, by, now)
    with transaction.atomic():
        discard_batch(batch=batch, by=by, now=now)
        return _write(batch.hub, proposals, by=by, now=now)


def _worked_out(hub: Hub, by: Person | None, now: datetime) -> list[FridayProposal]:
    waiting = needs_to_ask(hub, now).prefetch_related("skills").order_by("published_at", "pk")
    needs = list(waiting[:MOST])
    proposals = _proposals(hub, needs, now)
    # A host may look among those who are far from a need; nobody is called to look at nothing.
    useful = proposals if by else [one for one in proposals if one.state == ProposalState.CHOSEN]
    if not useful:
        raise NothingToAsk
    return proposals


def _proposals(hub: Hub, needs: Sequence[Need], now: datetime) -> list[FridayProposal]:
    offers, known = offers_for(needs, now=now)
    promised = _promised(hub, {offer.person for offer in offers})
    loads = {pk: known.guards.loads[pk] for pk in {offer.person for offer in offers}}
    left = {pk: asks_left(load, promised.get(pk, 0)) for pk, load in loads.items()}
    given = {pk: weighing(load, promised.get(pk, 0)) for pk, load in loads.items()}
    chosen = share_out(offers, left, given)
    kept = [offer for some in best_first(offers, chosen).values() for offer in some]
    reasons = explained(kept, known, {need.pk: need.author_id for need in needs})
    ranks: dict[UUID, int] = {}
    proposals = []
    for offer, why in zip(kept, reasons, strict=True):
        ranks[offer.need] = ranks.get(offer.need, 0) + 1
        picked = chosen.get(offer.need) == offer.person
        state = ProposalState.CHOSEN if picked else ProposalState.SPARE
        proposals.append(
            FridayProposal(
                need_id=offer.need,
                helper_id=offer.person,
                rank=ranks[offer.need],
                state=state,
                reasons=why,
            )
        )
    return proposals


def _promised(hub: Hub, people: Iterable[UUID]) -> dict[UUID, int]:
    """How many asks the drafts that wait in other hives already count on, by person."""
    waiting = FridayProposal.objects.filter(
        batch__state=BatchState.DRAFT, state=ProposalState.CHOSEN, helper__among=people
    ).exclude(batch__hub=hub)
    found: dict[UUID, int] = {}
    for pk in waiting.values_list("helper_id", flat=True):
        found[pk] = found.get(pk, 0) + 1
    return found


@transaction.atomic
def _write(
    hub: Hub, proposals: list[FridayProposal], *, by: Person | None, now: datetime
) -> FridayBatch:
    Hub.objects.select_for_update(no_key=True).get(pk=hub.pk)
    if FridayBatch.objects.waiting().filter(hub=hub).exists():
        raise BatchWaits
    batch = FridayBatch.objects.create(hub=hub, made_by=by, made_at=now)
    for proposal in proposals:
        proposal.batch = batch
    FridayProposal.objects.bulk_create(proposals)
    count = sum(proposal.state == ProposalState.CHOSEN for proposal in proposals)
    journal.record("draft_batch", batch, by=by, hub_id=hub.pk, chosen=count)
    if by is None:
        hosts_are_told.ready(batch)
    return batch


@transaction.atomic
def choose_person(*, batch: FridayBatch, need: Need, helper: Person, by: Person) -> None:
    """Moves the ask of a need to another of those proposed for it, or takes it in again."""
    batch = _draft(batch, by)
    rows = batch.proposals.filter(need=need)
    wanted = rows.filter(helper=helper).first()
    if wanted is None:
        raise NotProposed
    if wanted.state == ProposalState.CHOSEN:
        return
    for chosen in rows.filter(state=ProposalState.CHOSEN):
        PROPOSAL.fire(chosen, "spare")
    PROPOSAL.fire(wanted, "choose")
    _changed(batch, "choose_person", by, need)


@transaction.atomic
def strike_need(*, batch: FridayBatch, need: Need, by: Person) -> None:
    """Nobody is asked for it this time; struck twice, it is struck once."""
    batch = _draft(batch, by)
    chosen = batch.proposals.filter(need=need, state=ProposalState.CHOSEN).first()
    if chosen is not None:
        PROPOSAL.fire(chosen, "strike")
        _changed(batch, "strike_need", by, need)


@transaction.atomic
def discard_batch(*, batch: FridayBatch, by: Person | None, now: datetime | None = None) -> None:
    """Nobody was told: nothing remains of it but that it was put aside."""
    batch = _draft(batch, by)
    BATCH.fire(batch, "discard", ended_at=now or timezone.now(), ended_by=by)
    batch.proposals.all().delete()
    journal.record("discard_batch", batch, by=by, hub_id=batch.hub_id)


@transaction.atomic
def send_batch(*, batch: FridayBatch, seen: int, by: Person, now: datetime | None = None) -> Came:
    """Each person chosen is asked, alone and by name, if nothing forbids it at this very moment.

    `seen`: the changes that the page showed; needs are locked before people, each in the order of
    ids, as everywhere.
    """
    now = now or timezone.now()
    batch = _draft(batch, by)
    if batch.changes != seen:
        raise BatchChanged
    chosen = _chosen(batch)
    if not chosen:
        raise NothingChosen
    guards = guards_of([p.need for p in chosen], [p.helper_id for p in chosen], now=now)
    forbidden = impossible(chosen, guards)
    for proposal in chosen:
        if why := forbidden.get(proposal.pk):
            PROPOSAL.fire(proposal, "leave_out", why=why, reasons={})
    leaving = [proposal for proposal in chosen if proposal.pk not in forbidden]
    asked = [_ask(proposal, by, now) for proposal in leaving]
    BATCH.fire(batch, "send", ended_at=now, ended_by=by)
    batch.proposals.filter(state=ProposalState.SPARE).delete()
    journal.record("send_batch", batch, by=by, hub_id=batch.hub_id, asked=len(asked))
    return Came(asked, [proposal for proposal in chosen if proposal.pk in forbidden])


def _draft(batch: FridayBatch, by: Person | None) -> FridayBatch:
    """The batch as it stands, its row locked; `by` None is the duty."""
    rows = FridayBatch.objects.select_for_update(no_key=True, of=("self",))
    batch = rows.select_related("hub").get(pk=batch.pk)
    if by is not None and not hosts_hub(by, batch.hub_id):
        raise NotAllowed
    if batch.state != BatchState.DRAFT:
        raise BatchLeft
    return batch


def _changed(batch: FridayBatch, verb: str, by: Person, need: Need) -> None:
    FridayBatch.objects.filter(pk=batch.pk).update(changes=F("changes") + 1)
    journal.record(verb, batch, by=by, hub_id=batch.hub_id, need=str(need.pk))


def _chosen(batch: FridayBatch) -> list[FridayProposal]:
    """Those to be asked, the longest waiting first, with their needs and people locked."""
    rows = batch.proposals.filter(state=ProposalState.CHOSEN)
    ids = list(rows.values_list("need_id", flat=True))
    locked = Need.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=ids)
    needs = {need.pk: need for need in locked.select_related("author", "hub").order_by("pk")}
    lock_people(list(rows.values_list("helper_id", flat=True)))
    chosen = list(rows.select_related("helper"))
    for proposal in chosen:
        proposal.need = needs[proposal.need_id]
    return sorted(chosen, key=lambda p: (p.need.published_at or p.need.created_at, p.need_id))


def _ask(proposal: FridayProposal, by: Person, now: datetime) -> Ask:
    """The answer is awaited as long as that of a wave, and the next step of the need with it."""
    need = proposal.need
    due_at = escalation.first_step_at(need, now) or now + timedelta(days=2)
    _wait_for_it(need, due_at, by, now)
    reasons: dict[UUID, Reasons] = {proposal.helper_id: proposal.reasons}
    [ask] = send_asks(need, reasons, wave=next_wave(need), by=by, now=now, due_at=due_at)
    telling.host_asked(need, proposal.helper, by)
    PROPOSAL.fire(proposal, "ask", ask=ask, reasons={})
    return ask


def _wait_for_it(need: Need, due_at: datetime, by: Person, now: datetime) -> None:
    changes: dict[str, object] = {}
    if need.next_step_at is not None and need.next_step_at < due_at:
        changes["next_step_at"] = due_at
    if need.level >= HOST_LEVEL and need.acknowledged_at is None:
        changes |= {"acknowledged_by": by, "acknowledged_at": now}
    for name, value in changes.items():
        setattr(need, name, value)
    if changes:
        Need.objects.filter(pk=need.pk).update(**changes)
