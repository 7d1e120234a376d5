"""Help from the yes to the confirmed minutes: agreed, claimed, confirmed, disputed, settled."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.refusals import NotAllowed, Refusal
from essaim.core.states import Overtaken
from essaim.exchange.actions.ledger import DAY, MinutesOutOfRange, count_help, quarters
from essaim.exchange.capacity import QUARTER, AskedBy, Obstacle, load_of, lock_capacity
from essaim.exchange.escalation import date_wanted_by
from essaim.exchange.models import (
    ASK,
    HELP,
    NEED,
    Ask,
    AvoidPair,
    HelpExchange,
    HelpState,
    Need,
    Thanks,
    ThanksAudience,
)
from essaim.exchange.notifications import help as telling
from essaim.hubs.rules import home_hub, hosts_hub
from essaim.people.freshness import touch
from essaim.people.models import Person

SILENCE = timedelta(days=7)
# Up to this difference nobody needs to talk about it: the lower of the two numbers counts.
SMALL_DIFFERENCE = QUARTER
LONGEST_PROPOSAL = 480
PROPOSALS_A_DAY = 5


class NoTimeLeft(Refusal):
    message = _(
        "Your pledge of the month does not hold this any more. Raise it in your toolbox card if "
        "you want to say yes all the same."
    )


class HandsFull(Refusal):
    message = _(
        "You already have as much help underway as you wished. Say that one is done, or change "
        "your toolbox card."
    )


class CannotBeAskedNow(Refusal):
    message = _(
        "This person cannot be asked just now. Tell your need to the hive: others can be asked."
    )


class AlreadyProposed(Refusal):
    message = _("Something is already proposed between the two of you: answer that first.")


class ProposalsEnough(Refusal):
    message = _("You have proposed enough for today: give people time to answer.")


class NothingWritten(Refusal):
    message = _("Write a few words first.")


class AlreadyThanked(Refusal):
    message = _("You have said thank you already.")


class JudgeAndParty(NotAllowed):
    message = _("You took part in this help: another host or the network settles it.")


REFUSALS: dict[Obstacle, type[Refusal]] = {
    Obstacle.NO_PLEDGE: NoTimeLeft,
    Obstacle.PLEDGE_USED: NoTimeLeft,
    Obstacle.HANDS_FULL: HandsFull,
}


@transaction.atomic
def agree_help(*, ask: Ask, by: Person) -> HelpExchange:
    """The yes to an ask becomes an exchange; called by the acceptance, which moves ask and need."""
    if by.pk != ask.helper_id:
        raise NotAllowed
    need = ask.need
    _take_capacity(by, need.minutes)
    exchange = HelpExchange.objects.create(
        need=need,
        ask=ask,
        giver=by,
        receiver=need.author,
        hub_id=need.hub_id,
        title=need.title,
        planned_minutes=need.minutes,
        date_by_at=date_wanted_by(need.hub, agreed_at=timezone.now()),
    )
    journal.record("agree_help", exchange, by=by, hub_id=exchange.hub_id, minutes=need.minutes)
    return exchange


def _take_capacity(giver: Person, minutes: int) -> None:
    """Refuses what the giver cannot hold, seen under the lock that makes two yeses wait."""
    lock_capacity(giver)
    obstacles = load_of(giver, now=timezone.now()).why_not_accept(minutes)
    if obstacles:
        raise REFUSALS[obstacles[0]]


@transaction.atomic
def propose_help(
    *, giver: Person, receiver: Person, title: str, minutes: int, by: Person
) -> HelpExchange:
    """Help without a need: either offers it to the other, or asks the other for it."""
    if by.pk not in (giver.pk, receiver.pk) or giver.pk == receiver.pk:
        raise NotAllowed
    if not title.strip():
        raise NothingWritten
    lock_capacity(giver, by)  # what the one may hold, and how many the other proposed today
    _refuse_proposal(giver, receiver, minutes, by)
    hub = home_hub(receiver) or home_hub(giver)
    if hub is None:
        raise CannotBeAskedNow
    exchange = HelpExchange.objects.create(
        giver=giver,
        receiver=receiver,
        hub=hub,
        title=title.strip()[:120],
        planned_minutes=min(quarters(minutes), LONGEST_PROPOSAL),
        proposed_by=by,
        state=HelpState.PROPOSED,
    )
    journal.record("propose_help", exchange, by=by, hub_id=hub.pk)
    telling.proposed(exchange)
    return exchange


def _refuse_proposal(giver: Person, receiver: Person, minutes: int, by: Person) -> None:
    """To be asked directly is to be asked: the same guards. Who avoids whom is never told."""
    other = receiver if by.pk == giver.pk else giver
    avoided = AvoidPair.objects.filter(person=other, other=by).exists()
    if avoided or not other.is_reachable():
        raise CannotBeAskedNow
    waiting = HelpExchange.objects.filter(giver=giver, receiver=receiver, state=HelpState.PROPOSED)
    if waiting.exists():
        raise AlreadyProposed
    now = timezone.now()
    today = HelpExchange.objects.filter(proposed_by=by, created_at__gt=now - timedelta(days=1))
    if today.count() >= PROPOSALS_A_DAY:
        raise ProposalsEnough
    if by.pk == giver.pk:
        return
    load = load_of(giver, now=now)
    if not load.may_be_asked(now, quarters(minutes), AskedBy.SOMEBODY):
        raise CannotBeAskedNow


@transaction.atomic
def agree_spontaneous(*, exchange: HelpExchange, by: Person) -> None:
    """The other of the two says yes to what one proposed."""
    exchange = _locked(exchange)
    if exchange.proposed_by_id == by.pk or by.pk not in _people(exchange):
        raise NotAllowed
    if exchange.state == HelpState.AGREED:
        return
    if by.pk == exchange.giver_id:
        _take_capacity(by, exchange.planned_minutes)
    date_by_at = date_wanted_by(exchange.hub, agreed_at=timezone.now())
    HELP.fire(exchange, "agree", date_by_at=date_by_at)
    journal.record("agree_help", exchange, by=by, hub_id=exchange.hub_id)
    telling.agreed(exchange)


@transaction.atomic
def claim_minutes(*, exchange: HelpExchange, minutes: int, by: Person) -> None:
    """« It is done, it took so long », said by either; the other confirms, or silence does."""
    if not 0 < minutes <= DAY:
        raise MinutesOutOfRange
    exchange = _locked(exchange)
    if by.pk not in _people(exchange):
        raise NotAllowed
    if exchange.state == HelpState.CLAIMED and exchange.claimed_by_id == by.pk:
        return
    now = timezone.now()
    HELP.fire(
        exchange,
        "claim",
        claimed_minutes=minutes,
        claimed_by=by,
        claimed_at=now,
        confirm_by_at=now + SILENCE,
        happened_on=now.astimezone(ZoneInfo(exchange.hub.time_zone)).date(),
    )
    journal.record("claim_minutes", exchange, by=by, hub_id=exchange.hub_id, minutes=minutes)
    telling.claimed(exchange)


@transaction.atomic
def confirm_help(*, exchange: HelpExchange, by: Person) -> HelpExchange:
    """One tap of the other; the second tap finds it done. In a disagreement, whoever claimed first
    may take the other's number instead of waiting for the host."""
    exchange = _locked(exchange)
    if by.pk not in _people(exchange):
        raise NotAllowed
    if exchange.state == HelpState.CONFIRMED:
        return exchange
    claimant = by.pk == exchange.claimed_by_id
    if exchange.state == HelpState.CLAIMED and not claimant:
        _confirm(exchange, exchange.claimed_minutes, by=by)
    elif exchange.state == HelpState.DISPUTED and claimant:
        _confirm(exchange, exchange.disputed_minutes, by=by)
    else:
        raise NotAllowed if claimant else Overtaken
    return exchange


