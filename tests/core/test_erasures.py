"""The record of who was erased: outside the database, added to and never rewritten."""

from pathlib import Path
from uuid import UUID

import pytest

from essaim.core import erasures
from essaim.core.ids import uuid7
from essaim.people.models import PersonState
from tests.factories import make_person

LEA, ZOE = UUID(int=1), UUID(int=2)


def record() -> Path:
    return erasures.folder() / erasures.NAME


def test_it_holds_ids_and_moments_and_is_read_by_its_owner_alone() -> None:
    erasures.note(LEA)

    [line] = record().read_text().splitlines()
    at, pk = line.split()
    assert (UUID(pk), erasures.noted()) == (LEA, {LEA: at})
    assert record().stat().st_mode & 0o777 == 0o600


def test_the_same_person_is_noted_once_and_earlier_lines_stay_as_they_are() -> None:
    erasures.note(LEA)
    before = record().read_text()

    erasures.note(LEA)
    erasures.note(ZOE)

    assert record().read_text().startswith(before)
    assert list(erasures.noted()) == [LEA, ZOE]


def test_a_line_cut_short_by_a_crash_spoils_no_other() -> None:
    erasures.note(LEA)
    with record().open("a") as file:
        file.write("2026-11-23T10:00:00+00:00 0000")

    erasures.note(ZOE)

    assert list(erasures.noted()) == [LEA, ZOE]


def test_what_lies_beside_an_archive_is_added_to_what_is_known(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    erasures.note(LEA)
    erasures.take_along(elsewhere)
    record().unlink()
    erasures.note(ZOE)

    erasures.bring(elsewhere)

    assert list(erasures.noted()) == [ZOE, LEA]


@pytest.mark.django_db
def test_who_is_erased_in_the_database_is_noted_even_when_their_line_was_lost() -> None:
    make_person()
    erased = make_person(state=PersonState.ERASED)

    erasures.note_from_database()

    assert list(erasures.noted()) == [erased.pk]


@pytest.mark.django_db
def test_nobody_is_erased_again_whom_the_database_does_not_know() -> None:
    make_person()
    erasures.note(uuid7())

    assert erasures.replay() == 0
