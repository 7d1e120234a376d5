"""From the yes to the minutes confirmed and the thanks; and help without any need told."""

import math
from functools import partial
from uuid import UUID

from essaim.exchange.actions import dates
from essaim.exchange.actions import help as actions
from essaim.exchange.actions.cancelling import cancel_help
from essaim.exchange.models import HelpExchange, HelpState
from essaim.people.models import Person
from tests.bench.year.hive import Member
from tests.bench.year.life import Life

DAY = 24.0
DISPUTES = 0.03
AGREES = 0.8
QUARTER, LONGEST = 15, 480
# Of those who forgot to say that it is done, how many do once they are asked.
REMINDED = 0.7


def agreed(life: Life, pk: UUID) -> None:
    """They fix a day, or see each other without saying when."""
    exchange = _of(pk)
    life.hive.members[exchange.giver_id].underway += 1
    meets = life.soon(3 * DAY, 0.7)
    if life.chance(life.assumed.dates):
        said = life.soon(12)
        if said < meets:
            life.at(said, partial(_set_date, life, pk, meets))
    life.at(meets, partial(_meet, life, pk))


def _set_date(life: Life, pk: UUID, meets: object) -> None:
    exchange = _of(pk)
    by = _either(life, exchange)
    if by is not None:
        life.attempt(dates.set_date, exchange=exchange, at=meets, by=by)


def _meet(life: Life, pk: UUID) -> None:
    exchange = _of(pk)
    by = _either(life, exchange)
    if exchange.state != HelpState.AGREED or by is None:
        _release(life, exchange)
    elif life.chance(life.assumed.falls_through):
        _release(life, exchange)
        life.attempt(cancel_help, exchange=exchange, by=by)
        life.news()
    elif life.chance(life.assumed.claims):
        life.at(life.soon(6), partial(_claim, life, pk))
    elif life.chance(REMINDED):
        life.at(life.soon(4 * DAY), partial(_claim, life, pk))
    else:
        _release(life, exchange)


def _release(life: Life, exchange: HelpExchange) -> None:
    life.hive.members[exchange.giver_id].underway -= 1


def _claim(life: Life, pk: UUID) -> None:
    exchange = _of(pk)
    _release(life, exchange)
    by = _either(life, exchange)
    if exchange.state != HelpState.AGREED or by is None:
        return
    took = exchange.planned_minutes * math.exp(life.rng.gauss(0, life.assumed.longer))
    minutes = min(LONGEST, max(QUARTER, round(took / QUARTER) * QUARTER))
    life.attempt(actions.claim_minutes, exchange=exchange, minutes=minutes, by=by)
    other_id = exchange.receiver_id if by.pk == exchange.giver_id else exchange.giver_id
    other = life.hive.members[other_id].person
    if life.chance(life.assumed.confirms):
        life.at(life.soon(12), partial(_confirm, life, pk, other, minutes))
    if life.chance(life.assumed.thanks):
        life.at(life.soon(DAY), partial(_thank, life, pk))


def _confirm(life: Life, pk: UUID, by: Person, minutes: int) -> None:
    exchange = _of(pk)
    if life.chance(DISPUTES):
        less = minutes - QUARTER
        life.attempt(actions.dispute_help, exchange=exchange, minutes=less, by=by)
    else:
        life.attempt(actions.confirm_help, exchange=exchange, by=by)


def _thank(life: Life, pk: UUID) -> None:
    exchange = _of(pk)
    text = f"Merci {life.hive.members[exchange.giver_id].person.given_name}."
    by = life.hive.members[exchange.receiver_id].person
    life.attempt(actions.thank, exchange=exchange, text=text, by=by)


# --- help without a need -----------------------------------------------------------------------


def propose(life: Life, *, wanted: bool) -> None:
    """Somebody offers their help to another, or asks another for it by name."""
    here = life.hive.here(life.today)
    if len(here) < 2:
        return
    one = life.somebody(here)
    other = life.somebody([member for member in here if member is not one])
    giver, receiver = (other, one) if wanted else (one, other)
    exchange = life.attempt(
        actions.propose_help,
        giver=giver.person,
        receiver=receiver.person,
        title="Un coup de main",
        minutes=life.rng.choice((15, 30, 30, 60)),
        by=one.person,
    )
    if exchange is not None:
        life.at(life.soon(life.assumed.delay), partial(_answer, life, exchange.pk, other))


def _answer(life: Life, pk: UUID, by: Member) -> None:
    exchange = _of(pk)
    if by.left or exchange.state != HelpState.PROPOSED:
        return
    if not life.chance(AGREES):
        life.attempt(cancel_help, exchange=exchange, by=by.person)
        return
    life.attempt(actions.agree_spontaneous, exchange=exchange, by=by.person)
    if _of(pk).state == HelpState.AGREED:
        agreed(life, pk)


def _either(life: Life, exchange: HelpExchange) -> Person | None:
    """One of the two; nobody when one of them has left."""
    two = [life.hive.members[pk] for pk in (exchange.giver_id, exchange.receiver_id)]
    return None if any(one.left for one in two) else life.rng.choice(two).person


def _of(pk: UUID) -> HelpExchange:
    return HelpExchange.objects.get(pk=pk)
