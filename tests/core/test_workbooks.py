"""A file of several sheets, each brought by itself, without sending the file again."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook as Book

from essaim.core.imports import actions, forgetting, receiving, running
from essaim.core.imports.kinds import KINDS
from essaim.core.models import Document, ImportRun, ImportState, Workbook
from essaim.core.refusals import NotAllowed
from essaim.hubs.models import Hub
from essaim.people.models import Person, Venture
from tests.core.importing import check, take_back, write
from tests.factories import make_director, make_host, make_hub, make_person, make_resident

pytestmark = pytest.mark.django_db

Rows = list[list[Any]]

PEOPLE: Rows = [["Prénom", "Nom", "Courriel"], ["Zoé", "Martin", "zoe@example.org"]]
VENTURES: Rows = [["Structure", "SIRET", "Équipe"], ["Les Bocaux", "", "zoe@example.org"]]
NEEDS: Rows = [
    ["Les besoins de 2026"],
    ["Qui", "Besoin", "Date"],
    ["zoe@example.org", "Un toit", ""],
]
STOCK: Rows = [["Article", "Nombre"], ["Chaises", 12], ["Tables", 3]]
HIVE: dict[str, Rows] = {"Besoins": NEEDS, "Gens": PEOPLE, "Stock": STOCK, "Projets": VENTURES}


def workbook(sheets: dict[str, Rows]) -> bytes:
    book = Book()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.fixture
def hub() -> Hub:
    return make_hub("La Halle")


@pytest.fixture
def host(hub: Hub, client: Client) -> Person:
    person = make_host(hub)
    client.force_login(person)
    return person


def upload(sheets: dict[str, Rows]) -> SimpleUploadedFile:
    return SimpleUploadedFile("ruche.xlsx", workbook(sheets))


def receive(
    sheets: dict[str, Rows], host: Person, hub: Hub, kind: str = ""
) -> ImportRun | Workbook:
    return receiving.receive_file(
        upload=upload(sheets), kind=KINDS.get(kind), hub_id=hub.pk, by=host
    )


def brought(host: Person, hub: Hub) -> Document:
    found = receive(HIVE, host, hub)
    assert isinstance(found, Workbook)
    return found.document


def test_each_sheet_is_proposed_with_its_list_and_its_number_of_lines(
    client: Client, host: Person
) -> None:
    answer = client.post(reverse("core:workbook_new"), {"file": upload(HIVE)}, follow=True)

    book = answer.context["book"]
    assert [(s.title, s.kind and s.kind.code, s.lines) for s in book.sheets] == [
        ("Gens", "people", 1),
        ("Projets", "ventures", 1),
        ("Besoins", "needs", 1),
        ("Stock", None, 2),
    ]
    assert "contient 4 feuilles" in answer.content.decode()


def test_host_goes_from_sheet_to_sheet_without_sending_the_file_again(
    client: Client, host: Person
) -> None:
    client.post(reverse("core:workbook_new"), {"file": upload(HIVE)})
    opening = reverse("core:workbook_open", args=[Document.objects.get().pk])
    rest = {}

    for title, kind in (("Gens", "people"), ("Projets", "ventures"), ("Besoins", "needs")):
        client.post(opening, {"sheet": title, "kind": kind})
        run = check(ImportRun.objects.get(sheet=title))
        report = client.post(reverse("core:import_start", args=[run.pk]), follow=True)
        assert "1 ligne importée" in report.content.decode()
        rest[title] = [sheet.title for sheet in report.context["rest"]]

    assert rest == {"Gens": ["Projets", "Besoins"], "Projets": ["Besoins"], "Besoins": []}
    zoe = Person.objects.get(email="zoe@example.org")
    assert Venture.objects.get(affiliations__person=zoe).name == "Les Bocaux"
    assert list(zoe.needs.values_list("title", flat=True)) == ["Un toit"]
    assert Document.objects.count() == 1


def test_only_list_of_a_file_is_opened_at_once_and_the_other_sheets_stay_in_reach(
    client: Client, host: Person
) -> None:
    sent = {"file": upload({"Stock": STOCK, "Gens": PEOPLE})}

    page = client.post(reverse("core:import_new", args=["people"]), sent, follow=True)

    run = ImportRun.objects.get()
    assert (run.sheet, run.total) == ("Gens", 1)
    assert reverse("core:workbook", args=[run.document_id]) in page.content.decode()


def test_list_of_another_kind_than_the_page_is_asked_about(host: Person, hub: Hub) -> None:
    found = receive({"Stock": STOCK, "Projets": VENTURES}, host, hub, "people")

    assert isinstance(found, Workbook)
    assert not ImportRun.objects.exists()


def test_whole_workbook_of_one_known_list_needs_no_question(host: Person, hub: Hub) -> None:
    found = receive({"Gens": PEOPLE}, host, hub)

    assert isinstance(found, ImportRun)
    assert (found.kind, found.sheet) == ("people", "")
    assert not Workbook.objects.exists()


def test_text_file_that_is_no_list_we_know_is_asked_about(client: Client, host: Person) -> None:
    file = SimpleUploadedFile("liste.csv", "Qui;Où écrire\nZoé;zoe@example.org\n".encode())
    client.post(reverse("core:workbook_new"), {"file": file})
    document = Document.objects.get()

    client.post(reverse("core:workbook_open", args=[document.pk]), {"sheet": "", "kind": "people"})

    assert ImportRun.objects.get().headers == ["Qui", "Où écrire"]


def test_sheet_without_its_list_said_is_not_opened(client: Client, host: Person, hub: Hub) -> None:
    document = brought(host, hub)
    url = reverse("core:workbook_open", args=[document.pk])

    answer = client.post(url, {"sheet": "Stock", "kind": ""})

    assert answer.status_code == 400
    assert "choisis une liste" in answer.content.decode()
    assert client.post(url, {"sheet": "Inventée", "kind": "people"}).status_code == 404
    assert not ImportRun.objects.exists()


def test_one_name_among_many_columns_proves_no_list(host: Person, hub: Hub) -> None:
    inventory: Rows = [["Nom", "Étage", "Clé"], ["Salle bleue", "2", "B12"]]

    found = receive({"Salles": inventory, "Stock": STOCK}, host, hub)

    assert isinstance(found, Workbook)
    assert [sheet["kind"] for sheet in found.sheets] == ["", ""]


def test_sheet_that_is_too_wide_is_told_and_the_others_are_offered(
    client: Client, host: Person, hub: Hub
) -> None:
    found = receive({"Large": [["x"] * 101], **HIVE}, host, hub)

    page = client.get(reverse("core:workbook", args=[found.pk]))

    assert "plus de 100 colonnes" in page.content.decode()
    assert page.context["book"].waiting == 3


def test_second_of_two_hosts_is_led_to_the_import_of_the_first(
    client: Client, host: Person, hub: Hub
) -> None:
    document = brought(host, hub)
    run = receiving.open_sheet(document=document, title="Gens", kind=KINDS["people"], by=host)
    other = make_host(hub)

    with pytest.raises(receiving.SheetTaken):
        receiving.open_sheet(document=document, title="Gens", kind=KINDS["people"], by=other)
    answer = client.post(
        reverse("core:workbook_open", args=[document.pk]), {"sheet": "Gens", "kind": "people"}
    )

    assert answer.headers["Location"] == reverse("core:import", args=[run.pk])
    assert ImportRun.objects.count() == 1


def test_sheet_that_was_left_or_taken_back_is_offered_again(host: Person, hub: Hub) -> None:
    document = brought(host, hub)
    people = KINDS["people"]
    first = receiving.open_sheet(document=document, title="Gens", kind=people, by=host)
    actions.drop(run=first, by=host)
    assert Document.objects.exists()
    second = receiving.open_sheet(document=document, title="Gens", kind=people, by=host)
    take_back(write(check(second)))

    third = receiving.open_sheet(document=document, title="Gens", kind=people, by=host)

    assert third.state == ImportState.UPLOADED


def test_forgotten_file_leaves_what_was_imported(host: Person, hub: Hub) -> None:
    document = brought(host, hub)
    done = receiving.open_sheet(document=document, title="Gens", kind=KINDS["people"], by=host)
    write(check(done))
    receiving.open_sheet(document=document, title="Projets", kind=KINDS["ventures"], by=host)

    receiving.forget_workbook(document=document, by=host)

    assert list(ImportRun.objects.values_list("sheet", flat=True)) == ["Gens"]
    assert (Document.objects.count(), Workbook.objects.count()) == (0, 0)


def test_file_is_not_forgotten_while_a_sheet_is_read(host: Person, hub: Hub) -> None:
    document = brought(host, hub)
    run = receiving.open_sheet(document=document, title="Gens", kind=KINDS["people"], by=host)
    actions.name_columns(run=run, mapping=run.mapping, by=host)

    with pytest.raises(receiving.UnderWay):
        receiving.forget_workbook(document=document, by=host)


def test_file_is_for_those_who_may_import_there(client: Client, host: Person, hub: Hub) -> None:
    document = brought(host, hub)
    page = reverse("core:workbook", args=[document.pk])
    opening = reverse("core:workbook_open", args=[document.pk])
    stranger = make_host(make_hub("Ailleurs"))
    for person in (make_resident(hub), stranger):
        client.force_login(person)
        assert client.get(page).status_code == 404
        assert client.post(opening, {"sheet": "Gens", "kind": "people"}).status_code == 404
    with pytest.raises(NotAllowed):
        receiving.forget_workbook(document=document, by=stranger)
    client.force_login(make_host(hub))

    assert client.get(page).status_code == 200


def test_waiting_sheets_are_told_on_the_page_of_spreadsheets(
    client: Client, host: Person, hub: Hub
) -> None:
    document = brought(host, hub)

    page = client.get(reverse("core:spreadsheets")).content.decode()

    assert "3 feuilles de «\u00a0ruche.xlsx\u00a0» attendent" in page
    assert reverse("core:workbook", args=[document.pk]) in page


@pytest.mark.parametrize("sheets", [2, 20])
def test_page_of_a_file_asks_as_much_for_two_sheets_as_for_twenty(
    client: Client, host: Person, hub: Hub, sheets: int, django_assert_num_queries: Any
) -> None:
    found = receive({f"Feuille {n}": PEOPLE for n in range(sheets)}, host, hub)
    url = reverse("core:workbook", args=[found.pk])
    client.get(url)

    with django_assert_num_queries(QUERIES):
        client.get(url)


QUERIES = 9


def test_forgetting_a_person_forgets_the_file_whose_unread_sheet_names_them(
    host: Person, hub: Hub
) -> None:
    zoe = make_person(email="zoe@example.org")
    brought(host, hub)
    other = receive({"Gens": [["Mail"], ["ana@example.org"]], "Stock": STOCK}, host, hub)

    forgetting.forget(zoe)

    assert [book.pk for book in Workbook.objects.all()] == [
        other.document_id if isinstance(other, ImportRun) else other.pk
    ]


def test_forgetting_a_person_forgets_the_lines_nobody_has_checked_yet(
    host: Person, hub: Hub
) -> None:
    zoe = make_person(email="zoe@example.org")
    run = receiving.open_sheet(
        document=brought(host, hub), title="Gens", kind=KINDS["people"], by=host
    )

    forgetting.forget(zoe)

    assert not run.lines.exists()


@pytest.mark.parametrize(
    ("named", "kept"),
    [
        ("joann@x.fr", 1),
        ("ann@x.fr.org", 1),
        ("ANN@x.fr", 0),
        ("Écris à ann@x.fr.", 0),
        ("«\u00a0ann@x.fr\u00a0»", 0),
    ],
)
@pytest.mark.parametrize("kind", ["workbook", "text", "line"])
def test_forgetting_a_person_looks_for_their_whole_address(
    host: Person, hub: Hub, kind: str, named: str, kept: int
) -> None:
    ann = make_person(email="ann@x.fr")
    rows: Rows = [["Qui", "Où écrire"], ["Elle", named]]
    if kind == "workbook":
        receive({"Liste": rows, "Stock": STOCK}, host, hub)
    else:
        raw = "\n".join(";".join(row) for row in rows).encode()
        receiving.receive_file(
            upload=SimpleUploadedFile("liste.csv", raw),
            kind=KINDS["people"] if kind == "line" else None,
            hub_id=hub.pk,
            by=host,
        )

    forgetting.forget(ann)

    assert Document.objects.count() == kept


def test_end_of_line_as_excel_writes_it_is_no_part_of_an_address(host: Person, hub: Hub) -> None:
    receive({"Liste": [["Où écrire"], ["Ann_x000D_ann@x.fr"]], "Stock": STOCK}, host, hub)

    forgetting.forget(make_person(email="ann@x.fr"))

    assert not Document.objects.exists()


def test_file_that_the_disk_lost_names_nobody_and_hinders_no_forgetting(
    host: Person, hub: Hub
) -> None:
    zoe = make_person(email="zoe@example.org")
    lost = brought(host, hub)
    Path(lost.file.path).unlink()
    brought(host, hub)

    forgetting.forget(zoe)

    assert Document.objects.get() == lost


def test_file_of_which_no_sheet_is_open_is_forgotten_after_a_month(host: Person, hub: Hub) -> None:
    now = timezone.now()
    untouched, left, opened, recent = (brought(host, hub) for _ in range(4))
    for document in (left, opened):
        run = receiving.open_sheet(document=document, title="Gens", kind=KINDS["people"], by=host)
        if document is left:
            actions.drop(run=run, by=host)
    Document.objects.exclude(pk=recent.pk).update(created_at=now - timedelta(days=31))
    proof = Document.objects.create(purpose="proof", size=1, created_at=now - timedelta(days=31))

    running.forget_old_imports(now)

    assert set(Document.objects.all()) == {opened, recent, proof}
    assert not Path(untouched.file.path).exists()


def test_text_file_that_was_asked_about_is_forgotten_with_its_only_import(
    client: Client, host: Person
) -> None:
    file = SimpleUploadedFile("liste.csv", "Qui;Où écrire\nZoé;zoe@example.org\n".encode())
    client.post(reverse("core:workbook_new"), {"file": file})
    opening = reverse("core:workbook_open", args=[Document.objects.get().pk])
    page = client.post(opening, {"sheet": "", "kind": "people"}, follow=True)
    assert "Oublier ce fichier" in page.content.decode()

    client.post(reverse("core:import_drop", args=[ImportRun.objects.get().pk]))

    assert not Document.objects.exists()
    assert not Workbook.objects.exists()


def test_director_brings_a_workbook_of_the_whole_network(client: Client) -> None:
    client.force_login(make_director())
    url = reverse("core:workbook_new") + "?hub=network"

    page = client.post(url, {"file": upload(HIVE)}, follow=True)

    assert page.context["book"].document.hub_id is None
    assert client.get(reverse("core:workbook_new") + "?hub=forged").status_code == 404
