"""To leave, to take one's data along, to be forgotten."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, models

from essaim.core import journal, personal_data
from essaim.core.models import Document, Notice, OutboxRow
from essaim.core.refusals import NotAllowed
from essaim.exchange.models import (
    Ask,
    AskState,
    EncounterCard,
    HelpState,
    Need,
    NeedState,
    Transfer,
)
from essaim.home import export
from essaim.home.actions.leaving import erase_person, leave_network
from essaim.hubs.models import Host, Residency
from essaim.people.actions.roles import LastAdministrator
from essaim.people.models import Affiliation, Person, PersonState
from tests.core.importing import bring, line
from tests.exchange.meeting import make_encounter
from tests.factories import (
    make_administrator,
    make_ask,
    make_director,
    make_exchange,
    make_host,
    make_hub,
    make_need,
    make_person,
    make_resident,
)
from tests.home import whole_person
from tests.home.whole_person import make_whole_person

pytestmark = pytest.mark.django_db


def test_export_holds_every_model_that_tells_of_the_person() -> None:
    """A new model? Give `whole_person` a row of it."""
    person = make_whole_person()

    exported = export.rows_of(person)

    declared = {
        m._meta.label for m in personal_data.declared_models() if personal_data.declaration(m).of
    }
    accounts = {"account.EmailAddress", "account.Authenticator"}
    accounts |= {"account.SocialAccount", "account.UserSession"}
    assert set(exported) == declared | accounts


def test_export_tells_no_secret_and_nobody_else() -> None:
    person = make_whole_person()

    told = export.as_json(export.rows_of(person))

    assert whole_person.PHONE in told
    assert "hidden" not in told
    assert person.password not in told
    assert "Personne" not in told


def test_package_opens_and_holds_tables_and_files() -> None:
    person = make_whole_person()

    archive = zipfile.ZipFile(io.BytesIO(export.package(person)))

    assert archive.testzip() is None
    document = Document.objects.get()
    assert archive.read(f"documents/{document.pk}-CV Ysaline.pdf") == b"abc"
    told = json.loads(archive.read("essaim.json"))
    assert {f"csv/{label}.csv" for label in told} <= set(archive.namelist())
    assert whole_person.EMAIL in archive.read("csv/people.Person.csv").decode("utf-8-sig")


def test_formulas_do_not_run_in_a_spreadsheet() -> None:
    person = make_person(about="=HYPERLINK(1)")

    archive = zipfile.ZipFile(io.BytesIO(export.package(person)))

    assert ";'=HYPERLINK(1);" in archive.read("csv/people.Person.csv").decode("utf-8-sig")


def written_about(*words: str) -> list[str]:
    """Every text of the database, in whichever table, that holds one of the words."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            columns = connection.introspection.get_table_description(cursor, table)
            for name in (connection.ops.quote_name(column.name) for column in columns):
                for word in words:
                    cursor.execute(
                        f"SELECT count(*) FROM {connection.ops.quote_name(table)}"
                        f" WHERE lower(CAST({name} AS text)) LIKE %s",
                        [f"%{word.lower()}%"],
                    )
                    found += [f"{table}.{name}: {word}"] * cursor.fetchone()[0]
    return found


def test_erasure_leaves_no_word_of_the_person_in_any_column() -> None:
    person = make_whole_person()
    words = (whole_person.NAME, whole_person.FAMILY, whole_person.EMAIL, whole_person.PHONE)
    assert len(written_about(*words)) > 15

    erase_person(person=person, by=person)

    assert written_about(*words) == []


def test_what_was_quoted_of_their_needs_elsewhere_goes_too() -> None:
    hub = make_hub()
    author, helper, other = (make_resident(hub) for _ in range(3))
    need = make_need(author, hub, title="Sortir du surendettement", state=NeedState.MET)
    make_exchange(helper, author, hub, need=need)
    why = {"kind": "met", "quote": need.title}
    mine = {"kind": "about", "quote": need.title}
    asked = make_ask(make_need(other, hub), helper, reasons=why)
    said = make_ask(make_need(other, hub), helper, reasons=mine)
    facts = {"want": None, "relevant": why, "surprising": mine}
    encounter = make_encounter(hub, other, helper)
    card = EncounterCard.objects.create(
        encounter=encounter, reader=other, other=helper, facts=facts
    )

    erase_person(person=author, by=author)

    for row in (asked, said, card):
        row.refresh_from_db()
    assert asked.reasons == {"kind": "met", "quote": ""}
    assert said.reasons == mine
    assert card.facts == facts | {"relevant": {"kind": "met", "quote": ""}}


def test_erased_person_keeps_what_must_add_up() -> None:
    person = make_whole_person()

    erase_person(person=person, by=person)

    person = Person.objects.get(pk=person.pk)
    assert person.state == PersonState.ERASED
    assert person.email == f"{person.pk}@erased.invalid"
    assert not person.has_usable_password()
    assert Transfer.objects.get().payee.person_id == person.pk
    assert "Ysaline" not in person.name
    assert Residency.objects.filter(person=person, until_on__isnull=False).count() == 1


def test_erasure_removes_files() -> None:
    person = make_whole_person()
    path = Document.objects.get().file.path
    assert Path(path).exists()

    erase_person(person=person, by=person)

    assert not Path(path).exists()


