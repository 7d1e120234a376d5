"""What protects one person now, in warm sentences: each guard with its present count. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.core.templatetags.presentation import day_words, minutes_words, moment_words_in
from essaim.exchange import guard_words
from essaim.exchange.capacity import WEEK, Load
from essaim.exchange.guards import Guards
from essaim.exchange.signs import Presence

Sentence = str | Promise


@dataclass(frozen=True)
class Protection:
    """`holds`: it keeps asks away at this very moment."""

    code: str
    now: str
    why: Sentence
    holds: bool = False


def protections(
    load: Load, guards: Guards, *, unanswered: int, now: datetime, zone: str
) -> list[Protection]:
    """In the order in which one meets them. `unanswered`: asks in a row to which nothing came."""
    return [
        *_pause(load),
        _week(load, zone),
        _at_once(load),
        _month(load, now.astimezone(ZoneInfo(zone)).date()),
        _rest(load, guards, now, zone),
        _silences(load, guards, unanswered),
        _night(guards),
        _presence(load, guards),
    ]


def _pause(load: Load) -> Iterator[Protection]:
    if not load.paused:
        return
    why = _("You chose it. What is agreed stays agreed, and thanks still arrive.")
    if load.paused_until is None:
        yield Protection(
            "pause", _("You are on a pause until you say that you are back"), why, True
        )
        return
    said = _("You are on a pause until %(day)s") % {"day": day_words(load.paused_until)}
    yield Protection("pause", said, why, True)


def _week(load: Load, zone: str) -> Protection:
    words: dict[str, object] = {"count": load.asks_this_week, "most": load.max_asks_per_week}
    full = load.asks_this_week >= load.max_asks_per_week
    said = ngettext(
        "%(count)d ask of %(most)d these seven days",
        "%(count)d asks of %(most)d these seven days",
        load.asks_this_week,
    )
    # Above the guard, as when it was lowered since, one ask more or less frees nothing.
    if load.asks_this_week == load.max_asks_per_week and load.week_began_at is not None:
        words["when"] = moment_words_in(load.week_began_at + WEEK, zone)
        said = ngettext(
            "%(count)d ask of %(most)d these seven days: nobody is sent to you before %(when)s",
            "%(count)d asks of %(most)d these seven days: nobody is sent to you before %(when)s",
            load.asks_this_week,
        )
    return Protection("week", said % words, guard_words.WEEK, full)


def _at_once(load: Load) -> Protection:
    said = ngettext(
        "%(count)d thing in hand of %(most)d at once",
        "%(count)d things in hand of %(most)d at once",
        load.in_hand,
    ) % {"count": load.in_hand, "most": load.max_parallel}
    return Protection("at_once", said, guard_words.AT_ONCE, load.in_hand >= load.max_parallel)


def _month(load: Load, today: date) -> Protection:
    if not load.pledged:
        said = _("You have not promised time: nobody is sent to you")
        return Protection("month", said, guard_words.MONTH, True)
    words = {
        "taken": minutes_words(load.agreed),
        "pledged": minutes_words(load.pledged),
        "day": day_words(_next_month(today)),
    }
    full = load.lacks(1)
    if full:
        said = _("Your month is full (%(pledged)s): nobody is sent to you before %(day)s")
    elif load.beyond and not load.free_minutes:
        said = _("%(taken)s taken of %(pledged)s this month: you wished to be asked all the same")
    else:
        said = _("%(taken)s taken of %(pledged)s this month")
    return Protection("month", said % words, guard_words.MONTH, full)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _rest(load: Load, guards: Guards, now: datetime, zone: str) -> Protection:
    if load.resting_until is not None and now < load.resting_until:
        said = _("You rest until %(when)s") % {"when": moment_words_in(load.resting_until, zone)}
        return Protection("rest", said, guard_words.REST, True)
    said = ngettext(
        "%(hours)d hour of rest after each no", "%(hours)d hours of rest after each no",
        guards.rest_hours,
    ) % {"hours": guards.rest_hours}  # fmt: skip
    return Protection("rest", said, guard_words.REST)


def _silences(load: Load, guards: Guards, unanswered: int) -> Protection:
    if load.unanswering_since is not None:
        said = _("Asks have stopped since %(day)s: say a word when you like") % {
            "day": day_words(load.unanswering_since)
        }
        return Protection("silences", said, guard_words.SILENCES, True)
    words = {"count": unanswered, "most": guards.silences}
    if not unanswered:
        said = _("You have answered everything; after %(most)d silences in a row, asks would stop")
    else:
        said = ngettext(
            "%(count)d ask in a row without an answer; after %(most)d, asks stop",
            "%(count)d asks in a row without an answer; after %(most)d, asks stop",
            unanswered,
        )
    return Protection("silences", said % words, guard_words.SILENCES)


def _night(guards: Guards) -> Protection:
    said = _("No mail between %(evening)d:00 and %(morning)d:00, but somebody’s yes") % {
        "evening": guards.sleeps_at,
        "morning": guards.wakes_at,
    }
    return Protection("night", said, guard_words.NIGHT)


def _presence(load: Load, guards: Guards) -> Protection:
    said = ngettext(
        "After %(days)d day without news of you, the machine asks you nothing more",
        "After %(days)d days without news of you, the machine asks you nothing more",
        guards.quiet_after,
    ) % {"days": guards.quiet_after}
    why = _(
        "Signing in, answering, helping, being at the Buzz: each is a sign of life. You stay in "
        "the directory, and people can still ask you by name."
    )
    return Protection("presence", said, why, load.presence != Presence.ACTIVE)
