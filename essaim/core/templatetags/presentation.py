"""How values are said on a page: initials, minutes, days, signs. Nothing here knows the trade."""

from datetime import date, datetime, timedelta
from zlib import crc32

from django import template
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, pgettext

register = template.Library()

TONES = 6  # tone-0 … tone-5 in essaim.css


@register.simple_tag
def icon(name: str) -> SafeString:
    """A sign beside words: it is hidden from screen readers, so the words must say everything."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("core/icons.svg"),
        name,
    )


@register.filter
def initials(name: str) -> str:
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    ends = words[:1] if len(words) == 1 else [words[0], words[-1]]
    return "".join(word[0].upper() for word in ends)


@register.filter
def tone(name: str) -> int:
    """The same person keeps the same colour on every page, without anything stored."""
    return crc32(name.encode()) % TONES


@register.filter
def minutes_words(minutes: int) -> str:
    """30 -> "30 min", 90 -> "1 h 30", 120 -> "2 h"."""
    hours, rest = divmod(abs(minutes), 60)
    if not hours:
        return gettext("%(minutes)d min") % {"minutes": rest}
    if not rest:
        return gettext("%(hours)d h") % {"hours": hours}
    return gettext("%(hours)d h %(minutes)02d") % {"hours": hours, "minutes": rest}


@register.filter
def figure_words(value: float | None, unit: str) -> str:
    """A figure with its unit; a dash when there was nothing to count."""
    if value is None:
        return "—"
    if unit == "minutes":
        return minutes_words(round(value))
    digits = {"count": 0, "percent": 0}.get(unit, 1)
    number = formats.number_format(round(value, digits), digits, use_l10n=True, force_grouping=True)
    signs = {"percent": gettext("%(number)s %%"), "hours": gettext("%(number)s h")}
    return signs.get(unit, "%(number)s") % {"number": number}


@register.filter
def time_words(moment: datetime) -> str:
    """14 h 30, and 14 h rather than 14 h 00."""
    moment = _local(moment)
    full_hour = pgettext("format of a full hour", "g a")
    style = pgettext("format of a time", "g:i a") if moment.minute else full_hour
    return formats.date_format(moment, style)


@register.filter
def day_words(day: date) -> str:
    """Today, tomorrow, yesterday, then the weekday and the date; the year when it is another."""
    day = _local(day).date() if isinstance(day, datetime) else day
    today = timezone.localdate()
    near = {
        today: gettext("today"),
        today + timedelta(days=1): gettext("tomorrow"),
        today - timedelta(days=1): gettext("yesterday"),
    }
    if day in near:
        return near[day]
    # French writes 1er mars and 2 mars.
    first = pgettext("format of the first day of a month", "l j F")
    style = first if day.day == 1 else pgettext("format of a day", "l j F")
    return formats.date_format(day, style if day.year == today.year else f"{style} Y")


@register.filter
def moment_words(moment: datetime) -> str:
    return gettext("%(day)s at %(time)s") % {
        "day": day_words(moment),
        "time": time_words(moment),
    }


@register.filter
def moment_words_in(moment: datetime, zone: str) -> str:
    """On the clock of a hive, whichever the server's is: a list may hold several hives."""
    with timezone.override(zone):
        return moment_words(moment)


@register.filter
def ago_words(moment: datetime) -> str:
    """How long ago, for a story of the day; beyond a day the date says it better."""
    minutes = int((timezone.now() - moment).total_seconds() // 60)
    if minutes < 1:
        return gettext("just now")
    if minutes < 60:
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    if minutes < 24 * 60:
        hours = minutes // 60
        return ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}
    return day_words(moment)


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment
