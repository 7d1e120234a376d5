"""Files as people and attackers send them. Every hostile one is made here."""

import io
import random
import zipfile
from collections.abc import Callable
from contextlib import suppress

import pytest
from openpyxl import Workbook

from essaim.core import spreadsheets
from essaim.core.spreadsheets import Sheet, csv_chunks, xlsx_file, xlsx_files
from essaim.core.spreadsheets.tables import (
    Booby,
    BrokenQuotes,
    Damaged,
    Inflated,
    NotASpreadsheet,
    NothingInside,
    NotText,
    OldExcel,
    OtherArchive,
    TooManyCells,
    TooManyColumns,
    TooManyLines,
    Unreadable,
    WrongAlphabet,
)


def rows_of(raw: bytes) -> list[tuple[str, ...]]:
    return [row.cells for row in spreadsheets.read(io.BytesIO(raw)).rows]


def workbook(*rows: list[object], **more: list[list[object]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    for title, lines in more.items():
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(line)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_part(raw: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(file, "w", 8) as new:
        for part in old.infolist():
            content = old.read(part)
            new.writestr(part.filename, change(content) if part.filename == name else content)
    return file.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


# --- text files ------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_separator_is_found(separator: str) -> None:
    text = f"Prénom{separator}Nom\r\nZoé{separator}Martin\r\n"

    assert rows_of(text.encode()) == [("Prénom", "Nom"), ("Zoé", "Martin")]


def test_separator_that_excel_names_in_a_first_line_is_obeyed() -> None:
    assert rows_of(b"sep=,\r\na;b,c\r\n") == [("a;b", "c")]


def test_commas_inside_sentences_do_not_make_columns() -> None:
    raw = "Besoin;Qui\nRelire, vite, mon plan;Zoé\nUn, deux, trois, quatre;Ana\n".encode()

    assert rows_of(raw)[1] == ("Relire, vite, mon plan", "Zoé")


def test_byte_order_mark_is_not_part_of_the_first_header() -> None:
    assert rows_of(b"\xef\xbb\xbfNom;Ville\n") == [("Nom", "Ville")]


def test_windows_letters_are_read_and_told() -> None:
    table = spreadsheets.read(io.BytesIO("Prénom;Œuvre\nZoé;10 €\n".encode("cp1252")))

    assert [row.cells for row in table.rows] == [("Prénom", "Œuvre"), ("Zoé", "10 €")]
    assert "Windows-1252" in table.remarks[0].text


def test_text_in_every_script_survives() -> None:
    assert rows_of("Nom;Signe\nسلمى العلوي;🐝\n".encode())[1] == ("سلمى العلوي", "🐝")


def test_blank_lines_keep_the_numbers_of_the_others() -> None:
    rows = spreadsheets.read(io.BytesIO(b"a;b\n\n1;2\n;\n3;4\n")).rows

    assert [row.number for row in rows] == [1, 3, 5]


def test_cell_of_several_lines_is_one_cell() -> None:
    assert rows_of(b'a;b\n"one\ntwo";3\n')[1] == ("one\ntwo", "3")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_utf_16_is_told_or_refused(encoding: str) -> None:
    raw = "Prénom;Nom\n".encode(encoding)

    with pytest.raises((WrongAlphabet, NotText)):
        rows_of(raw)


def test_zero_bytes_are_not_text() -> None:
    with pytest.raises(NotText):
        rows_of(b"a;b\n1;\x00\n")


def test_quotation_mark_that_never_closes_is_told_with_its_line() -> None:
    with pytest.raises(BrokenQuotes, match=r"[23]"):
        rows_of(b'a;b\n"one;2\n3;4\n')


@pytest.mark.parametrize("raw", [b"", b"\n\n;;\n", b"\xef\xbb\xbf"])
def test_empty_file_is_told(raw: bytes) -> None:
    with pytest.raises(NothingInside):
        rows_of(raw)


def test_three_hundred_columns_are_refused() -> None:
    with pytest.raises(TooManyColumns):
        rows_of(";".join(str(n) for n in range(300)).encode())


def test_too_many_lines_are_refused() -> None:
    with pytest.raises(TooManyLines):
        rows_of(b"a;b\n" * 20_002)


def test_formula_typed_in_a_text_file_is_marked() -> None:
    row = spreadsheets.read(io.BytesIO(b"a;b\n=cmd|'/c calc'!A0;+33 6\n")).rows[1]

    assert row.formulas == {0}
    assert row.cells[1] == "+33 6"


# --- workbooks -------------------------------------------------------------------------------


def test_workbook_is_read_as_people_see_it() -> None:
    import datetime

    raw = workbook(
        ["Nom", "Tel", "Depuis", "Heures", "Oui"],
        ["Zoé", 612345678.0, datetime.datetime(2026, 3, 3), 2.5, True],
    )

    assert rows_of(raw)[1] == ("Zoé", "612345678", "2026-03-03", "2.5", "1")


def test_formula_is_marked_and_never_computed() -> None:
    row = spreadsheets.read(io.BytesIO(workbook(["a", "b"], ["x", "=1+1"]))).rows[1]

    assert row.formulas == {1}
    assert row.cells == ("x", "=1+1")


def test_error_of_a_cell_is_marked_like_a_formula() -> None:
    row = spreadsheets.read(io.BytesIO(workbook(["a"], ["#N/A"]))).rows[1]

    assert row.formulas == {0}


def test_every_sheet_with_something_is_a_page_and_each_is_read_by_its_name() -> None:
    file = io.BytesIO(workbook(Deux=[["Nom"], ["Zoé"]], Trois=[["x"]]))

    assert [page.title for page in spreadsheets.pages(file)] == ["Deux", "Trois"]
    assert [row.cells for row in spreadsheets.read(file).rows] == [("Nom",), ("Zoé",)]
    assert [row.cells for row in spreadsheets.read(file, "Trois").rows] == [("x",)]


def test_sheet_that_is_too_wide_does_not_keep_the_others_out() -> None:
    file = io.BytesIO(workbook(Large=[["x"] * 101], Bonne=[["Nom"], ["Zoé"]]))

    pages = spreadsheets.pages(file)

    assert [(page.title, page.refusal) for page in pages] == [
        ("Large", TooManyColumns),
        ("Bonne", None),
    ]


def test_sheets_share_the_limit_of_filled_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_files, "MAX_CELLS", 3)
    file = io.BytesIO(workbook(Une=[["a"], ["b"]], Deux=[["c"], ["d"]]))

    assert [page.refusal for page in spreadsheets.pages(file)] == [None, TooManyCells]


def test_words_are_found_anywhere_in_a_file_without_opening_it() -> None:
    book = workbook(Une=[["a"]], Deux=[["x", "Zoé <ZOE@example.org>"]])

    assert spreadsheets.mentions(io.BytesIO(book), "zoe@example.org")
    assert not spreadsheets.mentions(io.BytesIO(book), "ana@example.org")
    assert spreadsheets.mentions(io.BytesIO(b"Mail\nZoe@example.org\n"), "zoe@example.org")


def test_hidden_lines_are_read_and_told() -> None:
    raw = with_part(
        workbook(["Nom"], ["Zoé"], ["Ana"]),
        SHEET,
        lambda xml: xml.replace(b'<row r="2"', b'<row r="2" hidden="1"'),
    )

    table = spreadsheets.read(io.BytesIO(raw))

    assert [row.cells for row in table.rows] == [("Nom",), ("Zoé",), ("Ana",)]
    assert table.remarks[0].facts == {"count": 1}


def test_pdf_renamed_xlsx_is_named_for_what_it_is() -> None:
    with pytest.raises(NotASpreadsheet, match="PDF"):
        rows_of(b"%PDF-1.7\n" + b"0" * 100)


def test_old_excel_file_is_named() -> None:
    with pytest.raises(OldExcel):
        rows_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100)


def test_archive_that_is_no_workbook_is_named() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("content.xml", "<a/>")

    with pytest.raises(OtherArchive):
        rows_of(file.getvalue())


def test_billion_laughs_are_not_expanded() -> None:
    laughs = (
        b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
        + b"]><worksheet>&j;</worksheet>"
    )

    with pytest.raises(Booby):
        rows_of(with_part(workbook(["a"]), SHEET, lambda xml: laughs))


def test_entities_written_in_utf_16_are_found_too() -> None:
    laughs = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'

    with pytest.raises(Booby):
        rows_of(with_part(workbook(["a"]), SHEET, lambda xml: laughs.encode("utf-16")))


def test_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    def swell(xml: bytes) -> bytes:
        return xml + b" " * 60_000_000

    raw = with_part(workbook(["a"]), SHEET, swell)

    assert len(raw) < 200_000
    with pytest.raises(Inflated):
        rows_of(raw)


def test_row_at_the_far_end_of_the_sheet_does_not_take_for_ever() -> None:
    raw = with_part(
        workbook(["a"], ["b"]),
        SHEET,
        lambda xml: xml.replace(b'<row r="2"', b'<row r="999999999999"').replace(b'"A2"', b'"A9"'),
    )

    table = spreadsheets.read(io.BytesIO(raw))

    assert [row.cells for row in table.rows] == [("a",)]
    assert "far below" in table.remarks[0].text


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml"])
def test_broken_workbook_is_told(part: str) -> None:
    with pytest.raises(Unreadable):
        rows_of(with_part(workbook(["a"]), part, lambda xml: xml[: len(xml) // 2]))


@pytest.mark.parametrize("seed", range(200))
def test_spoilt_workbook_is_read_or_refused_and_nothing_else(seed: int) -> None:
    luck = random.Random(seed)
    raw = bytearray(workbook(["Nom", "Tel"], ["Zoé", 612345678.0], ["=A1", True]))
    for _ in range(luck.randint(1, 8)):
        raw[luck.randrange(len(raw))] = luck.randrange(256)

    with suppress(Unreadable):
        assert rows_of(bytes(raw))


def test_truncated_workbook_is_told() -> None:
    with pytest.raises(Damaged):
        rows_of(workbook(["a"] * 50)[:-100])


def test_workbook_of_headers_only_has_one_row() -> None:
    assert rows_of(workbook(["Nom", "Ville"])) == [("Nom", "Ville")]


# --- writing, and back -----------------------------------------------------------------------

HARD = [
    ["Nom", "Mot"],
    ["=1+1", "+33 6 12 34 56 78"],
    ["-5", "@zoe"],
    ["'=apostrophe", "''+two"],
    ["a;b,c\td", 'say "yes"'],
    ["two\nlines", "سلمى 🐝"],
    ["l’été", "0612345678"],
]


def test_csv_read_back_has_lost_nothing() -> None:
    raw = b"".join(csv_chunks(HARD))

    assert [list(cells) for cells in rows_of(raw)] == HARD
    assert all(not row.formulas for row in spreadsheets.read(io.BytesIO(raw)).rows)


def test_workbook_read_back_has_lost_nothing() -> None:
    with xlsx_file(Sheet("Personnes", HARD)) as file:
        table = spreadsheets.read(file)

    assert [list(row.cells) for row in table.rows] == HARD
    assert all(not row.formulas for row in table.rows)


def test_nothing_that_excel_would_compute_leaves_in_a_csv() -> None:
    text = b"".join(csv_chunks(HARD)).decode("utf-8-sig")

    cells = [cell.strip('"') for line in text.splitlines() for cell in line.split(";")]
    assert [cell for cell in cells if cell[:1] in {"=", "+", "-", "@"}] == []


def test_letters_that_a_workbook_may_not_hold_are_left_out() -> None:
    with xlsx_file(Sheet("A", [["a\x07b"]])) as file:
        assert spreadsheets.read(file).rows[0].cells == ("ab",)
