"""The toolbox card: what I lend and want to learn, how much time, and when not to ask me."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.refusals import NotAllowed, Refusal
from essaim.core.writing import line
from essaim.exchange.capacity import QUARTER, lock_capacity
from essaim.exchange.models import GUARDS, Pause, Pledge
from essaim.hubs.rules import hosts_person
from essaim.people.actions.skills import propose_skill
from essaim.people.freshness import touch
from essaim.people.models import Person, PersonSkill, Skill, SkillKind, SkillState

MOST_MINUTES = 2400
MOST_LINES = 40
NOTE = 300


class TooManyLines(Refusal):
    message = _("Your card holds forty lines already: take one away before you add another.")


class NoSuchPledge(Refusal):
    message = _("Choose between nothing and forty hours a month, by quarters of an hour.")


class PauseEndsInThePast(Refusal):
    message = _("Choose a day to come, or none.")


class NotInTheList(Refusal):
    message = _("This skill is no longer in the list: choose another one.")


def _refuse_others(person: Person, by: Person) -> None:
    """A host helps whoever cannot type: that is what hosts are for."""
    if by.pk != person.pk and not hosts_person(by, person):
        raise NotAllowed


def current_pledge(person: Person) -> Pledge | None:
    return Pledge.objects.filter(person=person, valid_to__isnull=True).first()


@transaction.atomic
def set_pledge(
    *,
    person: Person,
    minutes: int,
    max_asks_per_week: int | None = None,
    max_parallel: int | None = None,
    beyond: bool = False,
    by: Person,
) -> Pledge:
    """Closes the former promise and opens the new one; a second change of the day replaces it.

    How often and how many at once are those of the network unless the person says otherwise.
    """
    _refuse_others(person, by)
    _refuse_odd(minutes, max_asks_per_week, max_parallel)
    lock_capacity(person)
    now = timezone.now()
    today = timezone.localdate(now)
    values = {
        "minutes_per_month": minutes,
        "max_asks_per_week": max_asks_per_week,
        "max_parallel": max_parallel,
        "beyond": beyond,
    }
    former = current_pledge(person)
    if former is not None and former.valid_from == today:
        Pledge.objects.filter(pk=former.pk).update(**values)
        former.refresh_from_db()
        pledge = former
    else:
        Pledge.objects.filter(person=person, valid_to__isnull=True).update(valid_to=today)
        pledge = Pledge.objects.create(person=person, valid_from=today, **values)
    touch([person.pk])
    journal.record("set_pledge", pledge, by=by, minutes=minutes)
    return pledge


def _refuse_odd(minutes: int, max_asks_per_week: int | None, max_parallel: int | None) -> None:
    in_range = 0 <= minutes <= MOST_MINUTES and not minutes % QUARTER
    chosen = {"asks_per_week": max_asks_per_week, "at_once": max_parallel}
    if not in_range or any(n and not 0 < n <= GUARDS[name].most for name, n in chosen.items()):
        raise NoSuchPledge


@transaction.atomic
def pause(*, person: Person, until: date | None = None, by: Person) -> Pause:
    """Nobody is sent to the person meanwhile; what is agreed stays agreed. One pause at a time."""
    _refuse_others(person, by)
    today = timezone.localdate()
    if until is not None and until < today:
        raise PauseEndsInThePast
    lock_capacity(person)
    _end_pauses(person, today)
    made = Pause.objects.create(person=person, from_on=today, to_on=until)
    touch([person.pk])
    journal.record("pause", made, by=by)
    return made


@transaction.atomic
def resume(*, person: Person, by: Person) -> None:
    """« I am back. »"""
    _refuse_others(person, by)
    lock_capacity(person)
    _end_pauses(person, timezone.localdate())
    touch([person.pk])
    journal.record("resume", person, by=by)


def _end_pauses(person: Person, today: date) -> None:
    """A pause that began today never was; an older one ended yesterday."""
    underway = Pause.objects.filter(person=person).on(today)
    underway.filter(from_on=today).delete()
    underway.update(to_on=today - timedelta(days=1))


@transaction.atomic
def add_skill(
    *, person: Person, skill: Skill, kind: str, note: str = "", by: Person
) -> PersonSkill:
    """A line of the card; adding what is there already keeps it, and confirms it."""
    _refuse_others(person, by)
    if skill.state == SkillState.MERGED:
        raise NotInTheList
    lock_capacity(person)
    if PersonSkill.objects.filter(person=person).count() >= MOST_LINES:
        raise TooManyLines
    words = line(note)[:NOTE]
    values: dict[str, Any] = {"confirmed_at": timezone.now()} | ({"note": words} if words else {})
    row, created = PersonSkill.objects.update_or_create(
        person=person, skill=skill, kind=SkillKind(kind), defaults=values
    )
    touch([person.pk])
    journal.record("add_skill" if created else "confirm_skill", row, by=by, skill=str(skill.pk))
    return row


@transaction.atomic
def add_wording(*, person: Person, label: str, kind: str, by: Person) -> PersonSkill:
    """The skill of that name, or a proposal of it that a host will place or merge."""
    _refuse_others(person, by)
    return add_skill(person=person, skill=propose_skill(label=label, by=by), kind=kind, by=by)


@transaction.atomic
def edit_note(*, row: PersonSkill, note: str, by: Person) -> None:
    _refuse_others(row.person, by)
    row.note = line(note)[:NOTE]
    row.confirmed_at = timezone.now()
    row.save(update_fields=["note", "confirmed_at"])
    touch([row.person_id])
    journal.record("edit_note", row, by=by)


@transaction.atomic
def remove_skill(*, row: PersonSkill, by: Person) -> None:
    _refuse_others(row.person, by)
    journal.record("remove_skill", row, by=by, skill=str(row.skill_id))
    row.delete()
    touch([row.person_id])


@transaction.atomic
def confirm_skills(*, person: Person, by: Person) -> int:
    """« Still true », once a year, in one tap for the whole card."""
    _refuse_others(person, by)
    count = PersonSkill.objects.filter(person=person).update(confirmed_at=timezone.now())
    touch([person.pk])
    journal.record("confirm_skills", person, by=by, count=count)
    return count
