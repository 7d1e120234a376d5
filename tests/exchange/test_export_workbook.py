"""Everything in one workbook: lists that come back, and sheets that are only to be read."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from essaim.core.imports import receiving
from essaim.core.models import Workbook
from essaim.exchange.models import AskState, DeclineCode, NeedAudience
from essaim.hubs.models import Hub
from essaim.people.models import Person, PersonState
from tests.factories import (
    make_ask,
    make_director,
    make_host,
    make_hub,
    make_need,
    make_residency,
    make_resident,
)

pytestmark = pytest.mark.django_db

LISTS = ["Personnes", "Structures", "Boîte à outils", "Besoins", "Compétences"]
PAST, ASKS = "Résidences passées", "À qui on a demandé"


@pytest.fixture
def hub() -> Hub:
    return make_hub("La Halle")


def exported(client: Client, reader: Person, hub: Hub | None) -> Any:
    client.force_login(reader)
    url = reverse("core:export_all")
    answer: Any = client.get(url, {"hub": str(hub.pk) if hub else "network"})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return load_workbook(io.BytesIO(b"".join(answer)))


def rows(book: Any, title: str) -> list[list[str]]:
    return [[cell.value or "" for cell in row] for row in book[title].iter_rows()]


def test_workbook_has_a_sheet_for_each_list_then_those_to_be_read(client: Client, hub: Hub) -> None:
    book = exported(client, make_host(hub), hub)

    assert book.sheetnames == [*LISTS, PAST, ASKS]


def test_sheets_to_be_read_say_so_and_are_never_proposed(client: Client, hub: Hub) -> None:
    director = make_director()
    make_residency(make_resident(hub), make_hub("Ailleurs"), until_on=timezone.localdate())
    make_ask(make_need(make_resident(hub), hub), make_resident(hub))
    book = exported(client, director, None)
    assert "ne s’importe pas" in rows(book, PAST)[0][0]
    assert "ne s’importe pas" in rows(book, ASKS)[0][0]
    raw = io.BytesIO()
    book.save(raw)

    found = receiving.receive_file(
        upload=SimpleUploadedFile("tout.xlsx", raw.getvalue()), kind=None, hub_id=None, by=director
    )

    assert isinstance(found, Workbook)
    told = {sheet["title"]: (sheet["kind"], sheet["reading"]) for sheet in found.sheets}
    assert told[PAST] == told[ASKS] == ("", True)
    assert {told[title][0] for title in ("Personnes", "Besoins")} == {"people", "needs"}


def test_host_reads_who_left_their_hive_when(client: Client, hub: Hub) -> None:
    other = make_hub("Ailleurs")
    lea = make_resident(other, given_name="Léa", family_name="Adam", email="lea@example.org")
    today = timezone.localdate()
    make_residency(lea, hub, plan="Nomade", since_on=today - timedelta(days=90), until_on=today)
    make_residency(make_resident(hub), other, until_on=today)

    past = rows(exported(client, make_host(hub), hub), PAST)[2:]

    since = (today - timedelta(days=90)).isoformat()
    # The address is for the hosts of where she lives now.
    assert past == [["Léa Adam", "", "La Halle", "Nomade", since, today.isoformat()]]


def test_who_left_the_network_is_in_no_sheet(client: Client, hub: Hub) -> None:
    gone = make_resident(make_hub("Ailleurs"), state=PersonState.LEFT)
    make_residency(gone, hub, until_on=timezone.localdate())

    book = exported(client, make_director(), None)

    assert rows(book, PAST)[2:] == []


def test_host_reads_who_was_asked_and_what_they_answered(client: Client, hub: Hub) -> None:
    nadia = make_resident(hub, given_name="Nadia", family_name="Ka")
    omar = make_resident(hub, given_name="Omar", family_name="Li")
    need = make_need(make_resident(hub, given_name="Léa", family_name="A"), hub, title="Un toit")
    at = timezone.now()
    make_ask(
        need,
        nadia,
        state=AskState.DECLINED,
        answered_at=at,
        decline_code=DeclineCode.OTHER_PERSON,
        remark="=1+1",
        instead=omar,
    )

    asked = rows(exported(client, make_host(hub), hub), ASKS)[2:]

    when = timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
    assert asked[0][:4] == ["Un toit", "Léa A", "La Halle", "Nadia Ka"]
    assert asked[0][5:] == ["a dit non", when, "pas moi mais…", "=1+1", "Omar Li"]


def test_words_that_look_like_a_formula_are_text(client: Client, hub: Hub) -> None:
    need = make_need(make_resident(hub), hub, title="=1+1")
    make_ask(need, make_resident(hub, given_name="@SUM(A1)"), remark="+33")

    book = exported(client, make_host(hub), hub)

    kinds = {cell.data_type for page in book for row in page.iter_rows() for cell in row}
    assert kinds == {"s", "inlineStr", "n"}  # an empty cell is read as "n"; a formula would be "f"
    assert rows(book, ASKS)[2][0] == "=1+1"


def test_asks_of_another_hive_are_not_told_to_its_neighbours(client: Client, hub: Hub) -> None:
    other = make_hub("Ailleurs")
    need = make_need(make_resident(other), other, audience=NeedAudience.NETWORK)
    make_ask(need, make_resident(hub))
    host = make_host(hub)

    assert rows(exported(client, host, hub), ASKS)[2:] == []
    client.force_login(host)
    elsewhere = client.get(reverse("core:export_all"), {"hub": str(other.pk)})
    assert elsewhere.status_code == 404


def test_member_takes_no_workbook(client: Client, hub: Hub) -> None:
    client.force_login(make_resident(hub))

    assert client.get(reverse("core:export_all")).status_code == 404


@pytest.mark.parametrize("lines", [1, 30])
def test_workbook_asks_as_much_for_one_line_as_for_thirty(
    client: Client, hub: Hub, lines: int, django_assert_num_queries: Any
) -> None:
    host = make_host(hub)
    for n in range(lines):
        make_ask(make_need(make_resident(hub), hub, title=f"Besoin {n}"), host)
        make_residency(make_resident(), hub, until_on=timezone.localdate())
    exported(client, host, hub)

    with django_assert_num_queries(QUERIES):
        answer: Any = client.get(reverse("core:export_all"))
        answer.close()


QUERIES = 28
