from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from essaim.core import notifications, outbox
from essaim.core.mail import read_letter, unsubscribe_token
from essaim.core.models import Channel, Notice, OutboxRow
from essaim.people.models import PersonState
from tests.factories import make_host, make_hub, make_person

pytestmark = pytest.mark.django_db

KIND = notifications.Kind("bell", "The bell rings", Channel.NOW)


@pytest.fixture(autouse=True)
def bell(monkeypatch: pytest.MonkeyPatch, settings: object, tmp_path: object) -> None:
    monkeypatch.setitem(notifications.KINDS, "bell", KIND)
    monkeypatch.setattr("essaim.core.mail._plain", lambda template, facts: facts["text"])


TEXT = "Ça sonne\n\nBonjour,\nil est midi et demi.\n\n-> J’arrive | /ma-journee/\n"


def ring(person: object, **more: object) -> None:
    notifications.notify(KIND, to=person, title="Ça sonne", path="/", key="b1", text=TEXT, **more)  # type: ignore[arg-type]


def test_a_notice_stays_on_the_page_and_leaves_by_mail() -> None:
    ring(make_person(email="lea@example.org"))

    outbox.deliver()

    message: Any = mail.outbox[0]
    assert message.to == ["lea@example.org"]
    assert message.subject == "Ça sonne"
    assert "http://localhost:8000/ma-journee/" in message.body
    assert "J’arrive</a>" in message.alternatives[0][0]
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert Notice.objects.get().mailed_at is not None


def test_the_same_thing_is_told_once() -> None:
    person = make_person()

    ring(person)
    ring(person)

    assert Notice.objects.count() == OutboxRow.objects.count() == 1


def test_an_errand_done_twice_sends_one_mail() -> None:
    ring(make_person())
    outbox.deliver()
    OutboxRow.objects.update(done_at=None, claim=None, claimed_until=None)

    outbox.deliver()

    assert len(mail.outbox) == 1


def test_who_prefers_the_digest_gets_no_mail_now() -> None:
    person = make_person()
    notifications.prefer(person=person, kind=KIND, channel=Channel.DIGEST)

    ring(person)

    assert (Notice.objects.count(), OutboxRow.objects.count()) == (1, 0)


def test_nothing_leaves_for_someone_who_left() -> None:
    person = make_person(state=PersonState.LEFT)
    ring(person)

    outbox.deliver()

    assert mail.outbox == []


def test_quiet_hours_hold_the_mail_back() -> None:
    ring(make_person(), mail_at=timezone.now() + timedelta(hours=8))

    assert outbox.deliver() == 0
    assert Notice.objects.count() == 1


def test_unsubscribing_takes_a_click_and_a_get_changes_nothing(client: Client) -> None:
    person = make_person()
    url = f"/messages/desabonner/{unsubscribe_token(person_id=person.pk, code='bell')}/"

    assert client.get(url).status_code == 200
    assert notifications.channel_of(KIND, person) == Channel.NOW
    # As a mailbox does (RFC 8058): a post without our cookie.
    Client(enforce_csrf_checks=True).post(url, {"List-Unsubscribe": "One-Click"})

    assert notifications.channel_of(KIND, person) == Channel.SILENT


def test_a_forged_unsubscribe_link_is_not_found(client: Client) -> None:
    assert client.get("/messages/desabonner/forged:token/").status_code == 404


def test_marking_as_read(client: Client) -> None:
    person = make_person()
    ring(person)
    client.force_login(person)

    page = client.get("/messages/")
    client.post("/messages/")

    assert "Ça sonne" in page.content.decode()
    assert Notice.objects.get().read_at is not None


def test_preferences_are_kept(client: Client) -> None:
    person = make_person()
    client.force_login(person)

    client.post("/messages/reglages/", {"bell": "digest", "unknown": "now"})

    assert notifications.channel_of(KIND, person) == Channel.DIGEST
    assert "selected" in client.get("/messages/reglages/").content.decode()


def test_what_only_hosts_are_told_is_asked_of_hosts_only(client: Client) -> None:
    host, member = make_host(make_hub()), make_person()

    client.force_login(member)
    for_member = client.get("/messages/reglages/").content.decode()
    client.force_login(host)
    for_host = client.get("/messages/reglages/").content.decode()

    assert 'name="host_called"' not in for_member
    assert 'name="host_called"' in for_host


def test_fridays_letter_cannot_wait_for_fridays_letter(client: Client) -> None:
    client.force_login(make_person())

    page = client.get("/messages/reglages/").content.decode()

    letter = page.split('name="digest"')[1].split("</select>")[0]
    assert 'value="now"' in letter
    assert 'value="digest"' not in letter


def test_a_letter_is_subject_paragraphs_and_buttons() -> None:
    letter = read_letter("Sujet\n\nUn\ndeux\n\nTrois\n-> Oui | /oui/\n-> Non | /non/\n")

    assert letter.subject == "Sujet"
    assert letter.paragraphs == ["Un\ndeux", "Trois"]
    assert letter.buttons == [
        ("Oui", "http://localhost:8000/oui/"),
        ("Non", "http://localhost:8000/non/"),
    ]
