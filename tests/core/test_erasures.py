"""The record of who was erased: outside the database, added to and never rewritten."""

from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

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

    (elsewhere / "all.tar.gz").touch()

    assert erasures.beside(elsewhere / "all.tar.gz") == {LEA}
    erasures.bring(elsewhere / "all.tar.gz")

    assert list(erasures.noted()) == [ZOE, LEA]
    assert erasures.beside(elsewhere / "all.tar.gz") == set()


def test_a_record_that_is_a_link_has_nobody_erased(tmp_path: Path) -> None:
    (tmp_path / "some.txt").write_text(f"2026-11-23T10:00:00+00:00 {LEA}\n")
    (tmp_path / erasures.NAME).symlink_to(tmp_path / "some.txt")
    (tmp_path / "all.tar.gz").touch()

    with pytest.raises(CommandError, match="was not put there by whoever made the backup"):
        call_command("restore", tmp_path / "all.tar.gz", yes=True)

    assert not erasures.noted()


def test_a_restoration_tells_how_many_will_be_erased_before_it_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / erasures.NAME).write_text(f"2026-11-23T10:00:00+00:00 {LEA}\n")
    (tmp_path / "all.tar.gz").touch()
    monkeypatch.setattr("builtins.input", lambda _asked: "no")

    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("restore", tmp_path / "all.tar.gz")

    assert "will have 1 more people erased, for good" in capsys.readouterr().out
    assert not erasures.noted()


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    erasures.note(LEA)
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / erasures.NAME).symlink_to(tmp_path / "victim")

    with pytest.raises(OSError, match="symbolic links"):
        erasures.take_along(tmp_path / "there")

    assert not (tmp_path / "victim").exists()


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
