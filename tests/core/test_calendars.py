"""A moment as a file that calendars read."""

from datetime import datetime
from zoneinfo import ZoneInfo

from essaim.core.calendars import event

AT = datetime(2026, 7, 14, 9, 30, tzinfo=ZoneInfo("Europe/Paris"))


def lines(summary: str) -> list[str]:
    written = event(uid="a@b", starts=AT, minutes=45, summary=summary, url="https://a.example/")
    return written.split("\r\n")


def test_a_moment_begins_and_ends_in_utc() -> None:
    written = lines("Relire")

    assert written[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert "DTSTART:20260714T073000Z" in written
    assert "DTEND:20260714T081500Z" in written
    assert written[-2:] == ["END:VCALENDAR", ""]


def test_what_a_person_wrote_adds_no_line_to_the_file() -> None:
    assert "SUMMARY:a\\nEND:VEVENT\\, b\\; c\\\\d" in lines("a\nEND:VEVENT, b; c\\d")


def test_a_long_title_is_folded_between_letters() -> None:
    title = "é🐝" * 40

    written = lines(title)

    assert max(len(line.encode()) for line in written) <= 75
    assert f"SUMMARY:{title}" in "\r\n".join(written).replace("\r\n ", "")
