from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from essaim.core.templatetags.presentation import (
    ago_words,
    day_words,
    initials,
    minutes_words,
    moment_words,
    moment_words_in,
    time_words,
    tone,
)

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Léa Fontaine", "LF"),
        ("Jean-Marc de la Tour", "JT"),
        ("Élodie", "É"),
        ("سلمى العلوي", "سا"),
        ("  ", "?"),
        ("« 2 Tonnes »", "2T"),
    ],
)
def test_initials_are_those_of_the_ends_of_the_name(name: str, expected: str) -> None:
    assert initials(name) == expected


def test_a_person_keeps_the_same_tone() -> None:
    assert tone("Léa Fontaine") == tone("Léa Fontaine")
    assert {tone(f"{letter}a") for letter in "abcdefghijklmnopqrstuvwxyz"} == set(range(6))


@pytest.mark.parametrize(
    ("minutes", "french", "english"),
    [
        (0, "0 min", "0 min"),
        (30, "30 min", "30 min"),
        (65, "1 h 05", "1 h 05"),
        (90, "1 h 30", "1 h 30"),
        (120, "2 h", "2 h"),
        (-45, "45 min", "45 min"),
    ],
)
def test_minutes_are_said_as_people_say_them(minutes: int, french: str, english: str) -> None:
    with translation.override("fr"):
        assert minutes_words(minutes) == french.replace(" ", NBSP)
    with translation.override("en"):
        assert minutes_words(minutes).replace(NBSP, " ") == english


@pytest.mark.parametrize(
    ("hour", "minute", "french", "english"),
    [(14, 30, "15 h 30", "3:30 p.m."), (8, 0, "9 h", "9 a.m.")],
)
def test_times_are_local_and_written_as_in_the_language(
    hour: int, minute: int, french: str, english: str
) -> None:
    moment = datetime(2026, 1, 12, hour, minute, tzinfo=UTC)
    with translation.override("fr"):
        assert time_words(moment) == french.replace(" ", NBSP)
    with translation.override("en"):
        assert time_words(moment) == english


def test_near_days_have_names() -> None:
    today = timezone.localdate()
    with translation.override("fr"):
        words = [day_words(today + timedelta(days=days)) for days in (-1, 0, 1)]
    assert words == ["hier", "aujourd’hui", "demain"]


def test_a_far_day_carries_its_year_and_the_first_is_an_ordinal() -> None:
    with translation.override("fr"):
        assert day_words(datetime(2019, 3, 1, 12, tzinfo=UTC)) == "vendredi 1er mars 2019"
        assert day_words(datetime(2019, 3, 5, 12, tzinfo=UTC)) == "mardi 5 mars 2019"


def test_a_moment_is_a_day_and_a_time() -> None:
    with translation.override("fr"):
        assert moment_words(datetime(2019, 3, 5, 13, 30, tzinfo=UTC)) == (
            f"mardi 5 mars 2019 à 14{NBSP}h{NBSP}30"
        )


def test_a_moment_is_told_on_the_clock_of_a_hive_its_day_too() -> None:
    with translation.override("fr"):
        assert moment_words_in(datetime(2019, 3, 5, 21, 30, tzinfo=UTC), "Indian/Reunion") == (
            f"mercredi 6 mars 2019 à 1{NBSP}h{NBSP}30"
        )


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(0, "à l’instant"), (1, "il y a 1 minute"), (12, "il y a 12 minutes"), (61, "il y a 1 heure")],
)
def test_a_story_of_the_day_says_how_long_ago(minutes: int, expected: str) -> None:
    with translation.override("fr"):
        words = ago_words(timezone.now() - timedelta(minutes=minutes, seconds=1))
    assert words.replace(NBSP, " ") == expected