def test_erasure_signs_out_everywhere_and_for_good() -> None:
    person = make_whole_person()

    erase_person(person=person, by=person)

    left = [
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in {"account", "mfa", "socialaccount", "usersessions"}
        and any(f.name == "user" for f in model._meta.get_fields() if isinstance(f, models.Field))
        and model._default_manager.filter(user=person).exists()
    ]
    assert left == []


def test_two_people_can_be_erased() -> None:
    for _ in range(2):
        person = make_person()
        erase_person(person=person, by=person)

    assert Person.objects.filter(state=PersonState.ERASED).count() == 2


def test_notices_of_others_about_other_people_stay() -> None:
    lea, karim = make_person("Léa"), make_person("Karim")
    Notice.objects.create(recipient=karim, code="x", key="k", title="Zoé te remercie")

    erase_person(person=lea, by=lea)

    assert Notice.objects.count() == 1


def test_nobody_erases_or_sends_away_somebody_else() -> None:
    lea = make_person()

    for action in (leave_network, erase_person):
        with pytest.raises(NotAllowed):
            action(person=lea, by=make_person())


def test_director_erases_at_the_request_of_who_cannot_sign_in() -> None:
    gone = make_person(state=PersonState.LEFT)

    erase_person(person=gone, by=make_director())

    assert Person.objects.get(pk=gone.pk).state == PersonState.ERASED


def test_last_administrator_neither_leaves_nor_is_erased() -> None:
    admin = make_administrator()

    for action in (leave_network, erase_person):
        with pytest.raises(LastAdministrator):
            action(person=admin, by=admin)
    admin.refresh_from_db()
    assert admin.state == PersonState.ACTIVE


def test_who_leaves_is_no_longer_expected_anywhere() -> None:
    person = make_whole_person()

    leave_network(person=person, by=person)

    assert not Affiliation.objects.current().filter(person=person).exists()
    assert not Residency.objects.current().filter(person=person).exists()
    assert not Host.objects.current().filter(person=person).exists()
    assert Person.objects.get(pk=person.pk).given_name == whole_person.NAME
    assert [entry.verb for entry in journal.of(person)][-1] == "person.leave"


def test_needs_and_asks_of_who_leaves_are_withdrawn() -> None:
    hub = make_hub()
    lea, karim = make_resident(hub), make_resident(hub)
    need = make_need(lea, hub)
    theirs = make_need(karim, hub)
    for ask in (make_ask(need, karim), make_ask(theirs, lea)):
        assert ask.state == AskState.SENT

    leave_network(person=lea, by=lea)

    need.refresh_from_db()
    theirs.refresh_from_db()
    assert (need.state, theirs.state) == (NeedState.WITHDRAWN, NeedState.OPEN)
    assert set(Ask.objects.values_list("state", flat=True)) == {AskState.WITHDRAWN}


def test_need_that_the_leaver_had_in_hand_waits_again() -> None:
    hub = make_hub()
    lea, karim = make_resident(hub), make_resident(hub)
    need = make_need(karim, hub, state=NeedState.IN_HAND)
    promised = make_exchange(lea, karim, hub, need=need)

    leave_network(person=lea, by=lea)

    promised.refresh_from_db()
    assert promised.state == HelpState.CANCELLED
    assert Need.objects.open().get() == need
    assert [entry.verb for entry in journal.of(need)] == ["reopen_need", "send_wave"]


def test_who_was_promised_help_is_told_that_it_will_not_come() -> None:
    hub = make_hub()
    lea, karim = make_resident(hub), make_resident(hub)
    make_exchange(lea, karim, hub)

    leave_network(person=lea, by=lea)

    assert Notice.objects.get(recipient=karim).code == "help_cancelled"


def test_spreadsheets_forget_the_person_and_keep_the_lines_of_others() -> None:
    hub = make_hub()
    host = make_host(hub)
    text = "Prénom;Courriel\nZoé;zoe@example.org\nAna;ana@example.org\n"
    run = bring("people", text, by=host, hub_id=hub.pk)
    stored = Document.objects.get().file
    storage, name = stored.storage, str(stored.name)
    zoe = make_resident(hub, email="zoe@example.org")
    assert line(run, 2).about is None, "she came after the file"

    erase_person(person=zoe, by=zoe)

    assert list(run.lines.values_list("number", flat=True)) == [3]
    assert not Document.objects.exists()
    assert not storage.exists(name)


def test_errands_of_somebody_whose_address_ends_alike_stay() -> None:
    ann = make_person(email="ann@x.fr")
    for to in ("ann@x.fr", "joann@x.fr"):
        text = f"To: {to}\n\nTon code"
        OutboxRow.objects.create(kind="account_mail", key=to, payload={"to": to, "text": text})
        OutboxRow.objects.create(kind="x", key=f"error {to}", error=f"<{to}>: mailbox full")

    erase_person(person=ann, by=ann)

    errands = OutboxRow.objects.filter(kind__in=("account_mail", "x")).order_by("key")
    assert list(errands.values_list("key", "error")) == [
        ("error ann@x.fr", ""),
        ("error joann@x.fr", "<joann@x.fr>: mailbox full"),
        ("joann@x.fr", ""),
    ]
