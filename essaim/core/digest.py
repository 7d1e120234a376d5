"""Friday's letter: one mail a week with what can wait. Empty, it does not leave.

Apps add to it: `@digest.section` registers a function from a person and a moment (since when) to
lines, each a sentence and a path.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.core import mail, nights, outbox
from essaim.core.duties import duty
from essaim.core.models import Channel, Notice, OutboxRow
from essaim.core.notifications import Kind, channel_of, register

DIGEST = register(Kind("digest", gettext_lazy("Friday’s letter"), Channel.NOW, may_wait=False))
FRIDAY = 4
LEAVES = time(14)
WEEK = timedelta(days=7)
BATCH = 1_000

Line = tuple[str, str]
Section = Callable[[Any, datetime], list[Line]]
SECTIONS: list[Section] = []


def section(function: Section) -> Section:
    SECTIONS.append(function)
    return function


@duty(every=timedelta(minutes=30), words=gettext_lazy("Write Friday’s letters"))
def write_fridays_letters(now: datetime) -> None:
    """For the last Friday that has passed: a worker that slept over it still sends it, once."""
    friday = last_friday(now)
    if now - _leaves_at(friday) > timedelta(days=2):
        return  # news of last week on a Tuesday would only annoy
    if OutboxRow.objects.filter(key=f"digest:{friday}").exists():
        return  # all were written already
    people = get_user_model()._default_manager.filter(state="active")
    ids = people.values_list("pk", flat=True).iterator(chunk_size=BATCH)
    while batch := list(islice(ids, BATCH)):
        outbox.put_all(
            "digest",
            {
                f"digest:{friday}:{pk}": {"person": str(pk), "friday": friday.isoformat()}
                for pk in batch
            },
        )
    outbox.put("digests_written", {}, key=f"digest:{friday}")


@outbox.handler("digests_written")
def all_letters_are_written(payload: dict[str, Any], key: str) -> None:
    """Nothing to do: the row itself tells the duty that this Friday is done."""


def last_friday(now: datetime) -> date:
    local = timezone.localtime(now)
    day = local.date() - timedelta(days=(local.weekday() - FRIDAY) % 7)
    return day if now >= _leaves_at(day) else day - WEEK


def _leaves_at(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, LEAVES))


@outbox.handler("digest")
def send_digest(payload: dict[str, Any], key: str) -> None:
    person: Any = get_user_model()._default_manager.filter(pk=payload["person"]).first()
    if person is None or not person.is_reachable() or channel_of(DIGEST, person) != Channel.NOW:
        return
    nights.wait_for_morning(person)
    friday = date.fromisoformat(payload["friday"])
    notices = _waiting(person)
    with translation.override(person.language):
        lines = [(notice.title, notice.path) for notice in notices]
        for function in SECTIONS:
            lines += function(person, _leaves_at(friday) - WEEK)
        if lines:
            mail.send(_letter(person, lines), to=person, code=DIGEST.code, key=key)
    Notice.objects.filter(pk__in=[n.pk for n in notices]).update(digest_on=friday)


def _waiting(person: Any) -> list[Notice]:
    return list(
        Notice.objects.filter(
            recipient_id=person.pk,
            channel=Channel.DIGEST,
            digest_on__isnull=True,
            read_at__isnull=True,
        ).order_by("created_at")
    )


def _letter(person: Any, lines: list[Line]) -> mail.Letter:
    return mail.Letter(
        _("Your week in the hive"),
        [_("Hello %(name)s, here is what happened this week.") % {"name": person.given_name}],
        links=[(text, mail.absolute(path) if path else "") for text, path in lines],
    )
