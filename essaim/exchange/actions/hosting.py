"""What a host does about a need that waits. Each gesture also says: I look after it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.refusals import NotAllowed, Refusal
from essaim.core.writing import line
from essaim.exchange import escalation
from essaim.exchange.actions import asks
from essaim.exchange.actions.asks import NeedOver, is_open, lock_need
from essaim.exchange.actions.escalation import note_step
from essaim.exchange.models import Ask, Need
from essaim.exchange.notifications import escalation as telling
from essaim.hubs.rules import hosts_hub
from essaim.people.models import Person

WORDS = 1000


class NothingWritten(Refusal):
    message = _("Write a few words first.")


class TooManyWords(Refusal):
    message = _("A thousand characters at most: write the essential, say the rest by phone.")


class ToldAlready(Refusal):
    message = _("People are asked for this need already.")


@transaction.atomic
def acknowledge_need(*, need: Need, by: Person) -> None:
    """« I look after it »; said twice, it is said once."""
    _do(need, "acknowledged", by)


@transaction.atomic
def note_call(*, need: Need, by: Person) -> None:
    _do(need, "phoned", by)


@transaction.atomic
def put_on_friday_bell(*, need: Need, by: Person) -> None:
    _do(need, "friday_bell", by)


@transaction.atomic
def take_off_friday_bell(*, need: Need, by: Person) -> None:
    """By who put it there: a mistake, or said otherwise since; it may be put there again."""
    if not hosts_hub(by, need.hub_id):
        raise NotAllowed
    need = lock_need(need)
    gone, _kinds = need.steps.filter(action="friday_bell", actor=by).delete()
    if gone:
        journal.record("host.off_friday_bell", need, by=by, hub_id=need.hub_id)
        telling.host_did(need, "off_friday_bell", by)


@transaction.atomic
def assign_need(*, need: Need, helper: Person, by: Person) -> Ask:
    """The host asks somebody by name; the guards of that person hold for hosts too."""
    need = _taken_up(need, by, timezone.now())
    ask = asks.ask_person(need=need, helper=helper, by=by)
    telling.host_asked(need, helper, by)
    return ask


@transaction.atomic
def write_to_author(*, need: Need, words: str, by: Person) -> None:
    """To find other words together: the need stays the author's."""
    words = line(words)
    if not words:
        raise NothingWritten
    if len(words) > WORDS:
        raise TooManyWords
    now = timezone.now()
    need = _taken_up(need, by, now)
    note_step(need, "wrote", at=now, by=by)
    journal.record("host.wrote", need, by=by, hub_id=need.hub_id)
    telling.host_wrote(need, words, by)


@transaction.atomic
def tell_imported_need(*, need: Need, by: Person) -> list[Ask]:
    """A need that came in a spreadsheet leaves at last: three are asked, and the clock runs."""
    if not hosts_hub(by, need.hub_id):
        raise NotAllowed
    need = lock_need(need)
    if not is_open(need):
        raise NeedOver
    if not Need.objects.never_told().filter(pk=need.pk).exists():
        raise ToldAlready
    now = timezone.now()
    need.expires_at = now + escalation.LIFE
    need.next_step_at = escalation.first_step_at(need, now)
    need.save(update_fields=["expires_at", "next_step_at"])
    journal.record("host.tell_imported_need", need, by=by, hub_id=need.hub_id)
    sent = asks.send_wave(need=need, wave=1, by=by)
    asks.hasten(need, now)
    telling.host_did(need, "told", by)
    return sent


def _do(need: Need, action: str, by: Person) -> None:
    now = timezone.now()
    need = _taken_up(need, by, now)
    if note_step(need, action, at=now, by=by):
        journal.record(f"host.{action}", need, by=by, hub_id=need.hub_id)
        telling.host_did(need, action, by)


def _taken_up(need: Need, by: Person, now: datetime) -> Need:
    if not hosts_hub(by, need.hub_id):
        raise NotAllowed
    need = lock_need(need)
    if not is_open(need):
        raise NeedOver
    if need.acknowledged_at is None:
        need.acknowledged_by, need.acknowledged_at = by, now
        need.save(update_fields=["acknowledged_by", "acknowledged_at"])
    return need