@transaction.atomic
def confirm_by_silence(*, exchange: HelpExchange, now: datetime) -> bool:
    """True when the seven days are over and nobody said otherwise."""
    exchange = _locked(exchange)
    due = exchange.confirm_by_at is not None and exchange.confirm_by_at <= now
    if exchange.state != HelpState.CLAIMED or not due:
        return False
    _confirm(exchange, exchange.claimed_minutes, by=None)
    return True


def _confirm(exchange: HelpExchange, minutes: int | None, *, by: Person | None) -> None:
    """Everything that the confirmed minutes change, in one transaction."""
    assert minutes is not None
    now = timezone.now()
    HELP.fire(
        exchange,
        "confirm",
        minutes=quarters(minutes),
        confirmed_at=now,
        confirmed_by_silence=by is None,
        confirm_by_at=None,
    )
    count_help(exchange=exchange, by=by)
    if exchange.need_id is not None:
        _meet(exchange.need_id, now)
    touch([exchange.giver_id])
    journal.record(
        "confirm_help", exchange, by=by, hub_id=exchange.hub_id, minutes=exchange.minutes
    )
    telling.confirmed(exchange, by=by)


def _meet(need_id: UUID, now: datetime) -> None:
    """A need that was withdrawn meanwhile stays withdrawn."""
    need = Need.objects.filter(pk=need_id)
    if NEED.fire_all(need, "meet", closed_at=now, next_step_at=None):
        ASK.fire_all(Ask.objects.filter(need__in=need), "withdraw")


