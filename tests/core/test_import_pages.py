"""The pages of an import, with the kind that a hive uses first."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from essaim.core import outbox
from essaim.core.imports import views
from essaim.core.models import Document, ImportLine, ImportRun, ImportState
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.core.importing import bring, write
from tests.factories import make_host, make_hub, make_person, make_resident

pytestmark = pytest.mark.django_db

LIST = "Prénom;Nom;Mail;Ville\nZoé;Martin;zoe@example.org;Nantes\nAna;Bel;nothing;Lyon\n"


@pytest.fixture
def hub() -> Hub:
    return make_hub("La Halle")


@pytest.fixture
def host(hub: Hub, client: Client) -> Person:
    person = make_host(hub)
    client.force_login(person)
    return person


def send(client: Client, raw: bytes, name: str = "liste.csv") -> Any:
    upload = SimpleUploadedFile(name, raw)
    return client.post(reverse("core:import_new", args=["people"]), {"file": upload})


def test_host_goes_from_file_to_report_and_back(client: Client, host: Person) -> None:
    page = client.get(send(client, LIST.encode()).url)
    assert "Ville" in page.content.decode()
    run = ImportRun.objects.get()

    columns = {"column-0": "given_name", "column-1": "family_name", "column-2": "email"}
    preview = client.post(reverse("core:import_columns", args=[run.pk]), columns, follow=True)
    assert "nothing" in preview.content.decode()
    done = client.post(reverse("core:import_start", args=[run.pk]), {"mode": "good"}, follow=True)
    assert "1 ligne importée" in done.content.decode()
    assert Person.objects.filter(email="zoe@example.org").exists()

    undone = client.post(reverse("core:import_undo", args=[run.pk]), follow=True)
    assert "1 ligne retirée" in undone.content.decode()
    assert not Person.objects.filter(email="zoe@example.org").exists()


def test_columns_named_by_hand_are_remembered(client: Client, host: Person) -> None:
    odd = "Qui;Où écrire\nZoé;zoe@example.org\n".encode()
    send(client, odd)
    first = ImportRun.objects.get()
    assert first.mapping == ["", ""]
    client.post(
        reverse("core:import_columns", args=[first.pk]),
        {"column-0": "full_name", "column-1": "email"},
    )

    send(client, odd)

    assert ImportRun.objects.latest("created_at").mapping == ["full_name", "email"]


def test_missing_column_is_told_and_choices_are_kept(client: Client, host: Person) -> None:
    send(client, LIST.encode())
    run = ImportRun.objects.get()

    answer = client.post(reverse("core:import_columns", args=[run.pk]), {"column-3": "about"})

    assert answer.status_code == 400
    assert '<option value="about" selected>' in answer.content.decode()
    run.refresh_from_db()
    assert run.state == ImportState.UPLOADED


def test_pdf_renamed_xlsx_is_told_and_nothing_is_kept(client: Client, host: Person) -> None:
    answer = send(client, b"%PDF-1.7 hello", "liste.xlsx")

    assert answer.status_code == 400
    assert "Ce fichier est un PDF." in answer.content.decode()
    assert (ImportRun.objects.count(), Document.objects.count()) == (0, 0)


def test_huge_file_is_refused_while_it_arrives(client: Client, host: Person, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 100_000

    answer = send(client, b"a;b\n" * 100_000)

    assert answer.status_code == 400
    assert "rien n’a été importé" in answer.content.decode()
    assert (ImportRun.objects.count(), Document.objects.count()) == (0, 0)


def test_no_file_at_all_is_told(client: Client, host: Person) -> None:
    answer = client.post(reverse("core:import_new", args=["people"]))

    assert answer.status_code == 400
    assert "Choisis un fichier" in answer.content.decode()


def test_headers_alone_are_told(client: Client, host: Person) -> None:
    answer = send(client, "Prénom;Mail\n".encode())

    assert answer.status_code == 400
    assert ImportRun.objects.count() == 0


def test_title_above_the_headers_is_passed_over(client: Client, host: Person) -> None:
    send(client, "Membres 2026\n\nPrénom;Mail\nZoé;z@example.org\n".encode())

    run = ImportRun.objects.get()
    assert (run.headers, run.total) == (["Prénom", "Mail"], 1)
    assert run.lines.get().number == 4


def test_member_and_stranger_find_no_import(client: Client, hub: Hub, host: Person) -> None:
    run = bring("people", LIST, by=host, hub_id=hub.pk)
    for person in (make_resident(hub), make_host(make_hub("Ailleurs"))):
        client.force_login(person)
        assert client.get(reverse("core:import", args=[run.pk])).status_code == 404
        assert client.post(reverse("core:import_start", args=[run.pk])).status_code == 404
        url = reverse("core:import_problems", args=[run.pk, "csv"])
        assert client.get(url).status_code == 404
        export = reverse("core:export", args=["people", "csv"])
        assert client.get(f"{export}?hub={hub.pk}").status_code == 404


def test_file_is_read_by_who_brought_it_alone(client: Client, hub: Hub, host: Person) -> None:
    run = bring("people", LIST, by=host, hub_id=hub.pk)
    url = reverse("core:document", args=[run.document_id])
    answer: Any = client.get(url)
    assert b"".join(answer) == LIST.encode()

    client.force_login(make_host(hub))

    assert client.get(url).status_code == 404


def test_long_import_waits_for_the_worker_and_shows_how_far_it_is(
    client: Client, host: Person, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "AT_ONCE", 0)
    send(client, LIST.encode())
    run = ImportRun.objects.get()
    url = reverse("core:import_progress", args=[run.pk])

    client.post(
        reverse("core:import_columns", args=[run.pk]),
        {"column-0": "given_name", "column-2": "email"},
    )
    page = client.get(reverse("core:import", args=[run.pk])).content.decode()
    assert "0 lignes lues sur 2" in page
    assert f'hx-get="{url}"' in page
    assert "http-equiv" in page
    assert "<html" not in client.get(url).content.decode()

    outbox.deliver()
    assert client.get(url).headers["HX-Refresh"] == "true"
    run.refresh_from_db()
    assert run.state == ImportState.CHECKED


def test_worker_that_takes_over_writes_no_line_twice(
    hub: Hub, host: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from essaim.core.imports import actions, running

    monkeypatch.setattr(running, "PIECE", 2)
    rows = "".join(f"P{n};p{n}@example.org\n" for n in range(5))
    run = bring("people", "Prénom;Mail\n" + rows, by=host, hub_id=hub.pk)
    actions.start(run=run, mode="good", by=host)
    running._write_piece(run.pk)  # then it dies
    run.refresh_from_db()
    assert run.position == 2

    outbox.deliver()
    outbox.deliver()

    run.refresh_from_db()
    assert (run.state, run.position) == (ImportState.DONE, 5)
    assert Person.objects.filter(email__startswith="p").count() == 5


def test_bad_lines_can_be_taken_mended_and_brought_back(
    client: Client, hub: Hub, host: Person
) -> None:
    run = write(bring("people", LIST, by=host, hub_id=hub.pk))

    reasons = b"".join(client.get(reverse("core:import_problems", args=[run.pk, "csv"]))).decode(
        "utf-8-sig"
    )
    answer: Any = client.get(reverse("core:import_problems", args=[run.pk, "xlsx"]))
    sheet: Any = load_workbook(io.BytesIO(b"".join(answer))).active

    assert reasons.splitlines()[1].startswith("3;")
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows == [["Prénom", "Nom", "Mail", "Ville"], ["Ana", "Bel", "nothing", "Lyon"]]


def test_template_comes_back_with_its_explanations_aside(client: Client, host: Person) -> None:
    answer: Any = client.get(reverse("core:template", args=["people", "xlsx"]))
    book = load_workbook(io.BytesIO(b"".join(answer)))
    book.worksheets[0].append(["Zoé", "Martin", "", "zoe@example.org"])
    file = io.BytesIO()
    book.save(file)

    send(client, file.getvalue(), "modele.xlsx")

    run = ImportRun.objects.get()
    assert run.total == 1
    assert run.mapping[:4] == ["given_name", "family_name", "full_name", "email"]


def test_duplicates_are_shown_side_by_side(client: Client, hub: Hub, host: Person) -> None:
    make_resident(hub, given_name="Zoé", family_name="Martin", phone="0600000000")
    run = bring("people", LIST, by=host, hub_id=hub.pk)

    page = client.get(reverse("core:import", args=[run.pk]) + "?show=alike").content.decode()

    assert "zoe@example.org" in page
    assert "peut-être déjà ici" in page.lower()


def test_decision_leads_back_to_its_line(client: Client, hub: Hub, host: Person) -> None:
    run = bring("people", LIST, by=host, hub_id=hub.pk)
    url = reverse("core:import_decide", args=[run.pk])

    answer = client.post(url, {"line": "2", "decision": "skip", "show": "new", "page": "1"})

    assert answer.headers["Location"].endswith("?show=new&page=1#l2")
    assert run.lines.get(number=2).decision == "skip"


def test_forgotten_file_leaves_nothing(client: Client, hub: Hub, host: Person) -> None:
    run = bring("people", LIST, by=host, hub_id=hub.pk)

    client.post(reverse("core:import_drop", args=[run.pk]))

    assert (ImportRun.objects.count(), ImportLine.objects.count()) == (0, 0)
    assert Document.objects.count() == 0


def test_page_of_spreadsheets_offers_each_hub_once(client: Client, hub: Hub, host: Person) -> None:
    page = client.get(reverse("core:spreadsheets")).content.decode()

    assert "Aucun import pour l’instant" in page
    assert reverse("core:import_new", args=["people"]) in page


def test_preview_asks_as_many_questions_for_three_lines_as_for_thirty(
    client: Client, hub: Hub, host: Person, django_assert_max_num_queries: Any
) -> None:
    rows = "".join(f"P{n};p{n}@example.org\n" for n in range(30))
    for n in range(30):
        make_person(email=f"p{n}@example.org")
    run = bring("people", "Prénom;Mail\n" + rows, by=host, hub_id=hub.pk)

    with django_assert_max_num_queries(20):
        client.get(reverse("core:import", args=[run.pk]) + "?show=here")


def test_old_imports_are_forgotten_with_their_files(hub: Hub, host: Person) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from essaim.core.imports import running

    run = write(bring("people", LIST, by=host, hub_id=hub.pk))
    ImportRun.objects.update(created_at=timezone.now() - timedelta(days=31))

    running.forget_old_imports(timezone.now())

    assert (run.lines.count(), Document.objects.count()) == (0, 0)
    assert Person.objects.filter(email="zoe@example.org").exists()


def test_forgetting_a_person_forgets_the_lines_about_them(hub: Hub, host: Person) -> None:
    from essaim.core import personal_data

    run = write(bring("people", LIST, by=host, hub_id=hub.pk))

    personal_data.erase(Person.objects.get(email="zoe@example.org"))

    assert not run.lines.filter(number=2).exists()
