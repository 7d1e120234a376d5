"""A moment as a file that calendars read (RFC 5545)."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone

OCTETS = 75
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def event(*, uid: str, starts: datetime, minutes: int, summary: str, url: str) -> str:
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Essaim//FR",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{_utc(timezone.now())}",
        f"DTSTART:{_utc(starts)}",
        f"DTEND:{_utc(starts + timedelta(minutes=minutes))}",
        f"SUMMARY:{summary.translate(_ESCAPES)}",
        f"URL:{url}",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _folded(line: str) -> str:
    """No line is longer than 75 octets, and no letter is cut in two."""
    rows, size = [""], 0
    for letter in line:
        width = len(letter.encode())
        if size + width > OCTETS:
            rows.append(" ")
            size = 1
        rows[-1] += letter
        size += width
    return "\r\n".join(rows)