@transaction.atomic
def dispute_help(*, exchange: HelpExchange, minutes: int, text: str = "", by: Person) -> None:
    """« That was not quite it »: a small difference takes the lower, a large one the host."""
    if not 0 <= minutes <= DAY:
        raise MinutesOutOfRange
    exchange = _locked(exchange)
    if by.pk not in _people(exchange) or by.pk == exchange.claimed_by_id:
        raise NotAllowed
    if exchange.state != HelpState.CLAIMED or exchange.claimed_minutes is None:
        raise Overtaken
    lower = min(minutes, exchange.claimed_minutes)
    if lower and abs(minutes - exchange.claimed_minutes) <= SMALL_DIFFERENCE:
        _confirm(exchange, lower, by=by)
        return
    HELP.fire(
        exchange,
        "dispute",
        disputed_minutes=minutes,
        dispute=text.strip()[:500],
        confirm_by_at=None,
    )
    journal.record("dispute_help", exchange, by=by, hub_id=exchange.hub_id, minutes=minutes)
    telling.disputed(exchange)


@transaction.atomic
def settle_dispute(*, exchange: HelpExchange, minutes: int, by: Person) -> None:
    """A host of its hive decides; nought means that it did not happen."""
    exchange = _locked(exchange)
    if not hosts_hub(by, exchange.hub_id):
        raise NotAllowed
    if by.pk in _people(exchange):
        raise JudgeAndParty
    if exchange.state != HelpState.DISPUTED:
        raise Overtaken
    if minutes:
        _confirm(exchange, minutes, by=by)
        return
    HELP.fire(exchange, "miss")
    journal.record("settle_dispute", exchange, by=by, hub_id=exchange.hub_id, minutes=0)
    telling.settled_as_missed(exchange)


@transaction.atomic
def thank(
    *, exchange: HelpExchange, text: str, audience: str = ThanksAudience.HUB, by: Person
) -> Thanks:
    """A few words of who was helped; once, without stars."""
    exchange = _locked(exchange)
    if by.pk != exchange.receiver_id:
        raise NotAllowed
    if exchange.state not in (HelpState.CLAIMED, HelpState.CONFIRMED):
        raise Overtaken
    if not text.strip():
        raise NothingWritten
    if Thanks.objects.filter(exchange=exchange).exists():
        raise AlreadyThanked
    thanks = Thanks.objects.create(
        exchange=exchange,
        author=by,
        text=text.strip()[:500],
        audience=ThanksAudience(audience),
    )
    journal.record("thank", exchange, by=by, hub_id=exchange.hub_id)
    telling.thanked(thanks)
    return thanks


def _people(exchange: HelpExchange) -> tuple[object, object]:
    return exchange.giver_id, exchange.receiver_id


def _locked(exchange: HelpExchange) -> HelpExchange:
    """As it stands now, kept from changing until the end of the transaction."""
    rows = HelpExchange.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("giver", "receiver", "hub").get(pk=exchange.pk)
